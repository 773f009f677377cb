//! Settings on the command line and in their file: how they are shown and changed, and how paths in them are resolved.

use crate::cli::basics::says;
use serde_json::json;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;

#[test]
fn settings_are_shown_and_changed_one_at_a_time() {
    let env = TestEnv::new();
    let file = env.data().join("settings.json");
    let all = env.spool(&["settings"]);
    says(&all, 0, "keepAwake       on");
    says(&all, 0, &format!("changes are stored in {}", file.display()));
    assert!(!file.exists(), "showing the settings creates no file");
    says(&env.spool(&["settings", "workers", "3"]), 0, "workers is 3 now. It counts from the next start");
    says(&env.spool(&["settings", "preset", "small-hevc"]), 0, "`spool add` has it from now on");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("\"crashLimit\": 3", "\"crashLimit\": 7"))
        .unwrap();
    says(&env.spool(&["settings", "notifyDone", "off"]), 0, "notifyDone is off now.");
    let read = env.spool(&["settings", "--json"]).json().remove(0);
    assert_eq!(read["file"], json!(file));
    let some =
        ["workers", "preset", "crashLimit", "notifyDone", "outputDir"].map(|key| &read["settings"][key]);
    assert_eq!(some, [&json!(3), &json!("small-hevc"), &json!(7), &json!(false), &json!(null)]);
    assert_eq!(env.spool(&["settings", "workers"]).stdout, "3\n", "only the value, for scripts");
    assert_eq!(env.spool(&["-q", "settings", "outputDir"]).stdout, "none\n");
    let one = env.spool(&["settings", "maxAttempts", "--json"]).json().remove(0);
    assert_eq!((&one["key"], &one["value"]), (&json!("maxAttempts"), &json!(4)));
    let set = env.spool(&["settings", "maxAttempts", "default", "--json"]).json().remove(0);
    assert_eq!(set["value"], json!(4));
    says(&env.spool(&["settings", "worker", "2"]), 2, "you may mean workers.");
    says(&env.spool(&["settings", "workers", "-1"]), 2, "workers cannot be \"-1\"; it takes: 1 to 64, auto.");
    says(&env.spool(&["settings", "outputDir", "out"]), 2, "outputDir must be a whole path, such as");
    says(&env.spool(&["config"]), 2, "`spool settings` shows");
    env.video(&clips::ordinary(), "a.mkv");
    env.spool(&["add", "videos"]);
    assert_eq!(env.jobs()[0]["preset"], "small-hevc");
}

#[cfg(unix)]
#[test]
fn a_tilde_is_expanded_in_every_path_and_kept_in_the_file() {
    let env = TestEnv::new();
    let home = env.out().join("home");
    fs::create_dir_all(home.join("bin")).unwrap();
    for name in ["a.mkv", "b.mkv", "c.mkv"] {
        env.video(&clips::ordinary(), name);
    }
    for (tool, target) in [("ffmpeg", "ffmpeg"), ("ffprobe", "ffprobe")] {
        let found =
            std::process::Command::new("sh").args(["-c", &format!("command -v {target}")]).output().unwrap();
        let path = String::from_utf8(found.stdout).unwrap();
        std::os::unix::fs::symlink(path.trim(), home.join("bin").join(tool)).unwrap();
    }
    let spool = |args: &[&str]| env.start_with(args, &[("HOME", home.display().to_string())]).answer();
    let file = env.data().join("settings.json");
    let text = r#"{"outputDir": "~/results", "ffmpeg": "~/bin/ffmpeg", "ffprobe": "~/bin/ffprobe"}"#;
    fs::write(&file, format!("\u{feff}{text}")).unwrap();
    let added = spool(&["add", "videos/a.mkv"]);
    says(&added, 0, &format!("{}/results/a.mp4", home.canonicalize().unwrap().display()));
    says(&spool(&["doctor"]), 0, &format!("{}/bin/ffmpeg", home.display()));
    says(&spool(&["settings", "outputDir"]), 0, "~/results");
    says(&spool(&["settings", "workers", "2"]), 0, "");
    assert!(
        fs::read_to_string(&file).unwrap().contains("\"~/results\""),
        "the file may be used with another home folder"
    );
    says(&spool(&["add", "--output-dir=~/x", "videos/b.mkv"]), 0, "/home/x/b.mp4");
    says(&spool(&["add", "-o", "~/y/z.mp4", "videos/c.mkv"]), 0, "/home/y/z.mp4");
    assert!(!env.videos().join("../~").exists());
    for (path, words) in [
        ("out", "outputDir must be a whole path, such as /media/videos or ~/Videos, not \"out\". Fix"),
        ("~anna/x", "outputDir names the home folder of another user; write the whole path of \"~anna/x\""),
    ] {
        let text = json!({ "outputDir": path }).to_string();
        fs::write(&file, &text).unwrap();
        let refused = spool(&["list"]);
        says(&refused, 1, words);
        says(&refused, 1, "settings.json");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn a_byte_order_mark_at_the_start_of_a_file_is_ignored() {
    let env = TestEnv::new();
    env.video(&clips::ordinary(), "a.mkv");
    let with_byte_order_mark = |name: &str, text: &str| {
        let path = env.data().join(name);
        fs::write(&path, format!("\u{feff}{text}")).unwrap();
        path
    };
    with_byte_order_mark("settings.json", r#"{"preset": "mine"}"#);
    let mine = env.spool(&["presets", "export", "web-720p"]).stdout.replace("\"web-720p\"", "\"mine\"");
    with_byte_order_mark("presets.json", &format!("[{mine}]"));
    let list = with_byte_order_mark("list.txt", "videos/a.mkv\r\n");
    let added = env.spool(&["add", "--files-from", list.to_str().unwrap()]);
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(env.jobs()[0]["preset"], "mine");
}
