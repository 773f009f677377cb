//! Guarantees of single presets: target size, copies, audio only, hardware encoders, archives that keep everything.

use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use spool_tests::judge::{self, facts, number, streams};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const QUICK: [&str; 2] = ["--set", "video.speed=ultrafast"];

/// Runs one video with this preset and further arguments, and returns its job.
pub(crate) fn work(env: &TestEnv, video: &Path, preset: &str, more: &[&str]) -> Value {
    let out = env.out();
    let add = ["add", "--preset", preset, "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
    let added = env.spool(&[&add[..], more].concat());
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    env.jobs().pop().unwrap()
}

pub(crate) fn output(job: &Value) -> PathBuf {
    assert_eq!(job["state"], "done", "{job}");
    PathBuf::from(job["output"].as_str().unwrap())
}

/// Returns the command lines of the last attempt.
pub(crate) fn commands(env: &TestEnv, job: &Value) -> Vec<String> {
    let shown = env.spool(&["show", &job["id"].to_string(), "--json"]).json().remove(0);
    let all = shown["attempts"].as_array().unwrap().last().unwrap()["commands"].as_array().unwrap().clone();
    let line = |words: &Value| {
        words.as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    all.iter().map(line).collect()
}

pub(crate) fn ffmpeg(args: &[&str]) {
    let status = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).status();
    assert!(status.unwrap().success(), "{args:?}");
}

/// Returns the MD5 of each decoded frame, one a line.
fn frame_hashes(path: &Path) -> String {
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:v:0"];
    let hash = ["-fps_mode", "passthrough", "-f", "framehash", "-hash", "md5", "-"];
    let output = Command::new("ffmpeg").args(args).args(hash).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = |line: &str| line.rsplit(',').next().unwrap_or_default().trim().to_owned();
    text.lines().filter(|line| !line.starts_with('#')).map(last).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_target_size_is_met_in_two_passes() {
    let env = TestEnv::new();
    let noisy = ["-vf", "noise=alls=30:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "10"];
    let video = env.video(&clips::clip("noisy.mkv", 8.0, true, &noisy), "noisy.mkv");
    let job = work(&env, &video, "fit-size", &["--set", "video.sizeMb=1", QUICK[0], QUICK[1]]);
    let size = fs::metadata(output(&job)).unwrap().len();
    assert!((800_000..=1_000_000).contains(&size), "{size} bytes: {job}");
    let passes = commands(&env, &job);
    assert!(passes[0].contains("-pass:v:0 1") && passes[1].contains("-pass:v:0 2"), "{passes:?}");
    assert_eq!(
        fs::read_dir(env.data().join("passes")).unwrap().count(),
        0,
        "the statistics of the first pass are deleted"
    );
}

/// As browsers record: a stream written without seeking back, so that its header contains no duration.
#[test]
fn a_recording_without_a_duration_can_have_a_target_size() {
    let env = TestEnv::new();
    let noisy = ["-vf", "noise=alls=30:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "10"];
    let whole = clips::clip("noisy.mkv", 8.0, true, &noisy);
    let args = [
        "-v",
        "error",
        "-nostdin",
        "-i",
        whole.to_str().unwrap(),
        "-c",
        "copy",
        "-f",
        "matroska",
        "-live",
        "1",
        "-",
    ];
    let video = env.videos().join("live.mkv");
    fs::write(&video, Command::new("ffmpeg").args(args).output().unwrap().stdout).unwrap();
    assert!(facts(&video)["format"]["duration"].is_null());
    let probed = env.spool(&["probe", "--json", "--preset", "fit-size", video.to_str().unwrap()]);
    assert!(probed.stdout.contains(r#""limit":18000000"#), "{probed:?}");
    let job = work(&env, &video, "fit-size", &["--set", "video.sizeMb=1", QUICK[0], QUICK[1]]);
    let size = fs::metadata(output(&job)).unwrap().len();
    assert!((800_000..=1_000_000).contains(&size), "{size} bytes: {job}");
}

#[test]
fn settings_that_are_accepted_can_be_encoded() {
    let env = TestEnv::new();
    let video = env.video(&clips::ordinary(), "a.mkv");
    let deep = work(&env, &video, "web-1080p", &["--set", "video.depth=ten", QUICK[0], QUICK[1]]);
    assert_eq!(streams(&facts(&output(&deep)), "video")[0]["pix_fmt"], "yuv420p10le");
    let mono = ["-c:v", "libx264", "-preset", "ultrafast", "-ac", "1"];
    let mono = env.video(&clips::clip("mono.mkv", 0.5, true, &mono), "mono.mkv");
    output(&work(&env, &mono, "archive-av1", &["--set", "audio.kbps=1024", QUICK[0], QUICK[1]]));
    let audio_only = ["--set", "container=m4a", "--set", "video=null"];
    assert_eq!(output(&work(&env, &video, "remux-mp4", &audio_only)).extension().unwrap(), "m4a");
}

/// MP4 does not support MP3 at the lowest sample rates, which old videos use.
#[test]
fn audio_that_mp4_cannot_hold_is_encoded() {
    let env = TestEnv::new();
    let old = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "libmp3lame", "-ar", "11025"];
    let video = env.video(&clips::clip("old.mkv", 1.0, true, &old), "old.mkv");
    let made = facts(&output(&work(&env, &video, "remux-mp4", &[])));
    assert_eq!(streams(&made, "audio")[0]["codec_name"], "aac");
}

#[test]
fn an_impossible_size_is_refused_with_the_smallest_possible_one() {
    let env = TestEnv::new();
    let minute = clips::clip("minute.mkv", 60.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let huge =
        ["-i", minute.to_str().unwrap(), "-vf", "scale=1920:1080,fps=60", "-c:v", "libx264", "-preset"];
    let video = env.videos().join("long.mkv");
    ffmpeg(&[&huge[..], &["ultrafast", "-crf", "45", "-c:a", "copy", video.to_str().unwrap()]].concat());
    let job = work(&env, &video, "fit-size", &["--set", "video.sizeMb=1"]);
    assert_eq!(job["failure"]["code"], "plan_refused", "{job}");
    let message = job["failure"]["message"].as_str().unwrap();
    assert!(message.starts_with("Cannot fit into 1 MB. The smallest possible is "), "{message}");
}

#[test]
fn audio_only_keeps_the_audio_and_refuses_a_silent_video() {
    let env = TestEnv::new();
    let video = env.video(&clips::ordinary(), "a.mkv");
    let made = output(&work(&env, &video, "audio-m4a", &[]));
    assert_eq!(made.file_name().unwrap(), "a.m4a");
    let facts = facts(&made);
    assert!(streams(&facts, "video").is_empty() && streams(&facts, "audio").len() == 1, "{facts}");
    let silent = env.video(&clips::clip("silent.mkv", 1.0, false, &["-c:v", "libx264"]), "silent.mkv");
    let job = work(&env, &silent, "audio-m4a", &[]);
    assert_eq!(job["failure"]["code"], "no_audio", "{job}");
}

#[test]
fn video_that_already_fits_is_copied_frame_for_frame() {
    let env = TestEnv::new();
    let fits = ["-c:v", "libx264", "-preset", "fast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    let video = env.video(&clips::clip("fits.mp4", 4.0, true, &fits), "fits.mp4");
    let job = work(&env, &video, "web-1080p", &[]);
    let made = output(&job);
    assert!(commands(&env, &job)[0].contains("-c:v:0 copy"));
    assert_eq!(frame_hashes(&made), frame_hashes(&video));
    assert!(judge::is_faststart(&made) && judge::decodes(&made));
    assert!(job["warnings"].as_array().unwrap().is_empty(), "{job}");
}

#[test]
fn hardware_encodes_on_request_and_falls_back_to_software() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    let good = env.video(&clips::ordinary(), "good.mkv");
    let wanted = ["--set", "video.hardware=auto", "--set", "video.copy=never"];
    let job = work(&env, &good, "web-1080p", &wanted);
    let command = commands(&env, &job).remove(0);
    assert!(command.contains("-c:v:0 h264_nvenc ") && command.contains(" -cq:v:0 21 "), "{command}");
    output(&job);
    let bad = env.video(&clips::ordinary(), "fake-nogpu.mkv");
    let job = work(&env, &bad, "web-1080p", &[&wanted[..], &QUICK].concat());
    assert!(judge::decodes(&output(&job)));
    assert_eq!(job["attempt"], 1, "no attempt is lost");
    let commands = commands(&env, &job);
    assert!(commands[0].contains("h264_nvenc") && commands[1].contains("libx264"), "{commands:?}");
    assert!(job["warnings"].to_string().contains("the processor did"), "{job}");
}

#[test]
fn a_bigger_result_is_warned_about_or_discarded_as_the_preset_specifies() {
    let env = TestEnv::new();
    let small = ["-c:v", "libx264", "-preset", "slow", "-crf", "40", "-c:a", "aac", "-b:a", "32k"];
    let video = env.video(&clips::clip("small.mkv", 4.0, true, &small), "small.mkv");
    let better = ["--set", "video.crf=10", "--set", "video.copy=never", QUICK[0], QUICK[1]];
    let job = work(&env, &video, "web-1080p", &better);
    assert!(job["warnings"].to_string().contains("% bigger than the original"), "{job}");
    output(&job);
    let before = env.results();
    let job = work(&env, &video, "web-1080p", &[&better[..], &["--set", "bigger=useOriginal"]].concat());
    assert_eq!(output(&job), video, "the original is the result");
    assert!(job["warnings"].to_string().contains("so the original was kept"), "{job}");
    assert_eq!(env.results(), before);
}

/// Creates a video with surround audio of a layout that Opus does not support, a second language, styled and plain
/// subtitles, a font, a cover and chapters.
fn everything(env: &TestEnv) -> PathBuf {
    let folder = env.videos();
    let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    fs::write(at("a.srt"), "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
    fs::write(at("a.txt"), ";FFMETADATA1\ntitle=Everything\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Two\n").unwrap();
    fs::write(at("a.ttf"), b"not really a font").unwrap();
    fs::write(at("above.srt"), "1\n00:00:00,100 --> 00:00:00,900\n{\\an8}Hello\n").unwrap();
    ffmpeg(&["-i", &at("above.srt"), &at("a.ass")]);
    ffmpeg(&["-f", "lavfi", "-i", "color=red:s=64x96", "-frames:v", "1", &at("a.jpg")]);
    let (srt, ass, text, font, made) = (at("a.srt"), at("a.ass"), at("a.txt"), at("a.ttf"), at("all.mkv"));
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=320x240:d=1", "-f", "lavfi", "-i", "sine=d=1"];
    let more = ["-i", &srt, "-i", &ass, "-i", &text, "-attach", &font, "-attach", &at("a.jpg")];
    let maps = ["-map", "0", "-map", "1", "-map", "1", "-map", "2", "-map", "3", "-map_metadata", "4"];
    let codecs = [
        "-c:v",
        "libx264",
        "-c:a:0",
        "flac",
        "-c:a:1",
        "aac",
        "-filter:a:0",
        "aformat=channel_layouts=5.1(side)",
    ];
    let tags = [
        "-metadata:s:a:1",
        "language=fra",
        "-metadata:s:a:1",
        "title=Français",
        "-metadata:s:s:0",
        "language=deu",
        "-metadata:s:t:0",
        "mimetype=application/x-truetype-font",
        "-metadata:s:t:1",
        "mimetype=image/jpeg",
        "-metadata",
        "creation_time=2020-02-03T04:05:06Z",
    ];
    ffmpeg(&[&inputs[..], &more, &maps, &codecs, &["-c:s", "copy"], &tags, &[&made]].concat());
    PathBuf::from(made)
}

#[test]
fn an_archive_keeps_everything() {
    let env = TestEnv::new();
    let video = everything(&env);
    let job = work(&env, &video, "archive-av1", &QUICK);
    let made = facts(&output(&job));
    let audio = streams(&made, "audio");
    assert_eq!(
        (audio.len(), audio[0]["channels"].as_u64(), &audio[0]["codec_name"]),
        (2, Some(6), &"opus".into())
    );
    assert_eq!(
        (&audio[1]["tags"]["language"], &audio[1]["tags"]["title"]),
        (&"fra".into(), &"Français".into())
    );
    let subtitles: Vec<Value> = streams(&made, "subtitle").iter().map(|s| s["codec_name"].clone()).collect();
    assert_eq!(subtitles, ["subrip", "ass"]);
    assert_eq!(streams(&made, "attachment").len(), 1);
    assert_eq!(made["chapters"].as_array().unwrap().len(), 2);
    let videos = streams(&made, "video");
    assert_eq!((videos.len(), &videos[0]["pix_fmt"]), (2, &"yuv420p10le".into()));
    assert!(videos[1]["disposition"]["attached_pic"] == 1 && videos[1]["height"] == 96, "{videos:?}");
    assert!(!job["warnings"].to_string().contains("cover"), "{job}");
    assert!(
        fs::read_dir(env.data().join("passes")).unwrap().next().is_none(),
        "the file of the cover is not deleted"
    );
    assert!(
        made["format"]["tags"]["creation_time"].as_str().unwrap().starts_with("2020-02-03T04:05:06"),
        "{made}"
    );
}

#[test]
fn mp4_keeps_what_it_can_hold_and_reports_the_rest() {
    let env = TestEnv::new();
    let video = everything(&env);
    let job = work(&env, &video, "web-1080p", &QUICK);
    let made = facts(&output(&job));
    let subtitles = streams(&made, "subtitle");
    assert_eq!(subtitles.len(), 2);
    assert!(subtitles.iter().all(|s| s["codec_name"] == "mov_text"));
    assert_eq!(subtitles[0]["tags"]["language"], "deu");
    assert_eq!(streams(&made, "audio")[1]["tags"]["language"], "fra");
    assert_eq!(made["chapters"].as_array().unwrap().len(), 2);
    assert!(job["warnings"].to_string().contains("positions are lost"), "{job}");
    let planned = env.spool(&["probe", "--preset", "web-1080p", video.to_str().unwrap()]);
    assert!(planned.stdout.contains("left out: only styled subtitles use fonts"), "{planned:?}");
}

#[test]
fn the_recording_location_is_removed_on_request() {
    let env = TestEnv::new();
    let video = env.videos().join("here.mov");
    let location = ["-metadata", "location=+48.8577+002.295/", "-metadata", "title=Tower"];
    let source = clips::ordinary();
    ffmpeg(
        &[&["-i", source.to_str().unwrap(), "-c", "copy"], &location[..], &[video.to_str().unwrap()]]
            .concat(),
    );
    let tags = |more: &[&str]| {
        let job = work(&env, &video, "remux-mp4", more);
        facts(&output(&job))["format"]["tags"].clone()
    };
    let kept = tags(&[]);
    assert!(kept.to_string().contains("48.8577"), "{kept}");
    let stripped = tags(&["--set", "metadata=stripLocation"]);
    assert!(!stripped.to_string().contains("48.8577") && stripped["title"] == "Tower", "{stripped}");
}

#[test]
fn anamorphic_interlaced_video_becomes_progressive_with_square_pixels() {
    let env = TestEnv::new();
    let tape = [
        "-vf",
        "scale=720:576,setsar=64/45,setfield=tff",
        "-c:v",
        "mpeg2video",
        "-flags",
        "+ildct+ilme",
        "-top",
        "1",
    ];
    let video = env.video(&clips::clip("tape.mkv", 1.0, true, &tape), "tape.mkv");
    let made = output(&work(&env, &video, "web-1080p", &QUICK));
    let stream = streams(&facts(&made), "video")[0].clone();
    assert_eq!((stream["width"].as_u64(), stream["height"].as_u64()), (Some(1024), Some(576)), "{stream}");
    assert!(stream["field_order"] == "progressive" && stream["sample_aspect_ratio"] == "1:1", "{stream}");
    assert!((number(&stream["nb_frames"]) - 25.0).abs() <= 1.0, "{stream}");
}

/// Counts the interlaced and the progressive frames.
fn interlacing(path: &Path) -> (u32, u32) {
    let args = [
        "-hide_banner",
        "-nostdin",
        "-i",
        path.to_str().unwrap(),
        "-vf",
        "format=gray,idet",
        "-f",
        "null",
        "-",
    ];
    let output = Command::new("ffmpeg").args(args).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = log.lines().rfind(|l| l.contains("Multi frame detection")).unwrap();
    let after = |word: &str| {
        let rest = line.split(word).nth(1).unwrap();
        rest.split_whitespace().next().unwrap().parse::<u32>().unwrap()
    };
    (after("TFF:") + after("BFF:"), after("Progressive:"))
}

#[test]
fn interlacing_without_a_header_flag_is_detected_in_the_frames() {
    let env = TestEnv::new();
    let weave = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=50:d=2", "-vf", "tinterlace=interleave_bottom"];
    let tapes: [(&str, &[&str]); 4] = [
        ("flagged.dv", &["-c:v", "dvvideo", "-pix_fmt", "yuv420p"]),
        ("flagged.avi", &["-c:v", "mpeg4", "-q:v", "3", "-flags", "+ildct+ilme"]),
        ("unflagged.avi", &["-c:v", "huffyuv", "-pix_fmt", "yuv422p"]),
        ("unflagged.mkv", &["-c:v", "mjpeg", "-pix_fmt", "yuvj422p", "-q:v", "3"]),
    ];
    for (name, coded) in tapes {
        let tape = env.videos().join(name);
        ffmpeg(&[&weave[..], coded, &[tape.to_str().unwrap()]].concat());
        assert!(interlacing(&tape).0 > 40, "{name} is not interlaced");
        let made = output(&work(&env, &tape, "web-1080p", &QUICK));
        let (interlaced, progressive) = interlacing(&made);
        assert!(
            interlaced < 10 && progressive > 40,
            "{name}: {interlaced} of {progressive} frames are interlaced"
        );
        assert!((number(&streams(&facts(&made), "video")[0]["nb_frames"]) - 50.0).abs() <= 1.0, "{name}");
    }
}

#[test]
fn progressive_video_is_not_mistaken_for_interlaced() {
    let env = TestEnv::new();
    for (name, codec) in [("film.avi", "mpeg4"), ("captured.avi", "huffyuv")] {
        let video = env.videos().join(name);
        let source = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=2", "-q:v", "3", "-c:v", codec];
        ffmpeg(&[&source[..], &[video.to_str().unwrap()]].concat());
        let job = work(&env, &video, "web-1080p", &QUICK);
        output(&job);
        assert!(!commands(&env, &job).concat().contains("bwdif"), "{job}");
    }
}

#[test]
fn a_remux_warns_about_what_it_has_to_encode() {
    let env = TestEnv::new();
    let old = ["-c:v", "libvpx", "-b:v", "200k", "-c:a", "libvorbis"];
    let video = env.video(&clips::clip("old.webm", 1.0, true, &old), "old.webm");
    let job = work(&env, &video, "remux-mp4", &[]);
    output(&job);
    assert_eq!(job["warnings"].to_string().matches("encoded again").count(), 2, "{job}");
}
