//! Space on volumes: decides whether a job may start beside the running ones, by what each is still expected to write.
//!
//! Guarantees that running jobs never reserve more than their volume has free, and that a guess never delays a job that
//! is alone on its volume: free space alone decides then, so that no job waits forever. Pure; `pool` reads the disks.

use crate::failure::{Failure, Reason, name_of, shown};
use crate::job::Job;
use crate::preset::VideoCodec;
use crate::progress::Progress;
use std::path::Path;

/// Bytes a job is expected to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Guessed from the size of the source.
    Guessed(u64),
    /// Measured by an attempt that met a full disk.
    Measured(u64),
}

impl Need {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Need::Guessed(bytes) | Need::Measured(bytes) => bytes,
        }
    }
}

/// Returns what this job needs. A need in the row that differs from the guess was measured.
pub(super) fn need(job: &Job) -> Need {
    let guess = guess(job);
    match job.need_bytes {
        Some(bytes) if bytes != guess => Need::Measured(bytes),
        _ => Need::Guessed(guess),
    }
}

/// Size of `ProRes` 422 HQ (220 Mbit/s for 1080p) relative to the about 15 Mbit/s that cameras and phones record.
const PRORES: u64 = 15;

/// Guesses from the size of the source: a copy takes as much, an encode mostly less, one for editing much more.
fn guess(job: &Job) -> u64 {
    let size = job.source_size.unwrap_or(0);
    let Some(preset) = job.spec.as_ref().map(|spec| &spec.preset) else { return size };
    let video = preset.video.as_ref();
    match preset.size_mb() {
        Some(megabytes) => u64::from(megabytes) * 1_000_000,
        None if video.is_some_and(|v| v.codec == VideoCodec::ProRes) => size.saturating_mul(PRORES),
        None => size,
    }
}

/// Percentage of the result from which the written bytes predict its size better than the guess.
const MIN_WRITTEN: f64 = 5.0;

/// Returns the bytes that a running job will still write, of `need` in total. The bytes written so far already reduce
/// the free space.
pub(super) fn outstanding(need: u64, progress: Option<&Progress>) -> u64 {
    let written = progress.and_then(|p| p.bytes).unwrap_or(0);
    let total = progress.and_then(|p| p.expected_bytes(MIN_WRITTEN)).unwrap_or(need);
    total.saturating_sub(written)
}

/// Checks whether `need` fits into `free` bytes of which `reserve` must stay free. `promised`: what the jobs running
/// on that volume will still write; `None` if none runs there.
pub(super) fn fits(need: Need, free: u64, reserve: u64, promised: Option<u64>) -> bool {
    let wanted = match (need, promised) {
        (Need::Guessed(_), None) => 0,
        (need, promised) => need.bytes().saturating_add(promised.unwrap_or(0)),
    };
    free >= wanted.saturating_add(reserve)
}

/// Free bytes of a volume, and how many of them must stay free.
#[derive(Debug, Clone, Copy)]
pub(super) struct Free {
    pub(super) free: u64,
    pub(super) reserve: u64,
}

/// Returns why a job waits for space on `volume`, which holds `folder`.
pub(super) fn no_room(
    need: Need,
    (folder, volume): (&Path, &Path),
    room: Free,
    promised: Option<u64>,
) -> Failure {
    let (takes, Free { free, reserve }) = (need.bytes(), room);
    let reason = if promised.is_some() {
        Reason::NoRoomBeside { volume: name_of(volume), takes, free, reserve }
    } else {
        Reason::NoRoom { folder: shown(folder), takes, free, reserve }
    };
    Failure { need_bytes: Some(takes), ..reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_running_jobs_space_for_all_and_the_reserve_is_needed() {
        let (guess, measured) = (Need::Guessed(30), Need::Measured(30));
        for need in [guess, measured] {
            assert!(fits(need, 100, 10, Some(60)));
            assert!(!fits(need, 99, 10, Some(60)));
        }
    }

    #[test]
    fn alone_on_a_volume_only_a_measured_need_counts() {
        assert!(fits(Need::Guessed(1_000), 10, 10, None), "it may turn out smaller");
        assert!(!fits(Need::Guessed(1_000), 9, 10, None), "the reserve stays");
        assert!(!fits(Need::Measured(30), 39, 10, None) && fits(Need::Measured(30), 40, 10, None));
    }

    #[test]
    fn outstanding_bytes_follow_from_the_written_share() {
        let at = |written, bytes| Progress { written, bytes: Some(bytes), ..Progress::default() };
        assert_eq!(outstanding(1_000, None), 1_000);
        assert_eq!(outstanding(1_000, Some(&at(None, 400))), 600);
        assert_eq!(outstanding(1_000, Some(&at(Some(2.0), 400))), 600, "too early to tell");
        assert_eq!(outstanding(1_000, Some(&at(Some(50.0), 100))), 100);
        assert_eq!(outstanding(100, Some(&at(None, 400))), 0);
    }

    #[test]
    fn only_the_second_of_two_passes_predicts_the_size() {
        let at = |percent, bytes, written| Progress { percent, bytes, written, ..Progress::default() };
        assert_eq!(outstanding(1_000, Some(&at(Some(20.0), None, None))), 1_000, "the first writes nothing");
        let second = at(Some(35.0), Some(200), Some(10.0));
        assert_eq!(outstanding(1_000, Some(&second)), 1_800, "a tenth of the result is 200 bytes");
    }

    #[test]
    fn reason_names_the_volume_and_the_size() {
        let room = Free { free: 60_000_000, reserve: 64 << 20 };
        let places = (Path::new("/m/Media/out"), Path::new("/m/Media"));
        let why = |need, promised| no_room(need, places, room, promised);
        let beside = why(Need::Guessed(1_400_000_000), Some(5));
        assert_eq!(
            beside.sentence(),
            "Media has no room for this video beside the running ones: it may take 1.4 GB, 60 MB are free, and \
             67 MB must stay free."
        );
        assert_eq!(beside.need_bytes, Some(1_400_000_000));
        assert_eq!(
            why(Need::Guessed(25_000_000), None).sentence(),
            "The disk that holds /m/Media/out has only 60 MB free: this video may take 25 MB, and 67 MB must stay free \
             beside it."
        );
    }
}
