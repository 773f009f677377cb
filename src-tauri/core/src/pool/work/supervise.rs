//! Supervises an attempt. The attempt runs on a thread of its own, which a silent drive can block forever; the
//! supervisor accesses no drive, forwards orders, and leaves the attempt behind if its drive is silent.
//!
//! Guarantees that an order is followed in time whatever a drive does. An attempt that was left behind does no harm:
//! each of its notes is fenced by its lost lease, and it deletes its part file when the drive responds again.

use super::connection::roots;
use super::{End, Work, panicked, transcode};
use crate::failure::{Failure, Reason};
use crate::ffmpeg::{Control, Controls};
use crate::job::Job;
use crate::output;
use crate::policy::Policy;
use crate::pool::{WorkerReport, admission};
use crate::queue::Outcome;
use crate::shared::Shared;
use crate::spec::JobSpec;
use crate::volumes::{Absence, Query, Volumes};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// Interval at which the supervisor checks orders and volumes.
const TURN: Duration = Duration::from_millis(50);

/// An order waits no longer than this for a silent drive, because a cancel must end within 2 s.
const ANSWER: Duration = Duration::from_millis(1200);

/// An attempt must follow an order within this time, even if something else blocks it, for example a symlink to another
/// drive.
const LAST: Duration = Duration::from_secs(11);

/// The input of an attempt.
pub(in crate::pool) struct Task {
    pub(in crate::pool) shared: Arc<Shared>,
    pub(in crate::pool) job: Job,
    pub(in crate::pool) spec: JobSpec,
    pub(in crate::pool) reports: UnboundedSender<WorkerReport>,
}

/// Runs one attempt and returns how it ended, or leaves it behind.
pub(super) fn attempt(task: &Task, orders: &Controls) -> Result<Outcome, End> {
    let roots = roots(&task.job);
    if let Some(absent) = roots.iter().find_map(|place| absent(&task.shared.volumes, place)) {
        return Err(absent.into());
    }
    // Read once: an order that arrived between two reads would never be forwarded.
    let mut order = (*orders.borrow(), Instant::now());
    let (pass_on, passed_on) = watch::channel(order.0);
    let ended = start(task, passed_on)?;
    let mut silence = Silence::of(roots);
    loop {
        match ended.recv_timeout(TURN) {
            Ok(end) => return end,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(panicked(&"the thread of the attempt ended without a result").into());
            }
        }
        let now = *orders.borrow();
        if now != order.0 {
            order = (now, Instant::now());
            pass_on.send_replace(now);
            silence.ask_now();
        }
        silence.ask(&task.shared.volumes, &task.shared.policy);
        let encoding = task.shared.progress().contains_key(&task.job.id);
        let silent = silence.lasts(limit(order.0, encoding, &task.shared.policy));
        let ordered = matches!(order.0, Control::Cancel | Control::Stop);
        if silent || (ordered && order.1.elapsed() >= LAST) {
            pass_on.send_replace(Control::Stop);
            let place = silence.give_up().unwrap_or_else(|| task.job.output.clone());
            return Err(left_behind(task, order.0, &place));
        }
    }
}

/// Returns the failure of a job that needs this volume, if the volume is known not to work.
fn absent(volumes: &Volumes, place: &Path) -> Option<Failure> {
    volumes.absence(place).map(|absence| match absence {
        Absence::Silent => output::silent(place),
        Absence::Lost => output::lost(place),
    })
}

/// Starts the thread of an attempt, which holds a reference to the queue until it ends.
fn start(task: &Task, orders: Controls) -> Result<Receiver<Result<Outcome, End>>, End> {
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

/// Returns how long a drive may be silent before the attempt is left behind; `None` for a paused job, which does not
/// access its drive. `encoding`: the encode has made progress, which justifies a longer wait.
fn limit(order: Control, encoding: bool, policy: &Policy) -> Option<Duration> {
    match order {
        Control::Cancel => Some(ANSWER.max(policy.cancel_grace * 2)),
        Control::Stop => Some(ANSWER.max(policy.stop_grace)),
        Control::Suspend => None,
        Control::Go if encoding => Some(policy.silence),
        Control::Go => Some(policy.silence_first),
    }
}

/// Returns the end of an attempt that was left behind. An attempt that started to publish may still complete that, so
/// its job waits for the drive whatever the order was; the next attempt checks whether the result was published.
fn left_behind(task: &Task, order: Control, place: &Path) -> End {
    task.shared.left_behind.store(true, Ordering::Relaxed);
    admission::take_back(&task.shared, task.job.lease());
    tracing::warn!(job = %task.job.id, place = %place.display(), "left an attempt behind; its drive does not respond");
    let publishing =
        || task.shared.queue.job(task.job.id).ok().flatten().is_some_and(|job| job.intent.is_some());
    match order {
        Control::Cancel if !publishing() => End::Cancelled,
        Control::Stop if !publishing() => End::Stopped,
        _ => output::silent(place).into(),
    }
}

/// Tracks since when volumes are silent. Each has one pending question at a time.
struct Silence {
    roots: Vec<Place>,
    asked: Option<Instant>,
}

struct Place {
    root: PathBuf,
    question: Option<Query<std::io::Result<()>>>,
    /// When the pending question was asked.
    since: Option<Instant>,
}

impl Silence {
    fn of(roots: Vec<PathBuf>) -> Silence {
        let place = |root| Place { root, question: None, since: None };
        Silence { roots: roots.into_iter().map(place).collect(), asked: None }
    }

    /// Makes the next call of `ask` ask at once.
    fn ask_now(&mut self) {
        self.asked = None;
    }

    fn ask(&mut self, volumes: &Arc<Volumes>, policy: &Policy) {
        let answered = |place: &&mut Place| place.question.as_ref().is_some_and(Query::is_answered);
        for place in self.roots.iter_mut().filter(answered) {
            (place.question, place.since) = (None, None);
        }
        if self.asked.is_some_and(|at| at.elapsed() < policy.volume_look) {
            return;
        }
        self.asked = Some(Instant::now());
        for place in self.roots.iter_mut().filter(|place| place.question.is_none()) {
            // No question can be asked if another job found the volume silent.
            place.question = volumes.look(&place.root).ok();
            place.since = place.since.or(self.asked);
        }
    }

    fn lasts(&self, limit: Option<Duration>) -> bool {
        let first = self.roots.iter().filter_map(|place| place.since).min();
        first.zip(limit).is_some_and(|(since, limit)| since.elapsed() >= limit)
    }

    /// Records all silent volumes as such, and returns the one that was silent longest, if any.
    fn give_up(mut self) -> Option<PathBuf> {
        self.roots.retain(|place| place.since.is_some());
        self.roots.sort_by_key(|place| place.since);
        self.roots.iter_mut().filter_map(|place| place.question.take()).for_each(Query::give_up);
        self.roots.into_iter().next().map(|place| place.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_longer_for_a_started_encode_and_short_for_an_order() {
        let policy = Policy::default();
        let of = |order, encoding| limit(order, encoding, &policy).map(|limit| limit.as_secs_f64());
        assert_eq!([of(Control::Go, false), of(Control::Go, true)], [Some(20.0), Some(60.0)]);
        assert_eq!([of(Control::Cancel, true), of(Control::Stop, true)], [Some(1.2), Some(5.0)]);
        assert_eq!(of(Control::Suspend, true), None);
    }
}
