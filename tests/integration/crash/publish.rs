//! Recovery of publishing after a crash between any two of its steps. A test performs the steps up to the crash itself
//! and then starts an engine.

use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::failure::FailureCode;
use spool_core::ffmpeg::identify;
use spool_core::job::{Intent, Job, JobId, State};
use spool_core::output::{self, identity};
use spool_core::queue::{Added, Commands, Details, Leases, Note, Queue, QueuePosition};
use spool_core::remark::Remark;
use spool_core::{intake, queue};
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, reaches, start, wish};
use spool_tests::env::TestEnv;
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

/// Opens the queue without an engine.
pub(crate) fn open(env: &TestEnv) -> impl Queue {
    open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap()
}

/// Returns a job claimed by an engine that has died, and its finished part file.
pub(crate) fn claimed(env: &TestEnv) -> (Job, PathBuf) {
    claimed_for(env, env.out())
}

pub(crate) fn claimed_for(env: &TestEnv, folder: PathBuf) -> (Job, PathBuf) {
    let video = env.video(&clips::ordinary(), "a.mkv");
    let dead = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let found =
        spool_tests::engine::find(&[video], &intake::AddOptions { folder: Some(folder), ..wish(env) });
    let added = dead.add(&found.jobs, QueuePosition::End, &spool_tests::engine::taken(&found.jobs)).unwrap();
    assert!(matches!(added[0], Added::Accepted { id: JobId(1), .. }));
    let job = dead.claim("the dead", true).unwrap().unwrap();
    let part = output::part_path(&job.output, job.uid, job.epoch);
    fs::copy(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]), &part)
        .unwrap();
    dead.note(job.lease(), &Note::Plan { plan: "{}".into(), part: part.clone() }).unwrap();
    (job, part)
}

pub(crate) fn intend(env: &TestEnv, job: &Job, part: &Path) {
    let (size, identity) = identity(part).unwrap();
    let dead = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let intent = Intent { path: job.output.clone(), size, identity };
    assert!(
        dead.note(job.lease(), &Note::Publish { intent, warnings: vec![Remark::SecondRecording] }).unwrap()
    );
}

/// Starts an engine and waits until the job is done. Returns the job and its number of attempts.
pub(crate) async fn recover(env: &TestEnv) -> (Job, usize) {
    let engine = start(env, Setup::default());
    let job = reaches(&engine, JobId(1), State::Done);
    let runs = engine.queue().attempts(job.id).unwrap().len();
    engine.stop().await;
    (job, runs)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_before_the_intent_the_part_file_is_deleted_and_the_job_runs_again() {
    let env = TestEnv::new();
    let (_, part) = claimed(&env);
    let (job, runs) = recover(&env).await;
    assert_eq!(runs, 2);
    assert!(!part.exists());
    assert_eq!(env.results(), ["a.mp4"]);
    assert!(judge::decodes(&job.output));
}

/// Linux ends children with the thread that started them. On other systems, and if that failed, the next engine ends
/// them when it starts. Here the child belongs to the test, so that only the next engine can end it.
#[tokio::test(flavor = "multi_thread")]
async fn an_ffmpeg_that_survived_its_engine_is_ended_at_the_next_start() {
    let env = TestEnv::new();
    let (job, _) = claimed(&env);
    let mut orphan = Orphan::start();
    let is_running = || identify(orphan.0.id()).is_some_and(|c| c.exe.ends_with("fake-ffmpeg"));
    wait_until("the orphan to run its own program", Duration::from_secs(5), is_running);
    let child = identify(orphan.0.id()).unwrap();
    let dead = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    assert!(dead.note(job.lease(), &Note::Child(child)).unwrap());
    assert_eq!(recover(&env).await.0.state, State::Done);
    wait_until("the orphan to end", Duration::from_secs(5), || orphan.0.try_wait().unwrap().is_some());
}

/// An ffmpeg that hangs forever; killed when dropped.
struct Orphan(std::process::Child);

impl Orphan {
    fn start() -> Orphan {
        let mut command = std::process::Command::new(spool_tests::env::binary("fake-ffmpeg"));
        command.args(["-i", "file:fake-stall.mkv"]).stdin(Stdio::null()).stdout(Stdio::null());
        Orphan(command.spawn().unwrap())
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_between_intent_and_rename_the_job_runs_again() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    let (_, runs) = recover(&env).await;
    assert_eq!(runs, 2);
    assert_eq!(env.results(), ["a.mp4"], "no part file, no second output");
}

/// The folder is write-only: it cannot be opened for reading, so it cannot be listed or synced.
#[cfg(target_os = "linux")]
#[test]
fn a_result_in_a_folder_that_cannot_be_synced_is_published_once() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::new();
    let video = env.video(&clips::ordinary(), "a.mkv");
    if !env.give_to_other_user() {
        return;
    }
    fs::set_permissions(env.out(), fs::Permissions::from_mode(0o300)).unwrap();
    let out = env.out();
    let add =
        env.spool_as_other_user(&["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()]);
    assert_eq!(add.code, 0, "{add:?}");
    let run = env.spool_as_other_user(&["run", "--until-idle"]);
    assert_eq!((run.code, env.results()), (0, vec!["a.mp4".to_owned()]), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_rename_needs_no_second_encode() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    fs::rename(&part, &job.output).unwrap();
    let before = fs::read(&job.output).unwrap();
    let (recovered, runs) = recover(&env).await;
    assert_eq!((runs, recovered.warnings), (1, vec![Remark::SecondRecording]));
    assert_eq!(fs::read(&job.output).unwrap(), before);
    assert_eq!(env.results(), ["a.mp4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_file_with_the_intended_name_is_not_mistaken_for_the_result() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    fs::write(&job.output, "a letter").unwrap();
    let (done, runs) = recover(&env).await;
    assert_eq!(runs, 2);
    assert_eq!(fs::read_to_string(&job.output).unwrap(), "a letter", "the foreign file is never replaced");
    assert_eq!(done.output, env.out().join("a (2).mp4"));
}

/// Two jobs of one video produce identical files, and each has its own result.
#[test]
fn an_identical_file_of_another_job_is_not_mistaken_for_the_result() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    fs::copy(&part, &job.output).unwrap();
    let now = filetime::FileTime::now();
    let published = output::publish(&open(&env), &job, &part, now, &[]).unwrap();
    assert_eq!(published.output, env.out().join("a (2).mp4"));
    assert_eq!(env.results(), ["a (2).mp4", "a.mp4"]);
}

/// The drive stopped responding while an earlier attempt published, and the rename succeeded later.
#[test]
fn the_result_of_an_earlier_attempt_is_not_published_twice() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    let job = open(&env).job(job.id).unwrap().unwrap();
    fs::copy(&part, &job.output).unwrap();
    let now = filetime::FileTime::now();
    let published = output::publish(&open(&env), &job, &part, now, &[]).unwrap();
    assert_eq!(published.output, job.output);
}

fn cancel(env: &TestEnv, job: &Job) {
    let other = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
    let result = other.apply(queue::Command::Cancel, &queue::Selection::Ids(vec![job.id])).unwrap();
    assert_eq!(result.done, [job.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_requested_before_the_crash_takes_effect_after_it() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    cancel(&env, &job);
    let engine = start(&env, Setup::default());
    let cancelled = reaches(&engine, job.id, State::Cancelled);
    assert_eq!(cancelled.epoch, 1, "the job did not run again");
    engine.stop().await;
    assert!(!part.exists() && env.results().is_empty());
}

/// A second encode would publish a second result.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_on_a_drive_missing_after_the_crash_is_found_when_the_drive_returns() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.data().join("../disk"), 32 << 20) else { return };
    let place = env.out().join("drive");
    let drive = disk.at(place.clone());
    let (job, part) = claimed_for(&env, place.clone());
    intend(&env, &job, &part);
    fs::rename(&part, &job.output).unwrap();
    drive.unplug();
    let engine = start(&env, Setup::default());
    let waiting = reaches(&engine, job.id, State::Waiting);
    assert_eq!(waiting.failure.unwrap().code(), FailureCode::DestinationMissing);
    let _back = disk.at(place);
    let done = reaches(&engine, job.id, State::Done);
    assert_eq!((done.output, done.warnings), (job.output, vec![Remark::SecondRecording]));
    assert_eq!(disk.0.read_dir().unwrap().count(), 1, "there is one result");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_after_the_intent_has_no_effect_if_the_rename_succeeded() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    cancel(&env, &job);
    fs::rename(&part, &job.output).unwrap();
    let (done, runs) = recover(&env).await;
    assert_eq!((done.state, runs), (State::Done, 1));
    assert_eq!(env.results(), ["a.mp4"], "done, with its file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_after_the_intent_takes_effect_if_the_rename_did_not_happen() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    cancel(&env, &job);
    let engine = start(&env, Setup::default());
    reaches(&engine, job.id, State::Cancelled);
    engine.stop().await;
    assert!(env.results().is_empty(), "cancelled, without a file");
}
