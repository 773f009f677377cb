//! What a person can do about a failure.

use super::Sentence;
use crate::failure::FailureCode;

/// What a person can do, as one sentence.
pub fn next_step(code: FailureCode) -> Sentence {
    Sentence::new(step(code))
}

fn step(code: FailureCode) -> &'static str {
    use FailureCode::*;
    match code {
        SourceVolumeMissing => "Continues by itself once the drive is connected.",
        DestinationMissing => "Continues by itself once the drive is connected or the folder created.",
        VolumeSilent => "Continues by itself once the drive answers.",
        DiskFull => "Free some space; this continues by itself.",
        DestinationReadOnly => "Make the folder writable; this continues by itself.",
        EncoderMissing => {
            "Install an ffmpeg that has the encoder, or choose another preset; this continues by itself."
        }
        KilledBySignal => "Retry; if it happens again, look for what ends ffmpeg on this machine.",
        Stalled => "Retry; if it happens again, check the drive the video is on.",
        IoError => "Check the drive and its cable, then retry.",
        OutOfMemory => "Close other programs or run fewer jobs at once, then retry.",
        EncoderSession => {
            "Close other programs that record or encode, or run fewer jobs at once, then retry."
        }
        SourceChanged => "Continues by itself once nothing writes to the video any more.",
        SourceGrowing => "Continues by itself once the copy or recording has ended.",
        VerificationFailed => "Look at the details; the original is untouched.",
        EncodeFailed => "Look at the log in the details, or try another preset.",
        Internal => "Retry; if it happens again, please report it with the log.",
        NotMedia => "Check that this is a video; it may be damaged or of another kind.",
        NoVideo => "Choose a preset for sound, or remove it from the list.",
        NoAudio => "Choose a preset for pictures, or remove it from the list.",
        SourceTruncated => "Copy or download the video again, then retry.",
        SourceGone => "Put the video back under this name and retry, or add it from where it is now.",
        SourceDefective => "Copy the video again from where it came from, then retry; check the drive.",
        SourceUnreadable => "Change the permissions of the video, then retry.",
        DrmProtected => "Use a copy without copy protection.",
        UnsupportedCodec => "Install a newer ffmpeg that can read it, then retry.",
        PlanRefused => "Choose another preset.",
        NameTooLong => "Shorten the name or choose another folder, then add it again.",
        NameRefused => "Rename the video or choose another folder, then add it again.",
        ProbeTimeout => "Check the video in a player; it may be damaged.",
        AppCrashed => "Retry it alone; if it happens again, please report it with the log.",
        MachineDown => "If it happens again, update the graphics driver or choose another preset.",
        FfmpegMissing => "Install ffmpeg; `spool doctor` says how.",
        FfmpegBroken => "Reinstall ffmpeg; `spool doctor` shows what it answers.",
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
