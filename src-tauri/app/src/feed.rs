//! Updates for the subscribed front end: one ordered sink, snapshot first, then at most ten updates a second.
//!
//! Guarantees that nothing is lost on a slow or reloaded page: updates are merged while they wait (latest
//! wins for progress), and a new subscriber gets a full snapshot. A message stays under 8 kB.

use crate::locked::lock;
use crate::view::{AddNotice, CheckSummary, Drag, Dropped, Live, Update};
use spool_core::event::{Delivery, Event};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// Maximum number of running jobs in one message; more wait for the next.
const MOST_LIVE: usize = 40;

/// Maximum number of notices kept for a page that is not subscribed.
const MOST_NOTICES: usize = 8;

/// Sends an update to the front end.
///
/// # Errors
/// Why it failed, as text.
pub type Sink = Arc<dyn Fn(Update) -> Result<(), String> + Send + Sync>;

/// The feed of one front end.
#[derive(Default)]
pub struct Feed {
    pending: Mutex<Pending>,
    news: Notify,
    sink: Mutex<Option<Sink>>,
}

/// What has not been sent yet.
#[derive(Default)]
struct Pending {
    status: bool,
    left: bool,
    live: BTreeMap<i64, Live>,
    added: VecDeque<AddNotice>,
    rest: Update,
}

impl Feed {
    /// Sends all further updates to `sink`, starting with the state of the queue.
    pub fn subscribe(&self, sink: Sink) {
        *lock(&self.sink) = Some(sink);
        self.touch();
    }

    fn change(&self, change: impl FnOnce(&mut Pending)) {
        change(&mut lock(&self.pending));
        self.news.notify_one();
    }

    /// Reports that rows or counts have changed.
    pub fn touch(&self) {
        self.change(|p| p.status = true);
    }

    /// Processes an item of the engine's subscription.
    pub fn receive(&self, item: &Delivery) {
        match item {
            Delivery::Event(Event::Progress { id, progress }) => {
                self.send_live([Live::new(id.0, progress)]);
            }
            Delivery::Snapshot(snapshot) => {
                let live =
                    snapshot.running.iter().filter_map(|j| Some(Live::new(j.id.0, j.progress.as_ref()?)));
                self.send_live(live);
                self.touch();
            }
            Delivery::Event(Event::TimeLeft(_)) => self.change(|p| p.left = true),
            Delivery::Event(_) => self.touch(),
        }
    }

    /// Reports progress of running jobs.
    pub fn send_live(&self, live: impl IntoIterator<Item = Live>) {
        self.change(|p| p.live.extend(live.into_iter().map(|l| (l.id, l))));
    }

    /// Reports the result of adding files.
    pub fn send_added(&self, notice: AddNotice) {
        self.change(|p| {
            p.added.push_back(notice);
            if p.added.len() > MOST_NOTICES {
                p.added.pop_front();
            }
        });
    }

    /// Reports the findings of a round of checks.
    pub fn send_checked(&self, found: CheckSummary) {
        self.change(|p| p.rest.checked = Some(found));
    }

    /// Reports a drag over the window, or its end (`None`).
    pub fn send_drag(&self, drag: Option<Drag>) {
        self.change(|p| {
            p.rest.drag = drag;
            p.rest.drag_ended = drag.is_none();
        });
    }

    /// Reports a drop, which ends the drag.
    pub fn send_dropped(&self, dropped: Dropped) {
        self.change(|p| {
            p.rest.drag = None;
            p.rest.drag_ended = true;
            p.rest.dropped = Some(dropped);
        });
    }

    /// Asks the page to confirm closing while `running` jobs run.
    pub fn ask_close(&self, running: u64) {
        self.change(|p| p.rest.ask_close = Some(running));
    }

    /// Reports an error, as a sentence.
    pub fn send_trouble(&self, sentence: String) {
        self.change(|p| p.rest.trouble = Some(sentence));
    }

    /// Waits until there is something to send.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// Signals that there is more to send.
    pub(crate) fn more(&self) {
        self.news.notify_one();
    }

    /// Returns the sink, if there is a subscriber.
    pub(crate) fn sink(&self) -> Option<Sink> {
        lock(&self.sink).clone()
    }

    /// Takes what has not been sent yet, as much as fits into one update.
    pub(crate) fn take(&self) -> Taken {
        lock(&self.pending).take()
    }
}

/// The next update, and what the caller adds to it.
pub(crate) struct Taken {
    /// The state of the queue is to be added.
    pub(crate) status: bool,
    /// The time left is to be added.
    pub(crate) left: bool,
    /// The update without them.
    pub(crate) update: Update,
    /// More is pending.
    pub(crate) more: bool,
}

impl Pending {
    fn take(&mut self) -> Taken {
        let mut update = std::mem::take(&mut self.rest);
        let later = self.live.keys().nth(MOST_LIVE).copied();
        let rest = later.map(|first| self.live.split_off(&first)).unwrap_or_default();
        update.live = std::mem::replace(&mut self.live, rest).into_values().collect();
        update.added = self.added.pop_front();
        let more = !self.live.is_empty() || !self.added.is_empty();
        let (status, left) = (std::mem::take(&mut self.status), std::mem::take(&mut self.left));
        Taken { status, left, update, more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::progress::Progress;

    fn live(id: i64, percent: f64) -> Live {
        Live::new(id, &Progress { percent: Some(percent), ..Progress::default() })
    }

    #[test]
    fn latest_progress_wins_and_messages_stay_small() {
        let feed = Feed::default();
        for percent in 0..50 {
            feed.send_live((0..100).map(|id| live(i64::MAX - id, f64::from(percent) / 3.0)));
        }
        let mut sent = 0;
        loop {
            let Taken { update, more, .. } = feed.take();
            assert!(serde_json::to_string(&update).unwrap().len() < 8000);
            assert!(update.live.iter().all(|l| l.percent == Some(49.0 / 3.0)));
            sent += update.live.len();
            if !more {
                break;
            }
        }
        assert_eq!(sent, 100);
    }

    #[test]
    fn drop_ends_the_drag_and_the_oldest_notices_are_discarded() {
        let feed = Feed::default();
        feed.send_drag(Some(Drag { files: 2, folders: 1, x: 1.0, y: 1.0 }));
        feed.send_dropped(Dropped { token: 1, x: 1.0, y: 1.0 });
        for accepted in 0..20 {
            let refused = vec!["\u{1f600}".repeat(200); 5];
            feed.send_added(AddNotice { accepted, refused, ..AddNotice::default() });
        }
        let Taken { update, more, .. } = feed.take();
        assert!(update.drag.is_none() && update.drag_ended && update.dropped.is_some() && more);
        assert_eq!(update.added.as_ref().unwrap().accepted, 12, "one per message, the oldest discarded");
        assert!(serde_json::to_string(&update).unwrap().len() < 8000, "{update:?}");
    }
}
