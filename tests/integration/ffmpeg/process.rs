//! Harmful processes: outputs that grow without bound, grandchildren, floods of text, signals from outside.

use spool_core::failure::FailureCode;
use spool_core::job::{Job, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Selection};
use spool_core::remark::Remark;
use spool_tests::engine::{Setup, add, fast, faulty, reaches, reaches_within, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::sentence;
use spool_tests::{clips, wait_until};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn code(job: &Job) -> FailureCode {
    job.failure.as_ref().unwrap().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encode_whose_output_grows_without_bound_is_ended_and_refused() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-bomb.mkv")])[0];
    let failed = reaches(&engine, id, State::Failed);
    assert_eq!((code(&failed), failed.attempt), (FailureCode::PlanRefused, 1));
    engine.stop().await;
    assert!(env.results().is_empty(), "{:?}", env.results());
}

/// Runs a video with this fault of the fake ffmpeg to this state. Returns the job and the number of its attempts.
async fn run_fault(fault: &str, end: State) -> (Job, usize) {
    let env = TestEnv::new();
    let policy = Policy { wait_recheck: Duration::from_mins(10), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty() });
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), &format!("fake-{fault}.mkv"))])[0];
    let job = reaches(&engine, id, end);
    let attempts = engine.queue().attempts(id).unwrap().len();
    engine.stop().await;
    assert_eq!(env.results().len(), usize::from(end == State::Done), "{:?}", env.results());
    (job, attempts)
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_0_with_a_missing_or_unreadable_file_is_never_done() {
    for fault in ["missing", "garbage"] {
        let (job, attempts) = run_fault(fault, State::Failed).await;
        assert_eq!((code(&job), attempts), (FailureCode::VerificationFailed, 2), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_0_with_the_trailer_lost_to_a_full_disk_waits_for_space() {
    let (job, attempts) = run_fault("trailer", State::Waiting).await;
    assert_eq!((code(&job), job.attempt, attempts), (FailureCode::DiskFull, 0, 1));
}

/// Some decoders report no error themselves: the line of ffmpeg is the only sign.
#[tokio::test(flavor = "multi_thread")]
async fn damage_that_only_ffmpeg_reports_becomes_a_remark() {
    let (job, _) = run_fault("terse", State::Done).await;
    assert_eq!(job.warnings[0], Remark::DamagedSpots { count: 1, at_least: false });
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_memory_gets_four_attempts() {
    let (job, attempts) = run_fault("oom", State::Failed).await;
    assert_eq!((code(&job), attempts), (FailureCode::OutOfMemory, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_progress_is_drained_and_the_job_succeeds() {
    let (job, _) = run_fault("floodout", State::Done).await;
    assert_eq!(job.attempt, 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_exits_cleanly_on_a_signal_from_outside_is_retried() {
    use rustix::process::{Pid, Signal, kill_process};
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::longer(), "fake-pace.mkv")])[0];
    let queue = engine.queue();
    wait_until("progress", SOON, || queue.job(id).unwrap().unwrap().progress.is_some());
    let child = queue.attempts(id).unwrap().remove(0).child.unwrap();
    kill_process(Pid::from_raw(child.pid as i32).unwrap(), Signal::TERM).unwrap();
    let done = reaches(&engine, id, State::Done);
    let first = queue.attempts(id).unwrap().remove(0).failure.unwrap();
    assert_eq!((first.code(), done.attempt), (FailureCode::KilledBySignal, 2));
    assert!(sentence(&first).contains("SIGTERM"), "{}", sentence(&first));
    engine.stop().await;
}

/// A logout sends the signal to every process: the end of an encoder is then no failure of its job.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_encoder_gets_a_signal_just_before_the_engine_stops_has_not_failed() {
    use rustix::process::{Pid, Signal, kill_process};
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::longer(), "fake-pace.mkv")])[0];
    let queue = engine.queue();
    wait_until("progress", SOON, || queue.job(id).unwrap().unwrap().progress.is_some());
    let child = queue.attempts(id).unwrap().remove(0).child.unwrap();
    kill_process(Pid::from_raw(child.pid as i32).unwrap(), Signal::TERM).unwrap();
    wait_until("the encoder to end", SOON, || !is_alive(child.pid));
    // The engine may receive its own signal later.
    let stop_at = Instant::now() + Duration::from_millis(800);
    wait_until("the delay", SOON, || Instant::now() >= stop_at);
    engine.stop().await;
    let job = queue.job(id).unwrap().unwrap();
    assert_eq!((job.state, job.attempt, job.failure), (State::Queued, 0, None));
    assert_eq!(queue.attempts(id).unwrap().remove(0).outcome.as_deref(), Some("interrupted"));
}

/// Jobs whose encoder is missing would wait for another ffmpeg as long as this process lives.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_fails_its_test_once_is_not_reported_as_missing() {
    let env = TestEnv::new();
    let (tool, mark) = (env.data().join("ffmpeg"), env.data().join("failed-once"));
    let script = format!(
        "case \"$*\" in *lavfi*libx264*) [ -e {0} ] || {{ touch {0}; exit 1; }};; esac\nexec ffmpeg \"$@\"",
        mark.display()
    );
    spool_tests::env::script(&tool, &script);
    let engine = start(&env, Setup { ffmpeg: Some(tool), ..Setup::default() });
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "a.mkv")])[0];
    reaches(&engine, id, State::Done);
    assert!(mark.exists());
    assert_eq!(engine.queue().attempts(id).unwrap().len(), 1);
    engine.stop().await;
}

/// On `q` the fake ffmpeg ends without its child, which must end as well.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_child_of_a_tool_ends_with_it() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let video = env.video(&clips::ordinary(), "fake-family.mkv");
    let id = add(&engine, &env, &[&video])[0];
    let marker = video.with_extension("child");
    wait_until("the child of ffmpeg to start", SOON, || marker.exists());
    let child: u32 = std::fs::read_to_string(marker).unwrap().parse().unwrap();
    assert!(is_alive(child));
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    wait_until("the child of ffmpeg to end", Duration::from_secs(2), || !is_alive(child));
    engine.stop().await;
}

/// Checks whether a process runs. A zombie does not.
#[cfg(target_os = "linux")]
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
