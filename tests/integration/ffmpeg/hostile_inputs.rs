//! Input paths are untrusted: names that look like options or URLs, links to the source, playlists with the name of a
//! video, special files, decompression bombs. No file except the named one is ever opened.

use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use spool_tests::judge;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Adds these paths, runs the queue and returns the jobs.
fn work(env: &TestEnv, paths: &[&OsStr]) -> Vec<Value> {
    let out = env.out();
    let mut add: Vec<&OsStr> =
        ["add", "--set", "video.speed=ultrafast", "--output-dir"].map(OsStr::new).into();
    add.extend([out.as_os_str(), OsStr::new("--")]);
    add.extend(paths);
    env.spool_os(&add);
    env.spool(&["run", "--until-idle"]);
    env.jobs()
}

#[cfg(unix)]
#[test]
fn names_that_look_like_options_or_urls_are_file_names() {
    use std::os::unix::ffi::OsStringExt;
    let env = TestEnv::new();
    let long = format!("{}.mkv", "n".repeat(246));
    let mut names: Vec<OsString> = [
        "-x.mkv",
        "http:x.mkv",
        "concat:a|b.mkv",
        "12:30.mkv",
        "100%d.mkv",
        "it's \"q\".mkv",
        "two\nlines.mkv",
        "\u{1f600}.mkv",
        "dots...mkv",
        "pipe:0.mkv",
        "file:x.mkv",
        "a [b] {c} *?.mkv",
        "\\n.mkv",
        &long,
    ]
    .map(OsString::from)
    .into();
    names.push(OsString::from_vec(b"caf\xe9.mkv".to_vec()));
    for name in &names {
        fs::copy(clips::ordinary(), env.videos().join(name)).unwrap();
    }
    let jobs = work(&env, &[env.videos().as_os_str()]);
    assert_eq!(jobs.len(), names.len());
    for job in &jobs {
        assert_eq!(job["state"], "done", "{job}");
    }
    let made: Vec<OsString> =
        fs::read_dir(env.out().join("videos")).unwrap().map(|e| e.unwrap().file_name()).collect();
    for name in &names {
        let expected = Path::new(name).with_extension("mp4");
        assert!(made.contains(&expected.clone().into_os_string()), "{} is missing", expected.display());
    }
}

#[cfg(unix)]
#[test]
fn a_name_too_long_for_its_result_is_shortened() {
    let env = TestEnv::new();
    let name = format!("{}ü.mp4", "n".repeat(248));
    let source = env
        .video(&clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]), &name);
    env.spool_os(&["add".as_ref(), source.as_os_str()]);
    env.spool(&["run", "--until-idle"]);
    let job = env.jobs().remove(0);
    assert_eq!(job["state"], "done", "{job}");
    let made = Path::new(job["output"].as_str().unwrap()).file_name().unwrap().to_str().unwrap().to_owned();
    assert!(made.len() <= 255 && made.ends_with(" - Web 1080p.mp4"), "{made}");
}

#[cfg(unix)]
#[test]
fn links_to_the_source_never_overwrite_the_source() {
    let env = TestEnv::new();
    let whole = clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let (hard, soft) = (env.video(&whole, "hard.mp4"), env.video(&whole, "soft.mp4"));
    let before = fs::read(&hard).unwrap();
    // The names of the results are already links to the sources.
    let to = env.out().join("videos");
    fs::create_dir(&to).unwrap();
    fs::hard_link(&hard, to.join("hard.mp4")).unwrap();
    std::os::unix::fs::symlink(&soft, to.join("soft.mp4")).unwrap();
    for job in work(&env, &[env.videos().as_os_str()]) {
        assert_eq!(job["state"], "done", "{job}");
        assert!(job["output"].as_str().unwrap().ends_with(" (2).mp4"), "{job}");
    }
    assert_eq!(fs::read(&hard).unwrap(), before);
    assert_eq!(fs::read(&soft).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn special_files_are_refused_by_name() {
    let env = TestEnv::new();
    fs::create_dir(env.videos().join("folder.mp4")).unwrap();
    fs::copy(clips::ordinary(), env.videos().join("folder.mp4/inner.mkv")).unwrap();
    let fifo = env.videos().join("pipe.mp4");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let out = env.out();
    let words = ["add", "--output-dir", out.to_str().unwrap(), "/dev/zero", fifo.to_str().unwrap()];
    let answer = env.spool(&words);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(answer.stderr.contains("/dev/zero is neither a file nor a folder."), "{answer:?}");
    assert!(answer.stderr.contains("pipe.mp4 is neither a file nor a folder."), "{answer:?}");
    let jobs = work(&env, &[env.videos().join("folder.mp4").as_os_str()]);
    assert_eq!(
        (jobs.len(), &jobs[0]["state"]),
        (1, &"done".into()),
        "a folder with the name of a video is a folder"
    );
}

/// A source that is replaced by a pipe after it was added must not block the worker.
#[cfg(unix)]
#[test]
fn a_source_that_became_a_pipe_fails_at_once() {
    let env = TestEnv::new();
    let video = env.video(&clips::ordinary(), "a.mkv");
    let out = env.out();
    env.spool(&["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()]);
    fs::remove_file(&video).unwrap();
    assert!(Command::new("mkfifo").arg(&video).status().unwrap().success());
    env.spool(&["run", "--until-idle"]);
    assert_eq!(env.jobs()[0]["failure"]["code"], "source_unreadable");
}

/// Creates playlists and scripts with names of videos, each of which would make ffmpeg open another file or a
/// connection.
fn disguised(env: &TestEnv, canary: &Path) -> Vec<std::path::PathBuf> {
    let secret = canary.display();
    let scripts = [
        ("hls.mp4", format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nfile://{secret}\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")),
        ("hls.m3u8", format!("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nconcat:http://127.0.0.1:9/h|file://{secret}\n#EXT-X-ENDLIST\n")),
        ("concat.mkv", format!("ffconcat version 1.0\nfile '{secret}'\n")),
        ("dash.mp4", "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period><AdaptationSet><Representation id=\"1\"><BaseURL>http://127.0.0.1:9/x.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>".into()),
        ("frames%03d.mp4", "P6 1 1 255\n...".into()),
        ("stream.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n".into()),
        ("image.mp4", format!("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image xlink:href=\"file://{secret}\"/></svg>")),
        ("avi.avi", format!("RIFF....AVI LIST....GAB2\n#EXTM3U\n#EXTINF:1,\n{secret}\n")),
    ];
    scripts
        .into_iter()
        .map(|(name, text)| {
            let path = env.videos().join(name);
            fs::write(&path, text).unwrap();
            path
        })
        .collect()
}

/// Traces all processes of Spool with strace: none opens the canary or a connection.
#[cfg(target_os = "linux")]
#[test]
fn only_the_named_file_is_opened_and_no_connection_is_made() {
    let env = TestEnv::new();
    let canary = env.data().join("canary.mkv");
    fs::copy(clips::ordinary(), &canary).unwrap();
    let files = disguised(&env, &canary);
    let out = env.out();
    let mut add = vec!["add", "--output-dir", out.to_str().unwrap()];
    add.extend(files.iter().map(|f| f.to_str().unwrap()));
    env.spool(&add);
    let traced = env.data().join("trace");
    let watch = ["-f", "-qq", "-s", "500", "-e", "trace=open,openat,connect", "-o", traced.to_str().unwrap()];
    let Some(ran) = env.under("strace", &watch, &["run", "--until-idle"]) else {
        return eprintln!("SKIPPED: strace is not installed; that nothing else is opened was NOT tested");
    };
    assert_eq!(ran.code, 1, "all of them fail: {ran:?}");
    let trace = fs::read_to_string(&traced).unwrap();
    assert!(trace.contains("hls.mp4"), "the trace shows what is opened");
    assert!(!trace.contains("canary.mkv\""), "the canary was opened");
    let connects = trace.lines().filter(|l| l.contains("connect(") && l.contains("AF_INET"));
    assert_eq!(connects.count(), 0, "a connection was made");
    for job in env.jobs() {
        assert_eq!(
            (&job["state"], &job["failure"]["code"]),
            (&"failed".into(), &"not_media".into()),
            "{job}"
        );
    }
    assert!(env.results().is_empty());
}

/// A file of less than 1 MB with a frame of 16,000 by 16,000 pixels.
#[test]
fn a_decompression_bomb_is_refused_in_bounded_time_and_memory() {
    let env = TestEnv::new();
    let bomb = env.videos().join("bomb.mkv");
    let args = [
        "-v",
        "error",
        "-nostdin",
        "-y",
        "-f",
        "lavfi",
        "-i",
        "color=black:s=16000x16000:r=1:d=1,format=gray",
    ];
    let made = Command::new("ffmpeg").args(args).args(["-c:v", "png", "-frames:v", "1"]).arg(&bomb).status();
    assert!(made.unwrap().success());
    assert!(fs::metadata(&bomb).unwrap().len() < 1_000_000);
    let job = work(&env, &[bomb.as_os_str()]).remove(0);
    assert_eq!(job["state"], "failed", "{job}");
    let code = job["failure"]["code"].as_str().unwrap();
    assert!(["plan_refused", "not_media", "unsupported_codec"].contains(&code), "{job}");
}

#[test]
fn titles_are_not_parsed_as_messages_of_ffmpeg() {
    let env = TestEnv::new();
    let video = env.videos().join("title.mkv");
    let title =
        "title=[error] No space left on device size= 1kB time=00:59:99 bitrate=1 speed=1x progress=end";
    let source = clips::ordinary();
    let args =
        ["-v", "error", "-nostdin", "-y", "-i", source.to_str().unwrap(), "-c", "copy", "-metadata", title];
    assert!(Command::new("ffmpeg").args(args).arg(&video).status().unwrap().success());
    let job = work(&env, &[video.as_os_str()]).remove(0);
    assert_eq!(job["state"], "done", "{job}");
    assert!(judge::decodes(Path::new(job["output"].as_str().unwrap())));
}

/// ffmpeg prints line breaks in language tags and file names unescaped, so that the text after one looks like a
/// separate line.
#[cfg(unix)]
#[test]
fn text_after_a_line_break_is_not_parsed_as_a_message_of_ffmpeg() {
    let env = TestEnv::new();
    let forged = "[error] No space left on device: partial file";
    let names = [format!("a\n{forged}.mkv"), "tags.mkv".into(), "No space left on device.mkv".into()];
    let source = clips::ordinary();
    let tags = [format!("language=eng\n{forged}"), format!("language=deu\n[critical] {forged}")];
    for name in &names {
        let mut copy = Command::new("ffmpeg");
        copy.args(["-v", "error", "-nostdin", "-y", "-i", source.to_str().unwrap(), "-c", "copy"]);
        copy.args(["-metadata:s:0", &tags[0], "-metadata:s:1", &tags[1]]);
        assert!(copy.arg(format!("file:{}", env.videos().join(name).display())).status().unwrap().success());
    }
    let jobs = work(&env, &[env.videos().as_os_str()]);
    assert_eq!(jobs.len(), names.len());
    for job in jobs {
        assert_eq!(job["state"], "done", "{job}");
        assert_eq!(job["warnings"], Value::Array(vec![]), "{job}");
    }
}
