//! Peculiarities of cameras and programs: a second video stream, left and right channels as separate audio tracks, and
//! two frames in one packet.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::ffmpeg;
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use spool_tests::xvid::packed;
use std::fs;
use std::path::Path;
use std::process::Command;

const FRONT: [&str; 4] = ["-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=1"];
const REAR: [&str; 4] = ["-f", "lavfi", "-i", "testsrc=s=96x64:r=25:d=1"];
const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

/// Width, number of frames, and whether it is a cover, of each video stream.
fn video_streams(job: &Value) -> Vec<(u64, String, bool)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let cover = |s: &Value| s["disposition"]["attached_pic"] == 1;
    let all = streams(&made(job), "video");
    all.iter().map(|s| (s["width"].as_u64().unwrap(), text(&s["nb_read_packets"]), cover(s))).collect()
}

#[test]
fn the_archive_preset_keeps_a_second_video_stream_and_others_report_that_they_drop_it() {
    let env = TestEnv::new();
    let both = ["-map", "0", "-map", "1"];
    for name in ["first.mp4", "first.mkv"] {
        ffmpeg(&[&FRONT[..], &REAR, &both, &H264, &[&at(&env, name)]].concat());
    }
    let marked = ["-disposition:v:0", "0", "-disposition:v:1", "default", &at(&env, "second.mkv")];
    ffmpeg(&[&REAR[..], &FRONT, &both, &H264, &marked].concat());
    let still = ["-frames:v:1", "1", "-c:v:1", "mjpeg", &at(&env, "still.mkv")];
    ffmpeg(&[&FRONT[..], &REAR, &both, &H264, &still].concat());
    for (preset, keeps) in [("archive-av1", true), ("web-1080p", false)] {
        for (name, job) in work_all(&env, preset) {
            let (found, warnings) = (video_streams(&job), job["warnings"].to_string());
            let further = warnings.contains("a further picture; one is kept");
            assert_eq!(
                (found[0].0, found[0].1.as_str()),
                (160, "25"),
                "{preset} {name}: the main stream comes first"
            );
            if name == "still.mkv" {
                assert!(found.len() == 2 && found[1].2 && !further, "{preset}: {found:?}: {job}");
            } else if keeps {
                assert_eq!((found.len(), found[1].clone()), (2, (96, "25".into(), false)), "{name}: {job}");
            } else {
                assert!(found.len() == 1 && further, "{preset} {name}: {found:?}: {job}");
            }
        }
    }
}

/// Makes a video with this many mono audio tracks.
fn channels(env: &TestEnv, name: &str, tracks: usize, more: &[&str]) {
    let video = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=0.4"];
    let audio: Vec<&str> = ["-f", "lavfi", "-i", "sine=d=0.4:r=48000"].repeat(tracks);
    let maps: Vec<String> = (0..=tracks).flat_map(|n| ["-map".to_owned(), n.to_string()]).collect();
    let maps: Vec<&str> = maps.iter().map(String::as_str).collect();
    let codecs = ["-c:v", "mpeg2video", "-c:a", "pcm_s16le"];
    ffmpeg(&[&video[..], &audio, &maps, &codecs, more, &[&at(env, name)]].concat());
}

#[test]
fn separate_left_and_right_tracks_are_reported_and_other_tracks_are_not() {
    let env = TestEnv::new();
    for (name, tracks) in
        [("pair.mxf", 2), ("pair.mov", 2), ("pairs.mxf", 4), ("single.mxf", 1), ("three.mov", 3)]
    {
        channels(&env, name, tracks, &[]);
    }
    let languages = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"];
    channels(&env, "languages.mov", 2, &languages);
    let titles = ["-metadata:s:a:0", "title=Film", "-metadata:s:a:1", "title=Comment"];
    channels(&env, "titles.mkv", 2, &titles);
    for (name, job) in work_all(&env, "web-1080p") {
        let reported =
            job["warnings"].to_string().contains("one channel each, as cameras store left and right");
        assert_eq!(reported, name.starts_with("pair"), "{name}: {job}");
    }
}

/// Time of each frame, and whether it is bright.
fn shown(path: &Path) -> Vec<(f64, bool)> {
    let source = format!("movie={},signalstats", path.display());
    let entries = ["-show_entries", "frame=pts_time:frame_tags=lavfi.signalstats.YAVG", "-of", "csv=p=0"];
    let args = ["-v", "error", "-f", "lavfi", &source];
    let text =
        String::from_utf8(Command::new("ffprobe").args(args).args(entries).output().unwrap().stdout).unwrap();
    let numbers = |line: &str| line.split(',').filter_map(|n| n.parse::<f64>().ok()).collect::<Vec<_>>();
    text.lines().map(numbers).filter(|n| n.len() == 2).map(|n| (n[0], n[1] > 220.0)).collect()
}

#[test]
fn packed_frames_keep_their_times_and_none_is_missing() {
    let env = TestEnv::new();
    let plain = at(&env, "../plain.avi");
    let source = "testsrc2=s=320x176:r=25:d=3,drawbox=color=white:t=fill:enable='between(t,2,2.19)'";
    let codec = ["-c:v", "mpeg4", "-vtag", "XVID", "-q:v", "4", "-bf", "1", "-b_strategy", "0", "-g", "50"];
    let audio = ["-f", "lavfi", "-i", "sine=d=3:r=48000", "-c:a", "libmp3lame"];
    ffmpeg(&[&["-f", "lavfi", "-i", source], &audio[..], &codec, &[&plain]].concat());
    fs::write(at(&env, "packed.avi"), packed(&fs::read(plain).unwrap())).unwrap();
    for preset in ["web-1080p", "remux-mp4"] {
        let (_, job) = work_all(&env, preset).remove(0);
        made(&job);
        let all = shown(Path::new(job["output"].as_str().unwrap()));
        let (at, _) = all.iter().find(|(_, bright)| *bright).unwrap();
        assert!(all.len() == 75 && (at - 2.0).abs() < 0.041, "{preset}: {} frames, {at}: {job}", all.len());
    }
}
