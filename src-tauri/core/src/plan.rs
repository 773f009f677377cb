//! What becomes of one file under one preset: per input stream copy, convert or drop, with the reason where
//! something is lost.
//!
//! Pure: no file is touched and nothing is run. The plan is stored with the attempt, so that anyone can see
//! before and after. ffmpeg's own choice of streams is never relied upon: it silently keeps one per kind.

mod arguments;
mod audio;
mod others;
mod video;

use crate::failure::{Failure, FailureCode};
use crate::media::{Kind, MediaInfo, Stream};
use crate::preset::{Container, Preset};
use serde::{Deserialize, Serialize};

pub use arguments::arguments;

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Kind of file written.
    pub container: Container,
    /// Every input stream, in the file's order.
    pub streams: Vec<Planned>,
    /// Chapters kept.
    pub chapters: usize,
    /// Tags of phone makers, which MP4 keeps only when asked.
    pub vendor_tags: bool,
}

/// What becomes of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// Index in the input.
    pub input: usize,
    /// What it carries.
    pub kind: Kind,
    /// Its codec in the input.
    pub codec: String,
    /// A cover rather than the moving picture.
    #[serde(default)]
    pub cover: bool,
    /// What is done.
    pub action: Action,
}

/// What is done with a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "do")]
pub enum Action {
    /// Taken over as it is.
    Copy {
        /// Container tag to set, such as `hvc1`.
        tag: Option<String>,
    },
    /// Encoded anew.
    Convert {
        /// Codec of the result, in ffprobe's words.
        codec: String,
        /// ffmpeg's encoder.
        encoder: String,
        /// Options of this stream, in order.
        options: Vec<(String, String)>,
        /// Filters, in order.
        filters: Vec<String>,
        /// The number of frames changes on purpose.
        frames_change: bool,
        /// What the change costs, in plain words; empty for nothing worth saying.
        loss: String,
    },
    /// Left out.
    Drop {
        /// Why, in plain words.
        reason: String,
    },
}

impl Action {
    fn drop(reason: impl Into<String>) -> Action {
        Action::Drop { reason: reason.into() }
    }

    /// Is it in the result?
    pub fn keeps(&self) -> bool {
        !matches!(self, Action::Drop { .. })
    }
}

impl Plan {
    /// The streams of the result, in its order: moving picture, covers, sound, subtitles.
    pub fn kept(&self) -> impl Iterator<Item = &Planned> {
        let of = |kind, cover| {
            self.streams.iter().filter(move |s| s.kind == kind && s.cover == cover && s.action.keeps())
        };
        of(Kind::Video, false)
            .chain(of(Kind::Video, true))
            .chain(of(Kind::Audio, false))
            .chain(of(Kind::Subtitle, false))
    }

    /// Encoders the plan needs.
    pub fn encoders(&self) -> impl Iterator<Item = &str> {
        self.streams.iter().filter_map(|s| match &s.action {
            // Subtitle encoders are part of every ffmpeg and cannot be tested with a picture.
            Action::Convert { encoder, .. } if s.kind != Kind::Subtitle => Some(encoder.as_str()),
            _ => None,
        })
    }
}

/// Plans a file.
///
/// # Errors
/// `no_video`, `drm_protected`, `unsupported_codec` or `plan_refused`, with a plain sentence.
pub fn plan(info: &MediaInfo, preset: &Preset) -> Result<Plan, Failure> {
    let Some(main) = info.video() else {
        return Err(Failure::new(FailureCode::NoVideo, "There is no moving picture in this file."));
    };
    refuse_unreadable(main)?;
    let streams: Vec<Planned> =
        info.streams.iter().map(|s| planned(s, main, info, preset)).collect::<Result<_, _>>()?;
    let cover = streams.iter().any(|s| s.cover && s.action.keeps());
    let vendor = |key: &String| key.starts_with("com.apple.quicktime.") || key.starts_with("com.android.");
    // With a cover kept, asking for vendor tags makes the cover vanish (ffmpeg 5.1, exit 0).
    let vendor_tags = !cover && info.tags.keys().any(vendor);
    Ok(Plan { container: preset.container, streams, chapters: info.chapters, vendor_tags })
}

fn refuse_unreadable(main: &Stream) -> Result<(), Failure> {
    if matches!(main.tag.as_str(), "encv" | "drmi") {
        return Err(Failure::new(
            FailureCode::DrmProtected,
            "This video is copy-protected and cannot be read.",
        ));
    }
    let sized = main.video.as_ref().is_some_and(|p| p.width > 0 && p.height > 0);
    if main.codec.is_empty() || main.codec == "none" || main.codec == "unknown" || !sized {
        let codec = if main.codec.is_empty() { main.tag.as_str() } else { main.codec.as_str() };
        let message = format!("The picture is in a format that this ffmpeg cannot decode ({codec}).");
        return Err(Failure::new(FailureCode::UnsupportedCodec, message));
    }
    Ok(())
}

fn planned(stream: &Stream, main: &Stream, info: &MediaInfo, preset: &Preset) -> Result<Planned, Failure> {
    let cover = stream.attached_picture;
    let action = match stream.kind {
        Kind::Video if stream.index == main.index => video::action(stream, info, preset)?,
        Kind::Video if cover => others::cover(stream),
        Kind::Video => Action::drop("a further picture; one is kept"),
        Kind::Audio => audio::action(stream, preset),
        Kind::Subtitle => others::subtitle(stream),
        Kind::Attachment => Action::drop("MP4 cannot hold attached files"),
        Kind::Data => Action::drop("data that players do not show"),
    };
    Ok(Planned { input: stream.index, kind: stream.kind, codec: stream.codec.clone(), cover, action })
}

/// Pairs of text, for options.
fn options<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}
