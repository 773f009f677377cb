//! A plan as ffmpeg's arguments: a pure function, and the only place that knows their order.

use super::{Action, Plan, Planned};
use crate::ffmpeg::{DEMUXERS, PROTOCOLS, file_url};
use crate::media::Kind;
use crate::preset::Container;
use std::ffi::OsString;
use std::path::Path;

/// The arguments that carry `plan` out. `verbose` is the level at which ffmpeg tells how many frames it
/// decoded, which verification needs. No `-nostdin`: the pipe carries `q`.
pub fn arguments(plan: &Plan, source: &Path, part: &Path) -> Vec<OsString> {
    let mut all = words(&[
        "-hide_banner",
        "-y",
        "-nostats",
        "-progress",
        "pipe:1",
        "-stats_period",
        "0.25",
        "-loglevel",
        "level+verbose",
        "-protocol_whitelist",
        PROTOCOLS,
        "-format_whitelist",
        DEMUXERS,
        "-fflags",
        "+genpts",
        "-i",
    ]);
    all.push(file_url(source));
    for stream in plan.kept() {
        all.extend(words(&["-map", &format!("0:{}", stream.input)]));
    }
    let mut counts = [0; 3];
    for stream in plan.kept() {
        all.extend(stream_arguments(stream, &mut counts));
    }
    all.extend(words(&["-map_metadata", "0", "-map_chapters", "0", "-max_muxing_queue_size", "4096"]));
    all.extend(container_arguments(plan));
    all.push(file_url(part));
    all
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn stream_arguments(stream: &Planned, counts: &mut [usize; 3]) -> Vec<OsString> {
    let (letter, count) = match stream.kind {
        Kind::Audio => ("a", &mut counts[1]),
        Kind::Subtitle => ("s", &mut counts[2]),
        _ => ("v", &mut counts[0]),
    };
    let at = |option: &str| format!("-{option}:{letter}:{count}");
    let mut all = Vec::new();
    match &stream.action {
        Action::Copy { tag } => {
            all.extend([at("c"), "copy".into()]);
            all.extend(tag.iter().flat_map(|tag| [at("tag"), tag.clone()]));
        }
        Action::Convert { encoder, options, filters, .. } => {
            all.extend([at("c"), encoder.clone()]);
            if !filters.is_empty() {
                all.extend([at("filter"), filters.join(",")]);
            }
            all.extend(options.iter().flat_map(|(name, value)| [at(name), value.clone()]));
        }
        Action::Drop { .. } => {}
    }
    if stream.cover {
        all.extend([at("disposition"), "attached_pic".into()]);
    }
    *count += 1;
    all.into_iter().map(OsString::from).collect()
}

fn container_arguments(plan: &Plan) -> Vec<OsString> {
    match plan.container {
        // The index goes to the front, so that playing can begin before the file is all there.
        Container::Mp4 => {
            let flags = if plan.vendor_tags { "+faststart+use_metadata_tags" } else { "+faststart" };
            words(&["-movflags", flags, "-f", "mp4"])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{MediaInfo, Picture, Stream};
    use crate::{plan::plan, preset};

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
        let plan = plan(&info, preset::find(preset).unwrap()).unwrap();
        let all = arguments(&plan, Path::new("/v/-x.mkv"), Path::new("/o/.part"));
        all.iter().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_kept_stream_is_mapped_by_its_index_and_named_by_its_place() {
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
        assert!(line.contains("-c:a:1 aac -b:a:1 160k -c:s:0 mov_text"), "{line}");
        assert!(line.ends_with("-movflags +faststart -f mp4 file:/o/.part"), "{line}");
        assert!(
            line.contains("-fps_mode:v:0 vfr") && line.contains("-protocol_whitelist file,pipe"),
            "{line}"
        );
    }

    #[test]
    fn a_copied_hevc_stream_gets_the_tag_that_players_expect_and_a_cover_its_mark() {
        let cover = Stream { attached_picture: true, ..stream(1, Kind::Video, "mjpeg") };
        let line = line(vec![stream(0, Kind::Video, "hevc"), cover], "remux-mp4");
        assert!(
            line.contains("-c:v:0 copy -tag:v:0 hvc1 -c:v:1 copy -disposition:v:1 attached_pic"),
            "{line}"
        );
    }
}
