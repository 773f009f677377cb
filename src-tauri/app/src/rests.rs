//! Has the queue come to rest since that was last asked? On it hangs what the user wants done then, and the notice of what
//! has come of the batch.
//!
//! Guarantees that each rest counts once, also where the event of it was missed: a snapshot tells of it as well. Pure.

use spool_core::batch::{Batch, Ended};
use spool_core::event::{Event, Told};

/// How often it came to rest so far.
#[derive(Debug, Default)]
pub struct Rests(u64);

impl Rests {
    /// Takes in what was told; answers what has ended, where the queue has come to rest. `now`: the batch as the engine has
    /// it at this moment.
    pub fn hear(&mut self, told: &Told, now: impl FnOnce() -> Option<Batch>) -> Option<Ended> {
        let batch = match told {
            Told::Event(Event::Idle) => now()?,
            // Where work goes on by now, its end is still to come.
            Told::Snapshot(snapshot) if snapshot.idle => snapshot.batch,
            _ => return None,
        };
        let rests = std::mem::replace(&mut self.0, batch.rests);
        (batch.rests > rests).then_some(batch.rested)
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

    /// Failed jobs are others than those that are done.
    fn changed(state: State) -> Event {
        let id = JobId(if state == State::Failed { 2 } else { 1 });
        Event::JobChanged { id, state, reason: None }
    }

    /// An engine as far as it tells: a channel that keeps few events, and the batch.
    struct Teller {
        events: broadcast::Sender<Event>,
        tally: Arc<Tally>,
        idle: Arc<Mutex<bool>>,
    }

    impl Teller {
        fn new(kept: usize) -> Teller {
            Teller { events: broadcast::channel(kept).0, tally: Arc::default(), idle: Arc::default() }
        }

        fn subscribe(&self) -> Subscription {
            let (tally, idle) = (self.tally.clone(), self.idle.clone());
            let take = move || {
                let (batch, idle) = (tally.batch(), *idle.lock().unwrap());
                Some(Snapshot { counts: Counts::default(), running: Vec::new(), paused: false, idle, batch })
            };
            Subscription::new(vec![Topic::Queue], self.events.subscribe(), Arc::new(take))
        }

        fn tell(&self, event: Event) {
            let mut idle = self.idle.lock().unwrap();
            *idle = event == Event::Idle || (*idle && event != changed(State::Running));
            drop(idle);
            self.tally.hear(&event);
            self.events.send(event).unwrap();
        }
    }

    /// What is heard until nothing is left: done and failed at each rest.
    async fn all(teller: &Teller, events: &mut Subscription, rests: &mut Rests) -> Vec<(u64, u64)> {
        teller.tell(Event::Paused(true));
        let mut found = Vec::new();
        loop {
            let told = events.next().await.unwrap();
            let now = || Some(teller.tally.batch());
            found.extend(rests.hear(&told, now).map(|ended| (ended.done, ended.failed)));
            if told == Told::Event(Event::Paused(true)) {
                return found;
            }
        }
    }

    #[tokio::test]
    async fn who_missed_the_event_of_a_rest_learns_of_it_all_the_same_and_once() {
        let (teller, mut rests) = (Teller::new(2), Rests::default());
        let mut events = teller.subscribe();
        assert!(matches!(events.next().await, Some(Told::Snapshot(_))));
        for state in [State::Running, State::Done, State::Failed] {
            teller.tell(changed(state));
        }
        teller.tell(Event::Idle);
        // These push it out of the channel, and the queue stays at rest.
        (0..2).for_each(|_| teller.tell(Event::QueueChanged));
        let told = events.next().await.unwrap();
        assert!(matches!(told, Told::Snapshot(_)), "{told:?}");
        assert_eq!(rests.hear(&told, || None), Some(Ended { done: 1, failed: 1, ..Ended::default() }));
        assert_eq!(rests.hear(&told, || None), None, "a second snapshot tells of the same");
        assert_eq!(all(&teller, &mut events, &mut rests).await, []);
    }

    #[tokio::test]
    async fn a_rest_counts_once_also_where_a_snapshot_and_its_event_tell_of_it() {
        let (teller, mut rests) = (Teller::new(16), Rests::default());
        let mut events = teller.subscribe();
        for event in [changed(State::Running), changed(State::Done), Event::Idle] {
            teller.tell(event);
        }
        assert_eq!(all(&teller, &mut events, &mut rests).await, [(1, 0)]);
        teller.tell(Event::Idle);
        assert_eq!(all(&teller, &mut events, &mut rests).await, [(0, 0)], "at rest again");
    }

    #[tokio::test]
    async fn what_had_ended_is_told_though_work_has_begun_again() {
        let (teller, mut rests) = (Teller::new(16), Rests::default());
        let mut events = teller.subscribe();
        assert_eq!(all(&teller, &mut events, &mut rests).await, []);
        let begun = changed(State::Running);
        for event in [begun.clone(), changed(State::Failed), Event::Idle, begun] {
            teller.tell(event);
        }
        assert_eq!(all(&teller, &mut events, &mut rests).await, [(0, 1)]);
    }

    #[tokio::test]
    async fn a_rest_that_was_missed_is_past_where_work_goes_on() {
        let (teller, mut rests) = (Teller::new(1), Rests::default());
        let mut events = teller.subscribe();
        events.next().await;
        for event in [Event::Idle, changed(State::Running)] {
            teller.tell(event);
        }
        assert_eq!(all(&teller, &mut events, &mut rests).await, []);
        for event in [changed(State::Done), Event::Idle] {
            teller.tell(event);
        }
        assert_eq!(all(&teller, &mut events, &mut rests).await, [(1, 0)]);
    }
}
