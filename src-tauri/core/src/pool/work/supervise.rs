//! Supervising an attempt: it works on a thread of its own, which a drive that does not answer can hold for ever; this
//! one touches no drive, passes orders on, and leaves the attempt behind where the drive is silent.
//!
//! Guarantees that an order is followed in its time whatever a drive does. What was left behind does no harm: every
//! note of it is fenced by the lease that it has lost, and it deletes its part file when it comes back.

use super::connection::places;
use super::{End, Work, panicked, transcode};
use crate::failure::{Failure, Reason};
use crate::ffmpeg::{Order, Orders};
use crate::job::Job;
use crate::output;
use crate::policy::Policy;
use crate::pool::{Report, admission};
use crate::queue::Outcome;
use crate::shared::Shared;
use crate::spec::JobSpec;
use crate::volumes::{Absence, Question, Volumes};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// How often the supervisor looks up.
const TURN: Duration = Duration::from_millis(50);

/// A drive that has not answered for so long is not waited for by an order: a cancel must be done within 2 s.
const ANSWER: Duration = Duration::from_millis(1200);

/// How long an attempt has to follow an order whatever keeps it, as a path that leads over a link to another drive.
const LAST: Duration = Duration::from_secs(11);

/// What an attempt works with.
pub(in crate::pool) struct Task {
    pub(in crate::pool) shared: Arc<Shared>,
    pub(in crate::pool) job: Job,
    pub(in crate::pool) spec: JobSpec,
    pub(in crate::pool) reports: UnboundedSender<Report>,
}

/// Makes one attempt, and answers how it ended: by itself, or left behind.
pub(super) fn attempt(task: &Task, orders: &Orders) -> Result<Outcome, End> {
    let places = places(&task.job);
    if let Some(absent) = places.iter().find_map(|place| absent(&task.shared.volumes, place)) {
        return Err(absent.into());
    }
    // Read once: an order that came between two readings would never be passed on.
    let mut order = (*orders.borrow(), Instant::now());
    let (pass_on, passed_on) = watch::channel(order.0);
    let ended = start(task, passed_on)?;
    let mut silence = Silence::of(places);
    loop {
        match ended.recv_timeout(TURN) {
            Ok(end) => return end,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(panicked(&"the attempt vanished").into()),
        }
        let now = *orders.borrow();
        if now != order.0 {
            order = (now, Instant::now());
            pass_on.send_replace(now);
            silence.ask_now();
        }
        silence.ask(&task.shared.volumes, &task.shared.policy);
        let begun = task.shared.progress().contains_key(&task.job.id);
        let silent = silence.lasts(limit(order.0, begun, &task.shared.policy));
        let ordered = matches!(order.0, Order::Cancel | Order::Stop);
        if silent || (ordered && order.1.elapsed() >= LAST) {
            pass_on.send_replace(Order::Stop);
            let place = silence.give_up().unwrap_or_else(|| task.job.output.clone());
            return Err(left_behind(task, order.0, &place));
        }
    }
}

/// The failure of a job that needs this volume, where it is known not to work.
fn absent(volumes: &Volumes, place: &Path) -> Option<Failure> {
    volumes.absence(place).map(|absence| match absence {
        Absence::Silent => output::silent(place),
        Absence::Lost => output::lost(place),
    })
}

/// The attempt on its thread. It holds the queue only as long as it works.
fn start(task: &Task, orders: Orders) -> Result<Receiver<Result<Outcome, End>>, End> {
    let (send, ended) = sync_channel(1);
    let (shared, reports) = (task.shared.clone(), task.reports.clone());
    let (job, spec) = (task.job.clone(), task.spec.clone());
    let work = move || {
        let part = output::part_path(&job.output, job.uid, job.epoch);
        let shared = &shared;
        let work = Work { shared, job: &job, spec: &spec, orders: &orders, reports: &reports, part };
        let end = catch_unwind(AssertUnwindSafe(|| transcode::attempt(&work)));
        let folder = work.part.parent().unwrap_or(&work.part);
        shared.folders.leave(shared.queue.as_ref(), job.lease(), folder);
        let _ = send.send(end.unwrap_or_else(|panic| Err(panicked(panic.as_ref()).into())));
    };
    let thread = std::thread::Builder::new().name(format!("media-{}", task.job.id)).spawn(work);
    thread.map_err(|cause| Failure::from(Reason::NoThread { cause: cause.to_string() }))?;
    Ok(ended)
}

/// How long a drive may be silent before the attempt is left behind. `begun`: the encode has made progress, which is
/// worth waiting for; `None`: a paused job wants nothing of its drive.
fn limit(order: Order, begun: bool, policy: &Policy) -> Option<Duration> {
    match order {
        Order::Cancel => Some(ANSWER.max(policy.cancel_grace * 2)),
        Order::Stop => Some(ANSWER.max(policy.stop_grace)),
        Order::Suspend => None,
        Order::Go if begun => Some(policy.silence),
        Order::Go => Some(policy.silence_first),
    }
}

/// The end of an attempt that was left behind. One that has begun to publish may yet do so: whether it did is found out
/// when the drive is back, so its job waits whatever was ordered.
fn left_behind(task: &Task, order: Order, place: &Path) -> End {
    task.shared.left_behind.store(true, Ordering::Relaxed);
    admission::take_back(&task.shared, task.job.lease());
    tracing::warn!(job = %task.job.id, place = %place.display(), "left an attempt behind whose drive does not answer");
    let publishing =
        || task.shared.queue.job(task.job.id).ok().flatten().is_some_and(|job| job.intent.is_some());
    match order {
        Order::Cancel if !publishing() => End::Cancelled,
        Order::Stop if !publishing() => End::Stopped,
        _ => output::silent(place).into(),
    }
}

/// Since when is one of these volumes silent? Each is asked again and again, one question at a time.
struct Silence {
    places: Vec<Place>,
    asked: Option<Instant>,
}

struct Place {
    root: PathBuf,
    question: Option<Question<std::io::Result<()>>>,
    /// When the question was asked that is not answered.
    since: Option<Instant>,
}

impl Silence {
    fn of(roots: Vec<PathBuf>) -> Silence {
        let place = |root| Place { root, question: None, since: None };
        Silence { places: roots.into_iter().map(place).collect(), asked: None }
    }

    /// The next look does not wait for its time.
    fn ask_now(&mut self) {
        self.asked = None;
    }

    fn ask(&mut self, volumes: &Arc<Volumes>, policy: &Policy) {
        let answered = |place: &&mut Place| place.question.as_ref().is_some_and(Question::is_answered);
        for place in self.places.iter_mut().filter(answered) {
            (place.question, place.since) = (None, None);
        }
        if self.asked.is_some_and(|at| at.elapsed() < policy.volume_look) {
            return;
        }
        self.asked = Some(Instant::now());
        for place in self.places.iter_mut().filter(|place| place.question.is_none()) {
            // Where another job has found it silent, it is so for this one too.
            place.question = volumes.look(&place.root).ok();
            place.since = place.since.or(self.asked);
        }
    }

    fn lasts(&self, limit: Option<Duration>) -> bool {
        let first = self.places.iter().filter_map(|place| place.since).min();
        first.zip(limit).is_some_and(|(since, limit)| since.elapsed() >= limit)
    }

    /// The volume that was silent longest, if any is; all that are silent are known to be so from now on.
    fn give_up(mut self) -> Option<PathBuf> {
        self.places.retain(|place| place.since.is_some());
        self.places.sort_by_key(|place| place.since);
        self.places.iter_mut().filter_map(|place| place.question.take()).for_each(Question::give_up);
        self.places.into_iter().next().map(|place| place.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encode_that_has_begun_is_waited_for_longer_and_an_order_hardly() {
        let policy = Policy::default();
        let of = |order, begun| limit(order, begun, &policy).map(|limit| limit.as_secs_f64());
        assert_eq!([of(Order::Go, false), of(Order::Go, true)], [Some(20.0), Some(60.0)]);
        assert_eq!([of(Order::Cancel, true), of(Order::Stop, true)], [Some(1.2), Some(5.0)]);
        assert_eq!(of(Order::Suspend, true), None);
    }
}
