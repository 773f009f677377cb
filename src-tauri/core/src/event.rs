//! Events of the engine for subscribers, filtered by topic, so that nothing has to poll.
//!
//! Guarantees that an event follows the commit it reports, and that a subscriber that falls behind receives a fresh
//! snapshot in place of the missed events. Events are hints; the queue holds the data.

use crate::batch::Batch;
use crate::failure::Reason;
use crate::forecast::TimeLeft;
use crate::job::{Job, JobId, State};
use crate::progress::Progress;
use crate::queue::Counts;
use crate::raised::Alarm;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Jobs were added, removed or moved, or another process changed something.
    QueueChanged,
    /// One job changed its state.
    JobChanged {
        /// The job.
        id: JobId,
        /// Its new state.
        state: State,
        /// Why, if there is a reason.
        reason: Option<Reason>,
    },
    /// Progress of a running job, at most four times a second.
    Progress {
        /// The job.
        id: JobId,
        /// Its progress.
        progress: Progress,
    },
    /// The queue was paused or resumed.
    Paused(bool),
    /// Many jobs fail.
    Alarm(Alarm),
    /// The environment is broken and no job starts (`Some`), or it works again (`None`).
    Breaker(Option<Reason>),
    /// A new estimate of the time left; `None` if unknown.
    TimeLeft(Option<TimeLeft>),
    /// No job can run without a user or an outside change.
    Idle,
}

/// A selection of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Everything but progress.
    Queue,
    /// One job, including its progress.
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

/// The state of the queue, for a new subscriber or one that missed events.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Jobs by state.
    pub counts: Counts,
    /// The running jobs with their latest progress.
    pub running: Vec<Job>,
    /// The queue is paused.
    pub paused: bool,
    /// No job can run without a user or an outside change.
    pub idle: bool,
    /// The current batch.
    pub batch: Batch,
}

/// An item of a subscription.
#[derive(Debug, Clone, PartialEq)]
pub enum Delivery {
    /// The first item, and the replacement for missed events.
    Snapshot(Box<Snapshot>),
    /// One event.
    Event(Event),
}

/// Takes a snapshot; `None` if the queue cannot be read now.
pub type TakeSnapshot = Arc<dyn Fn() -> Option<Snapshot> + Send + Sync>;

/// A filtered stream of events that starts with a snapshot.
pub struct Subscription {
    topics: Vec<Topic>,
    events: broadcast::Receiver<Event>,
    snapshot: TakeSnapshot,
    behind: bool,
}

impl Subscription {
    /// Subscribes to `events` from now on.
    pub fn new(topics: Vec<Topic>, events: broadcast::Receiver<Event>, snapshot: TakeSnapshot) -> Self {
        Subscription { topics, events, snapshot, behind: true }
    }

    /// The next item; `None` after the engine has ended. Cancel-safe: dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Delivery> {
        loop {
            if self.behind {
                let take = self.snapshot.clone();
                let taken = tokio::task::spawn_blocking(move || take()).await;
                self.behind = false;
                if let Ok(Some(snapshot)) = taken {
                    return Some(Delivery::Snapshot(Box::new(snapshot)));
                }
            }
            match self.events.recv().await {
                Ok(event) if self.topics.iter().any(|t| t.covers(&event)) => {
                    return Some(Delivery::Event(event));
                }
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
    async fn subscriber_receives_only_its_topics() {
        let (sender, _keep) = broadcast::channel(16);
        let mut one = subscription(vec![Topic::Job(JobId(2))], &sender);
        assert!(matches!(one.next().await, Some(Delivery::Snapshot(_))), "a snapshot comes first");
        for event in [progress(1), Event::QueueChanged, progress(2)] {
            sender.send(event).unwrap();
        }
        assert_eq!(one.next().await, Some(Delivery::Event(progress(2))));
    }

    #[tokio::test]
    async fn lagging_subscriber_gets_a_snapshot_in_place_of_missed_events() {
        let (sender, _keep) = broadcast::channel(2);
        let mut slow = subscription(vec![Topic::Progress], &sender);
        slow.next().await;
        for id in 0..10 {
            sender.send(progress(id)).unwrap();
        }
        assert!(matches!(slow.next().await, Some(Delivery::Snapshot(_))));
        assert_eq!(slow.next().await, Some(Delivery::Event(progress(8))));
        drop(sender);
    }
}
