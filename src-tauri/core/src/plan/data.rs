//! Plans data tracks and attached files.

use super::{Action, Task, other_streams};
use crate::media::{Stream, attached, telemetry};
use crate::preset::{Container, Metadata};
use crate::reason::StreamReason;

/// Plans a data track. ffmpeg writes a `GoPro` track into MP4 and MOV unchanged; it writes all others into MOV
/// without their sample description, so that nothing can read them.
pub(super) fn action(stream: &Stream, task: &Task<'_>) -> Action {
    let container = task.preset.container;
    let has_telemetry = telemetry::writer(stream).is_some();
    if other_streams::is_chapters(stream, task.info) {
        Action::drop(StreamReason::Chapters)
    } else if !has_telemetry {
        Action::drop(StreamReason::NotShown)
    } else if task.preset.metadata == Metadata::StripLocation {
        Action::drop(StreamReason::MayTellPlace)
    } else if task.preset.video.is_none() {
        Action::leave_out(StreamReason::SoundOnly)
    } else if stream.tag == telemetry::GOPRO && matches!(container, Container::Mp4 | Container::Mov) {
        Action::Copy { tag: Some(telemetry::GOPRO.into()) }
    } else {
        Action::drop(StreamReason::NotHeld { container })
    }
}

/// Plans an attached file. Images, GPS tracks and texts may reveal a location; fonts do not.
pub(super) fn attachment(stream: &Stream, task: &Task<'_>) -> Action {
    let strip = task.preset.metadata == Metadata::StripLocation;
    match task.preset.container {
        Container::Mkv if strip && !attached::is_font(stream) => Action::drop(StreamReason::FileMayTellPlace),
        Container::Mkv => Action::Copy { tag: None },
        // Fonts only matter to styled subtitles, whose loss is reported.
        _ if attached::is_font(stream) => Action::leave_out(StreamReason::FontNotUsed),
        container => Action::drop(StreamReason::FilesNotHeld { container }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Kind, MediaInfo};
    use crate::plan::Abilities;
    use crate::preset::{self, Preset};

    fn outcome(stream: &Stream, preset: &str, strip: bool) -> Action {
        let metadata = if strip { Metadata::StripLocation } else { Metadata::Keep };
        let preset = &Preset { metadata, ..preset::find(preset).unwrap().clone() };
        let (info, abilities, main) = (&MediaInfo::default(), &Abilities::default(), &Stream::default());
        let task = Task { info, preset, abilities, main };
        if stream.kind == Kind::Attachment { attachment(stream, &task) } else { action(stream, &task) }
    }

    fn data(tag: &str) -> Stream {
        Stream { tag: tag.into(), ..Stream::default() }
    }

    #[test]
    fn gopro_telemetry_is_kept_where_possible_and_never_where_locations_are_removed() {
        let kept = |tag: &str, preset: &str, strip| outcome(&data(tag), preset, strip).keeps();
        assert!(kept("gpmd", "web-1080p", false) && kept("gpmd", "edit-prores", false));
        assert!(!kept("gpmd", "archive-av1", false) && !kept("gpmd", "audio-m4a", false));
        assert!(!kept("gpmd", "web-1080p", true));
        for tag in ["camm", "djmd", "rtmd", "mebx", "tmcd"] {
            assert!(!kept(tag, "web-1080p", false) && !kept(tag, "edit-prores", false), "{tag}");
        }
        let Action::Drop { reason, .. } = outcome(&data("camm"), "edit-prores", false) else { panic!() };
        assert_eq!(reason, StreamReason::NotHeld { container: Container::Mov });
    }

    #[test]
    fn only_fonts_are_kept_where_locations_are_removed() {
        let file = |name: &str, kind: &str| {
            let tags = [("filename", name), ("mimetype", kind)].map(|(k, v)| (k.to_owned(), v.to_owned()));
            Stream { kind: Kind::Attachment, tags: tags.into(), ..Stream::default() }
        };
        let kept = |file: &Stream, strip| outcome(file, "archive-av1", strip).keeps();
        let font = file("A.TTF", "application/x-truetype-font");
        assert!(kept(&font, true) && kept(&font, false) && !outcome(&font, "web-1080p", true).keeps());
        let gps_track = file("a.gpx", "application/gpx+xml");
        assert!(!kept(&gps_track, true) && kept(&gps_track, false));
    }
}
