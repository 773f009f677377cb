//! A misbehaving ffmpeg: each fault has its failure code, the pool keeps all its workers, and no part file is left.

use spool_core::failure::FailureCode;
use spool_core::intake::AddOptions;
use spool_core::job::{Job, JobId, State};
use spool_core::policy::Policy;
use spool_core::preset;
use spool_core::queue::{Command, QueuePosition, Selection};
use spool_core::spec::JobSpec;
use spool_tests::engine::{Setup, add, fast, faulty, impatient, job, reaches, reaches_within, start, wish};
use spool_tests::env::TestEnv;
use spool_tests::reasons::sentence;
use spool_tests::{clips, judge, wait_until};
use std::time::Duration;

/// Runs a job whose file name selects a fault of the fake ffmpeg, then three good ones: the pool must still work.
async fn run_fault(fault: &str, state: State) -> (TestEnv, Job) {
    run_fault_with(fast(), fault, state).await
}

async fn run_fault_with(policy: Policy, fault: &str, state: State) -> (TestEnv, Job) {
    let env = TestEnv::new();
    let bad = env.video(&clips::ordinary(), &format!("fake-{fault}.mkv"));
    let good: Vec<_> = (0..3).map(|n| env.video(&clips::ordinary(), &format!("good-{n}.mkv"))).collect();
    let engine = start(&env, Setup { policy, ..faulty() });
    let id = add(&engine, &env, &[&bad])[0];
    let ended = reaches(&engine, id, state);
    for good in good {
        let id = add(&engine, &env, &[&good])[0];
        reaches(&engine, id, State::Done);
    }
    let attempts = engine.queue().attempts(id).unwrap();
    for part in attempts.iter().filter_map(|a| a.part.as_ref()) {
        assert!(!part.exists(), "a part file outlived its attempt");
    }
    engine.stop().await;
    (env, ended)
}

fn code(job: &Job) -> FailureCode {
    job.failure.as_ref().unwrap().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_ffmpeg_is_ended_and_the_job_gets_four_attempts() {
    let (_env, job) = run_fault_with(impatient(), "stall", State::Failed).await;
    assert_eq!((code(&job), job.attempt), (FailureCode::Stalled, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_ffmpeg_that_ignores_q_and_sigterm_is_killed() {
    let (_env, job) = run_fault_with(impatient(), "deafstall", State::Failed).await;
    assert_eq!((code(&job), job.attempt), (FailureCode::Stalled, 4));
}

/// A first pass writes only statistics, so a change of the part file is no sign of progress.
#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_first_pass_is_detected_though_the_part_file_changes() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { policy: impatient(), ..faulty() });
    let preset = preset::set(preset::find("fit-size").unwrap(), &[("video.copy", "never")]).unwrap();
    let video = env.video(&clips::ordinary(), "fake-stall.mkv");
    let found = spool_tests::engine::find(&[video], &AddOptions { spec: JobSpec::of(preset), ..wish(&env) });
    engine.add(&found.jobs, QueuePosition::End, &spool_tests::engine::taken(&found.jobs)).unwrap();
    wait_until("the stall to be detected", Duration::from_secs(20), || {
        for part in env.out().read_dir().unwrap().filter_map(Result::ok) {
            // The attempt may have ended and deleted the file.
            let _ = std::fs::write(part.path(), "changed");
        }
        engine.queue().attempts(JobId(1)).unwrap().iter().any(|attempt| {
            attempt.failure.as_ref().is_some_and(|failure| failure.code() == FailureCode::Stalled)
        })
    });
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_messages_is_drained_and_the_job_succeeds() {
    let (_env, job) = run_fault("flood", State::Done).await;
    assert!(judge::decodes(&job.output));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_0_without_output_is_never_done_and_gets_two_attempts() {
    let (_env, job) = run_fault("nooutput", State::Failed).await;
    assert_eq!((code(&job), job.attempt), (FailureCode::VerificationFailed, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_0_without_the_last_progress_block_is_never_done() {
    let (_env, job) = run_fault("noend", State::Failed).await;
    assert_eq!((code(&job), job.attempt), (FailureCode::VerificationFailed, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_0_with_a_short_output_is_never_done() {
    let env = TestEnv::new();
    let long = clips::clip("long.mkv", 8.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let bad = env.video(&long, "fake-short.mkv");
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&bad])[0];
    let job = reaches(&engine, id, State::Failed);
    assert_eq!((code(&job), job.attempt), (FailureCode::VerificationFailed, 2));
    engine.stop().await;
    assert!(env.results().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ffmpeg_killed_by_a_signal_gets_four_attempts_and_the_signal_is_named() {
    let (_env, job) = run_fault("sig", State::Failed).await;
    assert_eq!((code(&job), job.attempt), (FailureCode::KilledBySignal, 4));
    assert!(sentence(&job.failure.unwrap()).contains("SIGABRT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ffmpeg_that_crashes_once_is_retried_and_the_job_is_done() {
    let (_env, job) = run_fault("once", State::Done).await;
    assert_eq!(job.attempt, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_progress_values_do_no_harm() {
    let (_env, job) = run_fault("na", State::Done).await;
    assert_eq!(job.attempt, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_failure_gets_a_second_attempt_and_quotes_ffmpeg() {
    let (_env, job) = run_fault("exit1", State::Failed).await;
    assert_eq!((code(&job), job.attempt), (FailureCode::EncodeFailed, 2));
    assert!(sentence(&job.failure.unwrap()).contains("something odd happened"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_costs_no_attempt() {
    let env = TestEnv::new();
    let bad = env.video(&clips::ordinary(), "fake-enospc.mkv");
    let patient = Setup { policy: Policy { wait_recheck: Duration::from_mins(10), ..fast() }, ..faulty() };
    let engine = start(&env, patient);
    let id = add(&engine, &env, &[&bad])[0];
    let job = reaches(&engine, id, State::Waiting);
    assert_eq!((code(&job), job.attempt), (FailureCode::DiskFull, 0));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_effect_within_two_seconds_even_if_ffmpeg_ignores_it() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { policy: Policy::default(), ..faulty() });
    for fault in ["deaf", "stall"] {
        let bad = env.video(&clips::ordinary(), &format!("fake-{fault}.mkv"));
        let id = add(&engine, &env, &[&bad])[0];
        spool_tests::wait_until("ffmpeg to start", Duration::from_secs(20), || {
            engine.queue().attempts(id).unwrap().iter().any(|a| a.child.is_some())
        });
        engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
        reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    }
    engine.stop().await;
    assert!(env.results().is_empty(), "no part file: {:?}", env.results());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_returns_running_jobs_to_the_queue_without_costing_an_attempt() {
    let env = TestEnv::new();
    let bad = env.video(&clips::ordinary(), "fake-deafstall.mkv");
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&bad])[0];
    reaches(&engine, id, State::Running);
    let queue = engine.queue();
    engine.stop().await;
    let job = queue.job(id).unwrap().unwrap();
    assert_eq!((job.state, job.attempt), (State::Queued, 0));
    assert!(env.results().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_ffmpeg_opens_the_breaker_without_failing_jobs_and_a_working_one_closes_it() {
    let env = TestEnv::new();
    let tool = env.out().join("ffmpeg");
    let videos: Vec<_> = (0..5).map(|n| env.video(&clips::ordinary(), &format!("v{n}.mkv"))).collect();
    let engine = start(&env, Setup { ffmpeg: Some(tool.clone()), ..Setup::default() });
    let paths: Vec<_> = videos.iter().map(std::path::PathBuf::as_path).collect();
    let ids = add(&engine, &env, &paths);
    let queue = engine.queue();
    spool_tests::wait_until("the breaker to open", Duration::from_secs(20), || {
        queue.flag(spool_core::queue::Flag::Breaker).unwrap().is_some()
    });
    assert_eq!(queue.counts().unwrap().failed, 0);
    std::fs::copy(spool_tests::env::binary("fake-ffmpeg"), &tool).unwrap();
    for id in ids {
        let done = reaches(&engine, id, State::Done);
        assert_eq!(done.attempt, 1, "failures of the environment cost no attempt");
    }
    spool_tests::wait_until("the breaker to close", Duration::from_secs(5), || {
        queue.flag(spool_core::queue::Flag::Breaker).unwrap().is_none()
    });
    assert_eq!(job(&engine, spool_core::job::JobId(1)).state, State::Done);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_breaker_is_closed_by_the_next_start() {
    use spool_core::queue::Flag;
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let queue = engine.queue();
    queue.set_flag(Flag::Breaker, Some("ffmpeg was not found.")).unwrap();
    engine.stop().await;
    let engine = start(&env, faulty());
    assert_eq!(engine.queue().flag(Flag::Breaker).unwrap(), None);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_failures_raise_the_alarm_once() {
    use spool_core::event::{Delivery, Event, Topic};
    let env = TestEnv::new();
    let videos: Vec<_> =
        (0..4).map(|n| env.video(&clips::ordinary(), &format!("fake-exit1.{n}.mkv"))).collect();
    let engine = start(&env, faulty());
    let mut events = engine.subscribe(vec![Topic::Queue]);
    let paths: Vec<_> = videos.iter().map(std::path::PathBuf::as_path).collect();
    for id in add(&engine, &env, &paths) {
        reaches(&engine, id, State::Failed);
    }
    engine.stop().await;
    let mut alarms = 0;
    while let Some(message) = events.next().await {
        alarms += usize::from(matches!(message, Delivery::Event(Event::Alarm { .. })));
    }
    assert_eq!(alarms, 1);
}
