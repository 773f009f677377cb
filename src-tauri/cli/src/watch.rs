//! `spool watch`: follows the queue by polling the database, which any process may do.

mod worker;

use crate::context::{Answer, Context, Failed, json_line};
use crate::list;
use crate::show::not_found;
use serde::Serialize;
use spool_app::view::JobView;
use spool_core::clock::{Clock, SystemClock};
use spool_core::job::{Job, JobId, Millis, State};
use spool_core::queue::{Filter, Queue};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use worker::{Worker, WorkerNews};

/// Interval between two reads of the database.
const POLL: Duration = Duration::from_secs(1);

/// A job as JSON.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    job: JobView,
    /// Whether an engine runs the queue now.
    worked: bool,
}

pub(crate) fn watch(context: &Context, id: Option<JobId>, until_idle: bool) -> Answer {
    let queue = context.queue()?;
    match id {
        Some(id) => one(context, queue.as_ref(), id),
        None => all(context, queue.as_ref(), until_idle),
    }
}

fn print_job(context: &Context, job: &Job, line: &str, worker: &Worker) -> Result<(), Failed> {
    if !context.json {
        return context.say(line);
    }
    let job = JobView::of(job, context.abandoned_since());
    json_line(&Line { job, worked: worker.is_there() })
}

fn one(context: &Context, queue: &dyn Queue, id: JobId) -> Answer {
    let (mut shown, mut news) = (String::new(), WorkerNews::default());
    loop {
        let Some(job) = queue.job(id)? else { return Ok(not_found(&[id])) };
        let line = list::line(&job, SystemClock::default().now(), context.abandoned_since());
        let worker = Worker::look(context, queue)?;
        if line != shown {
            print_job(context, &job, &line, &worker)?;
            shown = line;
        }
        if job.state.is_ended() {
            return Ok(job.state == State::Done);
        }
        news.news(&worker).iter().for_each(|news| context.remark(news));
        std::thread::park_timeout(POLL);
    }
}

fn all(context: &Context, queue: &dyn Queue, until_idle: bool) -> Answer {
    let mut watch = Watch { ends: Ends::so_far(queue)?, shown: HashMap::new() };
    let (mut news, mut failed) = (WorkerNews::default(), false);
    loop {
        let (worker, counts) = (Worker::look(context, queue)?, queue.counts()?);
        for (job, line) in watch.look(queue, SystemClock::default().now(), context.abandoned_since())? {
            failed |= job.state == State::Failed;
            print_job(context, &job, &line, &worker)?;
        }
        news.news(&worker).iter().for_each(|news| context.remark(news));
        // The counts were read before the jobs, so every end that they include has been printed.
        if until_idle && worker.is_idle(&counts) {
            return Ok(!failed && worker::left(&counts) == 0);
        }
        std::thread::park_timeout(POLL);
    }
}

struct Watch {
    ends: Ends,
    /// The last line of each running or waiting job.
    shown: HashMap<JobId, String>,
}

impl Watch {
    /// Returns the lines since the last call: each change of a running or waiting job, and the end of any other, once.
    fn look(
        &mut self,
        queue: &dyn Queue,
        now: Millis,
        abandoned: Option<Millis>,
    ) -> Result<Vec<(Job, String)>, Failed> {
        let ended = self.ends.since(queue)?;
        let jobs = queue.page(&Filter::of(&[State::Running, State::Waiting]), 0, 1000)?;
        let active: HashSet<JobId> = jobs.iter().map(|j| j.id).collect();
        let gone = self.gone(queue, &active)?;
        // It may have ended after the ends were read; the next call must not return it again.
        self.ends.known.extend(gone.iter().map(end));
        let mut seen = HashSet::new();
        let all = jobs.into_iter().chain(gone).chain(ended).filter(|j| seen.insert(j.id));
        let lines = all.map(|job| {
            let line = list::line(&job, now, abandoned);
            (job, line)
        });
        let news: Vec<_> = lines.filter(|(job, line)| self.shown.get(&job.id) != Some(line)).collect();
        self.remember(&news, &active);
        Ok(news)
    }

    fn gone(&self, queue: &dyn Queue, live: &HashSet<JobId>) -> Result<Vec<Job>, Failed> {
        let mut found = Vec::new();
        for id in self.shown.keys().filter(|id| !live.contains(id)) {
            found.extend(queue.job(*id)?);
        }
        Ok(found)
    }

    fn remember(&mut self, news: &[(Job, String)], live: &HashSet<JobId>) {
        self.shown.extend(news.iter().map(|(job, line)| (job.id, line.clone())));
        self.shown.retain(|id, _| live.contains(id));
    }
}

/// One end of a job; a retried job has several. Sorts in the order of the history.
type End = (Option<Millis>, JobId);

fn end(job: &Job) -> End {
    (job.finished_at, job.id)
}

/// The lists of ended jobs as the queue keeps them, newest first.
const LISTS: [&[State]; 2] = [&[State::Done, State::Cancelled], &[State::Failed]];

/// Ends read at a time.
const PAGE: u64 = 50;

/// The known ends. Times alone do not suffice, because a clock set back puts a new end among older ones.
#[derive(Default)]
struct Ends {
    known: HashSet<End>,
    /// For each list: ends up to this one happened before the watch started.
    floors: [Option<End>; LISTS.len()],
}

impl Ends {
    fn so_far(queue: &dyn Queue) -> Result<Ends, Failed> {
        let mut ends = Ends::default();
        for (states, floor) in LISTS.iter().zip(&mut ends.floors) {
            let page = queue.page(&Filter::of(states), 0, PAGE)?;
            *floor = page.last().filter(|_| page.len() as u64 == PAGE).map(end);
            ends.known.extend(page.iter().map(end));
        }
        Ok(ends)
    }

    /// Returns the jobs that ended since the last call, oldest first.
    fn since(&mut self, queue: &dyn Queue) -> Result<Vec<Job>, Failed> {
        let mut news = Vec::new();
        for (states, floor) in LISTS.iter().zip(self.floors) {
            for offset in (0..).step_by(PAGE as usize) {
                let mut page = queue.page(&Filter::of(states), offset, PAGE)?;
                let full = page.len() as u64 == PAGE;
                page.retain(|job| floor.is_none_or(|f| end(job) > f) && self.known.insert(end(job)));
                let further = full && !page.is_empty();
                news.extend(page);
                if !further {
                    break;
                }
            }
        }
        news.sort_by_key(end);
        Ok(news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::intake::{AddOptions, VolumeAccess, scan};
    use spool_core::preset;
    use spool_core::queue::memory::MemoryQueue;
    use spool_core::queue::{Command, Commands, Leases, QueuePosition, Selection, TakenNames};
    use spool_core::settings::Settings;
    use spool_core::spec::JobSpec;
    use std::sync::Arc;

    fn add(queue: &dyn Queue, count: usize) {
        let (dir, preset) = (tempfile::tempdir().unwrap(), preset::find("web-1080p").unwrap().clone());
        (0..count).for_each(|n| std::fs::write(dir.path().join(format!("{n}.mkv")), "x").unwrap());
        let spec = JobSpec::of(preset);
        let wish = AddOptions::of(spec, &Settings::default());
        queue
            .add(
                &scan(VolumeAccess::of(&Arc::default()), &[dir.path().to_owned()], &wish, queue)
                    .unwrap()
                    .jobs,
                QueuePosition::End,
                &TakenNames::default(),
            )
            .unwrap();
    }

    #[test]
    fn a_job_that_starts_and_ends_between_two_reads_is_shown_once() {
        let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
        let cancel = || queue.apply(Command::Cancel, &Selection::All(vec![State::Queued])).unwrap();
        add(&queue, 60);
        cancel();
        let mut watch = Watch { ends: Ends::so_far(&queue).unwrap(), shown: HashMap::new() };
        let mut shown = || {
            let news = watch.look(&queue, 0, None).unwrap();
            news.iter().map(|(job, _)| (job.id.0, job.state)).collect::<Vec<_>>()
        };
        assert_eq!(shown(), [], "ended before the watch started");
        add(&queue, 120);
        let running = queue.claim("engine", true).unwrap().unwrap().id;
        assert_eq!(shown(), [(running.0, State::Running)]);
        cancel();
        assert_eq!(shown().len(), 119);
        queue.apply(Command::Remove, &Selection::Ids((62..181).map(JobId).collect())).unwrap();
        assert_eq!(shown(), [], "older ends that take their place in the history");
    }
}
