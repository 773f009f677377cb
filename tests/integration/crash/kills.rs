//! `kill -9` of `spool run` at random moments: no job is lost, none is done twice, and no process or part file is left.
//!
//! `SPOOL_KILL_ROUNDS` sets the number of kills (default 8).

use serde_json::{Value, json};
use spool_tests::env::{Running, TestEnv};
use spool_tests::{clips, judge, wait_until};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn rounds() -> usize {
    std::env::var("SPOOL_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

/// The ffmpeg processes whose command line names a file in the output folder of this environment.
#[cfg(target_os = "linux")]
fn encoders(env: &TestEnv) -> Vec<u32> {
    let needle = env.out().to_string_lossy().into_owned();
    let pids =
        fs::read_dir("/proc").unwrap().filter_map(|e| e.unwrap().file_name().to_str()?.parse::<u32>().ok());
    let writes_here = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("ffmpeg") && line.contains(&needle)
    };
    pids.filter(writes_here).collect()
}

fn running(env: &TestEnv) -> usize {
    env.spool(&["list", "--state", "running", "--json"]).json().len()
}

/// Adds the folder of videos and returns the number of accepted files.
fn add_folder(env: &TestEnv) -> usize {
    let out = env.out();
    let quick = ["--json", "--set", "video.speed=veryfast", "--set", "video.copy=never"];
    let to = ["--output-dir", out.to_str().unwrap(), "videos"];
    let added = env.spool(&[&["add"], &quick[..], &to].concat());
    assert_eq!(added.code, 0, "{added:?}");
    added.json().iter().filter(|line| line["outcome"] == "accepted").count()
}

fn add(env: &TestEnv, count: usize) -> Vec<(PathBuf, Vec<u8>)> {
    let clip = clips::clip("long.mkv", 8.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let video = |n: usize| {
        let day = format!("day {}", n % 3);
        fs::create_dir_all(env.videos().join(&day)).unwrap();
        env.video(&clip, &format!("{day}/v{n}.mkv"))
    };
    let videos: Vec<PathBuf> = (0..count).map(video).collect();
    assert_eq!(add_folder(env), count);
    videos.into_iter().map(|v| (v.clone(), fs::read(v).unwrap())).collect()
}

/// Starts an engine; it must start a job within 5 s, if one is left.
fn restart(env: &TestEnv) -> Running {
    let (started, run) = (Instant::now(), env.start(&["run", "--until-idle", "--workers", "2"]));
    let left = |env: &TestEnv| env.jobs().iter().any(|j| j["state"] == "queued" || j["state"] == "running");
    wait_until("a job to start", Duration::from_secs(5), || running(env) > 0 || !left(env));
    assert!(started.elapsed() < Duration::from_secs(5));
    run
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_engine_loses_no_job_repeats_none_and_leaves_no_files() {
    let env = TestEnv::new();
    env.settings(&json!({ "crashLimit": 1_000_000 }));
    let rounds = rounds();
    let sources = add(&env, rounds + 2);
    let mut seed = 0x5eed_u64;
    for round in 0..rounds {
        let run = restart(&env);
        // A linear congruential generator is random enough; its seed makes a failure as repeatable as timing allows.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let moment = Instant::now() + Duration::from_millis(seed >> 33 & 0x3ff);
        assert_eq!(add_folder(&env), 0, "round {round}: adding the same files during a run creates no jobs");
        wait_until("the moment", Duration::from_secs(5), || Instant::now() >= moment);
        // In every third round, a command on all jobs is running when the engine is killed.
        let cancel = (round % 3 == 1).then(|| env.start(&["cancel", "--all"]));
        run.crash();
        drop(cancel);
        wait_until("orphans to end with their engine", Duration::from_secs(5), || encoders(&env).is_empty());
        assert_eq!(env.jobs().len(), rounds + 2, "round {round}: every accepted job still exists");
        env.spool(&["retry", "--state", "cancelled"]);
    }
    let ended = restart(&env).answer();
    assert_eq!(ended.code, 0, "{ended:?}");
    all_done_once(&env, &sources);
}

fn all_done_once(env: &TestEnv, sources: &[(PathBuf, Vec<u8>)]) {
    let jobs = env.jobs();
    assert!(jobs.iter().all(|j| j["state"] == "done"), "{jobs:#?}");
    let outputs: BTreeSet<String> = jobs.iter().map(name_of_output).collect();
    assert_eq!(
        outputs,
        env.results().into_iter().collect(),
        "one result per job, no part file, no second output"
    );
    for job in &jobs {
        let shown = env.spool(&["show", &job["id"].to_string(), "--json"]).json().remove(0);
        let done = shown["attempts"].as_array().unwrap().iter().filter(|a| a["outcome"] == "done").count();
        assert_eq!(done, 1, "done exactly once: {shown}");
        assert!(judge::decodes(Path::new(job["output"].as_str().unwrap())));
    }
    for (path, before) in sources {
        assert_eq!(&fs::read(path).unwrap(), before, "a source was touched");
    }
}

fn name_of_output(job: &Value) -> String {
    let output = Path::new(job["output"].as_str().unwrap());
    let below = output.ancestors().find(|folder| folder.ends_with("out")).unwrap();
    output.strip_prefix(below).unwrap().to_string_lossy().into_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn a_job_that_crashes_the_application_three_times_fails_and_the_others_continue() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    env.video(&clips::ordinary(), "fake-stall.mkv");
    let out = env.out();
    let add =
        ["add", "--flat", "--output-dir", out.to_str().unwrap(), "--set", "video.speed=ultrafast", "videos"];
    env.spool(&add);
    for crash in 1..=3 {
        let run = env.start(&["run", "--workers", "2"]);
        wait_until("the job to run", Duration::from_secs(10), || !encoders(&env).is_empty());
        run.crash();
        wait_until("its ffmpeg to end", Duration::from_secs(5), || encoders(&env).is_empty());
        if crash == 1 {
            env.video(&clips::ordinary(), "good.mkv");
        }
    }
    env.spool(&add);
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 1, "one job has failed: {ran:?}");
    let state = |n: usize| (env.jobs()[n]["state"].clone(), env.jobs()[n]["failure"]["code"].clone());
    assert_eq!(state(0), ("failed".into(), "app_crashed".into()));
    assert!(env.jobs()[0]["failure"]["message"].as_str().unwrap().contains("3 times"));
    assert_eq!(state(1).0, "done");
}

#[test]
fn only_one_engine_runs_a_queue_and_a_crash_releases_it_at_once() {
    let env = TestEnv::new();
    env.video(&clips::ordinary(), "fake-stall.mkv");
    env.use_fake_ffmpeg();
    env.spool(&["add", "videos"]);
    let first = env.start(&["run"]);
    wait_until("the first engine to start a job", Duration::from_secs(10), || running(&env) > 0);
    let second = env.spool(&["run", "--until-idle"]);
    assert_eq!(second.code, 3, "{second:?}");
    assert!(second.stderr.contains(&format!("spool run (process {})", first.id())), "{second:?}");
    first.crash();
    let mut third = env.start(&["run"]);
    wait_until("the third engine to start a job", Duration::from_secs(5), || running(&env) > 0);
    assert!(!third.has_ended());
}
