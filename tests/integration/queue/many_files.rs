//! Ten thousand files at once, the same file again, colliding names, retries that are refused: a file is one job, each
//! job has its own result name, and nothing is lost or replaced.

use crate::queue::broken_files::{commits, file, open};
use serde_json::Value;
use spool_core::event::{Delivery, Event, Topic};
use spool_core::failure::FailureCode;
use spool_core::job::{JobId, State};
use spool_core::queue::{Command, Filter, Lists, QueuePosition, Refusal, Selection};
use spool_tests::clips;
use spool_tests::engine::{Setup, add, faulty, job, reaches, start};
use spool_tests::env::TestEnv;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const MANY: usize = 10_000;

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_files_are_added_in_one_transaction_within_96_mib() {
    let env = TestEnv::new();
    for n in 0..MANY {
        fs::write(env.videos().join(format!("{n}.mkv")), "").unwrap();
    }
    let queue = open(&env).unwrap();
    // An open reader prevents a reset of the log, so that its transactions can be counted.
    let reader = rusqlite::Connection::open(file(&env, "")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM job").unwrap();
    let before = commits(&env);
    // Limits the address space of the whole program, with code and libraries. A single arena keeps the allocator from
    // reserving unused space for each thread.
    let limit = format!("--as={}", 96 << 20);
    let limits = [&limit, "env", "MALLOC_ARENA_MAX=1"];
    let Some(added) = env.under("prlimit", &limits, &["add", "videos"]) else {
        eprintln!("SKIPPED: prlimit is not installed");
        return;
    };
    assert_eq!(added.code, 0, "{}", added.stderr);
    assert_eq!(added.stdout.lines().filter(|line| line.starts_with("accepted")).count(), MANY);
    assert_eq!(queue.counts().unwrap().queued, MANY as u64);
    assert_eq!(commits(&env), before + 1, "one transaction");
    let again = env.under("prlimit", &limits, &["add", "--json", "videos"]).unwrap().json();
    assert!(again.iter().all(|line| line["outcome"] == "duplicate") && again.len() == MANY);
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_ten_thousand_files_sends_one_event() {
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    engine.pause(true).unwrap();
    let jobs: Vec<_> = (0..MANY).map(|n| crate::queue::fixture::new_job(&format!("{n}.mkv"))).collect();
    let mut events = engine.subscribe(vec![Topic::Queue, Topic::Progress]);
    assert!(matches!(events.next().await, Some(Delivery::Snapshot(_))));
    engine.add(&jobs, QueuePosition::End, &spool_tests::engine::taken(&jobs)).unwrap();
    engine.stop().await;
    let mut changes = 0;
    while let Some(message) = events.next().await {
        assert!(
            matches!(message, Delivery::Event(Event::QueueChanged | Event::Idle | Event::Paused(_))),
            "{message:?}"
        );
        changes += usize::from(message == Delivery::Event(Event::QueueChanged));
    }
    assert_eq!(changes, 1);
}

#[cfg(unix)]
#[test]
fn a_running_video_added_again_through_another_path_is_a_duplicate() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    let video = env.video(&clips::ordinary(), "fake-stall.mkv");
    std::os::unix::fs::symlink(&video, env.videos().join("link.mkv")).unwrap();
    std::os::unix::fs::symlink(env.videos(), env.out().join("elsewhere")).unwrap();
    let out = env.out();
    let add = |paths: &[&str]| {
        env.spool(&[&["add", "--json", "--output-dir", out.to_str().unwrap()], paths].concat()).json()
    };
    let twice = add(&["videos/fake-stall.mkv", "videos/../videos/fake-stall.mkv"]);
    let outcomes: Vec<&Value> = twice.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["accepted", "duplicate"]);
    let _run = env.start(&["run"]);
    spool_tests::wait_until("the job to run", std::time::Duration::from_secs(20), || {
        env.jobs()[0]["state"] == "running"
    });
    let absolute = format!("{}/./fake-stall.mkv", env.videos().display());
    let again = add(&[
        "videos/link.mkv",
        "out/elsewhere/fake-stall.mkv",
        "out/elsewhere/link.mkv",
        &absolute,
        "videos",
    ]);
    assert_eq!(again.len(), 6, "the folder has two entries: {again:?}");
    assert!(again.iter().all(|line| line["outcome"] == "duplicate" && line["id"] == 1), "{again:?}");
    assert_eq!(env.jobs().len(), 1);
}

#[test]
fn colliding_results_get_distinct_names_and_replace_nothing() {
    let env = TestEnv::new();
    let clip = clips::ordinary();
    for folder in ["one", "two"] {
        fs::create_dir(env.videos().join(folder)).unwrap();
    }
    // Names that collide by case, by Unicode composition, by extension and by folder.
    for name in ["a.mkv", "A.mov", "\u{e9}.mkv", "e\u{301}.mov", "one/b.mkv", "two/B.mkv", "one/late.mkv"] {
        env.video(&clip, name);
    }
    fs::write(env.out().join("b.mp4"), "mine").unwrap();
    let out = env.out();
    let added = env.spool(&[
        "add",
        "--json",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "--set",
        "video.speed=ultrafast",
        "videos",
    ]);
    let names: BTreeSet<String> = added.json().iter().map(|line| name(&line["output"])).collect();
    let folded = |name: &String| spool_core::queue::key_of_path(Path::new(name));
    assert_eq!(names.iter().map(folded).collect::<BTreeSet<_>>().len(), 7, "reserved when added: {names:?}");
    assert!(!names.contains("b.mp4"), "exists on the disk: {names:?}");
    assert!(names.contains("a (2).mp4") || names.contains("A (2).mp4"), "{names:?}");
    // Another program takes a reserved name before the result is published.
    fs::write(env.out().join("late.mp4"), "mine too").unwrap();
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(fs::read(env.out().join("b.mp4")).unwrap(), b"mine");
    assert_eq!(fs::read(env.out().join("late.mp4")).unwrap(), b"mine too");
    let jobs = env.jobs();
    let results: BTreeSet<String> = jobs.iter().map(|job| name(&job["output"])).collect();
    assert_eq!(results.len(), 7);
    assert!(results.contains("late (2).mp4"), "{results:?}");
    let files: BTreeSet<String> =
        env.results().into_iter().filter(|n| n != "b.mp4" && n != "late.mp4").collect();
    assert_eq!(files, results, "each job has its file");
}

fn name(path: &Value) -> String {
    Path::new(path.as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_all_loses_no_job_whose_result_name_is_taken_or_whose_source_is_gone() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let names = ["fake-exit1.taken.mkv", "fake-exit1.gone.mkv", "fake-exit1.plain.mkv"];
    let videos: Vec<_> = names.iter().map(|n| env.video(&clips::ordinary(), n)).collect();
    let paths: Vec<&Path> = videos.iter().map(AsRef::as_ref).collect();
    let ids = add(&engine, &env, &paths);
    for id in &ids {
        reaches(&engine, *id, State::Failed);
    }
    engine.pause(true).unwrap();
    // Another job, whose result now has the name of the first.
    fs::create_dir(env.videos().join("other")).unwrap();
    let other = add(&engine, &env, &[&env.video(&clips::ordinary(), "other/fake-exit1.taken.avi")])[0];
    assert_eq!(job(&engine, other).output, job(&engine, ids[0]).output);
    fs::remove_file(&videos[1]).unwrap();
    let result = engine.apply(Command::Retry, &Selection::All(vec![State::Failed])).unwrap();
    let done: BTreeSet<JobId> = result.done.into_iter().collect();
    assert_eq!(done, [ids[1], ids[2]].into_iter().collect());
    assert_eq!(result.refused, [(ids[0], Refusal::Active)], "the refusal is reported");
    let unchanged = job(&engine, ids[0]);
    assert_eq!(unchanged.state, State::Failed);
    assert_eq!(unchanged.failure.unwrap().code(), FailureCode::EncodeFailed, "its failure is kept");
    engine.pause(false).unwrap();
    let gone = reaches(&engine, ids[1], State::Failed);
    assert_eq!(
        gone.failure.unwrap().code(),
        FailureCode::SourceGone,
        "fails again, because the source is gone"
    );
    for id in [ids[2], other] {
        reaches(&engine, id, State::Failed);
    }
    assert_eq!(engine.queue().matching(&Filter::default()).unwrap(), 4, "no job is lost");
    // The name is free again.
    let result = engine.apply(Command::Retry, &Selection::Ids(vec![ids[0]])).unwrap();
    assert_eq!(result.done, [ids[0]]);
    engine.stop().await;
    assert!(spool_core::queue::sqlite::backup::is_whole(&file(&env, "")));
}
