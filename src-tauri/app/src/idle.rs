//! Detects when the queue becomes idle, which triggers what the user wants done then and the notification of the end of
//! the batch.
//!
//! Guarantees that each time is reported at most once, and that a missed event is made up for by the next snapshot if
//! the queue is still idle. Pure.

use spool_core::batch::{Batch, BatchTotals};
use spool_core::event::{Delivery, Event};

/// How often the queue became idle so far.
#[derive(Debug, Default)]
pub struct IdleWatch(u64);

impl IdleWatch {
    /// Processes an item of a subscription. If the queue became idle, returns the counts of jobs that ended since it
    /// was last idle. `now` reads the engine's current batch.
    pub fn receive(&mut self, item: &Delivery, now: impl FnOnce() -> Option<Batch>) -> Option<BatchTotals> {
        let batch = match item {
            Delivery::Event(Event::Idle) => now()?,
            // A snapshot that is not idle is skipped: the end of that work is still to come.
            Delivery::Snapshot(snapshot) if snapshot.idle => snapshot.batch,
            _ => return None,
        };
        let idle_count = std::mem::replace(&mut self.0, batch.idle_count);
        (batch.idle_count > idle_count).then_some(batch.last_ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::engine::Tally;
    use spool_core::event::{Snapshot, Subscription, Topic};
    use spool_core::job::{JobId, State};
    use spool_core::queue::Counts;
    use std::sync::{Arc, Mutex};
    use tokio::sync::broadcast;

    /// A failed job has another id than a done one.
    fn changed(state: State) -> Event {
        let id = JobId(if state == State::Failed { 2 } else { 1 });
        Event::JobChanged { id, state, reason: None }
    }

    /// The events of an engine: a channel that keeps few of them, and the batch.
    struct FakeEngine {
        events: broadcast::Sender<Event>,
        tally: Arc<Tally>,
        idle: Arc<Mutex<bool>>,
    }

    impl FakeEngine {
        fn new(kept: usize) -> FakeEngine {
            FakeEngine { events: broadcast::channel(kept).0, tally: Arc::default(), idle: Arc::default() }
        }

        fn subscribe(&self) -> Subscription {
            let (tally, idle) = (self.tally.clone(), self.idle.clone());
            let take = move || {
                let (batch, idle) = (tally.batch(), *idle.lock().unwrap());
                Some(Snapshot { counts: Counts::default(), running: Vec::new(), paused: false, idle, batch })
            };
            Subscription::new(vec![Topic::Queue], self.events.subscribe(), Arc::new(take))
        }

        fn send(&self, event: Event) {
            let mut idle = self.idle.lock().unwrap();
            *idle = event == Event::Idle || (*idle && event != changed(State::Running));
            drop(idle);
            self.tally.record(&event);
            self.events.send(event).unwrap();
        }
    }

    /// Processes all pending events; returns the done and failed counts of each time the queue became idle.
    async fn all(
        engine: &FakeEngine,
        events: &mut Subscription,
        idle_count: &mut IdleWatch,
    ) -> Vec<(u64, u64)> {
        engine.send(Event::Paused(true));
        let mut found = Vec::new();
        loop {
            let item = events.next().await.unwrap();
            let now = || Some(engine.tally.batch());
            found.extend(idle_count.receive(&item, now).map(|ended| (ended.done, ended.failed)));
            if item == Delivery::Event(Event::Paused(true)) {
                return found;
            }
        }
    }

    #[tokio::test]
    async fn missed_idle_event_is_reported_once_by_a_snapshot() {
        let (engine, mut idle_count) = (FakeEngine::new(2), IdleWatch::default());
        let mut events = engine.subscribe();
        assert!(matches!(events.next().await, Some(Delivery::Snapshot(_))));
        for state in [State::Running, State::Done, State::Failed] {
            engine.send(changed(state));
        }
        engine.send(Event::Idle);
        // These push the idle event out of the channel, and the queue stays idle.
        (0..2).for_each(|_| engine.send(Event::QueueChanged));
        let item = events.next().await.unwrap();
        assert!(matches!(item, Delivery::Snapshot(_)), "{item:?}");
        assert_eq!(
            idle_count.receive(&item, || None),
            Some(BatchTotals { done: 1, failed: 1, ..BatchTotals::default() })
        );
        assert_eq!(idle_count.receive(&item, || None), None, "a second snapshot reports the same");
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, []);
    }

    #[tokio::test]
    async fn idle_queue_is_reported_once_by_snapshot_and_event() {
        let (engine, mut idle_count) = (FakeEngine::new(16), IdleWatch::default());
        let mut events = engine.subscribe();
        for event in [changed(State::Running), changed(State::Done), Event::Idle] {
            engine.send(event);
        }
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, [(1, 0)]);
        engine.send(Event::Idle);
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, [(0, 0)], "idle again");
    }

    #[tokio::test]
    async fn ended_jobs_are_reported_after_work_has_started_again() {
        let (engine, mut idle_count) = (FakeEngine::new(16), IdleWatch::default());
        let mut events = engine.subscribe();
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, []);
        let started = changed(State::Running);
        for event in [started.clone(), changed(State::Failed), Event::Idle, started] {
            engine.send(event);
        }
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, [(0, 1)]);
    }

    #[tokio::test]
    async fn missed_idle_event_is_not_reported_once_work_has_started_again() {
        let (engine, mut idle_count) = (FakeEngine::new(1), IdleWatch::default());
        let mut events = engine.subscribe();
        events.next().await;
        for event in [Event::Idle, changed(State::Running)] {
            engine.send(event);
        }
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, []);
        for event in [changed(State::Done), Event::Idle] {
            engine.send(event);
        }
        assert_eq!(all(&engine, &mut events, &mut idle_count).await, [(1, 0)]);
    }
}
