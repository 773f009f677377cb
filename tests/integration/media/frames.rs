//! Frames and their timing, whatever the container states: frame rate, size, aspect ratio and colours of a result are
//! those that a player shows for the original.

use crate::presets::guarantees::{QUICK, commands, ffmpeg, output, work};
use spool_tests::boxes;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Creates a clip from a source filter and a tone, with further arguments of ffmpeg.
fn clip(env: &TestEnv, name: &str, source: &str, more: &[&str]) -> PathBuf {
    let path = env.videos().join(name);
    fs::create_dir_all(env.videos()).unwrap();
    let input = ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=d=2", "-shortest"];
    ffmpeg(&[&input[..], more, &[path.to_str().unwrap()]].concat());
    path
}

/// Copies a Matroska file with another default duration of frames, in nanoseconds.
fn with_default_duration(env: &TestEnv, of: &Path, name: &str, nanos: u64) -> PathBuf {
    let mut file = fs::read(of).unwrap();
    let at = file.windows(3).position(|id| id == [0x23, 0xe3, 0x83]).expect("a default duration") + 3;
    let bytes = usize::from(file[at] & 0x0f);
    file[at + 1..=at + bytes].copy_from_slice(&nanos.to_be_bytes()[8 - bytes..]);
    let path = env.videos().join(name);
    fs::write(&path, file).unwrap();
    path
}

/// Returns the time of each frame, in milliseconds after the first.
fn times(path: &Path) -> Vec<f64> {
    let args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"];
    let probed = Command::new("ffprobe").args(args).args(["-of", "csv=p=0"]).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&probed.stdout).replace(',', "");
    let all: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    all.iter().map(|at| (at - all[0]) * 1000.0).collect()
}

/// Returns the first video stream as ffprobe shows it.
fn video_stream(path: &Path) -> serde_json::Value {
    streams(&facts(path), "video").remove(0)
}

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"];

#[test]
fn frames_keep_their_times_whatever_rate_a_header_states() {
    let env = TestEnv::new();
    let fast = clip(&env, "fast.mkv", "testsrc2=s=160x120:r=50:d=2", &H264);
    let cadence =
        "testsrc2=s=160x120:r=24000/1001:d=2,settb=1/1000,setpts='(floor(N/2)*5+mod(N,2)*2)*1001/60'";
    let cadence = clip(&env, "film.mkv", cadence, &[&H264[..], &["-fps_mode", "passthrough"]].concat());
    let slow = with_default_duration(&env, &fast, "claims-25.mkv", 40_000_000);
    let wrong_rate = with_default_duration(&env, &cadence, "claims-2997.mkv", 33_366_667);
    // Without audio no packets are read before the encode.
    let silent = env.videos().join("silent.mkv");
    ffmpeg(&["-i", fast.to_str().unwrap(), "-an", "-c", "copy", silent.to_str().unwrap()]);
    let silent = with_default_duration(&env, &silent, "silent-25.mkv", 40_000_000);
    for (video, preset) in [
        (&slow, "edit-prores"),
        (&slow, "web-1080p"),
        (&wrong_rate, "edit-prores"),
        (&wrong_rate, "small-hevc"),
        (&silent, "edit-prores"),
    ] {
        let job = work(&env, video, preset, &["--set", "video.copy=never", QUICK[0], QUICK[1]]);
        let (before, after) = (times(video), times(&output(&job)));
        let moved = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(before.len() == after.len() && moved <= 2.0, "{moved} ms: {job}");
        let encoded_twice = job["warnings"].to_string().contains("a second time");
        assert_eq!(encoded_twice, video == &silent, "{job}");
    }
}

/// Matroska rounds timestamps to milliseconds, and the default duration is correct.
#[test]
fn a_constant_rate_stays_exact() {
    let env = TestEnv::new();
    for rate in ["24000/1001", "30000/1001"] {
        let name = format!("at-{}.mkv", rate.replace('/', "-"));
        let video = clip(&env, &name, &format!("testsrc2=s=160x120:r={rate}:d=2"), &H264);
        let job = work(&env, &video, "edit-prores", &[]);
        let made = video_stream(&output(&job));
        assert_eq!(
            (made["r_frame_rate"].as_str(), made["avg_frame_rate"].as_str()),
            (Some(rate), Some(rate))
        );
        assert!(!commands(&env, &job).concat().contains("enc_time_base"), "{job}");
    }
}

/// Returns the RGB values that a player shows at these fractions of the width, at half the height.
fn colours_at(path: &Path, shares: &[f64]) -> Vec<[u8; 3]> {
    let stream = video_stream(path);
    let side = |name: &str| stream[name].as_u64().unwrap() as usize;
    let (width, height) = (side("width"), side("height"));
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-frames:v", "1"];
    let raw = ["-vf", "scale=flags=accurate_rnd", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
    let all = Command::new("ffmpeg").args(args).args(raw).output().unwrap().stdout;
    let at = |share: &f64| (height / 2 * width + (share * width as f64) as usize) * 3;
    shares.iter().map(|share| [0, 1, 2].map(|n| all[at(share) + n])).collect()
}

/// Bars of black, white, red and blue.
const BARS: &str = "color=black:s=160x120:r=25:d=1,format=gbrp,geq=r='255*between(X,40,119)':g='255*between(X,40,79)':b='255*(between(X,40,79)+gte(X,120))'";

#[test]
fn rgb_video_keeps_its_colours_and_high_dynamic_range() {
    let env = TestEnv::new();
    let format = |pixels: &'static str, codec: &'static str| ["-pix_fmt", pixels, "-c:v", codec];
    let pq = "log-level=error:lossless=1:colorprim=bt2020:transfer=smpte2084:colormatrix=gbr";
    let make = |name: &str, words: &[&str]| clip(&env, name, BARS, words);
    let raw = make("raw.avi", &format("bgr24", "rawvideo"));
    let rgb555 = make("few.avi", &format("rgb555le", "rawvideo"));
    let hdr = make("hdr.mkv", &[&format("gbrp10le", "libx265")[..], &["-x265-params", pq]].concat());
    let bars = [[0; 3], [255; 3], [255, 0, 0], [0, 0, 255]];
    for (video, preset, matrix) in [
        (&raw, "web-1080p", "bt709"),
        (&rgb555, "web-1080p", "bt709"),
        (&rgb555, "edit-prores", "bt709"),
        (&hdr, "edit-prores", "bt2020nc"),
        (&hdr, "small-hevc", "bt2020nc"),
    ] {
        let job = work(&env, video, preset, &QUICK);
        let result = output(&job);
        let shown = colours_at(&result, &[0.125, 0.375, 0.625, 0.875]);
        let error = shown.as_flattened().iter().zip(bars.as_flattened()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(error < Some(4), "{preset}: {shown:?} {job}");
        let stream = video_stream(&result);
        assert_eq!(stream["color_space"], matrix, "{preset}: {stream}");
        assert_eq!(stream["color_transfer"] == "smpte2084", video == &hdr, "{stream}");
    }
}

/// Creates a gray video of 320x240 with 40 white rows at the top and 50 at the bottom, and a clean aperture of 320x150.
fn cropped(env: &TestEnv, name: &str, more: &[&str]) -> PathBuf {
    let source =
        "color=gray:s=320x240:r=25:d=1,format=yuv420p,geq=lum='if(lt(Y,40)+gte(Y,190),235,80)':cb=128:cr=128";
    let whole = env.videos().join(format!("whole-{name}"));
    fs::create_dir_all(env.videos()).unwrap();
    ffmpeg(&[&["-f", "lavfi", "-i", source][..], &H264, &[whole.to_str().unwrap()]].concat());
    let turned = env.videos().join(format!("turned-{name}"));
    ffmpeg(&[&["-i", whole.to_str().unwrap(), "-c", "copy"], more, &[turned.to_str().unwrap()]].concat());
    let aperture: [i32; 8] = [320, 1, 150, 1, 0, 1, -5, 1];
    let content = aperture.map(i32::to_be_bytes);
    let bytes = boxes::described(&fs::read(turned).unwrap(), b"clap", content.as_flattened());
    let path = env.videos().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Returns the number of white pixels of the first frame as a player shows it.
fn whites(path: &Path) -> usize {
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-frames:v", "1"];
    let raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"];
    let luma = Command::new("ffmpeg").args(args).args(raw).output().unwrap().stdout;
    luma.iter().filter(|value| **value > 180).count()
}

#[test]
fn cropped_parts_of_a_frame_stay_hidden_after_an_encode() {
    let env = TestEnv::new();
    let video = cropped(&env, "cropped.mp4", &[]);
    let turned = cropped(&env, "cropped-and-turned.mp4", &["-metadata:s:v:0", "rotate=90"]);
    let upright = video_stream(&turned)["side_data_list"][0]["rotation"].is_null();
    for (video, preset, size) in [
        (&video, "web-1080p", (320, 150)),
        (&video, "edit-prores", (320, 150)),
        (&turned, "web-1080p", if upright { (320, 150) } else { (150, 320) }),
    ] {
        let job = work(&env, video, preset, &QUICK);
        let made = output(&job);
        let stream = video_stream(&made);
        assert_eq!(
            (stream["width"].as_u64(), stream["height"].as_u64()),
            (Some(size.0), Some(size.1)),
            "{job}"
        );
        assert_eq!(whites(&made), 0, "{job}");
    }
}

/// Old programs wrote a rotation tag to Matroska, which players ignore.
#[test]
fn a_rotation_tag_that_players_ignore_does_not_rotate() {
    let env = TestEnv::new();
    let more = [&H264[..], &["-metadata:s:v:0", "turn_it=90"]].concat();
    let video = clip(&env, "tagged.mkv", "testsrc2=s=320x180:r=25:d=1", &more);
    let mut bytes = fs::read(&video).unwrap();
    let at = bytes.windows(7).position(|word| word == b"TURN_IT").expect("the tag");
    // The name is one letter shorter, so a zero byte ends it.
    bytes[at..at + 7].copy_from_slice(b"rotate\0");
    fs::write(&video, bytes).unwrap();
    assert!(video_stream(&video)["tags"]["rotate"] == "90", "{}", video_stream(&video));
    let job = work(&env, &video, "edit-prores", &[]);
    let made = video_stream(&output(&job));
    assert_eq!((made["width"].as_u64(), made["height"].as_u64()), (Some(320), Some(180)), "{job}");
    assert!(!job["warnings"].to_string().contains("second time"), "{job}");
}

/// As in time-lapse videos and recorded lectures: five seconds contain too few frames to determine their order.
#[test]
fn video_with_seconds_between_frames_is_copied() {
    let env = TestEnv::new();
    fs::create_dir_all(env.videos()).unwrap();
    let uneven = ["-enc_time_base", "1:90000", "-fps_mode", "vfr"];
    for (name, rate, more) in [("lapse.mkv", "1/5", &[][..]), ("lecture.mkv", "1/2", &uneven[..])] {
        let video = env.videos().join(name);
        let source = format!("testsrc2=s=160x120:r={rate}:d=40");
        let codec = ["-c:v", "libx264", "-bf", "3"];
        ffmpeg(&[&["-f", "lavfi", "-i", &source], &codec[..], more, &[video.to_str().unwrap()]].concat());
        let job = work(&env, &video, "remux-mp4", &[]);
        assert_eq!(times(&output(&job)), times(&video), "{job}");
        let warnings = job["warnings"].to_string();
        assert!(!warnings.contains("encoded again") && !warnings.contains("damaged"), "{job}");
    }
}

#[test]
fn an_extreme_aspect_ratio_is_kept() {
    let env = TestEnv::new();
    let video = clip(&env, "pole.mkv", "testsrc2=s=16x4096:r=25:d=1", &H264);
    for preset in ["web-1080p", "small-hevc"] {
        let job = work(&env, &video, preset, &["--set", "video.copy=never", QUICK[0], QUICK[1]]);
        let made = video_stream(&output(&job));
        let (width, height) = (made["width"].as_f64().unwrap(), made["height"].as_f64().unwrap());
        let (a, b) = made["sample_aspect_ratio"].as_str().unwrap_or("1:1").split_once(':').unwrap();
        let pixel = a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap();
        let shape = width * pixel / height * 4096.0 / 16.0;
        assert!((shape - 1.0).abs() < 0.02, "{width}x{height}, {a}:{b}: {job}");
    }
}

#[test]
fn a_lowered_frame_rate_is_warned_about() {
    let env = TestEnv::new();
    let fast = clip(&env, "slow-motion.mkv", "testsrc2=s=160x120:r=240:d=1", &H264);
    let calm = clip(&env, "film.mkv", "testsrc2=s=160x120:r=25:d=1", &H264);
    for (video, warning) in [(&fast, "240 frames per second became 60"), (&calm, "")] {
        let job = work(&env, video, "web-1080p", &["--set", "video.copy=never", QUICK[0], QUICK[1]]);
        let all = job["warnings"].to_string();
        assert!(all.contains(warning) && all.contains("per second") != warning.is_empty(), "{job}");
    }
    env.assert_all_planned();
}

/// As phones record in the dark: every tenth frame is missing.
#[test]
fn an_undamaged_recording_of_variable_rate_is_copied_without_a_warning() {
    let env = TestEnv::new();
    let uneven = ["-vf", "select='mod(n,10)',settb=1/90000", "-fps_mode", "passthrough"];
    let more = [&H264[..], &["-c:a", "aac", "-g", "60", "-enc_time_base", "1:90000"], &uneven].concat();
    for name in ["dark.mp4", "dark.mkv"] {
        let video = clip(&env, name, "testsrc2=s=160x120:r=30:d=6", &more);
        let job = work(&env, &video, "remux-mp4", &[]);
        assert!(job["verified"] == true && !job["warnings"].to_string().contains("damaged"), "{job}");
        let moved = times(&output(&job)).into_iter().zip(times(&video)).any(|(a, b)| (a - b).abs() > 2.0);
        assert!(!moved, "{job}");
    }
}
