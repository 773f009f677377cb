//! Renders a plan as ffmpeg's arguments. Pure, and the only place that makes those of a transcode and its checks.
//!
//! Guarantees that no argument is ever parsed again: decisions use the typed values of the plan.

pub(super) mod checks;
mod colour;
pub(crate) mod hardware;
mod inputs;
mod picture;
mod sound;
mod tags;

use super::notes::{cover_file, cue_file, one_at_a_time};
use super::{
    Action, CoverSettings, EncodeSpec, Encoder, HardwareEncoder, Plan, Planned, Settings, TextSettings, clip,
};
use crate::input_guard::file_url;
use crate::media::Kind;
use crate::preset::Container;
use std::ffi::OsString;
use std::path::Path;

pub(super) use inputs::set_lines_apart;
use inputs::{clipped, further, input, origin};
#[cfg(test)]
pub(super) use sound::filter as sound_filter;

/// An option and its value.
type Pair = (&'static str, String);

/// Packets that may wait for the first one of a late track: those of 40 minutes.
const MAX_QUEUED_PACKETS: &str = "65536";

/// Limit of cues noted per subtitle track, 60 bytes each; real files have fewer.
const MAX_CUES: &str = "50000";

/// Extracts each cover to attach to a file. `None`: there are none.
pub(super) fn take_covers(plan: &Plan, source: &Path, notes: &Path) -> Option<Vec<OsString>> {
    plan.attached().next()?;
    let mut all = input(plan, source);
    for (n, cover) in plan.attached().enumerate() {
        all.extend(words(&["-map", &format!("0:{}", cover.input)]));
        all.extend(stream_arguments(plan, cover, &mut [0; 5]));
        all.extend(words(&["-frames:v", "1", "-f", "data"]));
        all.push(file_url(&cover_file(notes, n)));
    }
    Some(all)
}

/// A second output that notes the cues, in the same run. Bounded, as the file is untrusted input.
fn cue_arguments(plan: &Plan, notes: &Path) -> Vec<OsString> {
    let Some(file) = cue_file(plan, notes) else { return Vec::new() };
    let map = |s: &Planned| words(&["-map", &origin(plan, s)]);
    let mut all: Vec<OsString> = one_at_a_time(plan).flat_map(map).collect();
    all.extend(words(&["-c", "copy", "-frames:s", MAX_CUES, "-f", "framecrc"]));
    all.push(file_url(&file));
    all
}

fn attach_arguments(plan: &Plan, notes: &Path) -> Vec<OsString> {
    let files = plan.kept().filter(|s| s.kind == Kind::Attachment).count();
    let attach = |(n, cover): (usize, &Planned)| {
        let mut all = vec!["-attach".into(), file_url(&cover_file(notes, n))];
        for (name, value) in &cover.file {
            all.extend(words(&[&format!("-metadata:s:t:{}", files + n), &format!("{name}={value}")]));
        }
        all
    };
    plan.attached().enumerate().flat_map(attach).collect()
}

/// Global options. Only `verbose` logs how many frames were decoded, which verification needs. No `-nostdin`: the
/// pipe carries `q`.
fn reading(hardware: Option<&HardwareEncoder>) -> Vec<OsString> {
    let mut all = words(&["-hide_banner", "-y", "-nostats", "-progress", "pipe:1", "-stats_period", "0.25"]);
    all.extend(words(&["-loglevel", "level+verbose"]));
    all.extend(hardware.into_iter().flat_map(hardware::set_up).map(OsString::from));
    all
}

/// The result in one pass.
pub(super) fn encode(plan: &Plan, source: &Path, part: &Path, notes: &Path) -> Vec<OsString> {
    whole(plan, source, part, notes, &[])
}

/// The picture only, with no output but the statistics for the second pass.
pub(super) fn first_pass(plan: &Plan, source: &Path, notes: &Path) -> Vec<OsString> {
    let mut all = input(plan, source);
    if let Some(picture) = plan.picture() {
        all.extend(words(&["-map", &format!("0:{}", picture.input)]));
        all.extend(stream_arguments(plan, picture, &mut [0; 5]));
    }
    all.extend(pass("1", notes));
    all.extend(words(&["-f", "null", "-"]));
    all
}

/// The result, using the statistics of the first pass.
pub(super) fn second_pass(plan: &Plan, source: &Path, part: &Path, notes: &Path) -> Vec<OsString> {
    whole(plan, source, part, notes, &pass("2", notes))
}

fn pass(number: &str, notes: &Path) -> Vec<OsString> {
    let mut all = words(&["-pass:v:0", number, "-passlogfile:v:0"]);
    all.push(notes.into());
    all
}

fn whole(plan: &Plan, source: &Path, part: &Path, notes: &Path, pass: &[OsString]) -> Vec<OsString> {
    let mut all = [input(plan, source), further(plan, notes)].concat();
    let streams: Vec<&Planned> = plan.written().collect();
    for stream in &streams {
        all.extend(words(&["-map", &origin(plan, stream)]));
    }
    let mut counts = [0; 5];
    for stream in &streams {
        if let Some(clip) = plan.clip.as_ref().filter(|_| clip::is_copied_cue_track(stream)) {
            let of = if stream.kind == Kind::Data { ("d", counts[4]) } else { ("s", counts[2]) };
            all.extend(words(&[&format!("-bsf:{}:{}", of.0, of.1), &clipped(clip)]));
        }
        all.extend(stream_arguments(plan, stream, &mut counts));
    }
    if plan.picture().is_some() {
        // An explicit disposition keeps ffmpeg from making the first of several subtitles the default. MP4 and MOV
        // enable it nevertheless: see `Plan::hides_subtitles`.
        all.extend(words(&["-disposition:v:0", "default"]));
    }
    all.extend(attach_arguments(plan, notes));
    all.extend_from_slice(pass);
    let chapters = if plan.clip.is_some() { "1" } else { "0" };
    all.extend(words(&[
        "-map_metadata",
        "0",
        "-map_chapters",
        chapters,
        "-max_muxing_queue_size",
        MAX_QUEUED_PACKETS,
    ]));
    all.extend(tags::arguments(plan, &streams));
    all.extend(container_arguments(plan));
    all.push(file_url(part));
    all.extend(cue_arguments(plan, notes));
    all
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn stream_arguments(plan: &Plan, stream: &Planned, counts: &mut [usize; 5]) -> Vec<OsString> {
    let (letter, count) = match stream.kind {
        Kind::Audio => ("a", &mut counts[1]),
        Kind::Subtitle => ("s", &mut counts[2]),
        Kind::Attachment => ("t", &mut counts[3]),
        Kind::Data => ("d", &mut counts[4]),
        Kind::Video => ("v", &mut counts[0]),
    };
    let at = |option: &str| format!("-{option}:{letter}:{count}");
    let mut all = Vec::new();
    match &stream.action {
        Action::Copy { tag } => {
            all.extend([at("c"), "copy".into()]);
            all.extend(tag.iter().flat_map(|tag| [at("tag"), tag.clone()]));
        }
        Action::Convert(spec) => {
            let captioned = !stream.further && plan.kept().any(|s| s.captions.is_some());
            let (options, filters) = encoded(spec, captioned);
            all.extend([at("c"), spec.encoder.name().to_owned()]);
            if !filters.is_empty() {
                all.extend([at("filter"), filters.join(",")]);
            }
            all.extend(options.into_iter().flat_map(|(name, value)| [at(name), value]));
        }
        Action::Drop { .. } => {}
    }
    let names = [("language", &stream.language), ("title", &stream.title)];
    for (name, value) in names.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        all.extend([format!("-metadata:s:{letter}:{count}"), format!("{name}={value}")]);
    }
    all.extend(dispositions(stream).into_iter().flat_map(|dispositions| [at("disposition"), dispositions]));
    *count += 1;
    all.into_iter().map(OsString::from).collect()
}

/// Options and filters of an encoder, in order. `captioned`: captions of the picture are in a separate track.
fn encoded(spec: &EncodeSpec, captioned: bool) -> (Vec<Pair>, Vec<String>) {
    let encoder = spec.encoder;
    match &spec.settings {
        Some(Settings::Picture(settings)) => {
            (picture::options(encoder, settings, captioned), picture::filters(encoder, settings))
        }
        Some(Settings::Sound(settings)) => {
            let rate = settings.kbps.map(|kbps| ("b", format!("{kbps}k")));
            (rate.into_iter().collect(), settings.filters.iter().map(sound::filter).collect())
        }
        // MP4 and MOV store the time between two cues in 31 bits: 35 minutes in ffmpeg's microseconds, beyond which
        // muxing fails or the next cue shows at once.
        Some(Settings::Text(_)) if encoder == Encoder::MovText => {
            (vec![("time_base", "1/1000".to_owned())], Vec::new())
        }
        Some(Settings::Cover(CoverSettings { bare, tag })) => {
            let tag = tag.iter().map(|tag| ("tag", tag.clone()));
            let options = tag.chain(bare.then(|| ("q", "2".to_owned()))).collect();
            (options, bare.then(|| "sidedata=mode=delete".to_owned()).into_iter().collect())
        }
        Some(Settings::Text(_)) | None => (Vec::new(), Vec::new()),
    }
}

/// Dispositions of a stream; `None`: as in the input.
fn dispositions(stream: &Planned) -> Option<String> {
    let usual = || stream.cover.then(|| "attached_pic".into());
    let Action::Convert(spec) = &stream.action else { return usual() };
    match &spec.settings {
        Some(Settings::Text(TextSettings { marks: Some(dispositions) })) if dispositions.is_empty() => {
            Some("0".into())
        }
        Some(Settings::Text(TextSettings { marks: Some(dispositions) })) => Some(dispositions.join("+")),
        _ => usual(),
    }
}

fn container_arguments(plan: &Plan) -> Vec<OsString> {
    // The index goes to the front, so that playback can begin before the whole file is there.
    let flags = if plan.vendor_tags { "+faststart+use_metadata_tags" } else { "+faststart" };
    // ffmpeg 5.1 treats these as experimental in MP4.
    let is_experimental = |s: &Planned| {
        matches!(s.action, Action::Copy { .. }) && matches!(s.codec.as_str(), "flac" | "truehd")
    };
    let strict: &[&str] = if plan.kept().any(is_experimental) {
        &["-strict", "experimental"]
    } else if plan.immersive || plan.dolby_vision {
        &["-strict", "unofficial"]
    } else {
        &[]
    };
    match plan.container {
        Container::Mp4 => words(&[strict, &["-movflags", flags, "-f", "mp4"]].concat()),
        Container::Mov => words(&["-movflags", flags, "-f", "mov"]),
        Container::M4a => words(&["-movflags", flags, "-f", "ipod"]),
        Container::Mkv => words(&["-f", "matroska"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{MediaInfo, Picture, Stream};
    use crate::plan::{Abilities, plan, steps};
    use crate::preset;
    use crate::spec::JobSpec;

    fn stream(index: usize, kind: Kind, codec: &str) -> Stream {
        let video = (kind == Kind::Video).then(|| Picture {
            width: 640,
            height: 360,
            pixel_aspect: 1.0,
            bits: 8,
            ..Picture::default()
        });
        Stream { index, kind, codec: codec.into(), channels: Some(2), video, ..Stream::default() }
    }

    fn line(streams: Vec<Stream>, preset: &str) -> String {
        let info = MediaInfo { streams, ..MediaInfo::default() };
        lines(&info, preset).remove(0)
    }

    fn lines(info: &MediaInfo, preset: &str) -> Vec<String> {
        let plan =
            plan(info, &JobSpec::of(preset::find(preset).unwrap().clone()), &Abilities::default()).unwrap();
        let all = steps(&plan, Path::new("/v/-x.mkv"), Path::new("/o/.part"), Path::new("/d/notes"));
        let line =
            |words: &[OsString]| words.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ");
        all.iter().filter(|step| !step.arguments.is_empty()).map(|step| line(&step.arguments)).collect()
    }

    #[test]
    fn kept_streams_are_mapped_by_input_index_and_named_by_output_index() {
        let streams = vec![
            stream(0, Kind::Audio, "dts"),
            stream(1, Kind::Video, "h264"),
            stream(2, Kind::Subtitle, "subrip"),
            stream(3, Kind::Audio, "aac"),
            stream(4, Kind::Subtitle, "hdmv_pgs_subtitle"),
            stream(5, Kind::Data, ""),
        ];
        let line = line(streams, "web-1080p");
        assert!(
            line.contains("-i file:/v/-x.mkv -map 0:1 -map 0:0 -map 0:3 -map 0:2 -c:v:0 libx264"),
            "{line}"
        );
        assert!(
            line.contains(
                "-filter:a:1 aresample=async=1,aformat=channel_layouts=stereo -b:a:1 160k -c:s:0 mov_text"
            ),
            "{line}"
        );
        let (_, after) = line.split_once("-movflags +faststart -f mp4 file:/o/.part ").unwrap();
        assert_eq!(after, "-map 0:2 -c copy -frames:s 50000 -f framecrc file:/d/notes.cues");
        assert!(
            line.contains("-fps_mode:v:0 vfr") && line.contains("-protocol_whitelist file,pipe"),
            "{line}"
        );
    }

    #[test]
    fn copied_hevc_is_tagged_hvc1_and_a_cover_is_marked() {
        let cover = Stream { attached_picture: true, ..stream(1, Kind::Video, "mjpeg") };
        let line = line(vec![stream(0, Kind::Video, "hevc"), cover], "remux-mp4");
        assert!(
            line.contains("-c:v:0 copy -tag:v:0 hvc1 -c:v:1 copy -disposition:v:1 attached_pic"),
            "{line}"
        );
    }

    #[test]
    fn size_limit_takes_two_passes_and_the_first_writes_nothing() {
        let video = Stream { seconds: Some(60.0), ..stream(0, Kind::Video, "h264") };
        let info = MediaInfo { streams: vec![video, stream(1, Kind::Audio, "aac")], ..MediaInfo::default() };
        let lines = lines(&info, "fit-size");
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].contains("-map 0:0 -c:v:0 libx264") && lines[0].ends_with("-f null -"),
            "{}",
            lines[0]
        );
        assert!(lines[0].contains("-pass:v:0 1 -passlogfile:v:0 /d/notes") && !lines[0].contains("0:1"));
        assert!(lines[1].contains("-pass:v:0 2 -passlogfile:v:0 /d/notes"), "{}", lines[1]);
        assert!(lines[1].ends_with("file:/o/.part"), "{}", lines[1]);
    }

    #[test]
    fn copies_are_decoded_from_the_result() {
        let picture = Picture {
            width: 640,
            height: 360,
            pixel_aspect: 1.0,
            bits: 8,
            rate: Some(25.0),
            pixel_format: "yuv420p".into(),
            ..Picture::default()
        };
        let video = Stream {
            codec: "h264".into(),
            level: Some(30),
            bit_rate: Some(900_000),
            video: Some(picture),
            ..stream(0, Kind::Video, "h264")
        };
        let info = MediaInfo { streams: vec![video], container: "mov,mp4".into(), ..MediaInfo::default() };
        let lines_of = lines;
        let lines = |preset| lines_of(&info, preset);
        let [copy, check] = &lines("web-1080p")[..] else { panic!("two commands") };
        assert!(copy.contains("-c:v:0 copy") && copy.ends_with("file:/o/.part"), "{copy}");
        assert!(check.ends_with("-i file:/o/.part -map 0:V:0 -fps_mode passthrough -f null -"), "{check}");
        assert_eq!(lines("remux-mp4").len(), 2, "short files are decoded completely");
        let long = Stream { seconds: Some(60.0), ..info.streams[0].clone() };
        let info = MediaInfo { streams: vec![long], ..info.clone() };
        let [_, check] = &lines_of(&info, "remux-mp4")[..] else { panic!("two commands") };
        assert_eq!(check.matches(" -ss ").count(), 7, "{check}");
        assert!(check.contains("-ss 0.000 -t 1 -i file:/o/.part") && check.contains("-ss 59.000"), "{check}");
        assert!(
            check.contains("-map 0:V:0 -map 1:V:0")
                && check.ends_with("-map 6:V:0 -fps_mode passthrough -f null -")
        );
    }
}
