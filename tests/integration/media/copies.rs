//! Stream copies are judged by their result: a stream is converted if its copy would show content that the original
//! hides, or would be damaged.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::ffmpeg;
use serde_json::Value;
use spool_tests::boxes::{self, Edit, shows};
use spool_tests::damage::damage;
use spool_tests::env::TestEnv;
use spool_tests::judge::{Judged, judge, streams};
use spool_tests::{clips, flv};
use std::fs;
use std::path::{Path, PathBuf};

const H264: [&str; 8] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25"];
/// Two settings of an encoder that produce different headers.
const PLAIN: [&str; 6] = ["-preset", "veryfast", "-profile:v", "high", "-bf", "0"];
const OTHER: [&str; 6] = ["-profile:v", "baseline", "-bf", "0", "-x264-params", "ref=1:cabac=0"];
const CLOCK: [&str; 2] = ["-video_track_timescale", "12800"];

fn bytes(name: &str, seconds: f64, audio: bool, more: &[&str]) -> Vec<u8> {
    fs::read(clips::clip(name, seconds, audio, &[&H264[..], more].concat())).unwrap()
}

/// Transcodes one file with a preset; returns the job and the path of its result.
fn work(env: &TestEnv, name: &str, preset: &str) -> (Value, PathBuf) {
    let out = env.out().join(preset);
    let (video, folder) = (env.videos().join(name), out.to_str().unwrap());
    fs::create_dir_all(&out).unwrap();
    let add = ["add", "--preset", preset, "--output-dir", folder, "--set", "video.speed=ultrafast"];
    let added = env.spool(&[&add[..], &[video.to_str().unwrap()]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    let id = env.jobs().iter().map(|job| job["id"].as_i64().unwrap()).max().unwrap().to_string();
    let job = env.spool(&["show", "--json", &id]).json().remove(0);
    assert_eq!(job["state"], "done", "{name} by {preset}: {job}");
    let output = PathBuf::from(job["output"].as_str().unwrap());
    (job, output)
}

fn copied(job: &Value, kind: &str) -> bool {
    let checks = job["attempts"].as_array().unwrap().last().unwrap()["verification"]["streams"].clone();
    checks.as_array().unwrap().iter().find(|s| s["kind"] == kind).unwrap()["copied"] == true
}

fn remarks(job: &Value) -> String {
    job["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

fn check_result(path: &Path, frames: u64, seconds: f64, what: &str) -> Judged {
    let judged = judge(path);
    assert!(judged.decodes, "{what}: {judged:?}");
    assert_eq!(judged.frames, frames, "{what}: {judged:?}");
    assert!((judged.video_seconds - seconds).abs() < 0.1, "{what}: {judged:?}");
    judged
}

#[test]
fn a_stream_whose_header_changes_is_converted_and_one_whose_header_repeats_is_copied() {
    let env = TestEnv::new();
    let put = |name: &str, bytes: Vec<u8>| fs::write(env.videos().join(name), bytes).unwrap();
    let mono = ["-c:a", "aac", "-ac", "1", "-ar", "22050"];
    let (a, b) = (bytes("headers-a.flv", 2.0, true, &PLAIN), bytes("headers-b.flv", 2.0, true, &OTHER));
    let c = bytes("headers-c.flv", 2.0, true, &[&PLAIN[..], &mono].concat());
    put("other-picture.flv", flv::joined(&a, &b, 2000));
    put("other-sound.flv", flv::joined(&a, &c, 2000));
    put("again.flv", flv::with_headers_again(&flv::joined(&a, &a, 2000), 60));
    let (a, b) = (
        bytes("headers-a.mp4", 2.0, false, &[&PLAIN[..], &CLOCK].concat()),
        bytes("headers-b.mp4", 2.0, false, &[&OTHER[..], &CLOCK].concat()),
    );
    put("other.mp4", boxes::joined(&a, &b, 512));
    put("twice.mp4", boxes::joined(&a, &a, 512));
    for preset in ["web-1080p", "remux-mp4"] {
        for (name, copies) in [
            ("other-picture.flv", false),
            ("other-sound.flv", true),
            ("again.flv", true),
            ("other.mp4", false),
            ("twice.mp4", true),
        ] {
            let (job, output) = work(&env, name, preset);
            let what = format!("{name} by {preset}");
            let judged = check_result(&output, 100, 4.0, &what);
            assert!(!remarks(&job).contains("damaged"), "{what}: {}", remarks(&job));
            assert_eq!(copied(&job, "video"), copies, "{what}: {job}");
            if name.ends_with("flv") {
                assert!((judged.audio_seconds - 4.0).abs() < 0.2, "{what}: {judged:?}");
                assert_eq!(
                    copied(&job, "audio"),
                    name == "again.flv" || name == "other-picture.flv",
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn content_that_an_edit_list_hides_stays_hidden() {
    let env = TestEnv::new();
    let more = ["-bf", "2", "-g", "50", "-c:a", "aac", "-video_track_timescale", "12800"];
    let clip = bytes("edits.mp4", 6.0, true, &more);
    let nothing = |seconds| Edit { from: None, seconds, rate: 1.0 };
    let lists: [(&str, Vec<Edit>, u64, f64); 6] = [
        ("head.mp4", vec![shows(0.88, 5.12)], 128, 5.12),
        ("tail.mp4", vec![shows(0.0, 2.0)], 50, 2.0),
        ("both.mp4", vec![shows(0.88, 4.0)], 100, 4.0),
        ("middle.mp4", vec![shows(0.0, 2.0), shows(4.0, 2.0)], 100, 4.0),
        ("order.mp4", vec![shows(4.0, 1.0), shows(0.0, 1.0)], 50, 2.0),
        ("late.mp4", vec![nothing(1.0), shows(0.0, 2.0)], 50, 2.0),
    ];
    for (name, edits, frames, seconds) in lists {
        fs::write(env.videos().join(name), boxes::edited(&clip, &edits)).unwrap();
        for preset in ["web-1080p", "remux-mp4", "small-hevc"] {
            let (job, output) = work(&env, name, preset);
            let what = format!("{name} by {preset}: {}", remarks(&job));
            check_result(&output, frames, seconds, &what);
        }
    }
}

#[test]
fn damaged_streams_are_converted_so_that_the_result_plays_everywhere() {
    let env = TestEnv::new();
    for container in ["mp4", "mkv", "flv"] {
        let clip = clips::clip(&format!("sound.{container}"), 4.0, true, &[&H264[..], &PLAIN].concat());
        for stream in ["v:0", "a:0"] {
            let name = format!("{}.{container}", &stream[..1]);
            fs::copy(&clip, env.videos().join(&name)).unwrap();
            damage(&env.videos().join(&name), stream, 6);
            let (job, output) = work(&env, &name, "web-1080p");
            let what = format!("{name}: {}", remarks(&job));
            assert!(judge(&output).decodes, "{what}");
            let (video, audio) = (copied(&job, "video"), copied(&job, "audio"));
            assert_eq!(
                (video, audio),
                (stream == "a:0", stream == "v:0"),
                "only the damaged stream is converted: {what}"
            );
            assert!(what.contains("damaged in places, so it was converted rather than copied"), "{what}");
        }
        let whole = env.videos().join(format!("whole.{container}"));
        fs::copy(&clip, &whole).unwrap();
        let (job, _) = work(&env, &format!("whole.{container}"), "web-1080p");
        assert!(copied(&job, "video") && copied(&job, "audio") && remarks(&job).is_empty(), "{job}");
    }
}

#[test]
fn a_remux_is_compared_packet_by_packet_and_decoded_at_several_places() {
    let env = TestEnv::new();
    let clip = clips::clip("places.mkv", 12.0, true, &[&H264[..], &PLAIN].concat());
    fs::copy(&clip, env.videos().join("long.mkv")).unwrap();
    fs::copy(&clip, env.videos().join("hurt.mkv")).unwrap();
    damage(&env.videos().join("hurt.mkv"), "v:0", 10);
    for name in ["long.mkv", "hurt.mkv"] {
        let (job, _) = work(&env, name, "remux-mp4");
        let checks = &job["attempts"][0]["verification"]["streams"];
        for stream in checks.as_array().unwrap() {
            assert_eq!(
                (&stream["copied"], &stream["compared"]),
                (&true.into(), &true.into()),
                "{name}: {stream}"
            );
            assert_eq!(
                (&stream["decoded"]["of"], &stream["decoded"]["places"]),
                (&"result".into(), &7.into())
            );
        }
        assert_eq!(remarks(&job).contains("damaged spot"), name == "hurt.mkv", "{name}: {}", remarks(&job));
        let id = job["id"].to_string();
        assert!(env.spool(&["show", &id]).stdout.contains("packets compared; result decoded at 7 places"));
    }
}

#[test]
fn packets_are_equal_in_every_container_and_one_changed_byte_is_found() {
    use spool_core::ffmpeg::{compare, locate};
    let env = TestEnv::new();
    let clip = clips::clip("same.mp4", 2.0, true, &[&H264[..], &["-bf", "2"]].concat());
    let tools = locate(&spool_tests::engine::places()).unwrap();
    let policy = spool_core::policy::Policy::default();
    let streams = [("0".to_owned(), "h264"), ("1".to_owned(), "aac")];
    let equal = |other: &Path| {
        let side = |path| compare::Side { path, reach: None, streams: &streams };
        compare::packets_equal(&tools, side(&clip), side(other), &policy, None).unwrap()
    };
    for container in ["ts", "mkv", "mov", "flv"] {
        let other = env.out().join(format!("other.{container}"));
        let made = std::process::Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(&clip)
            .args(["-c", "copy"])
            .arg(&other)
            .status();
        assert!(made.unwrap().success());
        assert_eq!(equal(&other), [true, true], "{container}");
    }
    let changed = env.out().join("changed.mov");
    fs::copy(env.out().join("other.mov"), &changed).unwrap();
    damage(&changed, "a:0", 1);
    assert_eq!(equal(&changed), [true, false]);
    let shorter = clips::clip("shorter.mp4", 1.0, true, &[&H264[..], &["-bf", "2"]].concat());
    assert_eq!(equal(&shorter), [false, false]);
}

#[test]
fn a_clip_with_another_playback_speed_is_refused_or_salvaged_on_request() {
    let env = TestEnv::new();
    let clip = bytes("sound.mp4", 4.0, true, &PLAIN);
    let fast = boxes::edited(&clip, &[Edit { from: Some(0.0), seconds: 2.0, rate: 2.0 }]);
    fs::write(env.videos().join("fast.mp4"), fast).unwrap();
    let video = env.videos().join("fast.mp4");
    for preset in ["web-1080p", "remux-mp4"] {
        let job = crate::presets::guarantees::work(&env, &video, preset, &[]);
        assert_eq!(job["failure"]["code"], "plan_refused", "{preset}: {job}");
    }
    let job = crate::presets::guarantees::work(&env, &video, "web-1080p", &["--set", "salvage=true"]);
    assert!(remarks(&job).contains("Partial: the original is set to play at another speed"), "{job}");
}

#[test]
fn a_copy_whose_packets_cannot_be_compared_is_decoded_completely() {
    let env = TestEnv::new();
    let clip = clips::clip("pcm.mov", 12.0, true, &[&H264[..], &["-c:a", "pcm_s16le"]].concat());
    let video = env.video(&clip, "pcm.mov");
    let id = crate::presets::guarantees::work(&env, &video, "remux-mp4", &["--set", "container=mov"])["id"]
        .to_string();
    let job = env.spool(&["show", &id, "--json"]).json().remove(0);
    assert!(copied(&job, "video") && copied(&job, "audio"), "{job}");
    for stream in job["attempts"][0]["verification"]["streams"].as_array().unwrap() {
        assert_eq!(
            (&stream["decoded"]["of"], &stream["decoded"]["places"]),
            (&"result".into(), &Value::Null)
        );
        assert_eq!(stream["compared"], stream["kind"] == "video", "{stream}");
    }
}

#[test]
fn two_recordings_in_one_file_are_not_treated_as_one() {
    let env = TestEnv::new();
    let clip = |seconds| bytes(&format!("segment-{seconds}.mkv"), f64::from(seconds), true, &PLAIN);
    fs::write(env.videos().join("two.mkv"), [clip(2), clip(1)].concat()).unwrap();
    let add = ["add", "--output-dir", env.out().to_str().unwrap(), "videos/two.mkv"].map(str::to_owned);
    for (n, preset) in ["web-1080p", "remux-mp4", "small-hevc"].iter().enumerate() {
        let add = add.iter().map(String::as_str).chain(["--preset", preset]).collect::<Vec<_>>();
        assert_eq!(env.spool(&add).code, 0);
        env.spool(&["run", "--until-idle"]);
        let job = env.jobs().into_iter().find(|job| job["id"] == n + 1).unwrap();
        assert_eq!(job["failure"]["code"], "source_truncated", "{preset}: {job}");
        assert!(
            job["failure"]["message"].as_str().unwrap().ends_with("only the first can be read."),
            "{job}"
        );
    }
    let add = add.iter().map(String::as_str).chain(["--set", "salvage=true"]).collect::<Vec<_>>();
    assert_eq!(env.spool(&add).code, 0);
    env.spool(&["run", "--until-idle"]);
    let job = env.jobs().into_iter().find(|job| job["id"] == 4).unwrap();
    assert!(remarks(&job).contains("Partial: a second recording"), "{job}");
}

/// Decoded audio samples of a file, without those that the container hides at either end.
fn decoded(file: &str) -> Vec<u8> {
    let args = ["-v", "error", "-i", file, "-map", "0:a:0", "-f", "s16le", "-"];
    std::process::Command::new("ffmpeg").args(args).output().unwrap().stdout
}

#[test]
fn audio_that_mp4_supports_is_copied_with_its_exact_ends() {
    let env = TestEnv::new();
    let source =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1.0137:r=48000"];
    let video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0"];
    let all = ["opus.mp4", "flac.mp4", "flac.mkv", "dts.mp4", "truehd.mp4"];
    for name in all {
        let encoder = match &name[..3] {
            "opu" => "libopus",
            "fla" => "flac",
            "dts" => "dca",
            _ => "truehd",
        };
        let audio = ["-c:a", encoder, "-strict", "-2", &at(&env, name)];
        ffmpeg(&[&source[..], &video, &audio].concat());
    }
    let jobs = work_all(&env, "remux-mp4");
    assert_eq!(jobs.len(), all.len());
    for (name, job) in jobs {
        let made = made(&job);
        let codec = name.split('.').next().unwrap();
        assert_eq!(streams(&made, "audio")[0]["codec_name"], codec, "{name}: {job}");
        assert!(!job["warnings"].to_string().contains("encoded again"), "{name}: {job}");
        let (had, has) = (decoded(job["source"].as_str().unwrap()), decoded(job["output"].as_str().unwrap()));
        assert!(!had.is_empty() && had == has, "{name}: {} became {} bytes of audio", had.len(), has.len());
    }
}
