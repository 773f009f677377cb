//! Sources that change, disappear or cannot be read when a job needs them: each case has its failure code.

use spool_core::failure::FailureCode;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Selection};
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, add, fast, faulty, faulty_tools, job, reaches, reaches_within, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::sentence;
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

/// Returns the failure codes of the attempts so far.
fn codes(engine: &spool_core::engine::Engine, id: JobId) -> Vec<FailureCode> {
    let attempts = engine.queue().attempts(id).unwrap();
    attempts.into_iter().filter_map(|a| Some(a.failure?.code())).collect()
}

/// A recording that can already be read is waited for as well: it is not encoded before it stops growing.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_until_its_recording_stops_growing_and_loses_no_attempt() {
    let env = TestEnv::new();
    let whole = fs::read(clips::longer()).unwrap();
    let video = env.videos().join("recording.mkv");
    fs::write(&video, &whole[..whole.len() / 3]).unwrap();
    let policy = Policy { wait_recheck: Duration::from_secs(1), max_attempts: 1, ..fast() };
    let engine = start(&env, Setup { policy, ..Setup::default() });
    let id = add(&engine, &env, &[&video])[0];
    let (recording, rest) = (video.clone(), whole[whole.len() / 3..].to_vec());
    let recorder = std::thread::spawn(move || {
        let mut file = fs::File::options().append(true).open(recording).unwrap();
        for piece in rest.chunks(rest.len().div_ceil(40)) {
            std::io::Write::write_all(&mut file, piece).unwrap();
            std::thread::park_timeout(Duration::from_millis(50));
        }
    });
    let waiting = reaches(&engine, id, State::Waiting);
    assert_eq!((waiting.attempt, waiting.failure.unwrap().code()), (0, FailureCode::SourceGrowing));
    recorder.join().unwrap();
    let done = reaches(&engine, id, State::Done);
    let seconds = judge::number(&judge::facts(&done.output)["format"]["duration"]);
    assert!(done.attempt == 1 && seconds > 3.9, "{seconds} s: {done:?}");
    engine.stop().await;
}

/// The index of an MP4 is at its end: an incomplete file cannot be read.
#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_is_still_being_copied_is_done_once_it_is_complete() {
    let env = TestEnv::new();
    let whole =
        fs::read(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]))
            .unwrap();
    let video = env.videos().join("fake-looked.mp4");
    fs::write(&video, &whole[..whole.len() / 2]).unwrap();
    // The copy pauses for longer than a probe takes, but for less than the interval between two checks.
    let policy = Policy { source_recheck: Duration::from_secs(3), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty_tools() });
    let id = add(&engine, &env, &[&video])[0];
    wait_until("the first probe to end", SOON, || video.with_extension("looked").exists());
    let since = Instant::now();
    wait_until("the pause of the copy to end", SOON, || since.elapsed() > Duration::from_millis(300));
    fs::write(&video, &whole).unwrap();
    let done = reaches(&engine, id, State::Done);
    assert!(judge::decodes(&done.output) && done.attempt == 1, "{done:?}");
    assert!(
        codes(&engine, id).iter().all(|code| *code == FailureCode::SourceGrowing),
        "{:?}",
        codes(&engine, id)
    );
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_copy_fails_as_truncated_and_a_cancel_does_not_wait_for_the_second_check() {
    let env = TestEnv::new();
    let whole =
        fs::read(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]))
            .unwrap();
    let (video, other) = (env.videos().join("a.mp4"), env.videos().join("fake-looked.mp4"));
    fs::write(&video, &whole[..whole.len() / 2]).unwrap();
    let engine = start(&env, Setup::default());
    let id = add(&engine, &env, &[&video])[0];
    reaches(&engine, id, State::Failed);
    assert_eq!(codes(&engine, id), [FailureCode::SourceTruncated]);
    engine.stop().await;
    let policy = Policy { source_recheck: Duration::from_mins(5), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty_tools() });
    fs::write(&other, &whole[..whole.len() / 2]).unwrap();
    let id = add(&engine, &env, &[&other])[0];
    wait_until("the first probe to end", SOON, || other.with_extension("looked").exists());
    let since = Instant::now();
    wait_until("the wait for a second check", SOON, || since.elapsed() > Duration::from_millis(300));
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    engine.stop().await;
}

/// A size that changed since the add is no sign of growth if the file was last written long ago.
#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_file_that_replaced_another_is_not_reported_as_growing() {
    let env = TestEnv::new();
    let engine = start(&env, Setup::default());
    engine.pause(true).unwrap();
    let video = env.videos().join("a.mp4");
    fs::write(&video, "no video").unwrap();
    let id = add(&engine, &env, &[&video])[0];
    fs::write(&video, "no video either").unwrap();
    filetime::set_file_mtime(&video, filetime::FileTime::from_unix_time(1_700_000_000, 0)).unwrap();
    engine.pause(false).unwrap();
    reaches(&engine, id, State::Failed);
    assert_eq!(codes(&engine, id), [FailureCode::NotMedia]);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_replaced_during_an_encode_is_converted_from_the_new_file() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let video = env.video(&clips::longer(), "fake-pace.mkv");
    let id = add(&engine, &env, &[&video])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    fs::rename(env.video(&clips::ordinary(), "new"), &video).unwrap();
    let done = reaches(&engine, id, State::Done);
    assert_eq!(codes(&engine, id), [FailureCode::SourceChanged]);
    let seconds = judge::number(&judge::facts(&done.output)["format"]["duration"]);
    assert!(seconds < 2.0, "the new video, not the old one: {seconds} s");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_deleted_during_an_encode_fails_as_gone_after_a_second_check() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let video = env.video(&clips::longer(), "fake-pace.mkv");
    let id = add(&engine, &env, &[&video])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    fs::remove_file(&video).unwrap();
    reaches(&engine, id, State::Failed);
    assert_eq!(codes(&engine, id), [FailureCode::SourceGone, FailureCode::SourceGone]);
    let attempts = engine.queue().attempts(id).unwrap();
    let apart = attempts[1].started_at - attempts[0].ended_at.unwrap();
    assert!(apart >= fast().source_recheck.as_millis() as i64, "the second check came after {apart} ms");
    engine.stop().await;
    assert!(env.results().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_jobs_of_a_drive_unplugged_during_an_encode_wait_and_continue_when_it_is_back() {
    let env = TestEnv::new();
    let Some(drive) = SmallDisk::mount(env.videos().join("drive"), 32 << 20) else { return };
    let fill = || {
        [("fake-pace.mkv", clips::longer()), ("b.mkv", clips::ordinary()), ("c.mkv", clips::ordinary())].map(
            |(name, clip)| {
                let video = drive.0.join(name);
                fs::copy(clip, &video).unwrap();
                video
            },
        )
    };
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let videos = fill();
    let ids = add(&engine, &env, &[&videos[0], &videos[1], &videos[2]]);
    wait_until("progress", SOON, || job(&engine, ids[0]).progress.is_some());
    drive.unplug();
    for id in &ids {
        let waiting = reaches(&engine, *id, State::Waiting);
        assert_eq!(waiting.failure.unwrap().code(), FailureCode::SourceVolumeMissing);
        assert_eq!(waiting.attempt, 0);
    }
    assert!(env.results().is_empty(), "no part file: {:?}", env.results());
    let _again = SmallDisk::mount(drive.0.clone(), 32 << 20).unwrap();
    fill();
    for id in ids {
        reaches(&engine, id, State::Done);
    }
    engine.stop().await;
}

/// Reading fails before any check whether the drive is mounted.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_for_a_drive_unplugged_while_it_is_read_and_loses_no_attempt() {
    let env = TestEnv::new();
    let Some(drive) = SmallDisk::mount(env.videos().join("drive"), 8 << 20) else { return };
    let (video, tool) = (drive.0.join("a.mkv"), env.data().join("ffmpeg"));
    fs::copy(clips::ordinary(), &video).unwrap();
    spool_tests::env::script(
        &tool,
        &format!(
            "case \"$*\" in *pipe:1*) umount --lazy {}; echo '[error] a.mkv: Input/output error' >&2; exit 1;; esac\nexec ffmpeg \"$@\"",
            drive.0.display()
        ),
    );
    let engine = start(&env, Setup { ffmpeg: Some(tool), ..Setup::default() });
    let id = add(&engine, &env, &[&video])[0];
    let waiting = reaches(&engine, id, State::Waiting);
    assert_eq!((waiting.failure.unwrap().code(), waiting.attempt), (FailureCode::SourceVolumeMissing, 0));
    engine.stop().await;
}

/// Root may read every file, so an unprivileged user runs the queue.
#[cfg(target_os = "linux")]
#[test]
fn a_video_without_read_permission_fails_as_unreadable() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::new();
    let video = env.video(&clips::ordinary(), "a.mkv");
    fs::set_permissions(&video, fs::Permissions::from_mode(0o600)).unwrap();
    if !env.give_to_other_user() {
        return;
    }
    let out = env.out();
    let add =
        env.spool_as_other_user(&["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()]);
    assert_eq!(add.code, 0, "{add:?}");
    let run = env.spool_as_other_user(&["run", "--until-idle"]);
    assert_eq!(run.code, 1, "{run:?}");
    let job = env.jobs().remove(0);
    assert_eq!((&job["state"], &job["failure"]["code"]), (&"failed".into(), &"source_unreadable".into()));
    assert_eq!(job["attempt"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_killed_by_a_signal_is_no_verdict_about_the_video() {
    let env = TestEnv::new();
    let engine = start(&env, faulty_tools());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-probekill.mkv")])[0];
    reaches(&engine, id, State::Failed);
    assert_eq!(codes(&engine, id), [FailureCode::KilledBySignal; 4]);
    assert!(job(&engine, id).failure.as_ref().map(sentence).unwrap().contains("SIGABRT"));
    let marker = env.out().parent().unwrap().join("kill-verify");
    fs::write(&marker, "").unwrap();
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "good.mkv")])[0];
    reaches(&engine, id, State::Failed);
    assert_eq!(codes(&engine, id), [FailureCode::KilledBySignal; 4], "a killed verification is no verdict");
    engine.stop().await;
}
