//! Room on volumes: may a job start beside those that run, by what each is still expected to write?
//!
//! Guarantees that running jobs are not promised more than their volume has, and that a job alone on its
//! volume is never held up by a guess: free space alone decides then, so that nothing waits for ever. Pure
//! decisions; `pool` looks at the disks.

use crate::failure::{Failure, Reason, name_of, shown};
use crate::job::Job;
use crate::preset::VideoCodec;
use crate::progress::Progress;
use std::path::Path;

/// Bytes a job is expected to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// By the size of the source.
    Guessed(u64),
    /// By an attempt that met a full disk.
    Measured(u64),
}

impl Need {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Need::Guessed(bytes) | Need::Measured(bytes) => bytes,
        }
    }
}

/// What this job needs. A need on the row that differs from the guess was measured.
pub(super) fn need(job: &Job) -> Need {
    let guess = guess(job);
    match job.need_bytes {
        Some(bytes) if bytes != guess => Need::Measured(bytes),
        _ => Need::Guessed(guess),
    }
}

/// `ProRes` 422 HQ at 220 Mbit/s for 1080p, by the some 15 Mbit/s that cameras and phones record.
const PRORES: u64 = 15;

/// By the size of the source: a copy takes just that, an encode mostly less, one for editing much more.
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

/// Percent of the result from which on what is written tells its size better than the guess.
const TELLING: f64 = 5.0;

/// Bytes that a running job will still write, of `need` in all; what is written already is no longer free.
pub(super) fn outstanding(need: u64, progress: Option<&Progress>) -> u64 {
    let written = progress.and_then(|p| p.bytes).unwrap_or(0);
    let total = progress.and_then(|p| p.expected_bytes(TELLING)).unwrap_or(need);
    total.saturating_sub(written)
}

/// Does it fit into `free` bytes of which `reserve` must stay? `promised`: what the jobs running on that
/// volume will still write; `None`: none runs there.
pub(super) fn fits(need: Need, free: u64, reserve: u64, promised: Option<u64>) -> bool {
    let wanted = match (need, promised) {
        (Need::Guessed(_), None) => 0,
        (need, promised) => need.bytes().saturating_add(promised.unwrap_or(0)),
    };
    free >= wanted.saturating_add(reserve)
}

/// What a volume has free, and how much of that must stay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Free {
    pub(super) free: u64,
    pub(super) reserve: u64,
}

/// Why a job waits for room on `volume`, the one of `folder`.
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
    fn beside_others_a_job_needs_room_for_all_and_the_reserve() {
        let (guess, measured) = (Need::Guessed(30), Need::Measured(30));
        for need in [guess, measured] {
            assert!(fits(need, 100, 10, Some(60)));
            assert!(!fits(need, 99, 10, Some(60)));
        }
    }

    #[test]
    fn alone_a_guess_holds_up_nothing_but_a_measured_need_counts() {
        assert!(fits(Need::Guessed(1_000), 10, 10, None), "it may turn out smaller");
        assert!(!fits(Need::Guessed(1_000), 9, 10, None), "the reserve stays");
        assert!(!fits(Need::Measured(30), 39, 10, None) && fits(Need::Measured(30), 40, 10, None));
    }

    #[test]
    fn what_is_written_and_what_progress_tells_shrink_the_promise() {
        let at = |written, bytes| Progress { written, bytes: Some(bytes), ..Progress::default() };
        assert_eq!(outstanding(1_000, None), 1_000);
        assert_eq!(outstanding(1_000, Some(&at(None, 400))), 600);
        assert_eq!(outstanding(1_000, Some(&at(Some(2.0), 400))), 600, "too early to tell");
        assert_eq!(outstanding(1_000, Some(&at(Some(50.0), 100))), 100);
        assert_eq!(outstanding(100, Some(&at(None, 400))), 0);
    }

    #[test]
    fn of_two_passes_only_the_second_tells_the_size() {
        let at = |percent, bytes, written| Progress { percent, bytes, written, ..Progress::default() };
        assert_eq!(outstanding(1_000, Some(&at(Some(20.0), None, None))), 1_000, "the first writes nothing");
        let second = at(Some(35.0), Some(200), Some(10.0));
        assert_eq!(outstanding(1_000, Some(&second)), 1_800, "a tenth of the result is 200 bytes");
    }

    #[test]
    fn the_reason_names_the_volume_and_the_size() {
        let room = Free { free: 60_000_000, reserve: 64 << 20 };
        let places = (Path::new("/m/Media/out"), Path::new("/m/Media"));
        let why = |need, promised| no_room(need, places, room, promised);
        let beside = why(Need::Guessed(1_400_000_000), Some(5));
        assert_eq!(
            beside.said(),
            "Media has no room for this video beside the running ones: it may take 1.4 GB, and of 60 MB that are \
             free 67 MB must stay."
        );
        assert_eq!(beside.need_bytes, Some(1_400_000_000));
        assert_eq!(
            why(Need::Guessed(25_000_000), None).said(),
            "The disk that holds /m/Media/out has only 60 MB free: this video may take 25 MB, and 67 MB must stay free \
             beside it."
        );
    }
}
