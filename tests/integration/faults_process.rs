//! Processes that do harm: outputs without end, children of children, floods, signals.

use spool_core::failure::FailureCode;
use spool_core::job::{Job, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Which};
use spool_core::remark::Remark;
use spool_tests::engine::{Setup, add, fast, faulty, reaches, reaches_within, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::said;
use spool_tests::{clips, wait_until};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn code(job: &Job) -> FailureCode {
    job.failure.as_ref().unwrap().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_grows_without_end_is_ended_and_refused() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-bomb.mkv")])[0];
    let failed = reaches(&engine, id, State::Failed);
    assert_eq!((code(&failed), failed.attempt), (FailureCode::PlanRefused, 1));
    engine.stop().await;
    assert!(env.results().is_empty(), "{:?}", env.results());
}

/// What came of a video of which ffmpeg is asked to do this, and how many attempts were made.
async fn meet(fault: &str, end: State) -> (Job, usize) {
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
async fn exit_0_without_a_file_or_with_one_that_cannot_be_read_is_never_done() {
    for fault in ["missing", "garbage"] {
        let (job, attempts) = meet(fault, State::Failed).await;
        assert_eq!((code(&job), attempts), (FailureCode::VerificationFailed, 2), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exit_0_with_the_trailer_lost_to_a_full_disk_waits_for_room() {
    let (job, attempts) = meet("trailer", State::Waiting).await;
    assert_eq!((code(&job), job.attempt, attempts), (FailureCode::DiskFull, 0, 1));
}

/// Some decoders say nothing themselves: ffmpeg's own line is all there is.
#[tokio::test(flavor = "multi_thread")]
async fn damage_of_which_the_decoder_says_nothing_is_said_all_the_same() {
    let (job, _) = meet("terse", State::Done).await;
    assert_eq!(job.warnings[0], Remark::DamagedSpots { count: 1, at_least: false });
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_memory_is_tried_four_times() {
    let (job, attempts) = meet("oom", State::Failed).await;
    assert_eq!((code(&job), attempts), (FailureCode::OutOfMemory, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_progress_is_drained_and_the_job_succeeds() {
    let (job, _) = meet("floodout", State::Done).await;
    assert_eq!(job.attempt, 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_ends_politely_at_a_strangers_signal_is_tried_again() {
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
    assert!(said(&first).contains("SIGTERM"), "{}", said(&first));
    engine.stop().await;
}

/// Logging out sends the signal to everything: what ends an encoder then is no failure of its video.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_a_signal_ends_just_before_the_engine_is_stopped_has_not_failed() {
    use rustix::process::{Pid, Signal, kill_process};
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::longer(), "fake-pace.mkv")])[0];
    let queue = engine.queue();
    wait_until("progress", SOON, || queue.job(id).unwrap().unwrap().progress.is_some());
    let child = queue.attempts(id).unwrap().remove(0).child.unwrap();
    kill_process(Pid::from_raw(child.pid as i32).unwrap(), Signal::TERM).unwrap();
    wait_until("it to end", SOON, || !is_alive(child.pid));
    // The engine may be slow to get its own.
    let moment = Instant::now() + Duration::from_millis(800);
    wait_until("the moment", SOON, || Instant::now() >= moment);
    engine.stop().await;
    let job = queue.job(id).unwrap().unwrap();
    assert_eq!((job.state, job.attempt, job.failure), (State::Queued, 0, None));
    assert_eq!(queue.attempts(id).unwrap().remove(0).outcome.as_deref(), Some("interrupted"));
}

/// Its jobs would wait for another ffmpeg, for as long as this process lives.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_encoder_that_fails_its_test_once_is_not_called_missing() {
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

/// Neither its own end nor ours leaves anything of it behind.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_started_itself_ends_with_it() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let video = env.video(&clips::ordinary(), "fake-family.mkv");
    let id = add(&engine, &env, &[&video])[0];
    let marker = video.with_extension("child");
    wait_until("the child's child", SOON, || marker.exists());
    let child: u32 = std::fs::read_to_string(marker).unwrap().parse().unwrap();
    assert!(is_alive(child));
    engine.steer(Command::Cancel, &Which::Ids(vec![id])).unwrap();
    reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    wait_until("it to end", Duration::from_secs(2), || !is_alive(child));
    engine.stop().await;
}

/// Alive, and not merely waiting for someone to ask how it ended.
#[cfg(target_os = "linux")]
fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}
