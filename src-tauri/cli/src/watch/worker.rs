//! Which process runs the queue, as `spool watch` sees it: the messages about it, and whether the queue is idle.

use crate::context::{Context, Failed};
use crate::text;
use spool_core::engine::lock;
use spool_core::queue::{Counts, Flag, Queue};

/// The engine that runs the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Worker {
    /// An engine runs; its name.
    There(String),
    /// An engine runs, but the queue is paused.
    Paused,
    /// No engine runs; why, as a sentence.
    Gone(String),
}

impl Worker {
    pub(super) fn look(context: &Context, queue: &dyn Queue) -> Result<Worker, Failed> {
        let paused = queue.flag(Flag::Paused)?.is_some();
        Ok(match lock::holder(&context.data) {
            Some(_) if paused => Worker::Paused,
            Some(who) => Worker::There(text::line(&who)),
            None => Worker::Gone(text::unworked(context.abandoned_since())),
        })
    }

    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Worker::Gone(_))
    }

    /// Whether no job can run without a user or an outside change.
    pub(super) fn is_idle(&self, counts: &Counts) -> bool {
        match self {
            Worker::There(_) => counts.running + counts.startable() == 0,
            Worker::Paused => counts.running == 0,
            Worker::Gone(_) => true,
        }
    }
}

/// Returns how many jobs have not ended.
pub(super) fn left(counts: &Counts) -> u64 {
    counts.queued + counts.waiting + counts.running
}

/// The state at the last call.
#[derive(Default)]
pub(super) struct WorkerNews(Option<Worker>);

impl WorkerNews {
    /// Returns the message to print: at first only if nothing starts, then for each change.
    pub(super) fn news(&mut self, worker: &Worker) -> Option<String> {
        let before = self.0.replace(worker.clone());
        if before.as_ref() == Some(worker) {
            return None;
        }
        match worker {
            Worker::There(who) => before.map(|_| format!("{who} runs the queue.")),
            Worker::Paused => Some(text::PAUSED.into()),
            Worker::Gone(why) => Some(why.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_queue_is_reported_at_once_and_then_each_change() {
        let (there, gone) = (Worker::There("spool run (process 7)".into()), Worker::Gone("Nothing.".into()));
        let mut standing = WorkerNews::default();
        let mut news = |worker: &Worker| standing.news(worker).unwrap_or_default();
        assert_eq!(news(&gone), "Nothing.");
        assert_eq!(news(&gone), "");
        assert_eq!(news(&there), "spool run (process 7) runs the queue.");
        assert_eq!(news(&Worker::Paused), text::PAUSED);
        assert_eq!(news(&there), "spool run (process 7) runs the queue.");
        assert_eq!(WorkerNews::default().news(&there), None, "a running engine is no news");
    }

    #[test]
    fn idle_means_that_no_job_can_run_by_itself() {
        let (there, gone) = (Worker::There(String::new()), Worker::Gone(String::new()));
        let counts = |queued, held, running| Counts { queued, held, running, ..Counts::default() };
        assert!(there.is_idle(&counts(2, 2, 0)) && !there.is_idle(&counts(2, 1, 0)));
        assert!(!there.is_idle(&counts(0, 0, 1)) && !Worker::Paused.is_idle(&counts(3, 0, 1)));
        assert!(Worker::Paused.is_idle(&counts(3, 0, 0)) && gone.is_idle(&counts(3, 0, 1)));
        assert_eq!(left(&Counts { waiting: 1, ..counts(2, 2, 1) }), 4);
    }
}
