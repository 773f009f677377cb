//! Details of single jobs, and flags of the queue, in memory.

use super::MemoryQueue;
use super::moves::keep_check;
use crate::error::Result;
use crate::finding::Check;
use crate::forecast::learned::{Sample, keep};
use crate::job::{Attempt, Job, JobId, State};
use crate::media::Facts;
use crate::queue::{Details, EarlierResult, Flag, NewJob};
use crate::verification::Verification;

impl Details for MemoryQueue {
    fn job(&self, id: JobId) -> Result<Option<Job>> {
        Ok(self.all().rows.get(&id).map(|r| r.job.clone()))
    }

    fn attempts(&self, id: JobId) -> Result<Vec<Attempt>> {
        Ok(self.all().rows.get(&id).map(|r| r.attempts.clone()).unwrap_or_default())
    }

    fn describe(&self, id: JobId, facts: &Facts) -> Result<()> {
        if let Some(row) = self.all().rows.get_mut(&id) {
            row.job.facts = Some(facts.clone());
        }
        Ok(())
    }

    fn keep_check(&self, id: JobId, check: &Check, verification: Option<&Verification>) -> Result<bool> {
        let mut all = self.all();
        let done = all.rows.get_mut(&id).filter(|row| row.job.state == State::Done);
        Ok(done.map(|row| keep_check(row, check, verification)).is_some())
    }

    fn earlier_results(&self, jobs: &[NewJob]) -> Result<Vec<EarlierResult>> {
        let all = self.all();
        Ok(jobs.iter().flat_map(|job| all.earlier_results(job)).collect())
    }

    fn learn(&self, sample: &Sample) -> Result<()> {
        keep(&mut self.all().learned, sample.clone());
        Ok(())
    }

    fn learned(&self) -> Result<Vec<Sample>> {
        Ok(self.all().learned.clone())
    }

    fn flag(&self, flag: Flag) -> Result<Option<String>> {
        Ok(self.all().flags.get(flag.as_str()).cloned())
    }

    fn set_flag(&self, flag: Flag, value: Option<&str>) -> Result<()> {
        match value {
            Some(value) => self.all().flags.insert(flag.as_str(), value.to_owned()),
            None => self.all().flags.remove(flag.as_str()),
        };
        Ok(())
    }
}
