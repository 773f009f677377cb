//! The result of the last addition, which can be undone, shown, or repeated. Plain data.

use crate::environment::shown;
use spool_core::intake::ScanResult;
use spool_core::job::JobId;
use spool_core::queue::Added;
use std::path::PathBuf;

/// Maximum number of skipped files that are listed.
const MOST_LEFT_OUT: usize = 500;

/// The result of the last addition.
#[derive(Default)]
pub(crate) struct LastAdded {
    pub(crate) accepted: Vec<JobId>,
    pub(crate) left_out: Vec<String>,
    pub(crate) done_before: Vec<PathBuf>,
    pub(crate) preset: String,
}

impl LastAdded {
    /// Creates it from what was found; `added`: what became of each job of `found`.
    pub(crate) fn of(found: &ScanResult, added: &[Added], preset: &str) -> LastAdded {
        let accepted =
            added.iter().filter_map(|a| if let Added::Accepted { id, .. } = a { Some(*id) } else { None });
        let before = found.jobs.iter().zip(added).filter(|(_, a)| matches!(a, Added::DoneBefore(_)));
        let own = found.jobs.iter().zip(added).filter(|(_, a)| matches!(a, Added::OwnOutput(_)));
        let own = own.map(|(job, _)| format!("{} is a result of Spool.", shown(&job.source)));
        let skipped = found.skipped.iter().map(|(path, kind)| format!("{} {}.", shown(path), kind.reason()));
        LastAdded {
            accepted: accepted.collect(),
            left_out: found
                .refused
                .iter()
                .map(|(_, why)| why.clone())
                .chain(own)
                .chain(skipped)
                .take(MOST_LEFT_OUT)
                .collect(),
            done_before: before.map(|(job, _)| job.source.clone()).collect(),
            preset: preset.to_owned(),
        }
    }

    /// Forgets these jobs after an undo, unless others were added since.
    pub(crate) fn forget(&mut self, accepted: &[JobId]) {
        if self.accepted == accepted {
            self.accepted.clear();
        }
    }
}
