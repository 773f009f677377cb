//! Why an attempt ended without a result: one list of codes, each with a class that decides what happens
//! next and a step a person can take.
//!
//! Guarantees that every code has a class and a next step (checked by a test over the whole list). The plain
//! sentence is made where the context is known; this module holds no policy (see `policy`) and no I/O.

use serde::{Deserialize, Serialize};
use std::path::Path;
use std::{fmt, str::FromStr};

/// The name of a file, for sentences: lists show it beside the row, its full path is one look away.
pub(crate) fn name_of(path: &Path) -> impl fmt::Display {
    path.file_name().unwrap_or(path.as_os_str()).display()
}

/// What is said of a video that ends before anything of it does.
pub(crate) const NOTHING_READABLE: &str = "The recording ends so early that nothing can be read.";

/// Does the sentence of a video that ends early say that something is there to be kept?
pub fn keeps_some(message: &str) -> bool {
    message.ends_with(" can be read.") && !message.ends_with(" nothing can be read.")
}

/// What happens to a job after a failure of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Waits until the outside changes; no attempt is used.
    Wait,
    /// Retried with backoff, the whole ladder.
    Transient,
    /// Retried once; the same fingerprint again is permanent.
    Suspect,
    /// Parked at once.
    Permanent,
    /// The queue pauses; no attempt is used.
    Environment,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $word:literal, $class:ident, $next:literal;)*) => {
        /// The list of causes. The word is stable: scripts and the database use it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

            /// What a person can do, as one sentence.
            pub fn next_step(self) -> &'static str {
                match self { $(FailureCode::$name => $next,)* }
            }
        }
    };
}

codes! {
    /// The drive that held the source is not there.
    SourceVolumeMissing, "source_volume_missing", Wait, "Continues by itself once the drive is connected.";
    /// The folder for the result, or its drive, is not there.
    DestinationMissing, "destination_missing", Wait, "Continues by itself once the drive is connected or the folder created.";
    /// The drive of the source or of the result does not answer, or its connection is lost.
    VolumeSilent, "volume_silent", Wait, "Continues by itself once the drive answers.";
    /// No room for the result.
    DiskFull, "disk_full", Wait, "Free some space; this continues by itself.";
    /// The folder for the result cannot be written to.
    DestinationReadOnly, "destination_read_only", Wait, "Make the folder writable; this continues by itself.";
    /// This ffmpeg cannot encode what the preset asks for.
    EncoderMissing, "encoder_missing", Wait, "Install an ffmpeg that has the encoder, or choose another preset; this continues by itself.";
    /// ffmpeg was killed from outside.
    KilledBySignal, "killed_by_signal", Transient, "Retry; if it happens again, look for what ends ffmpeg on this machine.";
    /// ffmpeg stopped making progress.
    Stalled, "stalled", Transient, "Retry; if it happens again, check the drive the video is on.";
    /// Reading or writing failed half way.
    IoError, "io_error", Transient, "Check the drive and its cable, then retry.";
    /// Memory ran out.
    OutOfMemory, "out_of_memory", Transient, "Close other programs or run fewer jobs at once, then retry.";
    /// The graphics hardware takes no further encode just now.
    EncoderSession, "encoder_session", Transient, "Close other programs that record or encode, or run fewer jobs at once, then retry.";
    /// The source was modified while it was read.
    SourceChanged, "source_changed", Wait, "Continues by itself once nothing writes to the video any more.";
    /// The source is still being written.
    SourceGrowing, "source_growing", Wait, "Continues by itself once the copy or recording has ended.";
    /// The result is not what was planned.
    VerificationFailed, "verification_failed", Suspect, "Look at the details; the original is untouched.";
    /// ffmpeg gave up for a reason without a rule of its own.
    EncodeFailed, "encode_failed", Suspect, "Look at the log in the details, or try another preset.";
    /// A fault of Spool itself.
    Internal, "internal", Suspect, "Retry; if it happens again, please report it with the log.";
    /// Not a video file.
    NotMedia, "not_media", Permanent, "Check that this is a video; it may be damaged or of another kind.";
    /// Sound or data only.
    NoVideo, "no_video", Permanent, "Choose a preset for sound, or remove it from the list.";
    /// No sound, for a preset for sound.
    NoAudio, "no_audio", Permanent, "Choose a preset for pictures, or remove it from the list.";
    /// The end is missing.
    SourceTruncated, "source_truncated", Permanent, "Copy or download the video again, then retry.";
    /// Deleted or renamed, on a drive that is there.
    SourceGone, "source_gone", Permanent, "Put the video back under this name and retry, or add it from where it is now.";
    /// The drive cannot read a part of it, time after time.
    SourceDefective, "source_defective", Permanent, "Copy the video again from where it came from, then retry; check the drive.";
    /// No permission, or not a regular file.
    SourceUnreadable, "source_unreadable", Permanent, "Change the permissions of the video, then retry.";
    /// Encrypted.
    DrmProtected, "drm_protected", Permanent, "Use a copy without copy protection.";
    /// ffmpeg has no decoder for the picture.
    UnsupportedCodec, "unsupported_codec", Permanent, "Install a newer ffmpeg that can read it, then retry.";
    /// The preset cannot be applied to this file.
    PlanRefused, "plan_refused", Permanent, "Choose another preset.";
    /// The path is longer than the file system allows.
    NameTooLong, "name_too_long", Permanent, "Shorten the name or choose another folder, then add it again.";
    /// The file system of the result cannot hold the name.
    NameRefused, "name_refused", Permanent, "Rename the video or choose another folder, then add it again.";
    /// Looking at the file took too long.
    ProbeTimeout, "probe_timeout", Permanent, "Check the video in a player; it may be damaged.";
    /// The application crashed with this job, time after time.
    AppCrashed, "app_crashed", Permanent, "Retry it alone; if it happens again, please report it with the log.";
    /// The machine went down with this job, time after time.
    MachineDown, "machine_down", Permanent, "If it happens again, update the graphics driver or choose another preset.";
    /// No ffmpeg on this system.
    FfmpegMissing, "ffmpeg_missing", Environment, "Install ffmpeg; `spool doctor` says how.";
    /// ffmpeg is there but does not run.
    FfmpegBroken, "ffmpeg_broken", Environment, "Reinstall ffmpeg; `spool doctor` shows what it answers.";
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

/// Why one attempt ended: the code, the plain sentence, and the raw detail behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the program acts upon.
    pub code: FailureCode,
    /// What happened, to what: one plain sentence.
    pub message: String,
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
    /// A failure without a process behind it.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Failure {
        Failure {
            code,
            message: message.into(),
            exit: None,
            signal: None,
            log_tail: String::new(),
            need_bytes: None,
        }
    }

    /// What this failure has in common with others of the same cause.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.code, self.exit, self.signal, &self.message)
    }
}

/// What two failures of one cause have in common: the code, the exit status and the sentence with its
/// numbers removed (they hold addresses, times and sizes).
pub fn fingerprint(code: FailureCode, exit: Option<i32>, signal: Option<i32>, message: &str) -> String {
    let words: String = message.chars().filter(|c| !c.is_ascii_digit()).collect();
    format!("{code}/{exit:?}/{signal:?}/{words}")
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.code.next_step())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_stable_word_and_a_next_step() {
        for code in FailureCode::ALL {
            assert_eq!(code.as_str().parse::<FailureCode>().unwrap(), *code);
            assert_eq!(
                serde_json::to_string(code).unwrap(),
                format!("\"{code}\""),
                "JSON and SQL use one word"
            );
            assert!(code.next_step().ends_with('.'), "{code} needs a next step");
        }
    }

    #[test]
    fn a_fingerprint_ignores_numbers_but_not_words() {
        let at = |m: &str| Failure::new(FailureCode::EncodeFailed, m).fingerprint();
        assert_eq!(at("Error at 12:07"), at("Error at 99:01"));
        assert_ne!(at("Error at 12:07"), at("Mistake at 12:07"));
    }
}
