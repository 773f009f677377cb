//! What a person can do about a failure.

use super::Sentence;
use crate::failure::FailureCode;

/// What a person can do, as one sentence.
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
        Code::FfmpegMissing => "Install ffmpeg; `spool doctor` says how.",
        Code::FfmpegBroken => "Reinstall ffmpeg; `spool doctor` shows what it answers.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_next_step() {
        for code in FailureCode::ALL {
            assert!(step(*code).ends_with('.'), "{code}");
        }
    }
}
