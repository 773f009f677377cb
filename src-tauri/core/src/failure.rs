//! Why an attempt ended without a result: one list of codes, each with a class that decides what happens
//! next, and the reason with its values.
//!
//! Guarantees that every code has a class. Must not know any sentence (see `words`) nor what follows (see `policy`); no I/O.

mod fault;
mod reason;
mod remedy;

pub use fault::{Fault, PlaceIn};
pub use reason::Reason;
pub use remedy::Remedy;

use serde::{Deserialize, Serialize};
use std::path::Path;
use std::{fmt, str::FromStr};
use ts_rs::TS;

/// The name of a file, for people: lists show it beside the row, its full path is one look away.
pub(crate) fn name_of(path: &Path) -> String {
    shown(path.file_name().map_or(path, Path::new))
}

/// A path, for people.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// What happens to a job after a failure of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Waits until the outside changes; no attempt is used.
    Wait,
    /// Retried with backoff, the whole ladder.
    Transient,
    /// Retried once; the same cause again is permanent.
    Suspect,
    /// Parked at once.
    Permanent,
    /// The queue pauses; no attempt is used.
    Environment,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $word:literal, $class:ident;)*) => {
        /// The list of causes. The word is stable: scripts and the database use it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum FailureCode { $($(#[$doc])* $name,)* }

        impl FailureCode {
            /// Every code.
            pub const ALL: &[FailureCode] = &[$(FailureCode::$name,)*];

            /// The stable word.
            pub fn as_str(self) -> &'static str {
                match self { $(FailureCode::$name => $word,)* }
            }

            /// What happens next.
            pub fn class(self) -> Class {
                match self { $(FailureCode::$name => Class::$class,)* }
            }
        }
    };
}

codes! {
    /// The drive that held the source is not there.
    SourceVolumeMissing, "source_volume_missing", Wait;
    /// The folder for the result, or its drive, is not there.
    DestinationMissing, "destination_missing", Wait;
    /// The drive of the source or of the result does not answer, or its connection is lost.
    VolumeSilent, "volume_silent", Wait;
    /// No room for the result.
    DiskFull, "disk_full", Wait;
    /// The folder for the result cannot be written to.
    DestinationReadOnly, "destination_read_only", Wait;
    /// This ffmpeg cannot encode what the preset asks for.
    EncoderMissing, "encoder_missing", Wait;
    /// ffmpeg was killed from outside.
    KilledBySignal, "killed_by_signal", Transient;
    /// ffmpeg stopped making progress.
    Stalled, "stalled", Transient;
    /// Reading or writing failed half way.
    IoError, "io_error", Transient;
    /// Memory ran out.
    OutOfMemory, "out_of_memory", Transient;
    /// The graphics hardware takes no further encode just now.
    EncoderSession, "encoder_session", Transient;
    /// The source was modified while it was read.
    SourceChanged, "source_changed", Wait;
    /// The source is still being written.
    SourceGrowing, "source_growing", Wait;
    /// The result is not what was planned.
    VerificationFailed, "verification_failed", Suspect;
    /// ffmpeg gave up for a reason without a rule of its own.
    EncodeFailed, "encode_failed", Suspect;
    /// A fault of Spool itself.
    Internal, "internal", Suspect;
    /// Not a video file.
    NotMedia, "not_media", Permanent;
    /// Sound or data only.
    NoVideo, "no_video", Permanent;
    /// No sound, for a preset for sound.
    NoAudio, "no_audio", Permanent;
    /// The end is missing.
    SourceTruncated, "source_truncated", Permanent;
    /// Deleted or renamed, on a drive that is there.
    SourceGone, "source_gone", Permanent;
    /// The drive cannot read a part of it, time after time.
    SourceDefective, "source_defective", Permanent;
    /// No permission, or not a regular file.
    SourceUnreadable, "source_unreadable", Permanent;
    /// Encrypted.
    DrmProtected, "drm_protected", Permanent;
    /// ffmpeg has no decoder for the picture.
    UnsupportedCodec, "unsupported_codec", Permanent;
    /// The preset cannot be applied to this file.
    PlanRefused, "plan_refused", Permanent;
    /// The path is longer than the file system allows.
    NameTooLong, "name_too_long", Permanent;
    /// The file system of the result cannot hold the name.
    NameRefused, "name_refused", Permanent;
    /// Looking at the file took too long.
    ProbeTimeout, "probe_timeout", Permanent;
    /// The application crashed with this job, time after time.
    AppCrashed, "app_crashed", Permanent;
    /// The machine went down with this job, time after time.
    MachineDown, "machine_down", Permanent;
    /// No ffmpeg on this system.
    FfmpegMissing, "ffmpeg_missing", Environment;
    /// ffmpeg is there but does not run.
    FfmpegBroken, "ffmpeg_broken", Environment;
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FailureCode {
    type Err = String;
    fn from_str(word: &str) -> Result<FailureCode, String> {
        let found = FailureCode::ALL.iter().copied().find(|c| c.as_str() == word);
        found.ok_or_else(|| format!("\"{word}\" is not a failure code"))
    }
}

/// Why one attempt ended, and the raw detail behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What happened, to what.
    pub reason: Reason,
    /// Exit code of the process, where it had one.
    pub exit: Option<i32>,
    /// Signal that ended it, where one did.
    pub signal: Option<i32>,
    /// Last lines of its log.
    pub log_tail: String,
    /// For a full disk: free bytes needed to go on.
    pub need_bytes: Option<u64>,
}

impl Failure {
    /// What the program acts upon.
    pub fn code(&self) -> FailureCode {
        self.reason.code()
    }
}

/// A failure without a process behind it.
impl From<Reason> for Failure {
    fn from(reason: Reason) -> Failure {
        Failure { reason, exit: None, signal: None, log_tail: String::new(), need_bytes: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_stable_word() {
        for code in FailureCode::ALL {
            assert_eq!(code.as_str().parse::<FailureCode>().unwrap(), *code);
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("\"{code}\""), "JSON and SQL use one word");
        }
    }
}
