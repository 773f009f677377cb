//! How long the rest of the queue takes: what is left, at the pace of the last minutes.

use crate::state::{Spool, lock};
use crate::view::Left;
use spool_core::error::Result;
use spool_core::job::{Job, State};
use spool_core::queue::Filter;
use std::collections::BTreeMap;
use std::time::Duration;

impl Spool {
    /// `percents`: progress as last heard; what no longer runs is taken out. `awake`: time since the start.
    pub fn left(&self, awake: Duration, percents: &mut BTreeMap<i64, f64>) -> Result<Left> {
        let mut pace = lock(&self.pace);
        let running = self.queue().page(&Filter::of(&[State::Running]), 0, 1000)?;
        percents.retain(|id, _| running.iter().any(|job| job.id.0 == *id));
        let going: Vec<&Job> = running.iter().filter(|job| !job.hold).collect();
        if going.is_empty() {
            pace.rest();
            return Ok(Left::default());
        }
        let share = |job: &&Job| percents.get(&job.id.0).copied().unwrap_or(0.0) / 100.0;
        let size = |job: &&Job| job.source_size.unwrap_or(0) as f64;
        let worked: f64 = going.iter().map(|job| size(job) * share(job)).sum();
        let rest: f64 = going.iter().map(|job| size(job) * (1.0 - share(job))).sum();
        pace.observe(awake, self.queue().saved()?.before as f64 + worked);
        let range = pace.range(self.queue().left()? as f64 + rest);
        Ok(Left { from: range.map(|r| r.0), to: range.map(|r| r.1) })
    }
}
