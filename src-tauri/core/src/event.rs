//! Something happened: what the engine tells those who listen, filtered by topic, so that nobody has to poll.
//!
//! Guarantees that an event follows the commit it speaks of, and that a subscriber who falls behind is told so
//! with a fresh snapshot in place of what it missed. Events carry no truth of their own: the queue has it.

use crate::batch::Batch;
use crate::failure::Reason;
use crate::forecast::TimeLeft;
use crate::job::{Job, JobId, State};
use crate::progress::Progress;
use crate::queue::Counts;
use crate::raised::Alarm;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Rows were added, removed or moved, or another process changed something.
    QueueChanged,
    /// One job changed its state.
    JobChanged {
        /// Which.
        id: JobId,
        /// What it is now.
        state: State,
        /// Why, where there is a reason.
        reason: Option<Reason>,
    },
    /// A running job got on, at most four times a second.
    Progress {
        /// Which.
        id: JobId,
        /// How far.
        progress: Progress,
    },
    /// The queue was paused or resumed.
    Paused(bool),
    /// Failures pile up.
    Alarm(Alarm),
    /// The environment is broken and the queue stands still (`Some`), or works again (`None`).
    Breaker(Option<Reason>),
    /// A new estimate of how long the rest takes; nothing where that is not known.
    TimeLeft(Option<TimeLeft>),
    /// Nothing is left that could go on by itself.
    Idle,
}

/// What a subscriber wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Everything but progress.
    Queue,
    /// One job, its progress included.
    Job(JobId),
    /// Progress of all jobs.
    Progress,
}

impl Topic {
    /// Does this event belong to the topic?
    pub fn covers(self, event: &Event) -> bool {
        match (self, event) {
            (Topic::Progress, event) => matches!(event, Event::Progress { .. } | Event::TimeLeft(_)),
            (Topic::Queue, event) => !matches!(event, Event::Progress { .. } | Event::TimeLeft(_)),
            (Topic::Job(wanted), Event::Progress { id, .. } | Event::JobChanged { id, .. }) => wanted == *id,
            (Topic::Job(_), _) => false,
        }
    }
}

/// How things stand, for a subscriber that begins or has missed something.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Jobs by state.
    pub counts: Counts,
    /// The running jobs with their latest progress.
    pub running: Vec<Job>,
    /// The queue is paused.
    pub paused: bool,
    /// Nothing is left that could go on by itself.
    pub idle: bool,
    /// What has ended of the present batch, and how often one has.
    pub batch: Batch,
}

/// What a subscription yields.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// First of all, and in place of events that were missed.
    Snapshot(Box<Snapshot>),
    /// One event.
    Event(Event),
}

/// Takes a fresh snapshot; `None` when the queue cannot be read just now.
pub type TakeSnapshot = Arc<dyn Fn() -> Option<Snapshot> + Send + Sync>;

/// A filtered stream of events that starts with a snapshot.
pub struct Subscription {
    topics: Vec<Topic>,
    events: broadcast::Receiver<Event>,
    snapshot: TakeSnapshot,
    behind: bool,
}

impl Subscription {
    /// Listens to `events` from now on.
    pub fn new(topics: Vec<Topic>, events: broadcast::Receiver<Event>, snapshot: TakeSnapshot) -> Self {
        Subscription { topics, events, snapshot, behind: true }
    }

    /// The next thing to know; `None` after the engine has ended. Whoever stops waiting for it misses nothing.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            if self.behind {
                let take = self.snapshot.clone();
                let taken = tokio::task::spawn_blocking(move || take()).await;
                self.behind = false;
                if let Ok(Some(snapshot)) = taken {
                    return Some(Told::Snapshot(Box::new(snapshot)));
                }
            }
            match self.events.recv().await {
                Ok(event) if self.topics.iter().any(|t| t.covers(&event)) => return Some(Told::Event(event)),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(id: i64) -> Event {
        Event::Progress { id: JobId(id), progress: Progress::default() }
    }

    fn subscription(topics: Vec<Topic>, sender: &broadcast::Sender<Event>) -> Subscription {
        let snapshot = Snapshot {
            counts: Counts::default(),
            running: Vec::new(),
            paused: false,
            idle: false,
            batch: Batch::default(),
        };
        Subscription::new(topics, sender.subscribe(), Arc::new(move || Some(snapshot.clone())))
    }

    #[tokio::test]
    async fn a_subscriber_hears_only_its_topics() {
        let (sender, _keep) = broadcast::channel(16);
        let mut one = subscription(vec![Topic::Job(JobId(2))], &sender);
        assert!(matches!(one.next().await, Some(Told::Snapshot(_))), "a snapshot comes first");
        for event in [progress(1), Event::QueueChanged, progress(2)] {
            sender.send(event).unwrap();
        }
        assert_eq!(one.next().await, Some(Told::Event(progress(2))));
    }

    #[tokio::test]
    async fn a_lagging_subscriber_gets_a_fresh_snapshot_in_place_of_what_it_missed() {
        let (sender, _keep) = broadcast::channel(2);
        let mut slow = subscription(vec![Topic::Progress], &sender);
        slow.next().await;
        for id in 0..10 {
            sender.send(progress(id)).unwrap();
        }
        assert!(matches!(slow.next().await, Some(Told::Snapshot(_))));
        assert_eq!(slow.next().await, Some(Told::Event(progress(8))));
        drop(sender);
    }
}
