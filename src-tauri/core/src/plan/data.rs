//! Data and attached files: what is kept of them, and what is not.

use super::{Action, Task, others};
use crate::media::{Stream, attached, telemetry};
use crate::preset::{Container, Metadata};
use crate::reason::StreamReason;

/// What becomes of a track of data. ffmpeg writes a track of a `GoPro` into MP4 and MOV as it was; into MOV it writes all
/// others without their description, so that nothing can read them.
pub(super) fn action(stream: &Stream, task: &Task<'_>) -> Action {
    let container = task.preset.container;
    let log = telemetry::writer(stream).is_some();
    if others::is_chapters(stream, task.info) {
        Action::drop(StreamReason::Chapters)
    } else if !log {
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

/// What becomes of an attached file. A picture, a track of points or a text may tell a place, a font not.
pub(super) fn attachment(stream: &Stream, task: &Task<'_>) -> Action {
    let strips = task.preset.metadata == Metadata::StripLocation;
    match task.preset.container {
        Container::Mkv if strips && !attached::is_font(stream) => {
            Action::drop(StreamReason::FileMayTellPlace)
        }
        Container::Mkv => Action::Copy { tag: None },
        // Fonts are of use to styled subtitles alone, of which something is said.
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

    fn fate(stream: &Stream, preset: &str, strips: bool) -> Action {
        let metadata = if strips { Metadata::StripLocation } else { Metadata::Keep };
        let preset = &Preset { metadata, ..preset::find(preset).unwrap().clone() };
        let (info, abilities, main) = (&MediaInfo::default(), &Abilities::default(), &Stream::default());
        let task = Task { info, preset, abilities, main };
        if stream.kind == Kind::Attachment { attachment(stream, &task) } else { action(stream, &task) }
    }

    fn data(tag: &str) -> Stream {
        Stream { tag: tag.into(), ..Stream::default() }
    }

    #[test]
    fn telemetry_of_a_gopro_is_kept_where_it_can_be_and_never_where_places_are_left_out() {
        let kept = |tag: &str, preset: &str, strips| fate(&data(tag), preset, strips).keeps();
        assert!(kept("gpmd", "web-1080p", false) && kept("gpmd", "edit-prores", false));
        assert!(!kept("gpmd", "archive-av1", false) && !kept("gpmd", "audio-m4a", false));
        assert!(!kept("gpmd", "web-1080p", true));
        for tag in ["camm", "djmd", "rtmd", "mebx", "tmcd"] {
            assert!(!kept(tag, "web-1080p", false) && !kept(tag, "edit-prores", false), "{tag}");
        }
        let Action::Drop { reason, .. } = fate(&data("camm"), "edit-prores", false) else { panic!() };
        assert_eq!(reason, StreamReason::NotHeld { container: Container::Mov });
    }

    #[test]
    fn of_attached_files_fonts_alone_tell_no_place() {
        let file = |name: &str, kind: &str| {
            let tags = [("filename", name), ("mimetype", kind)].map(|(k, v)| (k.to_owned(), v.to_owned()));
            Stream { kind: Kind::Attachment, tags: tags.into(), ..Stream::default() }
        };
        let kept = |file: &Stream, strips| fate(file, "archive-av1", strips).keeps();
        let font = file("A.TTF", "application/x-truetype-font");
        assert!(kept(&font, true) && kept(&font, false) && !fate(&font, "web-1080p", true).keeps());
        let points = file("a.gpx", "application/gpx+xml");
        assert!(!kept(&points, true) && kept(&points, false));
    }
}
