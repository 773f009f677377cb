//! Why an attempt failed, in English: what happened, and what the user can do next.

use super::Sentence;
use super::numbers::size;
use crate::failure::{Failure, FailureCode, Fault, LocationIn, Reason};
use crate::media::Kind;

/// The sentence for a reason.
pub fn reason(reason: &Reason) -> Sentence {
    Sentence::new(text(reason))
}

/// The sentence for the reason, with the next step.
pub fn failure(failure: &Failure) -> Sentence {
    Sentence::new(format!("{} {}", text(&failure.reason), next_step(failure.code())))
}

fn text(reason: &Reason) -> String {
    places(reason).or_else(|| sources(reason)).or_else(|| plans(reason)).unwrap_or_else(|| tools(reason))
}

/// Sentences about drives, folders and names.
fn places(reason: &Reason) -> Option<String> {
    use Reason as R;
    Some(match reason {
        R::SourceDriveAway { drive } => {
            format!("The drive at {drive} that holds this video is not connected.")
        }
        R::ResultDriveAway { drive } => format!("The drive at {drive} is not connected."),
        R::FolderMissing { folder } => format!("The folder {folder} is not there."),
        R::FolderReadOnly { folder: Some(folder) } => format!("The folder {folder} cannot be written to."),
        R::FolderReadOnly { folder: None } => "The folder for the result cannot be written to.".into(),
        R::DriveSilent { drive } => format!("The drive at {drive} does not answer."),
        R::ConnectionLost { drive: Some(drive) } => {
            format!("The connection to the drive at {drive} is lost.")
        }
        R::ConnectionLost { drive: None } => "The connection to the drive is lost.".into(),
        R::ConnectionBroke => "The connection to the drive was lost for a while.".into(),
        R::DriveError => "The drive reported an error.".into(),
        R::ReadFailed { name } => format!("Reading {name} failed: the drive reported an error."),
        R::SourceDefective { name, at } => {
            format!("The drive cannot read {name} at byte {at}, even on a second try.")
        }
        R::DiskFull { folder: Some(folder) } => format!("The disk that holds {folder} is full."),
        R::DiskFull { folder: None } => "The disk for the result is full.".into(),
        R::DataDiskFull => "The disk that holds Spool's data is full.".into(),
        R::DiskAlmostFull => "The disk for the result is almost full.".into(),
        R::QuotaFull => "The disk quota for the result is used up.".into(),
        R::NoRoom { folder, takes, free, reserve } => {
            let [takes, free, reserve] = [*takes, *free, *reserve].map(size);
            format!(
                "The disk that holds {folder} has only {free} free: this video may take {takes}, and {reserve} must stay \
                 free beside it."
            )
        }
        R::NoRoomBeside { volume, takes, free, reserve } => {
            let [takes, free, reserve] = [*takes, *free, *reserve].map(size);
            format!(
                "{volume} has no room for this video beside the running ones: it may take {takes}, {free} are free, and \
                 {reserve} must stay free."
            )
        }
        R::WriteFailed { folder, cause } => format!("Writing into {folder} failed: {cause}."),
        R::EndNotWritten => "The end of the result could not be written.".into(),
        R::NameTooLong { folder } => format!("The name is too long for the folder {folder}."),
        R::NameRefused { folder, name } => {
            format!("The drive that holds {folder} refuses the name \"{name}\".")
        }
        _ => return None,
    })
}

/// Sentences about the original.
fn sources(reason: &Reason) -> Option<String> {
    use Reason as R;
    Some(match reason {
        R::SourceGone { name } => format!("{name} is no longer there."),
        R::NoSuchFile { path } => format!("{path} does not exist."),
        R::IsFolder { path } => format!("{path} is a folder; name the videos in it."),
        R::NotAFile { path } => format!("{path} is neither a file nor a folder."),
        R::Forbidden { name } => format!("{name} cannot be read by this user."),
        R::Unseen { name, cause } => format!("{name} could not be examined: {cause}."),
        R::SourceChanged { name } => format!("{name} changed while it was being read."),
        R::SourceGrowing { name } => format!("{name} is still being written."),
        R::NotMedia { name } => format!("{name} is not a video that can be read."),
        R::AnimatedWebp { name } => format!(
            "{name} is an animated WebP, which this ffmpeg cannot read. Save it as GIF or as a video, and add that."
        ),
        R::CopyProtected { name } => {
            format!("{} is copy-protected and cannot be converted.", name.as_deref().unwrap_or("This file"))
        }
        R::IndexMissing { name } => format!(
            "The end of {} is missing: its index, without which nothing can be read.",
            name.as_deref().unwrap_or("the video")
        ),
        R::NothingReadable => "The recording ends so early that nothing can be read.".into(),
        R::EndsEarly { readable, whole, estimated } => {
            format!(
                "The recording ends early: {} can be read.",
                super::numbers::part(*readable, *whole, *estimated)
            )
        }
        R::SecondRecording => {
            "This file contains two recordings in a row; only the first can be read.".into()
        }
        R::NoPicture => "There is no moving picture in this file.".into(),
        R::NoSound => "There is no sound in this file.".into(),
        R::EmptySound => "This file declares a sound track, but it is empty.".into(),
        R::NoDecoder { carries, codec } => {
            format!("The {} is in a format that this ffmpeg cannot decode ({codec}).", carried(*carries))
        }
        R::NoParameters { carries, codec } => {
            format!(
                "The data needed to decode the {} was not found in this file ({codec}).",
                carried(*carries)
            )
        }
        R::NotDecodable => "ffmpeg cannot decode this video.".into(),
        R::LookTooSlow { name, seconds } => format!("Examining {name} took longer than {seconds} s."),
        R::LookTooBig { name } => format!("Examining {name} took more memory than a video needs."),
        R::PacketsUnread => "The packets of a file could not be read to the end.".into(),
        _ => return None,
    })
}

/// Sentences about the plan.
fn plans(reason: &Reason) -> Option<String> {
    use Reason as R;
    Some(match reason {
        R::OtherSpeed => {
            "This clip is set to play at another speed than it was recorded at, which ffmpeg cannot do. \
                          Export it from the program that changed its speed, and add that file."
                .into()
        }
        R::NoBaseLayer { profile } => format!(
            "This is Dolby Vision of profile {profile}: without its own decoder the colours would be wrong. Remux to MP4 \
             keeps it as it is."
        ),
        R::PictureTooLarge { width, height } => {
            format!("The picture is too large ({width:.0}x{height:.0}); Spool works on up to 15360x8640.")
        }
        R::PictureTooSmall { width, height } => {
            format!("The picture is too small for H.265 ({width}x{height}); the Web presets can hold it.")
        }
        R::LengthUnknown => "The length of this video is unknown, so no target size can be met.".into(),
        R::CannotFit { limit, smallest } => {
            format!("Cannot fit into {limit} MB. The smallest possible is {smallest} MB.")
        }
        R::StillTooBig { limit } => {
            format!("The result exceeded {limit} MB, even on a second try.")
        }
        R::CopyTooBig => "The copy is larger than the target.".into(),
        R::GrewTooFar => "The result grew far beyond what a video of this size and length can take.".into(),
        R::NoEncoder { encoder: Some(encoder) } => {
            format!("This ffmpeg cannot encode with {encoder}, which the preset needs.")
        }
        R::NoEncoder { encoder: None } => "This ffmpeg lacks an encoder that the preset needs.".into(),
        R::EncoderRefused { cause } => {
            format!("An encoder refused this picture or sound. {}", gave_up(cause.as_deref()))
        }
        R::EncoderBusy => "The graphics hardware takes no further encode just now.".into(),
        _ => return None,
    })
}

/// Sentences about ffmpeg, its result, the machine and Spool.
fn tools(reason: &Reason) -> String {
    use Reason as R;
    match reason {
        R::Killed { tool, signal } => format!("{tool} was killed by {}.", signal_name(*signal)),
        R::Stalled => "ffmpeg stopped making progress and was ended.".into(),
        R::OutOfMemory => "Memory ran out.".into(),
        R::NoThread { cause } => format!("No thread could be started: {cause}."),
        R::GaveUp { cause } => gave_up(cause.as_deref()),
        R::ToolGone => "ffmpeg is no longer where it was.".into(),
        R::NotStarted { tool, cause } => format!("{tool} could not be started: {cause}."),
        R::ToolMissing { tool } => format!("{tool} was not found."),
        R::ToolNoFile { path } => format!("{path}, named in the settings, is not a usable file."),
        R::ToolBroken { path, cause } => format!("{path} does not run: {cause}."),
        R::ToolTooOld { path, version } => format!("{path} is version {version}; 5.1 or newer is needed."),
        R::WrongResult { fault } => wrong(fault),
        R::NotReadBack { because } => format!("The result cannot be read back: {}", text(because)),
        R::Crashed { times } => format!("This video stopped the application {times} times."),
        R::MachineDown { times } => format!(
            "The computer went down {times} times while this video was converted; release it to try again."
        ),
        R::NothingToRun => "The plan had nothing to run.".into(),
        R::Text { text, .. } => text.clone(),
        _ => "An internal error of Spool ended the work on this video.".into(),
    }
}

fn wrong(fault: &Fault) -> String {
    use Fault as F;
    match fault {
        F::Empty => "The result is empty.".into(),
        F::Unfinished => "ffmpeg ended without reporting that it had finished.".into(),
        F::TrackMissing { carries, cover } => {
            format!("{} is missing in the result.", track(*carries, *cover))
        }
        F::LengthUnreadable => "The length of the result cannot be read.".into(),
        F::OtherLength { carries, copied: true, found, expected } => format!(
            "The copied {} lasts {found:.1} s instead of {:.1} s.",
            carried(*carries),
            expected.unwrap_or_default()
        ),
        F::OtherLength { carries, found, expected, .. } => {
            let instead = expected.map_or_else(
                || "; the original does not state its length".into(),
                |expected| format!(" instead of {expected:.1} s"),
            );
            format!("The {} of the result lasts {found:.1} s{instead}.", carried(*carries))
        }
        F::OtherCount { found, expected } => {
            format!("The result has {found} pictures instead of {expected}.")
        }
        F::OtherPackets { carries, found, expected } => {
            format!("The copied {} has {found} packets instead of {expected}.", carried(*carries))
        }
        F::OtherContent => "Copied packets differ from the original's.".into(),
        F::CopyDamaged => "Parts of the copied streams cannot be decoded.".into(),
        F::CopyUnfinished => "The copied streams could not be decoded to the end.".into(),
        F::CopyPartlyDecodable { copied, decodable } => {
            format!("Of {copied} copied pictures only {decodable} can be decoded.")
        }
        F::TimesDamaged => "The timestamps of the picture are damaged.".into(),
        F::TimesDoubtful => "The timestamps of the original are unreliable.".into(),
        F::BeginUnknown => "The start of the picture is not known.".into(),
        F::ChangesLost => "The original changes partway, and the result does not show it.".into(),
        F::Overlong { lasts, shown } => super::overlong(*lasts, *shown),
        F::EightBitHdr => "The picture is marked as high dynamic range and has only 8 bits.".into(),
        F::FalseDolbyVision => "The picture is declared to be Dolby Vision, which it no longer is.".into(),
        F::OtherDolbyVision => "The picture is declared to be another Dolby Vision.".into(),
        F::NewDolbyVision => "The picture is declared to be Dolby Vision, which the original is not.".into(),
        F::LostDolbyVision => {
            "The picture is no longer declared to be Dolby Vision, without which its colours are wrong."
                .into()
        }
        F::TellsPlace { by } => {
            format!(
                "The result may still reveal where it was recorded, by {}, so it was not kept.",
                place(by)
            )
        }
    }
}

fn place(by: &LocationIn) -> String {
    match by {
        LocationIn::Tag { name } => return format!("its tag {name}"),
        LocationIn::Text => "a text in its metadata",
        LocationIn::Telemetry => "telemetry",
        LocationIn::Cover => "its cover",
        LocationIn::Subtitles => "its subtitles",
        LocationIn::Picture => "its picture",
    }
    .into()
}

fn track(carries: Kind, cover: bool) -> &'static str {
    match carries {
        Kind::Video if cover => "The cover",
        Kind::Video => "The picture",
        Kind::Audio => "A sound track",
        Kind::Attachment => "An attached file",
        Kind::Data => "Telemetry",
        Kind::Subtitle => "A subtitle track",
    }
}

fn carried(kind: Kind) -> &'static str {
    if kind == Kind::Video { "picture" } else { "sound" }
}

fn gave_up(cause: Option<&str>) -> String {
    cause.map_or_else(
        || "ffmpeg gave up without stating a reason.".to_owned(),
        |cause| format!("ffmpeg gave up: {cause}."),
    )
}

fn signal_name(signal: i32) -> String {
    match signal {
        6 => "SIGABRT, as when it finds a mistake in itself".into(),
        9 => "SIGKILL, as when memory runs out".into(),
        11 => "SIGSEGV, as when it crashes".into(),
        15 => "SIGTERM".into(),
        n => format!("signal {n}"),
    }
}

/// What the user can do next, as one sentence.
pub fn next_step(code: FailureCode) -> Sentence {
    Sentence::new(step(code))
}

fn step(code: FailureCode) -> &'static str {
    use FailureCode as Code;
    match code {
        Code::SourceVolumeMissing => "Continues by itself once the drive is connected.",
        Code::DestinationMissing => "Continues by itself once the drive is connected or the folder created.",
        Code::VolumeSilent => "Continues by itself once the drive answers.",
        Code::DiskFull => "Free some space; this continues by itself.",
        Code::DestinationReadOnly => "Make the folder writable; this continues by itself.",
        Code::EncoderMissing => {
            "Install an ffmpeg that has the encoder, or choose another preset; this continues by itself."
        }
        Code::KilledBySignal => "Retry; if it happens again, look for what ends ffmpeg on this machine.",
        Code::Stalled => "Retry; if it happens again, check the drive the video is on.",
        Code::IoError => "Check the drive and its cable, then retry.",
        Code::OutOfMemory => "Close other programs or run fewer jobs at once, then retry.",
        Code::EncoderSession => {
            "Close other programs that record or encode, or run fewer jobs at once, then retry."
        }
        Code::SourceChanged => "Continues by itself once nothing writes to the video any more.",
        Code::SourceGrowing => "Continues by itself once the copy or recording has ended.",
        Code::VerificationFailed => "Look at the details; the original is untouched.",
        Code::EncodeFailed => "Look at the log in the details, or try another preset.",
        Code::Internal => "Retry; if it happens again, please report it with the log.",
        Code::NotMedia => "Check that this is a video; it may be damaged or of another kind.",
        Code::NoVideo => "Choose a preset for sound, or remove it from the list.",
        Code::NoAudio => "Choose a preset for pictures, or remove it from the list.",
        Code::SourceTruncated => "Copy or download the video again, then retry.",
        Code::SourceGone => "Put the video back under this name and retry, or add it from where it is now.",
        Code::SourceDefective => "Copy the video again from where it came from, then retry; check the drive.",
        Code::SourceUnreadable => "Change the permissions of the video, then retry.",
        Code::DrmProtected => "Use a copy without copy protection.",
        Code::UnsupportedCodec => "Install a newer ffmpeg that can read it, then retry.",
        Code::PlanRefused => "Choose another preset.",
        Code::NameTooLong => "Shorten the name or choose another folder, then add it again.",
        Code::NameRefused => "Rename the video or choose another folder, then add it again.",
        Code::ProbeTimeout => "Check the video in a player; it may be damaged.",
        Code::AppCrashed => "Retry it alone; if it happens again, please report it with the log.",
        Code::MachineDown => "If it happens again, update the graphics driver or choose another preset.",
        Code::FfmpegMissing => "Install ffmpeg; `spool doctor` shows how.",
        Code::FfmpegBroken => "Reinstall ffmpeg; `spool doctor` shows its output.",
    }
}

#[cfg(test)]
mod tests;
