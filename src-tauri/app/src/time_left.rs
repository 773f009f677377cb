//! The estimated time left for the queue, by the engine of this process or of another.

use crate::state::Spool;
use crate::view::TimeLeftRange;
use spool_core::clock::{Clock, SystemClock};
use spool_core::error::Result;
use spool_core::queue::time_left;

impl Spool {
    /// Returns the latest estimate.
    pub fn time_left(&self) -> Result<TimeLeftRange> {
        let here = self.with_engine(spool_core::engine::Engine::time_left);
        let left = match here {
            Some(left) => left,
            None => time_left(self.queue(), SystemClock::default().now())?,
        };
        Ok(TimeLeftRange {
            from: left.map(|left| left.from as u64),
            to: left.map(|left| left.to.ceil() as u64),
        })
    }
}
