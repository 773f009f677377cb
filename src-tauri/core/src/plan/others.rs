//! Subtitles, covers, and what chapters look like from outside.

use super::{Action, metadata};
use crate::media::{MediaInfo, Stream};
use crate::preset::{Container, Preset, Subtitles};
use crate::subtitles;

/// Subtitles made of text.
const TEXT: &[&str] =
    &["subrip", "srt", "ass", "ssa", "webvtt", "text", "mov_text", "microdvd", "subviewer", "eia_608"];

/// Subtitles made of pictures.
const PICTURES: &[&str] = &["hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"];

/// What becomes of a track of subtitles. `read`: its cues were to be read, where it has text.
pub(super) fn subtitle(stream: &Stream, preset: &Preset, read: bool) -> Action {
    if preset.subtitles == Subtitles::Drop {
        return Action::leave_out("the preset leaves subtitles out");
    }
    if stream.places && metadata::strips(preset) {
        return Action::drop("its lines tell where this was recorded");
    }
    let action = held(stream, preset.container);
    let converted = read && matches!(action, Action::Convert { .. });
    unreadable(stream).filter(|_| converted).map_or(action, Action::drop)
}

/// Why no text can be made of a track of which all cues were to be read.
fn unreadable(stream: &Stream) -> Option<&'static str> {
    match &stream.cues {
        None => subtitles::is_foreign(stream).then_some("its subtitles cannot be read"),
        Some(cues) if !cues.texts().is_empty() => None,
        Some(cues) if cues.marks.drawings > 0 => Some("its subtitles are drawn, and hold no text"),
        Some(_) => subtitles::is_foreign(stream).then_some(super::audio::NOTHING),
    }
}

/// What becomes of subtitles in this container.
fn held(stream: &Stream, container: Container) -> Action {
    let codec = stream.codec.as_str();
    let foreign = subtitles::is_foreign(stream);
    let (text, picture) = (TEXT.contains(&codec) || foreign, PICTURES.contains(&codec));
    match container {
        Container::M4a => Action::leave_out("only the sound is kept"),
        Container::Mkv if codec == "mov_text" || codec == "eia_608" || foreign => converted("subrip", "srt"),
        Container::Mkv if text || (picture && codec != "xsub") => Action::Copy { tag: None },
        Container::Mp4 | Container::Mov if codec == "mov_text" => Action::Copy { tag: None },
        Container::Mp4 | Container::Mov if text => converted("mov_text", "mov_text"),
        _ if picture => {
            Action::drop(format!("{} cannot hold subtitles made of pictures; MKV can", container.name()))
        }
        _ => Action::drop("subtitles in a format that cannot be converted"),
    }
}

/// MP4 and MOV count the time between two cues in 31 bits: in ffmpeg's millionths of a second, 35 minutes, beyond which it
/// fails, or shows the next cue at once.
const MOV_TEXT_CLOCK: (&str, &str) = ("time_base", "1/1000");

/// Options of an encoder of subtitles.
pub(super) fn text_options(encoder: &str) -> Vec<(String, String)> {
    if encoder == "mov_text" { super::options([MOV_TEXT_CLOCK]) } else { Vec::new() }
}

fn converted(codec: &str, encoder: &str) -> Action {
    Action::Convert {
        codec: codec.into(),
        encoder: encoder.into(),
        options: text_options(encoder),
        filters: Vec::new(),
        frames_change: false,
        instead: None,
    }
}

pub(super) fn cover(stream: &Stream, container: Container, strips: bool) -> Action {
    match cover_as_it_is(stream, container) {
        Action::Copy { tag } if strips && stream.places => bare_cover(stream, tag),
        action => action,
    }
}

/// The picture of a cover alone: whatever stands beside it may tell a place, and encoding it drops that, with the side
/// data of its frame that newer versions of ffmpeg would write down again.
fn bare_cover(stream: &Stream, tag: Option<String>) -> Action {
    let tag = tag.into_iter().map(|tag| ("tag".to_owned(), tag));
    Action::Convert {
        codec: stream.codec.clone(),
        encoder: stream.codec.clone(),
        options: tag.chain([("q".to_owned(), "2".to_owned())]).collect(),
        filters: vec!["sidedata=mode=delete".into()],
        frames_change: false,
        instead: None,
    }
}

fn cover_as_it_is(stream: &Stream, container: Container) -> Action {
    match container {
        // ffmpeg writes none into it.
        Container::Mov => Action::drop("covers are not kept in MOV"),
        // The tag that MP4 gives to a picture is refused here, where covers have none.
        Container::M4a if stream.codec == "mjpeg" => Action::Copy { tag: Some("jpeg".into()) },
        Container::M4a if stream.codec == "png" => Action::Copy { tag: Some("png ".into()) },
        _ if matches!(stream.codec.as_str(), "mjpeg" | "png") => Action::Copy { tag: None },
        _ => Action::drop(format!("a cover in a format that {} cannot hold", container.name())),
    }
}

/// MP4 keeps chapters as a track of text, which ffprobe shows as one more stream.
pub(super) fn is_chapters(stream: &Stream, info: &MediaInfo) -> bool {
    !info.chapters.is_empty() && stream.codec == "bin_data" && stream.tag == "text"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Kind, Picture, Programme};
    use crate::plan::{Abilities, plan};
    use crate::preset::{self, Tracks};
    use crate::spec::JobSpec;

    fn fate(codec: &str, preset: &str) -> Action {
        let stream = Stream { codec: codec.into(), ..Stream::default() };
        subtitle(&stream, preset::find(preset).unwrap(), false)
    }

    #[test]
    fn a_cover_of_an_m4a_has_a_tag_that_its_muxer_takes() {
        let tag = |codec: &str, container| {
            let stream = Stream { codec: codec.into(), ..Stream::default() };
            let Action::Copy { tag } = cover(&stream, container, true) else { panic!("{codec}") };
            tag
        };
        assert_eq!(tag("mjpeg", Container::M4a).as_deref(), Some("jpeg"));
        assert_eq!(tag("png", Container::M4a).as_deref(), Some("png "));
        assert_eq!((tag("mjpeg", Container::Mp4), tag("png", Container::Mkv)), (None, None));
    }

    #[test]
    fn each_container_gets_the_subtitles_it_can_hold() {
        assert_eq!(fate("mov_text", "web-1080p"), Action::Copy { tag: None });
        assert!(matches!(fate("ass", "edit-prores"), Action::Convert { codec, .. } if codec == "mov_text"));
        assert!(
            matches!(fate("hdmv_pgs_subtitle", "web-1080p"), Action::Drop { reason, .. } if reason.contains("MKV can"))
        );
        assert_eq!(fate("hdmv_pgs_subtitle", "archive-av1"), Action::Copy { tag: None });
        assert_eq!(fate("ass", "archive-av1"), Action::Copy { tag: None });
        assert!(
            matches!(fate("mov_text", "archive-av1"), Action::Convert { codec, .. } if codec == "subrip")
        );
        assert!(matches!(fate("", "archive-av1"), Action::Drop { .. }));
    }

    #[test]
    fn streams_of_another_programme_are_left_out_and_the_first_track_is_one_of_the_own() {
        let stream = |index, kind, codec: &str| {
            let sound = Stream { channels: Some(2), sample_rate: Some(48_000), ..Stream::default() };
            Stream { index, kind, codec: codec.into(), ..sound }
        };
        let mut streams: Vec<Stream> = [1, 2, 3].map(|n| stream(n, Kind::Audio, "mp2")).into();
        let picture = Picture { width: 640, height: 360, pixel_aspect: 1.0, bits: 8, ..Picture::default() };
        streams.insert(0, Stream { video: Some(picture), ..stream(0, Kind::Video, "mpeg2video") });
        let programme = |streams: &[usize]| Programme { streams: streams.into(), ..Programme::default() };
        let programmes = vec![programme(&[1]), programme(&[0, 2])];
        let info = MediaInfo { streams, programmes, ..MediaInfo::default() };
        let mut preset = preset::find("web-1080p").unwrap().clone();
        let kept = |preset: &Preset| {
            let plan = plan(&info, &JobSpec::of(preset.clone()), &Abilities::default()).unwrap();
            plan.kept().map(|s| s.input).collect::<Vec<_>>()
        };
        assert_eq!(kept(&preset), [0, 2, 3], "a stream of no programme belongs to each");
        preset.audio.tracks = Tracks::First;
        assert_eq!(kept(&preset), [0, 2]);
    }
}
