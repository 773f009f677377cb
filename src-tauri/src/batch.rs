//! How much of the present batch has ended: from the first start to the queue being at rest, and on until work begins
//! anew. Lists keep what was done for weeks, which says nothing of how far today's work is.
//!
//! Pure: events go in.

use spool_core::event::Event;
use spool_core::job::State;

/// What has ended since the batch began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    /// With a result.
    pub done: u64,
    /// For good, without one.
    pub failed: u64,
    over: bool,
}

impl Ended {
    /// Takes an event in.
    pub fn hear(&mut self, event: &Event) {
        match event {
            Event::JobChanged { state: State::Running, .. } if self.over => *self = Ended::default(),
            Event::JobChanged { state: State::Done, .. } => self.done += 1,
            Event::JobChanged { state: State::Failed, .. } => self.failed += 1,
            Event::Idle => self.over = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::job::JobId;

    #[test]
    fn a_batch_counts_until_work_begins_anew_after_it_was_over() {
        let mut ended = Ended::default();
        let mut hear = |states: &[State]| {
            for state in states {
                ended.hear(&Event::JobChanged { id: JobId(1), state: *state, code: None, message: None });
            }
            let so_far = (ended.done, ended.failed);
            if states.is_empty() {
                ended.hear(&Event::Idle);
            }
            so_far
        };
        assert_eq!(hear(&[State::Running, State::Done, State::Running, State::Failed]), (1, 1));
        assert_eq!(hear(&[]), (1, 1), "over");
        assert_eq!(hear(&[State::Queued]), (1, 1), "nothing has begun yet");
        assert_eq!(hear(&[State::Running, State::Done]), (1, 0));
    }
}
