//! The failed list for front ends: a header for each cause, followed by its two newest jobs, or by all of them if the
//! user expanded it. The layout is computed from the counts alone.

use crate::state::Spool;
use crate::view::{Cause, Entry, Group, Page};
use spool_core::error::Result;
use spool_core::failure::FailureCode;
use spool_core::job::JobId;
use spool_core::queue::{Command, Selection};

/// Number of jobs shown of a cause that is not expanded.
const FEW: u64 = 2;

/// Part of the list: the header of a cause, or some of its jobs.
#[derive(Debug, PartialEq, Eq)]
enum Slot {
    Header(usize),
    Jobs { cause: usize, from: u64, count: u64 },
}

/// Returns the layout of `limit` entries from index `offset`, and the number of all entries. `shown`: number of jobs
/// shown of each cause.
fn slots(shown: &[u64], offset: u64, limit: u64) -> (Vec<Slot>, u64) {
    let (mut slots, mut place) = (Vec::new(), 0);
    let until = offset.saturating_add(limit);
    for (cause, count) in shown.iter().copied().enumerate() {
        if (offset..until).contains(&place) {
            slots.push(Slot::Header(cause));
        }
        let (first, end) = (place + 1, place + 1 + count);
        let (from, to) = (first.max(offset), end.min(until));
        if from < to {
            slots.push(Slot::Jobs { cause, from: from - first, count: to - from });
        }
        place = end;
    }
    (slots, place)
}

/// Returns the number of jobs shown of each cause.
fn shown(causes: &[(FailureCode, u64)], open: &[String]) -> Vec<u64> {
    let is_open = |code: FailureCode| open.iter().any(|o| o == code.as_str());
    causes.iter().map(|(code, count)| if is_open(*code) { *count } else { FEW.min(*count) }).collect()
}

impl Spool {
    /// Returns part of the failed list. `open`: codes of the expanded causes.
    pub fn failed_page(&self, offset: u64, limit: u64, open: &[String]) -> Result<Page> {
        let causes = self.queue().causes()?;
        let shown = shown(&causes, open);
        let (slots, total) = slots(&shown, offset, limit);
        let mut entries = Vec::new();
        for slot in slots {
            match slot {
                Slot::Header(n) => {
                    let (cause, shown) = (Cause::new(causes[n].0, causes[n].1), shown[n]);
                    entries.push(Entry::Group(Group { cause, shown }));
                }
                Slot::Jobs { cause, from, count } => {
                    let jobs = self.queue().failed_by(causes[cause].0, from, count)?;
                    entries.extend(jobs.iter().map(|job| Entry::Row(Box::new(self.row(job, None)))));
                }
            }
        }
        Ok(Page { offset, entries, total, groups: causes.len() as u64 })
    }

    /// Returns the causes for which jobs failed, each with the number of jobs.
    pub fn causes(&self) -> Result<Vec<Cause>> {
        Ok(self.queue().causes()?.into_iter().map(|(code, count)| Cause::new(code, count)).collect())
    }

    /// Returns the job at each index of the list; `None` for a header.
    pub fn failed_jobs(&self, open: &[String]) -> Result<Vec<Option<JobId>>> {
        let causes = self.queue().causes()?;
        let mut jobs = Vec::new();
        for slot in slots(&shown(&causes, open), 0, u64::MAX).0 {
            match slot {
                Slot::Header(_) => jobs.push(None),
                Slot::Jobs { cause, from, count } => {
                    let of_it = self.queue().failed_by(causes[cause].0, from, count)?;
                    jobs.extend(of_it.iter().map(|job| Some(job.id)));
                }
            }
        }
        Ok(jobs)
    }

    /// Executes a command on all jobs that failed for one cause.
    pub fn apply_to_cause(&self, command: Command, cause: FailureCode) -> Result<()> {
        let ids = self.failed_ids(cause)?;
        self.apply(command, &Selection::Ids(ids)).map(drop)
    }

    /// Queues failed videos with another preset: all that failed for `cause` if it is given, else those of `ids`.
    pub fn retry_these_or_cause_as(
        &self,
        ids: &[JobId],
        cause: Option<FailureCode>,
        preset: &str,
    ) -> Result<()> {
        match cause {
            Some(cause) => self.retry_as(&self.failed_ids(cause)?, preset),
            None => self.retry_as(ids, preset),
        }
    }

    /// Returns the jobs that failed for this cause.
    pub fn failed_ids(&self, cause: FailureCode) -> Result<Vec<JobId>> {
        let jobs = self.queue().failed_by(cause, 0, u64::MAX >> 1)?;
        Ok(jobs.iter().map(|job| job.id).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_followed_by_their_jobs() {
        let jobs = |cause, from, count| Slot::Jobs { cause, from, count };
        let (all, total) = slots(&[2, 1], 0, 100);
        assert_eq!((all, total), (vec![Slot::Header(0), jobs(0, 0, 2), Slot::Header(1), jobs(1, 0, 1)], 5));
        assert_eq!(slots(&[2, 1], 1, 1).0, [jobs(0, 0, 1)]);
        assert_eq!(slots(&[2, 1], 2, 2).0, [jobs(0, 1, 1), Slot::Header(1)]);
        assert_eq!(slots(&[100_000], 50_000, 50).0, [jobs(0, 49_999, 50)]);
        assert_eq!(slots(&[], 0, 50), (vec![], 0));
    }
}
