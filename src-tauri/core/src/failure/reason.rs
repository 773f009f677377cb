//! Why an attempt ended, with the values that belong to it: what is stored, what crosses to every face, and what
//! `words` makes a sentence of.
//!
//! Guarantees that each reason has one code, and that a reason which was stored can be read again. Paths and names are
//! text to show, never to act upon. Must not know any sentence, nor what follows (see `policy`).

use super::{FailureCode, Fault};
use crate::media::Kind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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

    /// Do both name one cause, whatever their values? Of what an earlier version stored only the code is known.
    pub fn is_like(&self, other: &Reason) -> bool {
        use std::mem::discriminant;
        match (self, other) {
            (Reason::Text { .. }, _) | (_, Reason::Text { .. }) => self.code() == other.code(),
            (Reason::WrongResult { fault }, Reason::WrongResult { fault: found }) => {
                discriminant(fault) == discriminant(found)
            }
            (Reason::NotReadBack { because }, Reason::NotReadBack { because: found }) => {
                because.is_like(found)
            }
            _ => discriminant(self) == discriminant(other),
        }
    }

    /// Is something of a video that ends early there to be kept? Of what an earlier version stored that is not known: who
    /// wants it kept finds out.
    pub fn keeps_some(&self) -> bool {
        match self {
            Reason::EndsEarly { .. } | Reason::SecondRecording => true,
            Reason::Text { code, .. } => *code == FailureCode::SourceTruncated,
            _ => false,
        }
    }

    /// As it is stored. Values of our own types cannot fail to serialise.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As it was stored: an earlier version stored a sentence, and a newer one may know more kinds.
    pub fn stored(code: FailureCode, text: &str) -> Reason {
        serde_json::from_str(text).unwrap_or_else(|_| Reason::Text { code, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cause_is_known_again_whatever_its_values_are() {
        let killed = |signal| Reason::Killed { tool: "ffmpeg".into(), signal };
        assert!(killed(9).is_like(&killed(11)) && !killed(9).is_like(&Reason::Stalled));
        let wrong = |fault| Reason::WrongResult { fault };
        let count = |found| wrong(Fault::OtherCount { found, expected: 250 });
        assert!(count(247).is_like(&count(248)) && !count(247).is_like(&wrong(Fault::Empty)));
        let unread = |because| Reason::NotReadBack { because: Box::new(because) };
        assert!(!unread(Reason::Stalled).is_like(&unread(Reason::NothingReadable)));
    }

    #[test]
    fn what_an_earlier_version_stored_is_like_any_of_its_code() {
        let text = Reason::stored(FailureCode::Stalled, "ffmpeg made no progress any more and was ended.");
        assert!(text.is_like(&Reason::Stalled) && Reason::Stalled.is_like(&text));
        assert!(!text.is_like(&Reason::OutOfMemory));
        assert_eq!(text.code(), FailureCode::Stalled);
    }

    #[test]
    fn a_stored_reason_is_read_again_and_its_json_is_stable() {
        let early = Reason::EndsEarly { readable: 4.5, whole: 10.0, estimated: true };
        let json = r#"{"kind":"ends_early","readable":4.5,"whole":10.0,"estimated":true}"#;
        assert_eq!(early.to_json(), json);
        assert_eq!(Reason::stored(FailureCode::SourceTruncated, json), early);
        let fault = Fault::TrackMissing { carries: Kind::Video, cover: true };
        let json = r#"{"kind":"wrong_result","fault":{"is":"track_missing","carries":"video","cover":true}}"#;
        assert_eq!(Reason::WrongResult { fault }.to_json(), json);
        let newer = r#"{"kind":"of_a_newer_version"}"#;
        assert_eq!(Reason::stored(FailureCode::Internal, newer).code(), FailureCode::Internal);
    }
}
