//! `spool add`: which files it accepts, where results go, and how earlier jobs affect what is added.

use crate::presets::guarantees::output;
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::{clips, judge, places, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Runs `spool add --json` with fast encoder settings and returns its lines.
pub(super) fn add(env: &TestEnv, more: &[&str], paths: &[&Path]) -> Vec<Value> {
    let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let quick = ["add", "--json", "--set", "video.copy=never", "--set", "video.speed=ultrafast"];
    let answer = env.spool(&[&quick[..], more, &paths].concat());
    assert_ne!(answer.code, 2, "{answer:?}");
    answer.json()
}

fn output_dir_args(env: &TestEnv) -> [String; 2] {
    ["--output-dir".into(), env.out().to_str().unwrap().into()]
}

pub(super) fn outcomes(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect()
}

/// Copies a test clip to `name` in the videos folder.
pub(super) fn video(env: &TestEnv, name: &str) -> PathBuf {
    let path = env.videos().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(clips::ordinary(), &path).unwrap();
    path
}

/// Lists all files and folders below `folder`; names of folders end with a slash.
fn tree(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let name = entry.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if entry.is_dir() {
                all.push(name + "/");
                left.push(entry);
            } else {
                all.push(name);
            }
        }
    }
    all.sort();
    all
}

fn run(env: &TestEnv) {
    env.spool_slowly(&["run", "--until-idle"]);
}

#[test]
fn an_added_folder_keeps_its_tree_and_a_second_one_of_that_name_is_numbered() {
    let env = TestEnv::new();
    let (mine, theirs) = (env.videos().join("mine/holiday"), env.videos().join("theirs/Holiday"));
    video(&env, "mine/holiday/day 1/a.mkv");
    video(&env, "mine/holiday/day 2/a.mkv");
    video(&env, "theirs/Holiday/a.mkv");
    let to = output_dir_args(&env);
    let to = [to[0].as_str(), &to[1]];
    add(&env, &to, &[&mine, &theirs]);
    assert!(!env.out().exists() || tree(&env.out()).is_empty(), "adding creates no files");
    run(&env);
    let made = [
        "Holiday (2)/",
        "Holiday (2)/a.mp4",
        "holiday/",
        "holiday/day 1/",
        "holiday/day 1/a.mp4",
        "holiday/day 2/",
        "holiday/day 2/a.mp4",
    ];
    assert_eq!(tree(&env.out()), made);
    // Removed from the list and added again: each folder keeps its output folder, and no video is transcoded twice.
    env.spool(&["remove", "--state", "done"]);
    assert_eq!(outcomes(&add(&env, &to, &[&theirs, &mine])), ["skipped"; 3]);
    let later = video(&env, "theirs/Holiday/b.mkv");
    assert_eq!(outcomes(&add(&env, &to, &[&theirs])), ["skipped", "accepted"]);
    assert_eq!(env.jobs()[0]["output"], env.out().join("Holiday (2)/b.mp4").to_str().unwrap());
    fs::remove_file(later).unwrap();
    let flat = add(&env, &[&to[..], &["--flat", "--again"]].concat(), &[&mine]);
    let named: Vec<_> = flat
        .iter()
        .map(|line| Path::new(line["output"].as_str().unwrap()).strip_prefix(env.out()).unwrap())
        .collect();
    assert_eq!(named, [Path::new("a.mp4"), Path::new("a (2).mp4")]);
}

#[test]
fn unused_output_folders_are_removed() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    // Its encoder fails after it has started.
    let broken = video(&env, "holiday/day 1/fake-nodecoder.mkv");
    let kept = env.out().join("holiday");
    fs::create_dir_all(&kept).unwrap();
    let deep = env.out().join("x/y/z");
    add(&env, &["--output-dir", deep.to_str().unwrap()], &[&broken]);
    add(&env, &["--output-dir", env.out().to_str().unwrap()], &[&env.videos().join("holiday")]);
    run(&env);
    assert!(env.jobs().iter().all(|job| job["state"] == "failed"), "{:?}", env.jobs());
    assert_eq!(tree(&env.out()), ["holiday/"], "the folder that existed before stays");
}

/// Covers a recording that is added while it is still being written, and a video that is replaced while its job is
/// queued.
#[test]
fn a_source_that_changed_while_queued_is_skipped_when_it_is_added_again() {
    let env = TestEnv::new();
    let source = video(&env, "lib/film.mkv");
    let whole = fs::read(&source).unwrap();
    fs::write(&source, &whole[..whole.len() / 2]).unwrap();
    let lib = env.videos().join("lib");
    add(&env, &[], &[&lib]);
    fs::write(&source, &whole).unwrap();
    run(&env);
    let job = env.jobs().remove(0);
    assert_eq!(
        (&job["state"], job["sizes"]["source"].as_u64()),
        (&"done".into(), Some(whole.len() as u64)),
        "{job}"
    );
    assert_eq!(outcomes(&add(&env, &[], &[&lib])), ["skipped", "skipped"], "the video and its result");
}

/// The job that created the folder ends first; the folder is removed when the other job ends.
#[test]
fn an_empty_folder_of_two_jobs_is_removed_with_the_last_job() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    for name in ["fake-stall.a.mkv", "fake-stall.b.mkv"] {
        video(&env, &format!("holiday/day 1/{name}"));
    }
    add(&env, &["--output-dir", env.out().to_str().unwrap()], &[&env.videos().join("holiday")]);
    let states =
        || env.jobs().iter().map(|job| job["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    env.spool(&["hold", "2"]);
    let run = env.start(&["run", "--workers", "2"]);
    let soon = Duration::from_mins(1);
    wait_until("the first part file", soon, || env.results().len() == 1);
    env.spool(&["release", "2"]);
    wait_until("the second part file", soon, || env.results().len() == 2);
    env.spool(&["cancel", "1"]);
    wait_until("the first to end", soon, || states()[0] == "cancelled");
    assert_eq!(tree(&env.out()).len(), 3, "{:?}", tree(&env.out()));
    env.spool(&["cancel", "2"]);
    wait_until("the second to end", soon, || states()[1] == "cancelled");
    assert_eq!(tree(&env.out()), [""; 0]);
    run.crash();
}

#[test]
fn a_done_video_is_skipped_after_its_job_is_removed_until_it_changes() {
    let env = TestEnv::new();
    let source = video(&env, "lib/film.mp4");
    let lib = env.videos().join("lib");
    add(&env, &[], &[&lib]);
    run(&env);
    let made = output(&env.jobs()[0]);
    env.spool(&["remove", "--state", "done"]);
    assert_eq!(outcomes(&add(&env, &[], &[&lib])), ["skipped", "skipped"], "the video and its result");
    // Another file under the name of the result is treated as a new video.
    fs::write(&made, fs::read(&source).unwrap().repeat(2)).unwrap();
    assert_eq!(outcomes(&add(&env, &[], &[&lib])), ["accepted", "skipped"]);
    let old = filetime::FileTime::from_unix_time(1_000_000_000, 0);
    filetime::set_file_mtime(&source, old).unwrap();
    assert_eq!(outcomes(&add(&env, &[], &[&source])), ["accepted"], "its modification time changed");
}

#[test]
fn failed_and_cancelled_videos_are_not_added_again() {
    let env = TestEnv::new();
    let (broken, source) = (env.videos().join("broken.mkv"), video(&env, "film.mkv"));
    fs::write(&broken, "no video").unwrap();
    let cancelled = add(&env, &[], &[&source])[0]["id"].to_string();
    env.spool(&["cancel", &cancelled]);
    add(&env, &[], &[&broken]);
    run(&env);
    let nightly = add(&env, &[], &[&env.videos()]);
    let reasons: Vec<_> = nightly.iter().map(|line| line["reason"].as_str().unwrap()).collect();
    let expected = [
        "failed before; `spool retry 2` queues it again",
        "was cancelled before; `spool retry 1` queues it again",
    ];
    assert_eq!((outcomes(&nightly), reasons), (vec!["skipped"; 2], expected.to_vec()));
    assert_eq!(env.jobs().len(), 2);
    assert_eq!(outcomes(&add(&env, &["--again"], &[&broken, &source])), ["accepted"; 2]);
    fs::write(&broken, "no video at all").unwrap();
    env.spool(&["cancel", "--all"]);
    assert_eq!(outcomes(&add(&env, &[], &[&broken])), ["accepted"], "its content changed");
}

#[test]
fn the_output_option_names_the_result_of_exactly_one_video() {
    let env = TestEnv::new();
    let source = video(&env, "film.mkv");
    let (named, source) = (env.out().join("new/trailer.mp4"), source.to_str().unwrap());
    let add_with = |args: &[&str]| {
        let answer = env.spool(&[&["add"], args].concat());
        (answer.code, answer.stderr)
    };
    let named = named.to_str().unwrap();
    assert_eq!(add_with(&["-o", named, source]).0, 0);
    assert_eq!(env.jobs()[0]["output"], named);
    let other = env.out().join("trailer.mkv");
    let wrong = add_with(&["-o", other.to_str().unwrap(), source]);
    assert!(wrong.0 == 2 && wrong.1.contains("trailer.mp4, or another preset."), "{wrong:?}");
    let two = add_with(&["-o", named, source, source]);
    assert!(two.0 == 2 && two.1.contains("-o names the result of one video"), "{two:?}");
    let folder = add_with(&["--output-dir", named, source]);
    assert!(folder.0 == 2 && folder.1.contains("use -o"), "{folder:?}");
    let no_folder = add_with(&["--output-dir", source, source]);
    assert!(no_folder.0 == 2 && no_folder.1.contains("is not a folder"), "{no_folder:?}");
}

#[test]
fn skipped_files_are_grouped_by_kind_and_lists_and_patterns_apply() {
    let env = TestEnv::new();
    for name in ["clip10.mkv", "clip2.mkv", "raw/clip3.mkv"] {
        video(&env, name);
    }
    for name in ["clip2.srt", "Thumbs.db", ".hidden", "main.ts", "$RECYCLE.BIN/x.mkv"] {
        let path = env.videos().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "let x = 1;").unwrap();
    }
    let list = env.data().join("list.txt");
    fs::create_dir_all(env.data()).unwrap();
    fs::write(&list, format!("{}\n", env.videos().display())).unwrap();
    let answer = env.spool(&["add", "--exclude", "raw", "--files-from", list.to_str().unwrap()]);
    let lines: Vec<&str> = answer.stdout.lines().collect();
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(lines[0].contains("clip2.mkv") && lines[1].contains("clip10.mkv"), "{answer:?}");
    let rest = [
        "skipped           2 files that are not videos: main.ts, Thumbs.db",
        "skipped           1 subtitle file beside videos: clip2.srt",
        "skipped           1 hidden file or folder: .hidden",
        "skipped           1 folder of the system: $RECYCLE.BIN",
    ];
    assert_eq!(lines[2..6], rest, "{answer:?}");
    let empty = env.videos().join("empty");
    fs::create_dir_all(&empty).unwrap();
    let nothing = env.spool(&["add", "--json", empty.to_str().unwrap()]).json();
    let relative = env.spool(&["add", "--json", "videos", "--exclude", "-*"]).json();
    let whole = |line: &serde_json::Value| line["source"].as_str().unwrap().starts_with('/');
    assert!(
        relative.iter().any(|line| line["outcome"] == "skipped") && relative.iter().all(whole),
        "{relative:?}"
    );
    assert_eq!(nothing, [serde_json::json!({ "accepted": 0, "duplicate": 0, "skipped": 0, "refused": 0 })]);
}

/// The drive of earlier jobs is not connected. Results must not be written into its mount point instead.
#[test]
fn results_wait_for_a_missing_drive_and_its_mount_point_stays_empty() {
    let env = TestEnv::new();
    let source = video(&env, "film.mkv");
    let drive = env.out().join("drive");
    fs::create_dir_all(env.out()).unwrap();
    add(&env, &[], &[&source]);
    let database = rusqlite::Connection::open(env.data().join("queue.db")).unwrap();
    let point = drive.canonicalize().unwrap_or_else(|_| env.out().canonicalize().unwrap().join("drive"));
    database
        .execute(
            "UPDATE job SET state = 'done', finished_at = 1, output_volume = CAST(?1 AS BLOB)",
            [point.to_str().unwrap()],
        )
        .unwrap();
    drop(database);
    let wait = |folder: &Path| {
        add(&env, &["--again", "--output-dir", folder.to_str().unwrap()], &[&source]);
        run(&env);
        let job = env.jobs().pop().unwrap();
        assert_eq!(job["state"], "waiting", "{job}");
        assert!(job["waitReason"].to_string().contains("destination_missing"), "{job}");
    };
    wait(&drive.join("results"));
    assert!(!drive.exists());
    // The mount point may be a permanent folder that is empty while the drive is not connected.
    fs::create_dir(&drive).unwrap();
    wait(&drive);
    wait(&drive.join("more/results"));
    fs::create_dir(drive.join("empty")).unwrap();
    wait(&drive.join("empty"));
    let elsewhere = env.spool(&["edit", "2", "--output-dir", drive.join("results").to_str().unwrap()]);
    assert_eq!(elsewhere.code, 0, "{elsewhere:?}");
    run(&env);
    assert_eq!(tree(&drive), ["empty/"], "{:?}", env.jobs());
}

/// A folder that contains results of another queue, made with several presets.
#[test]
fn results_of_another_queue_are_kept_unless_they_are_added_explicitly() {
    let (theirs, mine) = (TestEnv::new(), TestEnv::new());
    let source = video(&theirs, "film.mkv");
    let quick = ["--set", "video.speed=ultrafast"];
    for (preset, more) in
        [("web-1080p", &quick[..]), ("edit-prores", &[]), ("archive-av1", &[]), ("audio-m4a", &[])]
    {
        let out = theirs.out();
        let add =
            ["add", "--preset", preset, "--output-dir", out.to_str().unwrap(), source.to_str().unwrap()];
        assert_eq!(theirs.spool(&[&add[..], more].concat()).code, 0);
    }
    run(&theirs);
    let results = theirs.results();
    assert_eq!(results, ["film.m4a", "film.mkv", "film.mov", "film.mp4"]);
    // Audio files in folders are not added; with this name, the file is taken for a video.
    fs::rename(theirs.out().join("film.m4a"), theirs.out().join("sound.mp4")).unwrap();
    let to = output_dir_args(&mine);
    let to = [to[0].as_str(), &to[1]];
    add(&mine, &to, &[&theirs.out()]);
    run(&mine);
    let jobs = mine.jobs();
    assert_eq!(jobs.len(), 4);
    for job in &jobs {
        assert_eq!((&job["state"], &job["output"]), (&"done".into(), &job["source"]), "{job}");
        assert!(job["warnings"].to_string().contains("a result of Spool already"), "{job}");
    }
    assert!(!mine.out().exists() || tree(&mine.out()).is_empty());
    let named = theirs.out().join("film.mp4");
    add(&mine, &[&to[..], &["--again"]].concat(), &[&named]);
    run(&mine);
    assert_eq!(mine.results(), ["film.mp4"]);
}

/// Players read a cover from the same boxes and tags that mark a file as a result.
#[test]
fn results_with_a_cover_are_recognised_in_every_container() {
    let (theirs, mine) = (TestEnv::new(), TestEnv::new());
    let source = theirs.videos().join("film.mp4");
    let cover = places::jpeg(&theirs.videos());
    places::film(&source, &[&cover], &["-c:v:1", "copy", "-disposition:v:1", "attached_pic"]);
    for container in ["mp4", "mov", "mkv"] {
        let (out, set) = (theirs.out(), format!("container={container}"));
        let to = ["--output-dir", out.to_str().unwrap(), source.to_str().unwrap()];
        let added = theirs.spool(&[&["add", "--preset", "remux-mp4", "--set", &set], &to[..]].concat());
        assert_eq!(added.code, 0, "{added:?}");
    }
    run(&theirs);
    assert_eq!(theirs.results(), ["film.mkv", "film.mov", "film.mp4"]);
    for result in ["film.mkv", "film.mp4"] {
        let facts = judge::facts(&theirs.out().join(result));
        let covers =
            judge::streams(&facts, "video").into_iter().filter(|s| s["disposition"]["attached_pic"] == 1);
        assert_eq!(covers.count(), 1, "{result}: {facts}");
    }
    add(&mine, &["--output-dir", mine.out().to_str().unwrap()], &[&theirs.out()]);
    run(&mine);
    let kept =
        mine.jobs().iter().filter(|job| job["state"] == "done" && job["output"] == job["source"]).count();
    assert_eq!((kept, mine.results().len()), (3, 0), "{:?}", mine.jobs());
}

#[test]
fn five_skipped_files_are_named_and_all_with_verbose() {
    let env = TestEnv::new();
    video(&env, "film.mkv");
    for n in 1..=7 {
        fs::write(env.videos().join(format!("note {n}.txt")), "").unwrap();
    }
    let added = |more: &[&str]| env.spool(&[&["add", "videos"], more].concat()).stdout;
    let abbreviated = "7 files that are not videos: note 1.txt, note 2.txt, note 3.txt, note 4.txt, note 5.txt and 2 more\n";
    assert!(added(&[]).contains(abbreviated), "{}", added(&[]));
    let all = added(&["--verbose"]);
    assert!(all.contains("note 6.txt, note 7.txt\n"), "{all}");
}

#[test]
fn results_follow_the_name_pattern_and_unknown_placeholders_are_refused() {
    let env = TestEnv::new();
    let source = video(&env, "holiday/film.MKV");
    env.settings(&serde_json::json!({ "outputName": "{folder} {name} {ext}" }));
    add(&env, &["--output-dir", env.out().to_str().unwrap()], &[&source]);
    assert_eq!(env.jobs()[0]["output"], env.out().join("holiday film MKV.mp4").to_str().unwrap());
    env.settings(&serde_json::json!({ "outputName": "{name} {quality}" }));
    let refused = env.spool(&["add", "--again", source.to_str().unwrap()]);
    assert!(
        refused.code != 0 && refused.stderr.contains("outputName") && refused.stderr.contains("{quality}"),
        "{refused:?}"
    );
}
