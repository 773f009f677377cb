//! Why an attempt failed: the list of codes, each with a class that decides what happens next; and the reasons, each
//! with one code and its values: what is stored, what all front ends receive, and what `words` turns into sentences.
//!
//! Guarantees that every code has a class, that each reason has one code, and that a stored reason can be read again.
//! Paths and names are for display only. Must not know sentences, nor what follows (see `policy`).

use super::Fault;
use crate::media::Kind;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ts_rs::TS;

/// What happens to a job after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Waits for an outside change; uses no attempt.
    Wait,
    /// Retried with backoff, up to the limit of attempts.
    Transient,
    /// Retried once; a second failure of the same cause is permanent.
    Suspect,
    /// Parked at once.
    Permanent,
    /// The queue pauses; uses no attempt.
    Environment,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $word:literal, $class:ident;)*) => {
        /// Failure codes. Their names are stable: scripts and the database use them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum FailureCode { $($(#[$doc])* $name,)* }

        impl FailureCode {
            /// Every code.
            pub const ALL: &[FailureCode] = &[$(FailureCode::$name,)*];

            /// The stable name.
            pub fn as_str(self) -> &'static str {
                match self { $(FailureCode::$name => $word,)* }
            }

            /// The class, which decides what happens next.
            pub fn class(self) -> Class {
                match self { $(FailureCode::$name => Class::$class,)* }
            }
        }
    };
}

codes! {
    /// The drive of the source is not connected.
    SourceVolumeMissing, "source_volume_missing", Wait;
    /// The folder for the result, or its drive, is missing.
    DestinationMissing, "destination_missing", Wait;
    /// The drive of the source or of the result does not respond, or its connection is lost.
    VolumeSilent, "volume_silent", Wait;
    /// No room for the result.
    DiskFull, "disk_full", Wait;
    /// The folder for the result cannot be written to.
    DestinationReadOnly, "destination_read_only", Wait;
    /// This ffmpeg lacks an encoder that the preset needs.
    EncoderMissing, "encoder_missing", Wait;
    /// ffmpeg was killed from outside.
    KilledBySignal, "killed_by_signal", Transient;
    /// ffmpeg stopped making progress.
    Stalled, "stalled", Transient;
    /// Reading or writing failed partway.
    IoError, "io_error", Transient;
    /// Memory ran out.
    OutOfMemory, "out_of_memory", Transient;
    /// The graphics hardware has no free encoding session.
    EncoderSession, "encoder_session", Transient;
    /// The source was modified while it was read.
    SourceChanged, "source_changed", Wait;
    /// The source is still being written.
    SourceGrowing, "source_growing", Wait;
    /// The result is not what was planned.
    VerificationFailed, "verification_failed", Suspect;
    /// ffmpeg failed for a reason without a rule of its own.
    EncodeFailed, "encode_failed", Suspect;
    /// An internal error of Spool.
    Internal, "internal", Suspect;
    /// Not a video file.
    NotMedia, "not_media", Permanent;
    /// Audio or data only.
    NoVideo, "no_video", Permanent;
    /// No audio, for an audio preset.
    NoAudio, "no_audio", Permanent;
    /// The end is missing.
    SourceTruncated, "source_truncated", Permanent;
    /// Deleted or renamed, on a connected drive.
    SourceGone, "source_gone", Permanent;
    /// The drive repeatedly cannot read a part of it.
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
    /// Probing the file took too long.
    ProbeTimeout, "probe_timeout", Permanent;
    /// The application repeatedly crashed with this job.
    AppCrashed, "app_crashed", Permanent;
    /// The machine repeatedly went down with this job.
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

/// A reason. Its tag, `kind`, is stable: scripts, the page and the database use it. Durations are in seconds, sizes in
/// bytes unless stated otherwise; a `cause` is the message of the system or a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "field names are self-explanatory with the line above")]
pub enum Reason {
    /// The drive of the original is not connected; its mount point.
    SourceDriveAway { drive: String },
    /// The drive for the result is not connected.
    ResultDriveAway { drive: String },
    /// The folder for the result is missing.
    FolderMissing { folder: String },
    /// The folder for the result cannot be written to.
    FolderReadOnly { folder: Option<String> },
    /// A drive does not respond.
    DriveSilent { drive: String },
    /// The connection to a drive is lost.
    ConnectionLost { drive: Option<String> },
    /// The connection to a drive was lost and has returned.
    ConnectionBroke,
    /// A drive reported an error.
    DriveError,
    /// A drive reported an error while the original was probed.
    ReadFailed { name: String },
    /// The drive cannot read the original at this byte, after two attempts.
    SourceDefective { name: String, at: u64 },
    /// The disk of this folder is full.
    DiskFull { folder: Option<String> },
    /// The disk of Spool's data is full.
    DataDiskFull,
    /// The disk for the result is full except for the reserve.
    DiskAlmostFull,
    /// The disk quota is used up.
    QuotaFull,
    /// The result may not fit on its disk.
    NoRoom { folder: String, takes: u64, free: u64, reserve: u64 },
    /// The result may not fit beside those being written.
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
    /// This user has no permission to read it.
    Forbidden { name: String },
    /// It could not be examined.
    Unseen { name: String, cause: String },
    /// It was changed while it was read.
    SourceChanged { name: String },
    /// It is still being written.
    SourceGrowing { name: String },
    /// It is not a readable video.
    NotMedia { name: String },
    /// An animated `WebP`, which this ffmpeg cannot read.
    AnimatedWebp { name: String },
    /// It is copy-protected.
    CopyProtected { name: Option<String> },
    /// Its index, stored at the end, is missing.
    IndexMissing { name: Option<String> },
    /// It ends before anything can be read.
    NothingReadable,
    /// It ends early. `estimated`: `whole` is computed from the bytes that exist.
    EndsEarly { readable: f64, whole: f64, estimated: bool },
    /// A second recording follows the first in the file.
    SecondRecording,
    /// Its edit list plays it at another speed.
    OtherSpeed,
    /// It has no video.
    NoPicture,
    /// It has no audio.
    NoSound,
    /// Its declared audio is empty.
    EmptySound,
    /// ffmpeg has no decoder for this.
    NoDecoder { carries: Kind, codec: String },
    /// Decoder parameters were not found in the file.
    NoParameters { carries: Kind, codec: String },
    /// ffmpeg cannot decode it.
    NotDecodable,
    /// Probing it took longer than this.
    LookTooSlow { name: String, seconds: u64 },
    /// Probing it took more memory than a video needs.
    LookTooBig { name: String },
    /// Its packets could not be read to the end.
    PacketsUnread,

    /// Dolby Vision without a base layer.
    NoBaseLayer { profile: u32 },
    /// The video exceeds the largest supported frame size.
    PictureTooLarge { width: f64, height: f64 },
    /// The video is smaller than its encoder supports.
    PictureTooSmall { width: u32, height: u32 },
    /// A target size needs a known duration.
    LengthUnknown,
    /// The target size of the preset is below the smallest possible, in megabytes.
    CannotFit { limit: u32, smallest: u64 },
    /// The result exceeded the target size, in megabytes, twice.
    StillTooBig { limit: u64 },
    /// A copy exceeds the target size.
    CopyTooBig,
    /// The result grew beyond the limit for its size and duration.
    GrewTooFar,
    /// ffmpeg lacks an encoder.
    NoEncoder { encoder: Option<String> },
    /// An encoder refused its input.
    EncoderRefused { cause: Option<String> },
    /// The graphics hardware has no free encoding session.
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
    /// ffmpeg is no longer at its path.
    ToolGone,
    /// ffmpeg or ffprobe could not be started.
    NotStarted { tool: String, cause: String },
    /// ffmpeg or ffprobe was not found.
    ToolMissing { tool: String },
    /// The path of ffmpeg or ffprobe in the settings is not a file.
    ToolNoFile { path: String },
    /// ffmpeg or ffprobe does not run.
    ToolBroken { path: String, cause: String },
    /// ffmpeg or ffprobe is older than 5.1.
    ToolTooOld { path: String, version: String },

    /// The result is not what was planned.
    WrongResult { fault: Fault },
    /// The result cannot be read back.
    NotReadBack { because: Box<Reason> },

    /// The application crashed this many times with this video.
    Crashed { times: u32 },
    /// The computer went down this many times with this video.
    MachineDown { times: u32 },
    /// An internal error of Spool.
    Mistake,
    /// The plan had nothing to run.
    NothingToRun,
    /// A sentence stored by an earlier version.
    Text { code: FailureCode, text: String },
}

impl Reason {
    /// Its code.
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
