//! A cancel at any step of a job: within two seconds the job is either done or cancelled, and a cancelled job leaves no
//! file.

use spool_core::engine::{Engine, open_queue};
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Selection};
use spool_tests::engine::{Setup, add, faulty_tools, job, reaches_within, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, judge, wait_until};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

/// A setup with the default policy, instead of the short timers of tests.
fn default_timers() -> Setup {
    Setup { policy: Policy::default(), ..faulty_tools() }
}

fn cancel(engine: &Engine, id: JobId) {
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    let cancelled = reaches_within(engine, id, State::Cancelled, Duration::from_secs(2));
    assert_eq!(cancelled.failure, None, "a cancel is no failure");
}

/// Checks whether a process of this tool has the path among its arguments.
#[cfg(target_os = "linux")]
fn runs_on(tool: &str, path: &Path) -> bool {
    let path = path.to_string_lossy().into_owned();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.map(|e| std::fs::read(e.path().join("cmdline")).unwrap_or_default());
    lines.map(|l| String::from_utf8_lossy(&l).into_owned()).any(|l| l.contains(tool) && l.contains(&path))
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_a_queued_job_and_one_whose_source_is_being_probed() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..default_timers() });
    let probed = env.video(&clips::ordinary(), "fake-probeslow.mkv");
    let queued = env.video(&clips::ordinary(), "b.mkv");
    let ids = add(&engine, &env, &[&probed, &queued]);
    wait_until("the probe to start", SOON, || runs_on("ffprobe", &probed));
    cancel(&engine, ids[1]);
    cancel(&engine, ids[0]);
    wait_until("the probe to end", Duration::from_secs(2), || !runs_on("ffprobe", &probed));
    engine.stop().await;
    assert!(env.results().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_an_encode_that_ignores_q_and_sigterm() {
    let env = TestEnv::new();
    let engine = start(&env, default_timers());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-deafstall.mkv")])[0];
    wait_until("the encoder to start", SOON, || {
        engine.queue().attempts(id).unwrap().first().is_some_and(|a| a.child.is_some())
    });
    cancel(&engine, id);
    engine.stop().await;
    assert!(env.results().is_empty(), "{:?}", env.results());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_ends_a_verification() {
    let env = TestEnv::new();
    std::fs::write(env.out().parent().unwrap().join("slow-verify"), "").unwrap();
    let engine = start(&env, default_timers());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    let part = || engine.queue().attempts(id).unwrap().first().and_then(|a| a.part.clone());
    wait_until("the part file", SOON, || part().is_some());
    wait_until("the verification to start", SOON, || runs_on("fake-ffprobe", &part().unwrap()));
    cancel(&engine, id);
    engine.stop().await;
    assert!(env.results().is_empty(), "{:?}", env.results());
}

/// Cancels quick jobs at different steps; the final state of each job must agree with its file.
#[tokio::test(flavor = "multi_thread")]
async fn either_a_cancel_or_a_publish_wins_and_the_files_agree() {
    const JOBS: usize = 40;
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 3, ..Setup::default() });
    let videos: Vec<_> = (0..JOBS).map(|n| env.video(&clips::ordinary(), &format!("{n}.mkv"))).collect();
    let ids = add(&engine, &env, &videos.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    let queue = engine.queue();
    for id in &ids {
        wait_until("the job to start", SOON, || job(&engine, *id).state != State::Queued);
        // Every third job is cancelled as soon as its part file is recorded, the others as late as possible: when
        // the intent to publish is recorded.
        wait_until("the step to cancel at", SOON, || {
            let now = job(&engine, *id);
            let has_part = queue.attempts(*id).unwrap().last().is_some_and(|a| a.part.is_some());
            now.state != State::Running || now.intent.is_some() || (id.0 % 3 == 0 && has_part)
        });
        engine.apply(Command::Cancel, &Selection::Ids(vec![*id])).unwrap();
        let requested = Instant::now();
        wait_until("the job to end", Duration::from_secs(2), || job(&engine, *id).state.is_ended());
        assert!(requested.elapsed() < Duration::from_secs(2));
    }
    engine.stop().await;
    let ended: Vec<_> = ids.iter().map(|id| queue.job(*id).unwrap().unwrap()).collect();
    let of = |state| ended.iter().filter(move |j| j.state == state);
    assert_eq!(of(State::Done).count() + of(State::Cancelled).count(), JOBS);
    assert!(of(State::Done).count() > 0 && of(State::Cancelled).count() > 0, "both outcomes must occur");
    let mut outputs: Vec<_> =
        of(State::Done).map(|j| j.output.file_name().unwrap().to_string_lossy().into_owned()).collect();
    outputs.sort();
    assert_eq!(env.results(), outputs);
    assert!(of(State::Done).all(|j| judge::decodes(&j.output)));
}

#[test]
fn a_cancel_before_the_intent_to_publish_wins_and_one_after_it_is_too_late() {
    use spool_core::job::Intent;
    use spool_core::queue::{Commands, Leases, Note, QueuePosition, TakenNames};
    let env = TestEnv::new();
    let queue = open_queue(&env.data(), Arc::new(spool_core::clock::SystemClock::default())).unwrap();
    let videos = [env.video(&clips::ordinary(), "a.mkv"), env.video(&clips::ordinary(), "b.mkv")];
    let found = spool_tests::engine::find(&videos, &spool_tests::engine::wish(&env));
    queue.add(&found.jobs, QueuePosition::End, &TakenNames::default()).unwrap();
    let intent = |job: &spool_core::job::Job| Note::Publish {
        intent: Intent { path: job.output.clone(), size: 1, identity: "x".into() },
        warnings: Vec::new(),
    };
    let (first, second) =
        (queue.claim("x", true).unwrap().unwrap(), queue.claim("x", true).unwrap().unwrap());
    queue.apply(Command::Cancel, &Selection::Ids(vec![first.id])).unwrap();
    assert!(!queue.note(first.lease(), &intent(&first)).unwrap(), "the cancel came first");
    assert!(queue.note(second.lease(), &intent(&second)).unwrap());
    queue.apply(Command::Cancel, &Selection::Ids(vec![second.id])).unwrap();
    assert!(queue.note(second.lease(), &intent(&second)).unwrap(), "another name may still be tried");
}
