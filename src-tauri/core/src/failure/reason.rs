//! Why an attempt ended: one list of codes, each with a class that decides what happens next; and the reasons, each of one
//! code, with the values that belong to it: what is stored, what crosses to every face, and what `words` makes a sentence
//! of.
//!
//! Guarantees that every code has a class, that each reason has one code, and that a reason which was stored can be read again. Paths and names are
//! text to show, never to act upon. Must not know any sentence, nor what follows (see `policy`).

use super::Fault;
use crate::media::Kind;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ts_rs::TS;

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

/// A reason. Its tag, `kind`, is stable: scripts, the page and the database use it. Lengths are in seconds, sizes in bytes
/// unless they say otherwise; a `cause` is what the system or a tool says, in its own words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the fields are named after what they are; the line above says what of")]
pub enum Reason {
    /// The drive that holds the original is not connected; where it was mounted.
    SourceDriveAway { drive: String },
    /// The drive for the result is not connected.
    ResultDriveAway { drive: String },
    /// The folder for the result is not there.
    FolderMissing { folder: String },
    /// The folder for the result cannot be written to.
    FolderReadOnly { folder: Option<String> },
    /// A drive does not answer.
    DriveSilent { drive: String },
    /// The connection to a drive is lost.
    ConnectionLost { drive: Option<String> },
    /// The connection to a drive was lost and is there again.
    ConnectionBroke,
    /// A drive reported an error.
    DriveError,
    /// The same while the original was looked at.
    ReadFailed { name: String },
    /// The drive cannot read the original at this byte, twice.
    SourceDefective { name: String, at: u64 },
    /// Nothing more fits on the disk that holds this folder.
    DiskFull { folder: Option<String> },
    /// The same on the disk that holds Spool's data.
    DataDiskFull,
    /// The disk for the result is full but for what must stay free.
    DiskAlmostFull,
    /// The disk quota is used up.
    QuotaFull,
    /// The result may not fit on its disk.
    NoRoom { folder: String, takes: u64, free: u64, reserve: u64 },
    /// The result may not fit beside those that are being made.
    NoRoomBeside { volume: String, takes: u64, free: u64, reserve: u64 },
    /// Writing into this folder failed.
    WriteFailed { folder: String, cause: String },
    /// The end of the result could not be written.
    EndNotWritten,
    /// The name of the result is too long.
    NameTooLong { folder: String },
    /// The drive of the result cannot hold its name.
    NameRefused { folder: String, name: String },

    /// The original is no longer there.
    SourceGone { name: String },
    /// There is no such file.
    NoSuchFile { path: String },
    /// It is a folder.
    IsFolder { path: String },
    /// It is a pipe, a device or the like.
    NotAFile { path: String },
    /// This user may not read it.
    Forbidden { name: String },
    /// It could not be looked at.
    Unseen { name: String, cause: String },
    /// It was changed while it was read.
    SourceChanged { name: String },
    /// It is still being written.
    SourceGrowing { name: String },
    /// It is no video that can be read.
    NotMedia { name: String },
    /// An animated `WebP`, which this ffmpeg cannot read.
    AnimatedWebp { name: String },
    /// It is copy-protected.
    CopyProtected { name: Option<String> },
    /// Its index, which stands at its end, is missing.
    IndexMissing { name: Option<String> },
    /// It ends before anything can be read.
    NothingReadable,
    /// It ends early. `estimated`: the whole length follows from the bytes that are there.
    EndsEarly { readable: f64, whole: f64, estimated: bool },
    /// A second recording stands behind the first in one file.
    SecondRecording,
    /// Its edit list plays it at another speed.
    OtherSpeed,
    /// It has no moving picture.
    NoPicture,
    /// It has no sound.
    NoSound,
    /// Its sound is announced and not there.
    EmptySound,
    /// ffmpeg has no decoder for this.
    NoDecoder { carries: Kind, codec: String },
    /// What a decoder needs was not found in the file.
    NoParameters { carries: Kind, codec: String },
    /// ffmpeg cannot decode it.
    NotDecodable,
    /// Looking at it took longer than this.
    LookTooSlow { name: String, seconds: u64 },
    /// Looking at it took more memory than a video needs.
    LookTooBig { name: String },
    /// Its packets could not be read to their end.
    PacketsUnread,

    /// Dolby Vision without a base layer.
    NoBaseLayer { profile: u32 },
    /// A picture beyond what Spool works on.
    PictureTooLarge { width: f64, height: f64 },
    /// A picture smaller than its encoder takes.
    PictureTooSmall { width: u32, height: u32 },
    /// No size can be aimed at without a length.
    LengthUnknown,
    /// The preset's size is below the smallest possible, in megabytes.
    CannotFit { limit: u32, smallest: u64 },
    /// The result stayed above the preset's size, in megabytes, twice.
    StillTooBig { limit: u64 },
    /// A copy is larger than the preset's size.
    CopyTooBig,
    /// The result grew beyond all measure.
    GrewTooFar,
    /// ffmpeg lacks an encoder.
    NoEncoder { encoder: Option<String> },
    /// An encoder refused what it was given.
    EncoderRefused { cause: Option<String> },
    /// The graphics hardware takes no further encode.
    EncoderBusy,

    /// A signal ended ffmpeg or ffprobe.
    Killed { tool: String, signal: i32 },
    /// ffmpeg made no progress and was ended.
    Stalled,
    /// Memory ran out.
    OutOfMemory,
    /// No thread could be started.
    NoThread { cause: String },
    /// ffmpeg gave up.
    GaveUp { cause: Option<String> },
    /// ffmpeg is no longer where it was.
    ToolGone,
    /// ffmpeg or ffprobe could not be started.
    NotStarted { tool: String, cause: String },
    /// ffmpeg or ffprobe was not found.
    ToolMissing { tool: String },
    /// The settings name a file as ffmpeg or ffprobe that is none.
    ToolNoFile { path: String },
    /// ffmpeg or ffprobe does not run.
    ToolBroken { path: String, cause: String },
    /// ffmpeg or ffprobe is older than 5.1.
    ToolTooOld { path: String, version: String },

    /// The result is not what was planned.
    WrongResult { fault: Fault },
    /// The result cannot be read back.
    NotReadBack { because: Box<Reason> },

    /// This video stopped the application so many times.
    Crashed { times: u32 },
    /// The computer went down with this video so many times.
    MachineDown { times: u32 },
    /// Spool itself made a mistake.
    Mistake,
    /// The plan had nothing to run.
    NothingToRun,
    /// As an earlier version stored it: its sentence is all there is.
    Text { code: FailureCode, text: String },
}

impl Reason {
    /// The code it belongs to.
    pub fn code(&self) -> FailureCode {
        use {FailureCode as Code, Reason as R};
        match self {
            R::SourceDriveAway { .. } => Code::SourceVolumeMissing,
            R::ResultDriveAway { .. } | R::FolderMissing { .. } => Code::DestinationMissing,
            R::FolderReadOnly { .. } => Code::DestinationReadOnly,
            R::DriveSilent { .. } | R::ConnectionLost { .. } => Code::VolumeSilent,
            R::ConnectionBroke
            | R::DriveError
            | R::ReadFailed { .. }
            | R::WriteFailed { .. }
            | R::EndNotWritten
            | R::Unseen { .. } => Code::IoError,
            R::SourceDefective { .. } => Code::SourceDefective,
            R::DiskFull { .. }
            | R::DataDiskFull
            | R::DiskAlmostFull
            | R::QuotaFull
            | R::NoRoom { .. }
            | R::NoRoomBeside { .. } => Code::DiskFull,
            R::NameTooLong { .. } => Code::NameTooLong,
            R::NameRefused { .. } => Code::NameRefused,
            R::SourceGone { .. } | R::NoSuchFile { .. } => Code::SourceGone,
            R::IsFolder { .. } | R::NotAFile { .. } | R::Forbidden { .. } => Code::SourceUnreadable,
            R::SourceChanged { .. } => Code::SourceChanged,
            R::SourceGrowing { .. } => Code::SourceGrowing,
            R::NotMedia { .. } => Code::NotMedia,
            R::CopyProtected { .. } => Code::DrmProtected,
            R::IndexMissing { .. } | R::NothingReadable | R::EndsEarly { .. } | R::SecondRecording => {
                Code::SourceTruncated
            }
            R::NoPicture => Code::NoVideo,
            R::NoSound | R::EmptySound => Code::NoAudio,
            R::AnimatedWebp { .. } | R::NoDecoder { .. } | R::NoParameters { .. } | R::NotDecodable => {
                Code::UnsupportedCodec
            }
            R::LookTooSlow { .. } | R::LookTooBig { .. } | R::PacketsUnread => Code::ProbeTimeout,
            R::OtherSpeed
            | R::NoBaseLayer { .. }
            | R::PictureTooLarge { .. }
            | R::PictureTooSmall { .. }
            | R::LengthUnknown
            | R::CannotFit { .. }
            | R::StillTooBig { .. }
            | R::CopyTooBig
            | R::GrewTooFar => Code::PlanRefused,
            R::NoEncoder { .. } => Code::EncoderMissing,
            R::EncoderRefused { .. } | R::GaveUp { .. } => Code::EncodeFailed,
            R::EncoderBusy => Code::EncoderSession,
            R::Killed { .. } => Code::KilledBySignal,
            R::Stalled => Code::Stalled,
            R::OutOfMemory | R::NoThread { .. } => Code::OutOfMemory,
            R::ToolGone | R::ToolMissing { .. } | R::ToolNoFile { .. } => Code::FfmpegMissing,
            R::NotStarted { .. } | R::ToolBroken { .. } | R::ToolTooOld { .. } => Code::FfmpegBroken,
            R::WrongResult { .. } | R::NotReadBack { .. } => Code::VerificationFailed,
            R::Crashed { .. } => Code::AppCrashed,
            R::MachineDown { .. } => Code::MachineDown,
            R::Mistake | R::NothingToRun => Code::Internal,
            R::Text { code, .. } => *code,
        }
    }
}

#[cfg(test)]
mod tests;
