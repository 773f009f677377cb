//! Plans subtitles and covers, and recognises chapter tracks.

use super::encode::{CoverSettings, EncodeSpec, Settings, TextSettings};
use super::encoder::Encoder;
use super::{Action, metadata};
use crate::media::{MediaInfo, Stream, location};
use crate::preset::{Container, Preset, Subtitles};
use crate::reason::StreamReason;
use crate::subtitles;
use std::collections::BTreeMap;

/// Text subtitle codecs.
const TEXT: &[&str] =
    &["subrip", "srt", "ass", "ssa", "webvtt", "text", "mov_text", "microdvd", "subviewer", "eia_608"];

/// Bitmap subtitle codecs.
const PICTURES: &[&str] = &["hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"];

/// Plans a subtitle track. `read`: its cues should have been read, if it has text.
pub(super) fn subtitle(stream: &Stream, preset: &Preset, read: bool) -> Action {
    if preset.subtitles == Subtitles::Drop {
        return Action::leave_out(StreamReason::SubtitlesUnwanted);
    }
    // ffprobe lists no lines of formats that it treats as data.
    let unsupported = stream.cues.as_ref().filter(|_| subtitles::is_foreign(stream));
    let reveals = stream.places || unsupported.is_some_and(|cues| location::lines::is_log(&cues.texts()));
    if reveals && metadata::strips(preset) {
        return Action::drop(StreamReason::LinesTellPlace);
    }
    if stream.refused {
        return Action::drop(StreamReason::NotWritten);
    }
    let action = held(stream, preset.container);
    let converted = read && action.converts();
    unreadable(stream).filter(|_| converted).map_or(action, Action::drop)
}

/// Why a track whose cues should have been read yields no text.
fn unreadable(stream: &Stream) -> Option<StreamReason> {
    match &stream.cues {
        None => subtitles::is_foreign(stream).then_some(StreamReason::SubtitlesUnreadable),
        Some(cues) if !cues.texts().is_empty() => None,
        Some(cues) if cues.marks.drawings > 0 => Some(StreamReason::SubtitlesDrawn),
        Some(_) => subtitles::is_foreign(stream).then_some(StreamReason::Empty),
    }
}

/// Action that the container allows.
fn held(stream: &Stream, container: Container) -> Action {
    let codec = stream.codec.as_str();
    let unsupported = subtitles::is_foreign(stream);
    let (text, picture) = (TEXT.contains(&codec) || unsupported, PICTURES.contains(&codec));
    match container {
        Container::M4a => Action::leave_out(StreamReason::SoundOnly),
        Container::Mkv if codec == "mov_text" || codec == "eia_608" || unsupported => {
            converted("subrip", Encoder::Subrip)
        }
        Container::Mkv if text || (picture && codec != "xsub") => Action::Copy { tag: None },
        Container::Mp4 | Container::Mov if codec == "mov_text" => Action::Copy { tag: None },
        Container::Mp4 | Container::Mov if text => converted("mov_text", Encoder::MovText),
        container => Action::drop(not_held(codec, container)),
    }
}

/// Why subtitles of this codec can be neither copied nor converted into this container.
fn not_held(codec: &str, container: Container) -> StreamReason {
    let (pictures, codec) = (PICTURES.contains(&codec), codec.to_owned());
    if pictures {
        StreamReason::PictureSubtitles { codec, container }
    } else {
        StreamReason::SubtitlesNotConverted { codec }
    }
}

fn converted(codec: &str, encoder: Encoder) -> Action {
    let settings = Settings::Text(TextSettings::default());
    Action::Convert(Box::new(EncodeSpec::new(codec, encoder, settings)))
}

pub(super) fn cover(stream: &Stream, container: Container, strips: bool) -> Action {
    let examined = matches!(stream.codec.as_str(), "mjpeg" | "png");
    match cover_as_it_is(stream, container) {
        Action::Copy { tag } if strips && stream.places => match Encoder::named(&stream.codec) {
            Some(encoder) if examined => bare_cover(stream, encoder, tag),
            _ => Action::drop(StreamReason::CoverMayTellPlace),
        },
        Action::Copy { .. } | Action::Convert(_) if strips && !examined => {
            Action::drop(StreamReason::CoverMayTellPlace)
        }
        action => action,
    }
}

/// Encodes a cover again without its metadata, which may reveal a location. The frame's side data is deleted too, as
/// newer versions of ffmpeg would write it into the result.
fn bare_cover(stream: &Stream, encoder: Encoder, tag: Option<String>) -> Action {
    let settings = Settings::Cover(CoverSettings { bare: true, tag });
    Action::Convert(Box::new(EncodeSpec::new(&stream.codec, encoder, settings)))
}

fn as_png() -> Action {
    let settings = Settings::Cover(CoverSettings::default());
    Action::Convert(Box::new(EncodeSpec::new("png", Encoder::Png, settings)))
}

/// Tags of a cover as an attached file: the original's, except those that reveal a location that must be removed.
pub(super) fn file(stream: &Stream, action: &Action, preset: &Preset) -> BTreeMap<String, String> {
    let converted = match action {
        Action::Convert(spec) if spec.codec != stream.codec => Some(spec.codec.as_str()),
        _ => None,
    };
    let (kind, extension) = match converted.unwrap_or(&stream.codec) {
        "mjpeg" => ("jpeg", "jpg"),
        other => (other, other),
    };
    let defaults = [("filename", format!("cover.{extension}")), ("mimetype", format!("image/{kind}"))];
    let mut all: BTreeMap<String, String> =
        defaults.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    for name in ["filename", "mimetype", "title"] {
        let found = stream.tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(name));
        let reveals =
            |(tag, value): &(&String, &String)| metadata::strips(preset) && location::tag_tells(tag, value);
        let renamed = converted.is_some() && name != "title";
        if let Some((_, value)) = found.filter(|tag| !renamed && !reveals(tag) && !tag.1.is_empty()) {
            all.insert(name.into(), value.clone());
        }
    }
    all
}

fn cover_as_it_is(stream: &Stream, container: Container) -> Action {
    match container {
        // ffmpeg writes no covers into MOV.
        Container::Mov => Action::drop(StreamReason::NoCovers { container }),
        // M4A refuses MP4's tags for pictures, as covers have none there.
        Container::M4a if stream.codec == "mjpeg" => Action::Copy { tag: Some("jpeg".into()) },
        Container::M4a if stream.codec == "png" => Action::Copy { tag: Some("png ".into()) },
        _ if matches!(stream.codec.as_str(), "mjpeg" | "png") => Action::Copy { tag: None },
        Container::Mkv if matches!(stream.codec.as_str(), "gif" | "tiff") => Action::Copy { tag: None },
        // ffprobe does not report such an attachment as a cover.
        Container::Mkv if matches!(stream.codec.as_str(), "bmp" | "webp") => as_png(),
        _ => Action::drop(StreamReason::CoverNotHeld { container }),
    }
}

/// MP4 stores chapters as a text track, which ffprobe reports as a stream.
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
    use crate::words;

    fn outcome(codec: &str, preset: &str) -> Action {
        let stream = Stream { codec: codec.into(), ..Stream::default() };
        subtitle(&stream, preset::find(preset).unwrap(), false)
    }

    #[test]
    fn cover_in_m4a_has_a_tag_that_the_muxer_accepts() {
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
    fn cover_in_mkv_keeps_its_name() {
        let cover = |codec: &str, tags: &[(&str, &str)]| {
            let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Stream { codec: codec.into(), tags, ..Stream::default() }
        };
        let called = |stream: &Stream, preset: &Preset| {
            let action = super::cover(stream, Container::Mkv, metadata::strips(preset));
            file(stream, &action, preset).into_values().collect::<Vec<_>>()
        };
        let keep = preset::find("archive-av1").unwrap();
        let small = cover("mjpeg", &[("filename", "small_cover.jpg"), ("title", "front")]);
        assert_eq!(called(&small, keep), ["small_cover.jpg", "image/jpeg", "front"]);
        assert_eq!(called(&cover("png", &[]), keep), ["cover.png", "image/png"]);
        assert_eq!(called(&cover("bmp", &[]), keep), ["cover.png", "image/png"]);
        let map = cover("gif", &[("filename", "48.8577,2.2950.gif"), ("mimetype", "image/gif")]);
        assert_eq!(called(&map, keep), ["48.8577,2.2950.gif", "image/gif"]);
        let strip = Preset { metadata: crate::preset::Metadata::StripLocation, ..keep.clone() };
        let revealing = cover("png", &[("filename", "48.8577,2.2950.png"), ("mimetype", "image/png")]);
        assert_eq!(called(&revealing, &strip), ["cover.png", "image/png"]);
        for codec in ["gif", "tiff", "bmp", "webp"] {
            let unexamined = cover(codec, &[]);
            assert!(super::cover(&unexamined, Container::Mkv, false).keeps(), "{codec}");
            assert!(
                !super::cover(&unexamined, Container::Mkv, true).keeps(),
                "{codec}: its metadata is not examined"
            );
        }
    }

    #[test]
    fn each_container_gets_the_subtitles_it_can_hold() {
        assert_eq!(outcome("mov_text", "web-1080p"), Action::Copy { tag: None });
        assert!(matches!(outcome("ass", "edit-prores"), Action::Convert(spec) if spec.codec == "mov_text"));
        assert!(matches!(
            outcome("hdmv_pgs_subtitle", "web-1080p"),
            Action::Drop { reason: StreamReason::PictureSubtitles { .. }, .. }
        ));
        assert_eq!(outcome("hdmv_pgs_subtitle", "archive-av1"), Action::Copy { tag: None });
        assert_eq!(outcome("ass", "archive-av1"), Action::Copy { tag: None });
        assert!(
            matches!(outcome("mov_text", "archive-av1"), Action::Convert(spec) if spec.codec == "subrip")
        );
        assert!(matches!(outcome("", "archive-av1"), Action::Drop { .. }));
    }

    #[test]
    fn location_log_that_ffprobe_treats_as_data_is_dropped_where_locations_are_removed() {
        let strip = crate::preset::Metadata::StripLocation;
        let strip = Preset { metadata: strip, ..preset::find("web-1080p").unwrap().clone() };
        let track = |text: &str| {
            let mut cues = crate::cues::Cues::default();
            cues.list.push(crate::cues::Cue { end: 1.0, text: text.into(), ..crate::cues::Cue::default() });
            Stream { codec: "wvtt".into(), cues: Some(cues), ..Stream::default() }
        };
        assert!(!subtitle(&track("+48.8577+002.2950/"), &strip, true).keeps());
        assert!(subtitle(&track("Hello"), &strip, true).keeps());
    }

    #[test]
    fn reason_for_dropped_subtitles_is_right_for_each_container() {
        let reason = |codec: &str, preset: &str| match outcome(codec, preset) {
            Action::Drop { reason, .. } => words::stream_reason(&reason).to_string(),
            kept => panic!("{codec}: {kept:?}"),
        };
        for (preset, name) in [("archive-av1", "MKV"), ("web-1080p", "MP4"), ("edit-prores", "MOV")] {
            let own = format!("{name} cannot hold subtitles of DivX, which are made of pictures");
            assert_eq!(reason("xsub", preset), own);
            assert_eq!(reason("dvb_teletext", preset), "teletext is not converted");
            assert_eq!(reason("", preset), "subtitles in an unknown format");
            assert!(outcome("wvtt", preset).keeps() && outcome("ttml", preset).keeps());
            assert!(outcome("eia_608", preset).keeps() && outcome("webvtt", preset).keeps());
        }
        assert!(reason("dvd_subtitle", "web-1080p").contains("few players"));
        assert!(reason("dvd_subtitle", "edit-prores").contains("MOV cannot hold"));
        assert!(reason("dvb_subtitle", "web-1080p").contains("MP4 cannot hold"));
        for picture in ["dvd_subtitle", "dvb_subtitle", "hdmv_pgs_subtitle"] {
            assert_eq!(outcome(picture, "archive-av1"), Action::Copy { tag: None });
        }
        for codec in ["xsub", "wvtt", "subrip", "dvd_subtitle", ""] {
            assert_eq!(reason(codec, "audio-m4a"), "only the sound is kept");
        }
    }

    #[test]
    fn streams_of_other_programmes_are_dropped_and_first_track_is_of_the_same_programme() {
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
