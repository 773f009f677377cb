//! Many jobs at once: which, and what may be asked of them.
//!
//! Guarantees that a selection of the whole list takes few bytes however long the list is, and that it means the jobs that
//! were selected and no others, whatever has come into the list since.

use super::why::{is_cut, is_kept, is_refused, is_wrong};
use serde::{Deserialize, Serialize};
use spool_core::job::{Job, JobId, State};
use std::collections::HashSet;
use ts_rs::TS;

/// Most jobs of one selection, so that no mistake of the page fills the memory.
const MOST: i64 = 10_000_000;

/// Numbers of jobs as runs: in turn how many numbers are passed over and how many are meant, from 0 on. Videos that were
/// added one after the other are one run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Jobs(Vec<i64>);

impl Jobs {
    /// The jobs, in the order of their numbers.
    ///
    /// # Errors
    /// A sentence for what are no runs.
    pub fn ids(&self) -> Result<Vec<JobId>, String> {
        let wrong = || "These are no numbers of videos.".to_owned();
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

impl From<Vec<JobId>> for Jobs {
    fn from(mut ids: Vec<JobId>) -> Jobs {
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
        Jobs(runs)
    }
}

/// A job and its place in a list, as last known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
pub struct End {
    /// The job's number.
    pub id: i64,
    /// Its place, from 0.
    pub place: usize,
}

/// What decides what may be asked of a job.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, TS)]
pub struct Kind {
    /// Where the job stands.
    #[ts(type = r#""queued" | "waiting" | "running" | "done" | "failed" | "cancelled""#)]
    pub state: State,
    /// On hold (queued), or paused (running).
    pub hold: bool,
    /// It is tried again later.
    pub delayed: bool,
    /// Its preset cannot do it: trying the same again does not help.
    pub refused: bool,
    /// It ends early; what is there of it can be kept.
    pub cut: bool,
    /// This version of Spool can read what was wanted; if not, the job is never started.
    pub readable: bool,
    /// The result was found wrong when it was checked again.
    pub wrong: bool,
    /// The result grew and was discarded: the original is the result.
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

/// Jobs of which the same may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Lot {
    /// What they have in common.
    pub kind: Kind,
    /// Which they are.
    pub jobs: Jobs,
}

/// What stands from one end to the other, wherever these stand by now; one that has gone counts by its place. `list`: what
/// stands at each place, none where a head does.
pub fn between(list: &[Option<JobId>], ends: &[End; 2]) -> Vec<JobId> {
    let place = |end: &End| list.iter().position(|at| *at == Some(JobId(end.id))).unwrap_or(end.place);
    let (a, b) = (place(&ends[0]), place(&ends[1]));
    let shown = list.iter().skip(a.min(b)).take(a.abs_diff(b) + 1);
    shown.filter_map(|at| *at).collect()
}

/// Those of `ids` that are among `jobs`, in their order.
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
    fn numbers_come_back_from_their_runs_in_order_and_once() {
        let jobs = Jobs::from(ids(&[7, 1, 2, 3, 2, 9]));
        assert_eq!(jobs.0, [1, 3, 3, 1, 1, 1]);
        assert_eq!(jobs.ids().unwrap(), ids(&[1, 2, 3, 7, 9]));
        assert_eq!(Jobs::from(ids(&[])).ids().unwrap(), ids(&[]));
    }

    #[test]
    fn a_whole_list_takes_few_bytes() {
        let all = Jobs::from((1..=100_000).map(JobId).collect::<Vec<_>>());
        assert_eq!(serde_json::to_string(&all).unwrap(), "[1,100000]");
        let every_other = Jobs::from((1..=50_000).map(|n| JobId(2 * n)).collect::<Vec<_>>());
        assert!(serde_json::to_string(&every_other).unwrap().len() < 250_000);
    }

    #[test]
    fn what_are_no_runs_is_refused() {
        for runs in
            [vec![1], vec![-1, 2], vec![1, -2], vec![i64::MAX, 1], vec![1, i64::MAX], vec![0, MOST, 1, 1]]
        {
            assert!(Jobs(runs.clone()).ids().is_err(), "{runs:?}");
        }
    }

    #[test]
    fn a_range_goes_from_end_to_end_wherever_these_stand_and_passes_over_heads() {
        let list = [None, Some(JobId(5)), Some(JobId(4)), None, Some(JobId(9))];
        let end = |id, place| End { id, place };
        assert_eq!(between(&list, &[end(9, 1), end(5, 4)]), ids(&[5, 4, 9]));
        assert_eq!(between(&list, &[end(77, 2), end(9, 0)]), ids(&[4, 9]), "77 has gone and stood at 2");
        assert_eq!(between(&list, &[end(77, 9), end(78, 8)]), ids(&[]));
    }
}
