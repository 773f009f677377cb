//! Disks that are too small, full, read-only or unplugged: no part file is left, and jobs continue by themselves.

use spool_core::failure::FailureCode;
use spool_core::failure::Reason;
use spool_core::intake::AddOptions;
use spool_core::job::{Job, JobId, State};
use spool_core::policy::Policy;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Added, Command, QueuePosition, Selection};
use spool_core::spec::JobSpec;
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, add, fast, faulty, job, reaches, start, wish};
use spool_tests::env::TestEnv;
use spool_tests::reasons::sentence;
use spool_tests::{clips, judge, wait_until};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// Adds a video whose result goes to this disk.
fn add_onto(engine: &spool_core::engine::Engine, env: &TestEnv, disk: &Path, video: &Path) -> JobId {
    let found = spool_tests::engine::find(
        &[video.to_owned()],
        &AddOptions { folder: Some(disk.to_owned()), ..wish(env) },
    );
    match engine
        .add(&found.jobs, QueuePosition::End, &spool_tests::engine::taken(&found.jobs))
        .unwrap()
        .remove(0)
    {
        Added::Accepted { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

/// Returns a clip of one minute.
fn minute() -> PathBuf {
    let coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "40"];
    clips::clip("h264-minute.mp4", 60.0, true, &coding)
}

/// Makes a valid video of this size: an MP4 with an empty box at its end.
fn large(env: &TestEnv, name: &str, bytes: u64) -> PathBuf {
    let video = env.video(&minute(), name);
    let mut file = File::options().append(true).open(&video).unwrap();
    let rest = bytes - file.metadata().unwrap().len();
    file.write_all(&u32::try_from(rest).unwrap().to_be_bytes()).unwrap();
    file.write_all(b"free").unwrap();
    file.set_len(bytes).unwrap();
    video
}

fn code(job: &Job) -> FailureCode {
    job.failure.as_ref().unwrap().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_does_not_fit_beside_the_running_ones_waits_and_a_smaller_one_overtakes_it() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 20 << 20) else { return };
    let engine = start(&env, faulty());
    let running = add_onto(&engine, &env, &disk.0, &large(&env, "fake-slow.mp4", 12 << 20));
    reaches(&engine, running, State::Running);
    let second = add_onto(&engine, &env, &disk.0, &large(&env, "fake-slow.2.mp4", 12 << 20));
    let waiting = reaches(&engine, second, State::Waiting);
    assert_eq!(
        (code(&waiting), waiting.need_bytes, waiting.attempt),
        (FailureCode::DiskFull, Some(12 << 20), 0)
    );
    let why = sentence(&waiting.failure.unwrap());
    let opening = "Media has no room for this video beside the running ones: it may take 13 MB, ";
    assert!(why.starts_with(opening) && why.ends_with(" MB must stay free."), "{why}");
    let small = add_onto(&engine, &env, &disk.0, &env.video(&clips::ordinary(), "small.mkv"));
    reaches(&engine, small, State::Done);
    assert_eq!(job(&engine, second).state, State::Waiting);
    engine.apply(Command::Cancel, &Selection::Ids(vec![running])).unwrap();
    reaches(&engine, second, State::Running);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_do_not_fit_together_wait_for_each_other_and_are_all_done() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 64 << 20) else { return };
    // Only the end of a job starts the next one, not the timer.
    let policy = Policy { wait_recheck: Duration::from_mins(10), ..fast() };
    let engine = start(&env, Setup { workers: 3, policy, ..Setup::default() });
    engine.pause(true).unwrap();
    let video = |n: usize| large(&env, &format!("{n}.mp4"), 40 << 20);
    let ids: Vec<_> = (0..5).map(|n| add_onto(&engine, &env, &disk.0, &video(n))).collect();
    engine.pause(false).unwrap();
    let mut firsts = Vec::new();
    for id in ids {
        reaches(&engine, id, State::Done);
        firsts.push(engine.queue().attempts(id).unwrap().remove(0).outcome.unwrap());
    }
    // Three jobs are claimed at once, and each requests space on its own thread: any of them may be the first.
    firsts.sort();
    assert_eq!(firsts, ["done", "waiting", "waiting", "waiting", "waiting"]);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_alone_on_its_disk_is_not_delayed_by_an_estimate() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 20 << 20) else { return };
    let engine = start(&env, Setup::default());
    let id = add_onto(&engine, &env, &disk.0, &large(&env, "a.mp4", 100 << 20));
    let done = reaches(&engine, id, State::Done);
    assert!(judge::decodes(&done.output));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encode_leaves_half_of_the_reserve_free() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 20 << 20) else { return };
    let policy = Policy { disk_reserve: 10 << 20, wait_recheck: Duration::from_mins(10), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty() });
    let id = add_onto(&engine, &env, &disk.0, &large(&env, "fake-slow.mp4", 12 << 20));
    wait_until("the part file", SOON, || disk.0.read_dir().unwrap().count() == 1);
    disk.load(16 << 20);
    let waiting = reaches(&engine, id, State::Waiting);
    assert_eq!((code(&waiting), waiting.attempt), (FailureCode::DiskFull, 0));
    assert_eq!(disk.0.read_dir().unwrap().count(), 1, "the part file is gone");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_during_an_encode_is_reported_once_and_costs_no_attempt() {
    use spool_core::event::{Delivery, Event, Topic};
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 1 << 20) else { return };
    // No reserve, so that the disk itself reports that it is full.
    let policy = Policy { disk_reserve: 0, ..fast() };
    let engine = start(&env, Setup { policy: policy.clone(), ..Setup::default() });
    let mut events = engine.subscribe(vec![Topic::Queue]);
    let minute = clips::clip("minute.mkv", 60.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let id = add_onto(&engine, &env, &disk.0, &env.video(&minute, "a.mkv"));
    let waiting = reaches(&engine, id, State::Waiting);
    assert_eq!((code(&waiting), waiting.attempt), (FailureCode::DiskFull, 0));
    assert_eq!(disk.0.read_dir().unwrap().count(), 0, "the part file is gone");
    // After several more checks it still waits, and no further event was sent.
    let since = std::time::Instant::now();
    wait_until("several checks", SOON, || since.elapsed() > policy.wait_recheck * 5);
    disk.resize(64 << 20);
    reaches(&engine, id, State::Done);
    engine.stop().await;
    let mut reports = 0;
    while let Some(next) = events.next().await {
        let full = |reason: &Reason| reason.code() == FailureCode::DiskFull;
        reports += usize::from(
            matches!(next, Delivery::Event(Event::JobChanged { reason: Some(reason), .. }) if full(&reason)),
        );
    }
    assert_eq!(reports, 1);
}

/// Runs a minute of video with this fault of the fake ffmpeg. Returns the job, which waits for space, and the log of
/// its attempt.
async fn waits_for_space(preset: &Preset, fault: &str) -> (Job, String) {
    let env = TestEnv::new();
    let policy = Policy { wait_recheck: Duration::from_mins(10), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty() });
    let video = env.video(&minute(), &format!("fake-{fault}.mp4"));
    let found =
        spool_tests::engine::find(&[video], &AddOptions { spec: JobSpec::of(preset.clone()), ..wish(&env) });
    let Added::Accepted { id, .. } = engine
        .add(&found.jobs, QueuePosition::End, &spool_tests::engine::taken(&found.jobs))
        .unwrap()
        .remove(0)
    else {
        panic!()
    };
    let waiting = reaches(&engine, id, State::Waiting);
    let log = engine.queue().attempts(id).unwrap().remove(0).log_tail.unwrap();
    engine.stop().await;
    assert_eq!((code(&waiting), waiting.attempt), (FailureCode::DiskFull, 0));
    (waiting, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_at_a_tenth_of_the_result_needs_room_for_ten_times_as_much() {
    let quick = |id, changes: &[_]| {
        let speed = ("video.speed", "ultrafast");
        preset::set(preset::find(id).unwrap(), &[&[speed], changes].concat()).unwrap()
    };
    let never = [("video.copy", "never")];
    let (one, two) = (quick("web-1080p", &never), quick("fit-size", &never));
    for preset in [&one, &two] {
        let (job, _) = waits_for_space(preset, "tenth").await;
        let need = job.need_bytes.unwrap();
        assert!(need.abs_diff(10_000_000) < 100_000, "{}: {need} bytes", preset.id);
    }
    let (_, log) = waits_for_space(&two, "tenth").await;
    let first = log.find("-- first pass --\n").unwrap();
    let (_, second) = log.split_once("\n-- second pass --\n").unwrap();
    assert!(first == 0 && second.trim() == "[error] av_interleaved_write_frame(): No space left on device");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_disk_fills_in_the_second_pass_waits_until_the_whole_result_fits() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 1 << 20) else { return };
    let policy = Policy { disk_reserve: 0, ..fast() };
    let engine = start(&env, Setup { policy, ..Setup::default() });
    let noisy = ["-vf", "noise=alls=30:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "10"];
    let video = env.video(&clips::clip("noisy.mkv", 8.0, true, &noisy), "noisy.mkv");
    let changes = [("video.sizeMb", "6"), ("video.speed", "ultrafast")];
    let preset = preset::set(preset::find("fit-size").unwrap(), &changes).unwrap();
    let found = spool_tests::engine::find(
        &[video],
        &AddOptions { spec: JobSpec::of(preset), folder: Some(disk.0.clone()), ..wish(&env) },
    );
    engine.add(&found.jobs, QueuePosition::End, &spool_tests::engine::taken(&found.jobs)).unwrap();
    let waiting = reaches(&engine, JobId(1), State::Waiting);
    let need = waiting.need_bytes.unwrap() as f64;
    disk.resize(64 << 20);
    let took = reaches(&engine, JobId(1), State::Done).output_size.unwrap() as f64;
    assert!((0.6..1.7).contains(&(need / took)), "{need} bytes expected, {took} written");
    engine.stop().await;
}

/// Statistics and covers are written to the disk of the data folder.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_in_a_first_pass_gives_no_estimate_of_the_size_of_the_result() {
    let preset = preset::set(preset::find("fit-size").unwrap(), &[("video.copy", "never")]).unwrap();
    let (job, log) = waits_for_space(&preset, "enospc").await;
    assert_eq!((job.need_bytes, log.contains("--")), (None, false));
    assert_eq!(sentence(&job.failure.unwrap()), "The disk that holds Spool's data is full.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_removed_during_an_encode_is_created_again_and_the_job_is_done() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::longer(), "fake-pace.mkv")])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    std::fs::remove_dir_all(env.out()).unwrap();
    let done = reaches(&engine, id, State::Done);
    assert!(judge::decodes(&done.output));
    let first = engine.queue().attempts(id).unwrap().remove(0);
    assert_eq!(first.failure.unwrap().code(), FailureCode::DestinationMissing);
    assert_eq!(done.attempt, 1, "it cost no attempt");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_wait_for_a_destination_unplugged_during_an_encode_and_its_mount_point_stays_empty() {
    let env = TestEnv::new();
    let Some(drive) = SmallDisk::mount(env.out().join("drive"), 32 << 20) else { return };
    let engine = start(&env, faulty());
    let first = add_onto(&engine, &env, &drive.0, &env.video(&clips::longer(), "fake-pace.mkv"));
    wait_until("progress", SOON, || job(&engine, first).progress.is_some());
    engine.pause(true).unwrap();
    let second = add_onto(&engine, &env, &drive.0, &env.video(&clips::ordinary(), "b.mkv"));
    drive.unplug();
    engine.pause(false).unwrap();
    for id in [first, second] {
        let waiting = reaches(&engine, id, State::Waiting);
        assert_eq!((code(&waiting), waiting.attempt), (FailureCode::DestinationMissing, 0));
    }
    assert_eq!(drive.0.read_dir().unwrap().count(), 0, "nothing is written to the mount point");
    let again = SmallDisk::mount(drive.0.clone(), 32 << 20).unwrap();
    for id in [first, second] {
        assert!(judge::decodes(&reaches(&engine, id, State::Done).output));
    }
    assert_eq!(again.0.read_dir().unwrap().count(), 2);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_file_on_an_unplugged_drive_is_deleted_when_it_is_back() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.data().join("../disk"), 32 << 20) else { return };
    let place = env.out().join("drive");
    let drive = disk.at(place.clone());
    let parts = || {
        let all = disk.0.read_dir().unwrap();
        all.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>()
    };
    let engine = start(&env, faulty());
    let id = add_onto(&engine, &env, &place, &env.video(&clips::ordinary(), "fake-slow.mkv"));
    wait_until("the part file", SOON, || parts().len() == 1);
    let old = parts();
    drive.unplug();
    engine.stop().await;
    assert_eq!(parts(), old, "the part file could not be deleted");
    let _back = disk.at(place);
    let engine = start(&env, faulty());
    wait_until("only the next part file", SOON, || parts().len() == 1 && parts() != old);
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    reaches(&engine, id, State::Cancelled);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_for_a_read_only_destination() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("Media"), 32 << 20) else { return };
    disk.read_only(true);
    let engine = start(&env, Setup::default());
    let id = add_onto(&engine, &env, &disk.0, &env.video(&clips::ordinary(), "a.mkv"));
    let waiting = reaches(&engine, id, State::Waiting);
    assert_eq!((code(&waiting), waiting.attempt), (FailureCode::DestinationReadOnly, 0));
    disk.read_only(false);
    reaches(&engine, id, State::Done);
    engine.stop().await;
}
