//! The content of a source decides, not its header: truncated files fail and report how much is readable, complete ones
//! with wrong headers succeed, damage is reported, and salvage marks its results as partial.

use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use spool_tests::judge;
use std::fs;
use std::path::{Path, PathBuf};

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"];

/// A video of eight seconds with audio, in the container that `name` ends with.
fn long(name: &str, more: &[&str]) -> PathBuf {
    clips::clip(name, 8.0, true, &[&H264[..], more].concat())
}

fn half(env: &TestEnv, clip: &Path, name: &str) {
    let whole = fs::read(clip).unwrap();
    fs::write(env.videos().join(name), &whole[..whole.len() / 2]).unwrap();
}

/// Runs all videos of the environment. The returned function finds a job by the name of its source.
fn run(env: &TestEnv, more: &[&str]) -> impl Fn(&str) -> Value {
    let out = env.out();
    let add =
        ["add", "--set", "video.speed=ultrafast", "--flat", "--output-dir", out.to_str().unwrap(), "videos"];
    let added = env.spool(&[&add[..], more].concat());
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    let jobs = env.jobs();
    move |name: &str| jobs.iter().find(|j| j["source"].as_str().unwrap().ends_with(name)).unwrap().clone()
}

fn warnings(job: &Value) -> String {
    assert_eq!(job["state"], "done", "{job}");
    job["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn truncated_recordings_fail_and_report_how_much_is_readable() {
    let env = TestEnv::new();
    half(&env, &long("cut-fast.mp4", &["-movflags", "+faststart"]), "fast.mp4");
    half(&env, &long("cut-fragments.mp4", &["-movflags", "+frag_keyframe+empty_moov"]), "fragments.mp4");
    half(&env, &long("cut-index.mp4", &["-movflags", "+frag_keyframe+empty_moov+global_sidx"]), "index.mp4");
    half(&env, &long("cut-late.mp4", &[]), "late.mp4");
    half(&env, &long("cut.mkv", &[]), "cut.mkv");
    half(&env, &long("cut.flv", &[]), "cut.flv");
    let x265 = ["-c:v", "libx265", "-x265-params", "log-level=error", "-movflags", "+faststart"];
    let early = fs::read(clips::clip("early-hevc.mp4", 1.0, false, &x265)).unwrap();
    let data = early.windows(4).position(|w| w == b"mdat").unwrap();
    fs::write(env.videos().join("early.mp4"), &early[..data - 4]).unwrap();
    let job = run(&env, &[]);
    for name in ["fast.mp4", "fragments.mp4", "cut.mkv", "cut.flv"] {
        let message = job(name)["failure"]["message"].as_str().unwrap().to_owned();
        assert_eq!(job(name)["failure"]["code"], "source_truncated", "{name}: {message}");
        assert_eq!(job(name)["failure"]["kind"], "ends_early", "{name}: {message}");
        assert!(message.contains("0:04 of 0:0"), "{name}: {message}");
    }
    for name in ["index.mp4", "late.mp4", "early.mp4"] {
        let message = job(name)["failure"]["message"].as_str().unwrap().to_owned();
        assert_eq!(job(name)["failure"]["code"], "source_truncated", "{name}: {message}");
        assert_ne!(job(name)["failure"]["kind"], "ends_early", "{name}: {message}");
    }
    assert!(env.results().is_empty());
}

#[test]
fn truncated_broadcasts_are_done_with_warnings() {
    let env = TestEnv::new();
    half(&env, &long("cut.ts", &[]), "cut.ts");
    let mpeg = ["-c:v", "mpeg2video", "-c:a", "mp2", "-f", "vob"];
    half(&env, &clips::clip("cut.mpg", 8.0, true, &mpeg), "cut.mpg");
    let job = run(&env, &[]);
    for name in ["cut.ts", "cut.mpg"] {
        assert!(warnings(&job(name)).contains("damaged spot"), "{name}: {}", job(name));
    }
}

/// Recorders restart their clock, and users concatenate the pieces.
#[test]
fn pieces_of_a_broadcast_are_joined_whatever_their_timestamps() {
    let env = TestEnv::new();
    let piece = |name: &str, more: &[&str]| {
        fs::read(clips::clip(name, 4.0, true, &[&H264[..], more].concat())).unwrap()
    };
    let early = piece("piece.ts", &[]);
    let late = piece("late-piece.ts", &["-output_ts_offset", "100"]);
    let mpeg = ["-c:v", "mpeg2video", "-c:a", "mp2", "-f", "vob"];
    let disc = piece("piece.vob", &mpeg);
    for (name, pieces) in [
        ("restart.ts", [&early, &early]),
        ("later.ts", [&early, &late]),
        ("earlier.ts", [&late, &early]),
        ("restart.vob", [&disc, &disc]),
    ] {
        fs::write(env.videos().join(name), pieces.map(Vec::as_slice).concat()).unwrap();
    }
    let job = run(&env, &[]);
    for name in ["restart.ts", "later.ts", "earlier.ts", "restart.vob"] {
        assert!(warnings(&job(name)).contains("parts were joined"), "{name}: {}", job(name));
        let made = judge::facts(Path::new(job(name)["output"].as_str().unwrap()));
        let video = judge::streams(&made, "video")[0].clone();
        let (frames, seconds) = (judge::number(&video["nb_frames"]), judge::number(&video["duration"]));
        assert!((frames - 200.0).abs() <= 2.0 && (seconds - 8.0).abs() < 0.3, "{name}: {video}");
    }
}

/// Makes a video of this name from lavfi sources, with these arguments of ffmpeg.
fn make(env: &TestEnv, name: &str, args: &[&str]) {
    let to = env.videos().join(name);
    let mut all: Vec<&str> = vec!["-v", "error", "-nostdin", "-y"];
    for source in ["testsrc2=s=320x240:r=25:d=6", "sine=d=6:r=48000"] {
        all.extend(["-f", "lavfi", "-i", source]);
    }
    all.extend(args);
    all.push(to.to_str().unwrap());
    assert!(std::process::Command::new("ffmpeg").args(all).status().unwrap().success(), "{name}");
}

/// The presentation time of each frame, in seconds.
fn times(path: &Path) -> Vec<f64> {
    let args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"];
    let output = std::process::Command::new("ffprobe").args(args).args(["-of", "csv=p=0"]).arg(path).output();
    let text = String::from_utf8_lossy(&output.unwrap().stdout).into_owned();
    text.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect()
}

#[test]
fn slow_late_uneven_and_long_frames_keep_their_times() {
    let env = TestEnv::new();
    let faster =
        ["-vf", "fps=50,select='gte(t,4)+not(mod(n,2))'", "-fps_mode", "vfr", "-enc_time_base:v", "1:90000"];
    let exact = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-video_track_timescale", "90000"];
    make(&env, "faster.mp4", &[&faster[..], &exact, &["-c:a", "aac"]].concat());
    let slow = [
        "-vf",
        "fps=2,settb=1/1000,setpts=PTS+230",
        "-enc_time_base:v",
        "1:1000",
        "-fps_mode",
        "passthrough",
    ];
    make(&env, "slow.mkv", &[&slow[..], &["-c:v", "mpeg4", "-c:a", "mp3"]].concat());
    let held = ["-vf", "select='lt(t,2)+eq(n,100)'", "-fps_mode", "vfr", "-c:v", "mpeg4", "-c:a", "mp3"];
    make(&env, "held.mkv", &held);
    make(
        &env,
        "late.mp4",
        &["-af", "asetpts=PTS+1/TB", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
    );
    let out = env.out();
    let out = out.to_str().unwrap();
    for preset in ["web-1080p", "archive-av1", "edit-prores"] {
        let added = env.spool(&["add", "--preset", preset, "--flat", "--output-dir", out, "videos"]);
        assert_eq!(added.code, 0, "{added:?}");
    }
    env.spool(&["run", "--until-idle"]);
    for job in env.jobs() {
        assert_eq!(job["state"], "done", "{job}");
        let path = |key: &str| PathBuf::from(job[key].as_str().unwrap());
        let (from, to) = (times(&path("source")), times(&path("output")));
        assert_eq!(from.len(), to.len(), "{job}");
        for (from, to) in from.iter().zip(&to) {
            assert!((from - to).abs() < 0.06, "{from} s became {to} s: {job}");
        }
    }
}

/// Bytes in the middle are overwritten: the file is complete but damaged.
#[test]
fn damage_in_a_complete_file_is_reported_for_a_copy_and_a_conversion() {
    let env = TestEnv::new();
    for (name, clip) in
        [("copied.mp4", long("whole.mp4", &[])), ("converted.mkv", long("whole.mkv", &["-bf", "0"]))]
    {
        let mut bytes = fs::read(clip).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 4000].fill(0x55);
        fs::write(env.videos().join(name), bytes).unwrap();
    }
    let job = run(&env, &[]);
    for name in ["copied.mp4", "converted.mkv"] {
        assert!(warnings(&job(name)).contains("damaged spot"), "{name}: {}", job(name));
    }
}

#[test]
fn a_wrong_header_is_not_trusted() {
    let env = TestEnv::new();
    let clip = long("liar.mp4", &["-movflags", "+faststart"]);
    let mut bytes = fs::read(&clip).unwrap();
    // Multiplies the duration in the header of the movie and in the headers of each track by a hundred.
    for name in [b"mvhd", b"mdhd", b"tkhd"] {
        let places: Vec<usize> =
            bytes.windows(4).enumerate().filter(|(_, w)| w == name).map(|(n, _)| n).collect();
        for at in places {
            let at = at + if name == b"tkhd" { 24 } else { 20 };
            let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) * 100;
            bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    fs::write(env.videos().join("liar.mp4"), bytes).unwrap();
    let job = run(&env, &["--set", "video.copy=never"]);
    assert_eq!(job("liar.mp4")["state"], "done", "{}", job("liar.mp4"));
    let made = judge::judge(&env.out().join("liar.mp4"));
    assert!((made.video_seconds - 8.0).abs() < 0.2 && made.frames == 200, "{made:?}");
}

#[test]
fn audio_that_is_late_and_short_keeps_its_start_and_length() {
    let env = TestEnv::new();
    let video = long("silent-long.mkv", &["-an"]);
    let made = env.videos().join("late.mkv");
    let args = ["-v", "error", "-nostdin", "-y", "-i", video.to_str().unwrap(), "-itsoffset", "3"];
    let audio =
        ["-f", "lavfi", "-i", "sine=d=2", "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac"];
    let status = std::process::Command::new("ffmpeg").args(args).args(audio).arg(&made).status().unwrap();
    assert!(status.success());
    let job = run(&env, &["--set", "video.copy=never"]);
    assert_eq!(job("late.mkv")["state"], "done", "{}", job("late.mkv"));
    let facts = judge::facts(&env.out().join("late.mp4"));
    let audio = &judge::streams(&facts, "audio")[0];
    assert!((judge::number(&audio["start_time"]) - 3.0).abs() < 0.1, "{audio}");
    assert!((judge::judge(&env.out().join("late.mp4")).audio_seconds - 2.0).abs() < 0.1);
}

#[test]
fn salvage_converts_the_readable_part_and_marks_the_result_as_partial() {
    let env = TestEnv::new();
    half(&env, &long("cut.mkv", &[]), "cut.mkv");
    half(&env, &long("cut-fast.mp4", &["-movflags", "+faststart"]), "fast.mp4");
    let job = run(&env, &["--set", "salvage=true"]);
    for (name, made) in [("cut.mkv", "cut.mp4"), ("fast.mp4", "fast.mp4")] {
        let warning = warnings(&job(name));
        assert!(warning.starts_with("Partial: 0:04 of 0:08 could be read"), "{name}: {warning}");
        assert!(judge::decodes(&env.out().join(made)));
    }
}

/// An MPEG program stream whose packets carry no timestamps.
fn without_timestamps(bare: &[u8]) -> Vec<u8> {
    const PACK: [u8; 12] = [0, 0, 1, 0xba, 0x21, 0, 1, 0, 1, 0x80, 0x27, 0x11];
    let packet = |data: &[u8]| {
        let length = u16::try_from(data.len() + 1).unwrap().to_be_bytes();
        [&PACK[..], &[0, 0, 1, 0xe0], &length, &[0x0f], data].concat()
    };
    let packets: Vec<u8> = bare.chunks(2_000).flat_map(packet).collect();
    [&packets[..], &[0, 0, 1, 0xb9]].concat()
}

#[test]
fn a_container_without_timestamps_is_as_long_as_its_frames() {
    let env = TestEnv::new();
    let bare = fs::read(clips::clip("bare.m1v", 2.0, false, &["-c:v", "mpeg1video"])).unwrap();
    fs::write(env.videos().join("a.mpg"), without_timestamps(&bare)).unwrap();
    let job = run(&env, &[])("a.mpg");
    let text = warnings(&job);
    assert!(text.starts_with("The original has no timestamps; 25 frames per second were assumed."), "{text}");
    let made = judge::facts(Path::new(job["output"].as_str().unwrap()));
    assert_eq!(judge::streams(&made, "video")[0]["nb_frames"], "50", "{made}");
}

#[test]
fn a_raw_stream_without_timestamps_is_as_long_as_its_frames() {
    let env = TestEnv::new();
    let hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"];
    let bare: [(&str, &[&str]); 4] = [
        ("bare.h264", &H264),
        ("bare.hevc", &hevc),
        ("bare.m2v", &["-c:v", "mpeg2video"]),
        ("bare.ivf", &["-c:v", "libvpx"]),
    ];
    for (name, codec) in bare {
        env.video(&clips::clip(name, 2.0, false, codec), name);
    }
    let job = run(&env, &[]);
    for (name, _) in bare {
        let remarks = warnings(&job(name));
        assert!(!remarks.contains("incomplete") && !remarks.contains("damaged"), "{remarks}");
        assert_eq!(remarks.contains("25 frames per second were assumed"), name != "bare.ivf", "{remarks}");
        let made = judge::facts(Path::new(job(name)["output"].as_str().unwrap()));
        assert_eq!(judge::streams(&made, "video")[0]["nb_frames"], "50", "{name}: {made}");
    }
}
