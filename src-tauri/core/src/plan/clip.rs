//! Clips chapters and subtitles that extend beyond the end of picture and audio.
//!
//! Pure. Guarantees that picture and audio are never touched: a wrong length costs chapters and subtitles only.

use super::{Action, Plan, Planned};
use crate::ledger::{self, ChangeReason, Difference, Property, Subject};
use crate::media::{Chapter, Kind, MediaInfo, location, slack};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Chapters and the end that subtitles are clipped to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clip {
    /// End of picture and audio, in seconds after the start.
    pub seconds: f64,
    /// Chapters up to that end.
    pub chapters: Vec<Chapter>,
}

impl Plan {
    /// Clips everything but picture and audio at `seconds`.
    #[must_use]
    pub fn clipped(mut self, info: &MediaInfo, seconds: f64) -> Plan {
        let begin = info.start.unwrap_or(0.0);
        let clipped = |c: &Chapter| Chapter {
            start: (c.start - begin).max(0.0),
            end: (c.end - begin).min(seconds),
            tags: self.chapter_tags(c),
        };
        let chapters: Vec<Chapter> =
            info.chapters.iter().map(clipped).filter(|c| c.start < c.end.min(seconds)).collect();
        self.chapters = chapters.len();
        self.changes.retain(|change| change.property != Property::Chapters);
        let to = (!chapters.is_empty()).then(|| ledger::chapters(&chapters));
        let (of, property, from) = (Subject::File, Property::Chapters, ledger::chapters(&info.chapters));
        self.changes.push(Difference { of, property, from, to, why: Some(ChangeReason::Follows) });
        self.clip = Some(Clip { seconds, chapters });
        self
    }

    /// Tags of a chapter, without those that reveal a location the plan removes.
    pub(super) fn chapter_tags(&self, chapter: &Chapter) -> BTreeMap<String, String> {
        let mut tags = chapter.tags.clone();
        tags.retain(|name, value| !(self.without_places && location::tag_tells(name, value)));
        tags
    }

    /// Whether this stream is read before the result is written, not during.
    pub(crate) fn sets_apart(&self, stream: &Planned) -> bool {
        stream.rewritten.is_some() || set_apart(self).any(|s| s.input == stream.input)
    }

    /// Clips where measured chapters or subtitles extend beyond the end.
    pub(super) fn clipped_as_measured(self, info: &MediaInfo) -> Plan {
        let end = |s: &Planned| info.streams.iter().find(|i| i.index == s.input)?.measured_end;
        let of = |lines: bool| {
            let kinds = move |s: &&Planned| match s.kind {
                Kind::Video => !lines && !s.cover,
                Kind::Audio => !lines,
                Kind::Subtitle | Kind::Data => lines,
                Kind::Attachment => false,
            };
            self.kept().filter(kinds).filter_map(end).reduce(f64::max)
        };
        let Some(shown) = of(false) else { return self };
        let begin = info.start.unwrap_or(0.0);
        let last = info.chapters.iter().map(|c| c.end - begin).chain(of(true)).reduce(f64::max);
        if last.is_some_and(|last| last > shown + slack(shown)) { self.clipped(info, shown) } else { self }
    }
}

/// Subtitles that are extracted and clipped before they are converted: with such a filter after the encoder, ffmpeg
/// 5.1 loses the last line.
pub(super) fn set_apart(plan: &Plan) -> impl Iterator<Item = &Planned> {
    let converted = |s: &Planned| {
        let of_source = s.captions.is_none() && s.rewritten.is_none();
        s.kind == Kind::Subtitle && of_source && s.action.converts()
    };
    plan.kept().filter(move |s| plan.clip.is_some() && converted(s))
}

/// Container format for the extracted subtitles.
pub(super) fn lines_format(plan: &Plan) -> &'static str {
    if set_apart(plan).all(|s| s.codec == "mov_text") { "mov" } else { "matroska" }
}

/// Whether it is a copied subtitle or telemetry track.
pub(super) fn is_copied_cue_track(stream: &Planned) -> bool {
    matches!(stream.kind, Kind::Subtitle | Kind::Data) && matches!(stream.action, Action::Copy { .. })
}

/// The chapters in ffmpeg's metadata format.
pub fn chapter_text(clip: &Clip) -> String {
    let mut text = String::from(";FFMETADATA1\n");
    let unit = |seconds: f64| (seconds * 1e6).round();
    for Chapter { start, end, tags } in &clip.chapters {
        let (start, end) = (unit(*start), unit(*end));
        // Writing to a string does not fail.
        let _ = writeln!(text, "[CHAPTER]\nTIMEBASE=1/1000000\nSTART={start}\nEND={end}");
        for (name, value) in tags {
            let _ = writeln!(text, "{}={}", escaped(name), escaped(value));
        }
    }
    text
}

/// Escapes special characters and line ends with a backslash.
fn escaped(text: &str) -> String {
    let special = |c: char| matches!(c, '=' | ';' | '#' | '\\' | '\n');
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_tags_do_not_become_chapters() {
        let tags = [("title".to_owned(), "a=b\n[CHAPTER]\n;\\".to_owned())].into();
        let clip = Clip { seconds: 4.0, chapters: vec![Chapter { start: 0.5, end: 4.0, tags }] };
        let text = chapter_text(&clip);
        assert!(text.contains("START=500000\nEND=4000000\ntitle=a\\=b\\\n[CHAPTER]\\\n\\;\\\\\n"), "{text}");
    }
}
