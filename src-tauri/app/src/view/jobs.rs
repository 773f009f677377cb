//! Selections of jobs, and the facts that decide which commands apply to them.
//!
//! Guarantees that a selection of a whole list takes few bytes however long the list is, and that it contains only the
//! selected jobs, whatever was added to the list since.

use super::why::{is_cut, is_kept, is_refused, is_wrong};
use serde::{Deserialize, Serialize};
use spool_core::job::{Job, JobId, State};
use std::collections::HashSet;
use ts_rs::TS;

/// Maximum number of jobs in a selection, so that a faulty page cannot exhaust the memory.
const MOST: i64 = 10_000_000;

/// Run-length encoded ids of jobs: alternating lengths of runs of excluded and included ids, from id 0. Videos that
/// were added one after the other are one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JobIds(Vec<i64>);

impl JobIds {
    /// Returns the ids, in ascending order.
    ///
    /// # Errors
    /// A sentence, if the runs are invalid or too long.
    pub fn ids(&self) -> Result<Vec<JobId>, String> {
        let wrong = || "This selection is not valid.".to_owned();
        let (mut ids, mut next) = (Vec::new(), 0_i64);
        for run in self.0.chunks(2) {
            let [passed, meant] = *run else { return Err(wrong()) };
            if passed < 0 || meant < 0 || meant > MOST - ids.len() as i64 {
                return Err(wrong());
            }
            let first = next.checked_add(passed).ok_or_else(wrong)?;
            next = first.checked_add(meant).ok_or_else(wrong)?;
            ids.extend((first..next).map(JobId));
        }
        Ok(ids)
    }
}

impl From<Vec<JobId>> for JobIds {
    fn from(mut ids: Vec<JobId>) -> JobIds {
        ids.sort_unstable();
        ids.dedup();
        let (mut runs, mut next) = (Vec::new(), 0);
        for id in ids {
            match runs.last_mut() {
                Some(meant) if id.0 == next => *meant += 1,
                _ => runs.extend([id.0 - next, 1]),
            }
            next = id.0 + 1;
        }
        JobIds(runs)
    }
}

/// One end of a range in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
pub struct End {
    /// Id of the job.
    pub id: i64,
    /// Its last known index in the list, from 0.
    pub place: usize,
}

/// The facts that decide which commands apply to a job.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, TS)]
pub struct Kind {
    /// State of the job.
    #[ts(type = r#""queued" | "waiting" | "running" | "done" | "failed" | "cancelled""#)]
    pub state: State,
    /// On hold (queued), or paused (running).
    pub hold: bool,
    /// It is retried later.
    pub delayed: bool,
    /// Its preset cannot be applied to this video; a retry does not help.
    pub refused: bool,
    /// It failed, but salvage can keep a part of it.
    pub cut: bool,
    /// This version of Spool can read its preset and options; if not, the job never starts.
    pub readable: bool,
    /// The latest check found the result wrong.
    pub wrong: bool,
    /// The result was larger than the original and was discarded; the original was kept.
    pub kept: bool,
}

impl From<&Job> for Kind {
    fn from(job: &Job) -> Kind {
        Kind {
            state: job.state,
            hold: job.hold,
            delayed: job.run_at.is_some(),
            refused: is_refused(job),
            cut: is_cut(job),
            readable: job.spec.is_some(),
            wrong: is_wrong(job),
            kept: is_kept(job),
        }
    }
}

/// Jobs to which the same commands apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct JobGroup {
    /// What they have in common.
    pub kind: Kind,
    /// The jobs.
    pub jobs: JobIds,
}

/// Returns the jobs between two ends, inclusive, at their current indices; an end that left the list counts at its last
/// known one. `list`: the job at each index; `None` for a header.
pub fn between(list: &[Option<JobId>], ends: &[End; 2]) -> Vec<JobId> {
    let place = |end: &End| list.iter().position(|at| *at == Some(JobId(end.id))).unwrap_or(end.place);
    let (a, b) = (place(&ends[0]), place(&ends[1]));
    let shown = list.iter().skip(a.min(b)).take(a.abs_diff(b) + 1);
    shown.filter_map(|at| *at).collect()
}

/// Returns those of `ids` that are in `jobs`, in the order of `ids`.
pub fn among(ids: impl IntoIterator<Item = JobId>, jobs: &[JobId]) -> Vec<JobId> {
    let jobs: HashSet<JobId> = jobs.iter().copied().collect();
    ids.into_iter().filter(|id| jobs.contains(id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[i64]) -> Vec<JobId> {
        numbers.iter().copied().map(JobId).collect()
    }

    #[test]
    fn ids_round_trip_in_order_and_without_duplicates() {
        let jobs = JobIds::from(ids(&[7, 1, 2, 3, 2, 9]));
        assert_eq!(jobs.0, [1, 3, 3, 1, 1, 1]);
        assert_eq!(jobs.ids().unwrap(), ids(&[1, 2, 3, 7, 9]));
        assert_eq!(JobIds::from(ids(&[])).ids().unwrap(), ids(&[]));
    }

    #[test]
    fn selection_of_a_whole_list_takes_few_bytes() {
        let all = JobIds::from((1..=100_000).map(JobId).collect::<Vec<_>>());
        assert_eq!(serde_json::to_string(&all).unwrap(), "[1,100000]");
        let every_other = JobIds::from((1..=50_000).map(|n| JobId(2 * n)).collect::<Vec<_>>());
        assert!(serde_json::to_string(&every_other).unwrap().len() < 250_000);
    }

    #[test]
    fn invalid_runs_are_refused() {
        for runs in
            [vec![1], vec![-1, 2], vec![1, -2], vec![i64::MAX, 1], vec![1, i64::MAX], vec![0, MOST, 1, 1]]
        {
            assert!(JobIds(runs.clone()).ids().is_err(), "{runs:?}");
        }
    }

    #[test]
    fn range_uses_current_indices_and_skips_headers() {
        let list = [None, Some(JobId(5)), Some(JobId(4)), None, Some(JobId(9))];
        let end = |id, place| End { id, place };
        assert_eq!(between(&list, &[end(9, 1), end(5, 4)]), ids(&[5, 4, 9]));
        assert_eq!(between(&list, &[end(77, 2), end(9, 0)]), ids(&[4, 9]), "77 is gone; it was at 2");
        assert_eq!(between(&list, &[end(77, 9), end(78, 8)]), ids(&[]));
    }
}
