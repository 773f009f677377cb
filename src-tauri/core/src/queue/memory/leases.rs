//! Claiming jobs, recording notes, and settling, in memory.

use super::MemoryQueue;
use super::moves::{begin, end, is_past};
use crate::error::Result;
use crate::job::{Job, JobId, Lease, Millis, State};
use crate::policy::SUSPECT_CRASHES;
use crate::progress::Progress;
use crate::queue::{Filter, Flag, Leases, Lists, Note, Outcome};

impl Leases for MemoryQueue {
    fn claim_on(&self, boot: Option<&str>, owner: &str, alone: bool) -> Result<Option<Job>> {
        let (mut all, now) = (self.all(), self.clock.now());
        let paused = all.flags.contains_key(Flag::Paused.as_str());
        let free =
            all.rows.values_mut().filter(|r| !paused && r.may_start(now)).min_by_key(|r| r.job.position);
        Ok(free.filter(|r| alone || r.job.crashes < SUSPECT_CRASHES).map(|row| {
            begin(row, boot, owner, now);
            row.job.clone()
        }))
    }

    fn note(&self, lease: Lease, note: &Note) -> Result<bool> {
        let mut all = self.all();
        let Some(row) = all.leased(lease) else { return Ok(false) };
        let Some(attempt) = row.attempts.last_mut() else { return Ok(false) };
        match note {
            Note::Source { size, mtime_ns } => {
                (row.job.source_size, row.job.source_mtime_ns) = (Some(*size), *mtime_ns);
            }
            Note::Plan { plan, part } => {
                (attempt.plan, attempt.part) = (Some(plan.clone()), Some(part.clone()));
                (row.job.intent, row.job.warnings) = (None, Vec::new());
            }
            Note::Verified(verification) => attempt.verification = Some(verification.clone()),
            Note::Command(line) => attempt.commands.push(line.clone()),
            Note::Child(child) => attempt.child = Some(child.clone()),
            Note::Publish { .. } if row.job.cancel_requested && row.job.intent.is_none() => return Ok(false),
            Note::Publish { intent, warnings } => {
                (row.job.intent, row.job.warnings) = (Some(intent.clone()), warnings.clone());
            }
        }
        Ok(true)
    }

    fn settle(&self, lease: Lease, outcome: &Outcome) -> Result<bool> {
        let (mut all, now) = (self.all(), self.clock.now());
        let Some(row) = all.leased(lease) else { return Ok(false) };
        end(row, outcome, outcome.next()?, now);
        if matches!(outcome, Outcome::Done { .. } | Outcome::Failed(_)) {
            all.flags.insert(Flag::EndedSinceCrash.as_str(), "1".into());
        }
        Ok(true)
    }

    fn save_progress(&self, progress: &[(Lease, Progress)]) -> Result<()> {
        let mut all = self.all();
        for (lease, progress) in progress {
            if let Some(row) = all.leased(*lease) {
                row.job.progress = Some(*progress);
            }
        }
        Ok(())
    }

    fn abandoned(&self, owner: &str) -> Result<Vec<Job>> {
        Ok(self.owned(|of| of != owner))
    }

    fn changed_elsewhere(&self) -> Result<bool> {
        Ok(false)
    }

    fn retire(&self, done_before: Millis, keep_done: u64, cancelled_before: Millis) -> Result<u64> {
        let newest = self.page(&Filter::of(&[State::Done]), 0, keep_done)?;
        let mut all = self.all();
        let before = all.rows.len();
        let past = |job: &Job| is_past(job, done_before, cancelled_before);
        let gone: Vec<JobId> =
            all.rows.values().map(|row| &row.job).filter(|job| past(job)).map(|job| job.id).collect();
        for id in gone.into_iter().filter(|id| !newest.iter().any(|job| job.id == *id)) {
            all.remove(id);
        }
        Ok((before - all.rows.len()) as u64)
    }
}
