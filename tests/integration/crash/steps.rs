//! The engine is killed at a chosen step of a job, rather than at random (see `crash.rs`): its processes end, its part
//! file is deleted, and the next engine does the job once.

use spool_tests::disk::SmallDisk;
use spool_tests::env::{Running, TestEnv, binary};
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// Returns the command lines of tools that run on files of this environment.
fn tools(env: &TestEnv) -> Vec<String> {
    let root = env.out().parent().unwrap().to_string_lossy().into_owned();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.map(|e| fs::read(e.path().join("cmdline")).unwrap_or_default());
    let words = lines.map(|l| String::from_utf8_lossy(&l).into_owned());
    words.filter(|l| l.contains(&root) && l.split('\0').next().unwrap().contains("ff")).collect()
}

/// Adds this video, starts an engine and kills it once `moment` holds. After `repair` the next engine does the job.
fn kill_when(env: &TestEnv, video: &Path, moment: impl Fn(&TestEnv) -> bool, repair: impl Fn(&TestEnv)) {
    let out = env.out();
    let add = ["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
    assert_eq!(env.spool(&add).code, 0);
    let run = env.start(&["run"]);
    wait_until("the moment to kill the engine", SOON, || moment(env));
    run.crash();
    wait_until("the tools of the engine to end", Duration::from_secs(5), || tools(env).is_empty());
    repair(env);
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let job = env.jobs().remove(0);
    assert_eq!((&job["state"], &job["attempt"]), (&"done".into(), &1.into()));
    assert_eq!(env.results().len(), 1, "one result, no part file: {:?}", env.results());
    assert!(judge::decodes(Path::new(job["output"].as_str().unwrap())));
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_during_a_probe_costs_no_attempt() {
    let env = TestEnv::new();
    env.settings(&serde_json::json!({ "ffprobe": binary("fake-ffprobe") }));
    let video = env.video(&clips::ordinary(), "fake-probeslow.mkv");
    let probing = |env: &TestEnv| tools(env).iter().any(|l| l.contains("fake-probeslow"));
    kill_when(&env, &video, probing, |env| env.settings(&serde_json::json!({})));
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_during_a_verification_leaves_exactly_one_result() {
    let env = TestEnv::new();
    env.settings(&serde_json::json!({ "ffprobe": binary("fake-ffprobe") }));
    let marker = env.out().parent().unwrap().join("slow-verify");
    fs::write(&marker, "").unwrap();
    let video = env.video(&clips::ordinary(), "a.mkv");
    let verifying = |env: &TestEnv| {
        tools(env).iter().any(|l| l.contains("fake-ffprobe") && l.contains(".part"))
            && env.results().len() == 1
    };
    kill_when(&env, &video, verifying, |_| fs::remove_file(&marker).unwrap());
}

/// Returns the folders below, as sorted relative paths.
fn folders(below: &Path) -> Vec<String> {
    let all = walkdir::WalkDir::new(below).min_depth(1).into_iter().map(Result::unwrap);
    let folders = all.filter(|entry| entry.file_type().is_dir());
    let name =
        |entry: walkdir::DirEntry| entry.path().strip_prefix(below).unwrap().to_str().unwrap().to_owned();
    let mut names: Vec<_> = folders.map(name).collect();
    names.sort();
    names
}

/// Adds a folder with two subfolders of one video each, whose encodes stall, with results below `destination`.
fn add_holiday(env: &TestEnv, destination: &Path) {
    env.use_fake_ffmpeg();
    for day in ["day 1", "day 2"] {
        let folder = env.videos().join("holiday").join(day);
        fs::create_dir_all(&folder).unwrap();
        fs::copy(clips::ordinary(), folder.join("fake-stall.mkv")).unwrap();
    }
    let (holiday, to) = (env.videos().join("holiday"), destination.to_str().unwrap());
    let added =
        env.spool(&["add", "--set", "video.copy=never", "--output-dir", to, holiday.to_str().unwrap()]);
    assert_eq!(added.code, 0, "{added:?}");
}

/// Starts an engine and waits until this many part files exist.
fn start_until_parts(env: &TestEnv, below: &Path, parts: usize) -> Running {
    let run = env.start(&["run", "--workers", "2"]);
    let files =
        || walkdir::WalkDir::new(below).into_iter().flatten().filter(|e| e.file_type().is_file()).count();
    wait_until("the part files", SOON, || files() == parts);
    run
}

fn crash(env: &TestEnv, run: Running) {
    run.crash();
    wait_until("the tools of the engine to end", Duration::from_secs(5), || tools(env).is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn unused_folders_of_a_killed_engine_are_removed_and_others_stay() {
    for part_is_there in [true, false] {
        let env = TestEnv::new();
        fs::create_dir_all(env.out().join("there before")).unwrap();
        add_holiday(&env, &env.out().join("new/deep"));
        crash(&env, start_until_parts(&env, &env.out(), 2));
        let made = env.out().join("new/deep/holiday");
        if !part_is_there {
            // As if the engine had been killed after it made the folder and before it made the file.
            let day = fs::read_dir(made.join("day 1")).unwrap().next().unwrap().unwrap();
            fs::remove_file(day.path()).unwrap();
        }
        fs::write(made.join("day 2/mine.txt"), "").unwrap();
        // A cancel and the start of an engine both rescue the jobs of the dead engine.
        if part_is_there {
            assert_eq!(env.spool(&["cancel", "--all"]).code, 0);
        } else {
            env.spool(&["pause"]);
            let next = env.start(&["run"]);
            wait_until("the next engine to start", SOON, || next.so_far().contains("paused"));
        }
        let left = ["new", "new/deep", "new/deep/holiday", "new/deep/holiday/day 2", "there before"];
        assert_eq!(folders(&env.out()), left, "{part_is_there}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_empty_folder_that_existed_before_a_killed_engine_stays() {
    let env = TestEnv::new();
    fs::create_dir_all(env.out().join("new/deep/holiday/day 1")).unwrap();
    add_holiday(&env, &env.out().join("new/deep"));
    crash(&env, start_until_parts(&env, &env.out(), 2));
    assert_eq!(env.spool(&["cancel", "--all"]).code, 0);
    assert_eq!(folders(&env.out()), ["new", "new/deep", "new/deep/holiday", "new/deep/holiday/day 1"]);
}

#[cfg(target_os = "linux")]
#[test]
fn unused_folders_on_an_unplugged_drive_are_removed_when_it_is_back() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.data().join("../disk"), 128 << 20) else { return };
    let drive = disk.at(env.out().join("drive"));
    add_holiday(&env, &drive.0.join("new"));
    crash(&env, start_until_parts(&env, &drive.0, 2));
    drive.unplug();
    let cancel = env.spool(&["cancel", "--all"]);
    assert_eq!(cancel.code, 0, "{cancel:?}");
    assert_eq!(folders(&disk.0), ["new", "new/holiday", "new/holiday/day 1", "new/holiday/day 2"]);
    for part in walkdir::WalkDir::new(&disk.0).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        fs::remove_file(part.path()).unwrap();
    }
    let _back = disk.at(env.out().join("drive"));
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    assert_eq!(folders(&disk.0), [""; 0]);
}
