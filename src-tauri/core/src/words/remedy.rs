//! Remedies for an unusable ffmpeg, in English.

use super::Sentence;
use crate::failure::Remedy;

/// The remedy as one sentence.
pub fn remedy(remedy: &Remedy) -> Sentence {
    match remedy {
        Remedy::Command { command } => Sentence::new(format!("Install it with: {command}")),
        Remedy::Install => Sentence::new(
            "Install ffmpeg 5.1 or newer with your system's package manager, or name its path in settings.json.",
        ),
        Remedy::ChooseAnother => Sentence::new(
            "Choose another file, or take it out of the settings, so that ffmpeg is looked for.",
        ),
    }
}
