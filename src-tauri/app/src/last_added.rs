//! What became of the last that was added: to be undone, looked at, or done again. Plain data.

use crate::places::shown;
use spool_core::intake::Found;
use spool_core::job::JobId;
use spool_core::queue::Added;
use std::path::PathBuf;

/// Names of files left out that the window can be shown.
const MOST_LEFT_OUT: usize = 500;

/// What became of the last that was added: to be undone, looked at, or done again.
#[derive(Default)]
pub(crate) struct LastAdded {
    pub(crate) accepted: Vec<JobId>,
    pub(crate) left_out: Vec<String>,
    pub(crate) done_before: Vec<PathBuf>,
    pub(crate) preset: String,
}

impl LastAdded {
    /// Of what was found and what became of it.
    pub(crate) fn of(found: &Found, added: &[Added], preset: &str) -> LastAdded {
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

    /// Those were taken back, unless others were added since.
    pub(crate) fn forget(&mut self, accepted: &[JobId]) {
        if self.accepted == accepted {
            self.accepted.clear();
        }
    }
}
