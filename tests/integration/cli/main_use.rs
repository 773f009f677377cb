//! The main use case on real input, through the command line: every ordinary file is converted correctly, every
//! unusable file fails with a plain reason, and no file delays the others.

use spool_tests::clips;
use spool_tests::env::TestEnv;
use spool_tests::judge::{decodes, facts, is_faststart, number, streams};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Returns the bytes of each file in a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap());
    entries.map(|e| (e.file_name().to_string_lossy().into_owned(), fs::read(e.path()).unwrap())).collect()
}

fn work(preset: &str) -> TestEnv {
    let env = TestEnv::new();
    for clip in clips::ten_kinds() {
        env.video(&clip, clip.file_name().unwrap().to_str().unwrap());
    }
    let (before, out) = (contents(&env.videos()), env.out());
    let quick = [
        "--set",
        "video.speed=ultrafast",
        "--set",
        "video.copy=never",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "videos",
    ];
    let added = env.spool(&[["add", "--preset", preset].as_slice(), &quick].concat());
    assert_eq!(added.code, 0, "{added:?}");
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(contents(&env.videos()), before, "sources are never touched");
    env
}

/// Compares each result with its source by ffprobe and decodes it.
fn judge(env: &TestEnv, video_codec: Option<&str>) {
    let jobs = env.jobs();
    assert_eq!(jobs.len(), 10);
    assert_eq!(env.results().len(), 10, "ten results and no part file: {:?}", env.results());
    for job in jobs {
        let (source, output) =
            (Path::new(job["source"].as_str().unwrap()), Path::new(job["output"].as_str().unwrap()));
        let name = source.file_name().unwrap().to_string_lossy();
        assert_eq!(job["state"], "done", "{name}: {job}");
        let (before, after) = (facts(source), facts(output));
        let (video, source_video) = (&streams(&after, "video")[0], &streams(&before, "video")[0]);
        assert_eq!(
            video["codec_name"],
            video_codec.map_or(source_video["codec_name"].clone(), Into::into),
            "{name}"
        );
        assert_eq!(
            (&video["width"], &video["height"]),
            (&source_video["width"], &source_video["height"]),
            "{name}"
        );
        assert!((number(&video["nb_read_packets"]) - 25.0).abs() <= 1.0, "{name}: {video}");
        assert!((number(&after["format"]["duration"]) - 1.0).abs() < 0.15, "{name}: {}", after["format"]);
        assert_eq!(streams(&after, "audio").len(), streams(&before, "audio").len(), "{name}");
        assert!(decodes(output), "{name}");
        assert!(is_faststart(output), "{name}");
        let modified = |p: &Path| fs::metadata(p).unwrap().modified().unwrap();
        assert_eq!(modified(output), modified(source), "{name} keeps its date");
    }
}

#[test]
fn ten_kinds_of_files_become_web_1080p() {
    let env = work("web-1080p");
    judge(&env, Some("h264"));
    for job in env.jobs() {
        let after = facts(Path::new(job["output"].as_str().unwrap()));
        assert_eq!(streams(&after, "video")[0]["pix_fmt"], "yuv420p");
        assert!(streams(&after, "audio").iter().all(|a| a["codec_name"] == "aac"));
    }
}

#[test]
fn ten_kinds_of_files_become_web_720p() {
    judge(&work("web-720p"), Some("h264"));
}

#[test]
fn ten_kinds_of_files_become_small_hevc() {
    let env = work("small-hevc");
    judge(&env, Some("hevc"));
    for job in env.jobs() {
        let after = facts(Path::new(job["output"].as_str().unwrap()));
        assert_eq!(streams(&after, "video")[0]["codec_tag_string"], "hvc1", "what Apple's players expect");
    }
}

#[test]
fn ten_kinds_of_files_become_mp4_without_encoding_what_mp4_holds() {
    let env = TestEnv::new();
    for clip in clips::ten_kinds() {
        env.video(&clip, clip.file_name().unwrap().to_str().unwrap());
    }
    let out = env.out();
    env.spool(&["add", "--preset", "remux-mp4", "--flat", "--output-dir", out.to_str().unwrap(), "videos"]);
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?} {:#?}", env.jobs());
    for job in env.jobs() {
        let source = job["source"].as_str().unwrap();
        let (before, after) = (facts(Path::new(source)), facts(Path::new(job["output"].as_str().unwrap())));
        // AVI stores no timestamps, so reordered frames are encoded again.
        let expected = if Path::new(source).extension() == Some("avi".as_ref()) {
            "h264".into()
        } else {
            streams(&before, "video")[0]["codec_name"].clone()
        };
        assert_eq!(streams(&after, "video")[0]["codec_name"], expected, "{source}");
        assert!((number(&after["format"]["duration"]) - 1.0).abs() < 0.15, "{source}: {}", after["format"]);
    }
}

#[test]
fn unusable_files_fail_with_a_plain_reason_and_delay_no_other_job() {
    let env = TestEnv::new();
    env.video(&clips::ordinary(), "good.mkv");
    fs::write(env.videos().join("letter.mp4"), "Dear reader, this is no video.\n".repeat(100)).unwrap();
    let whole = fs::read(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264"])).unwrap();
    fs::write(env.videos().join("cut.mp4"), &whole[..whole.len() / 2]).unwrap();
    fs::write(env.videos().join("empty.mp4"), "").unwrap();
    let out = env.out();
    let added =
        env.spool(&["add", "--flat", "--output-dir", out.to_str().unwrap(), "videos", "videos/missing.mkv"]);
    assert_eq!(added.code, 1);
    assert!(added.stderr.contains("missing.mkv does not exist."), "{added:?}");
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let code = |name: &str| {
        let job = env.jobs().into_iter().find(|j| j["source"].as_str().unwrap().ends_with(name)).unwrap();
        (job["state"].as_str().unwrap().to_owned(), job["failure"]["code"].as_str().unwrap_or("").to_owned())
    };
    assert_eq!(code("good.mkv").0, "done");
    assert_eq!(code("letter.mp4"), ("failed".into(), "not_media".into()));
    assert_eq!(code("cut.mp4"), ("failed".into(), "source_truncated".into()));
    assert_eq!(code("empty.mp4"), ("failed".into(), "not_media".into()));
    assert_eq!(env.results(), ["good.mp4"], "a failed job leaves no file");
}

#[test]
fn a_truncated_file_is_never_reported_as_done() {
    let env = TestEnv::new();
    let faststart = clips::clip(
        "long-fast.mp4",
        8.0,
        true,
        &["-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart"],
    );
    let matroska = clips::clip("long.mkv", 8.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    for (clip, name) in [(faststart, "half.mp4"), (matroska, "half.mkv")] {
        let whole = fs::read(clip).unwrap();
        fs::write(env.videos().join(name), &whole[..whole.len() / 2]).unwrap();
    }
    let out = env.out();
    env.spool(&[
        "add",
        "--set",
        "video.speed=ultrafast",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "videos",
    ]);
    env.spool(&["run", "--until-idle"]);
    for job in env.jobs() {
        assert_eq!(job["failure"]["code"], "source_truncated", "{job}");
        assert!(job["failure"]["message"].as_str().unwrap().contains("of 0:08 can be read"), "{job}");
    }
    assert!(env.results().is_empty());
}

#[test]
fn a_high_frame_rate_is_limited_to_that_of_the_preset() {
    let env = TestEnv::new();
    let fast = ["-vf", "fps=120", "-c:v", "libx264", "-preset", "ultrafast"];
    env.video(&clips::clip("fast.mkv", 1.0, false, &fast), "fast.mkv");
    let out = env.out();
    env.spool(&[
        "add",
        "--set",
        "video.speed=ultrafast",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "videos",
    ]);
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    let result = facts(&out.join("fast.mp4"));
    assert!((60.0..=61.0).contains(&number(&streams(&result, "video")[0]["nb_frames"])), "{result}");
}

#[test]
fn a_playlist_with_the_name_of_a_video_is_not_followed() {
    let env = TestEnv::new();
    fs::write(env.videos().join("concat.mp4"), "ffconcat version 1.0\nfile inner.mkv\n").unwrap();
    fs::copy(clips::ordinary(), env.videos().join("inner.mkv")).unwrap();
    let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\ninner.mkv\n#EXT-X-ENDLIST\n";
    fs::write(env.videos().join("playlist.mp4"), playlist).unwrap();
    let out = env.out();
    let scripts = ["videos/concat.mp4", "videos/playlist.mp4"];
    env.spool(&["add", "--output-dir", out.to_str().unwrap(), scripts[0], scripts[1]]);
    env.spool(&["run", "--until-idle"]);
    for job in env.jobs() {
        assert_eq!(job["failure"]["code"], "not_media", "{job}");
    }
    assert!(env.results().is_empty());
}
