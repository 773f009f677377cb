//! Lists and sums, in memory: every call reads all jobs.

use super::{MemoryQueue, Row};
use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, Millis, State};
use crate::queue::filter::{Candidate, select};
use crate::queue::{Counts, Cursor, Filter, Lists, Recent, Saved, WaitingForSpace, newest_first};
use std::collections::BTreeSet;
use std::path::PathBuf;

impl MemoryQueue {
    fn failed(&self) -> Result<Vec<Job>> {
        self.page(&Filter::of(&[State::Failed]), 0, u64::MAX)
    }

    /// Returns the running jobs whose owner satisfies `wanted`, in list order.
    pub(super) fn owned(&self, wanted: impl Fn(&str) -> bool) -> Vec<Job> {
        let all = self.all();
        let owned = all.rows.values().filter(|row| row.owner.as_deref().is_some_and(&wanted));
        let mut jobs: Vec<Job> = owned.map(|row| row.job.clone()).collect();
        jobs.sort_by_key(|job| (job.position, job.id));
        jobs
    }
}

impl Lists for MemoryQueue {
    fn page(&self, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>> {
        let page: Vec<JobId> =
            self.ids(filter)?.into_iter().skip(offset as usize).take(limit as usize).collect();
        let all = self.all();
        Ok(page.iter().filter_map(|id| Some(all.rows.get(id)?.job.clone())).collect())
    }

    fn ids(&self, filter: &Filter) -> Result<Vec<JobId>> {
        let all = self.all();
        let wanted = |j: &&Job| filter.states.is_empty() || filter.states.contains(&j.state);
        let mut jobs: Vec<&Job> = all.rows.values().map(|r| &r.job).filter(wanted).collect();
        if newest_first(&filter.states) {
            jobs.sort_by_key(|j| std::cmp::Reverse((j.finished_at, j.id)));
        } else {
            jobs.sort_by_key(|j| (j.position, j.id));
        }
        Ok(select(jobs.into_iter().map(Candidate::from).collect(), filter))
    }

    fn running(&self, owner: &str) -> Result<Vec<Job>> {
        Ok(self.owned(|of| of == owner))
    }

    fn page_after(&self, states: &[State], after: Option<Cursor>, limit: u64) -> Result<Vec<Job>> {
        let behind = |job: &Job| match after {
            None => true,
            Some(mark) if newest_first(states) => (job.finished_at, job.id) < (mark.finished_at, mark.id),
            Some(mark) => (job.position, job.id) > (mark.position, mark.id),
        };
        let all = self.page(&Filter::of(states), 0, u64::MAX)?;
        Ok(all.into_iter().filter(behind).take(limit as usize).collect())
    }

    fn startable(&self, after: Option<Cursor>, limit: u64) -> Result<Vec<Job>> {
        let queued = self.page_after(&[State::Queued], after, u64::MAX)?;
        let may_start = |job: &Job| !job.hold && job.spec.is_some();
        Ok(queued.into_iter().filter(may_start).take(limit as usize).collect())
    }

    fn matching(&self, filter: &Filter) -> Result<u64> {
        Ok(self.ids(filter)?.len() as u64)
    }

    fn counts(&self) -> Result<Counts> {
        let mut counts = Counts::default();
        for row in self.all().rows.values() {
            counts.count(row.job.state, 1);
            let queued = row.job.state == State::Queued;
            counts.held += u64::from(queued && row.job.hold);
            counts.unreadable += u64::from(queued && !row.job.hold && row.job.spec.is_none());
        }
        Ok(counts)
    }

    fn causes(&self) -> Result<Vec<(FailureCode, u64)>> {
        let mut causes: Vec<(FailureCode, u64)> = Vec::new();
        for code in self.failed()?.iter().filter_map(|job| Some(job.failure.as_ref()?.code())) {
            match causes.iter_mut().find(|(known, _)| *known == code) {
                Some((_, count)) => *count += 1,
                None => causes.push((code, 1)),
            }
        }
        Ok(causes)
    }

    fn failed_by(&self, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>> {
        let of_it = |job: &Job| job.failure.as_ref().is_some_and(|f| f.code() == cause);
        let all = self.failed()?.into_iter().filter(of_it);
        Ok(all.skip(offset as usize).take(limit as usize).collect())
    }

    fn startable_before(&self, position: i64) -> Result<u64> {
        let now = self.clock.now();
        let rows = &self.all().rows;
        Ok(rows.values().filter(|r| r.job.position < position && r.may_start(now)).count() as u64)
    }

    fn queued_bytes(&self) -> Result<u64> {
        let all = self.all();
        let left = all.rows.values().map(|r| &r.job);
        let left = left.filter(|j| j.state == State::Queued && !j.hold && j.spec.is_some());
        Ok(left.filter_map(|job| job.source_size).sum())
    }

    fn waiting_for_space(&self) -> Result<WaitingForSpace> {
        let waiting = self.page(&Filter::of(&[State::Waiting]), 0, u64::MAX)?;
        let full = |job: &Job| job.failure.as_ref().is_some_and(|f| f.code() == FailureCode::DiskFull);
        let volumes: Vec<_> = waiting.into_iter().filter(full).map(|job| job.output_volume).collect();
        let first = volumes.first().cloned().flatten();
        let one = volumes.iter().all(|volume| *volume == first);
        Ok(WaitingForSpace { jobs: volumes.len() as u64, volume: first.filter(|_| one) })
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for job in self.all().rows.values().map(|r| &r.job).filter(|j| j.state == State::Done) {
            if let (Some(before @ 1..), Some(after @ 1..)) = (job.source_size, job.output_size) {
                saved = Saved { before: saved.before + before, after: saved.after + after };
            }
        }
        Ok(saved)
    }

    fn recent(&self, since: Millis) -> Result<Recent> {
        let ended = self.page(&Filter::of(&[State::Done, State::Failed]), 0, u64::MAX)?;
        let failed =
            ended.iter().filter(|j| j.state == State::Failed && j.finished_at >= Some(since)).count();
        Ok(Recent { failed, last_ended: ended.iter().take(10).map(|j| j.state).collect() })
    }

    fn volumes(&self) -> Result<Vec<PathBuf>> {
        let all = self.all();
        let of = |row: &Row| [row.job.source_volume.clone(), row.job.output_volume.clone()];
        let volumes: BTreeSet<PathBuf> = all.rows.values().flat_map(of).flatten().collect();
        Ok(volumes.into_iter().collect())
    }
}
