//! Sources that change, vanish or cannot be read while they are wanted: told apart, and never touched.

use spool_core::failure::FailureCode;
use spool_core::job::{JobId, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Which};
use spool_tests::disk::SmallDisk;
use spool_tests::engine::{Setup, add, fast, faulty, faulty_tools, job, reaches, reaches_within, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::said;
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

/// The codes of the attempts so far.
fn met(engine: &spool_core::engine::Engine, id: JobId) -> Vec<FailureCode> {
    let attempts = engine.queue().attempts(id).unwrap();
    attempts.into_iter().filter_map(|a| Some(a.failure?.code())).collect()
}

/// What can be read all along is waited for as well: nothing of a recording of hours is encoded before it rests.
#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_goes_on_waits_until_it_rests_and_costs_no_attempt() {
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

/// An MP4 has its index at the end: until all is there it cannot be read.
#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_is_still_being_copied_is_done_once_it_is_whole() {
    let env = TestEnv::new();
    let whole =
        fs::read(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]))
            .unwrap();
    let video = env.videos().join("fake-looked.mp4");
    fs::write(&video, &whole[..whole.len() / 2]).unwrap();
    // The copy pauses for longer than a look at the file takes, but not for as long as two looks are apart.
    let policy = Policy { source_recheck: Duration::from_secs(3), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty_tools() });
    let id = add(&engine, &env, &[&video])[0];
    wait_until("the first look", SOON, || video.with_extension("looked").exists());
    let since = Instant::now();
    wait_until("the copy to go on", SOON, || since.elapsed() > Duration::from_millis(300));
    fs::write(&video, &whole).unwrap();
    let done = reaches(&engine, id, State::Done);
    assert!(judge::decodes(&done.output) && done.attempt == 1, "{done:?}");
    assert!(
        met(&engine, id).iter().all(|code| *code == FailureCode::SourceGrowing),
        "{:?}",
        met(&engine, id)
    );
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_never_ends_is_called_cut_short_in_the_end_and_a_cancel_does_not_wait_for_that() {
    let env = TestEnv::new();
    let whole =
        fs::read(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]))
            .unwrap();
    let (video, other) = (env.videos().join("a.mp4"), env.videos().join("fake-looked.mp4"));
    fs::write(&video, &whole[..whole.len() / 2]).unwrap();
    let engine = start(&env, Setup::default());
    let id = add(&engine, &env, &[&video])[0];
    reaches(&engine, id, State::Failed);
    assert_eq!(met(&engine, id), [FailureCode::SourceTruncated]);
    engine.stop().await;
    let policy = Policy { source_recheck: Duration::from_mins(5), ..fast() };
    let engine = start(&env, Setup { policy, ..faulty_tools() });
    fs::write(&other, &whole[..whole.len() / 2]).unwrap();
    let id = add(&engine, &env, &[&other])[0];
    wait_until("the first look", SOON, || other.with_extension("looked").exists());
    let since = Instant::now();
    wait_until("the second to be waited for", SOON, || since.elapsed() > Duration::from_millis(300));
    engine.steer(Command::Cancel, &Which::Ids(vec![id])).unwrap();
    reaches_within(&engine, id, State::Cancelled, Duration::from_secs(2));
    engine.stop().await;
}

/// Another size than when it was added is no sign of writing where it was written long ago.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_copy_that_took_the_place_of_another_is_not_called_growing() {
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
    assert_eq!(met(&engine, id), [FailureCode::NotMedia]);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_replaced_while_it_is_read_is_converted_from_the_new_one() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let video = env.video(&clips::longer(), "fake-pace.mkv");
    let id = add(&engine, &env, &[&video])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    fs::rename(env.video(&clips::ordinary(), "new"), &video).unwrap();
    let done = reaches(&engine, id, State::Done);
    assert_eq!(met(&engine, id), [FailureCode::SourceChanged]);
    let seconds = judge::number(&judge::facts(&done.output)["format"]["duration"]);
    assert!(seconds < 2.0, "of the new video, not of the old: {seconds} s");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_deleted_while_it_is_read_fails_as_gone_after_a_second_look() {
    let env = TestEnv::new();
    let engine = start(&env, Setup { workers: 1, ..faulty() });
    let video = env.video(&clips::longer(), "fake-pace.mkv");
    let id = add(&engine, &env, &[&video])[0];
    wait_until("progress", SOON, || job(&engine, id).progress.is_some());
    fs::remove_file(&video).unwrap();
    reaches(&engine, id, State::Failed);
    assert_eq!(met(&engine, id), [FailureCode::SourceGone, FailureCode::SourceGone]);
    let attempts = engine.queue().attempts(id).unwrap();
    let apart = attempts[1].started_at - attempts[0].ended_at.unwrap();
    assert!(apart >= fast().source_recheck.as_millis() as i64, "the second look came after {apart} ms");
    engine.stop().await;
    assert!(env.results().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_jobs_of_a_drive_unplugged_during_an_encode_wait_together_and_go_on_when_it_returns() {
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

/// Reading fails before anybody has looked whether the drive is there.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_drive_pulled_while_it_is_read_is_waited_for_and_costs_no_attempt() {
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

/// Root may read everything, so an unprivileged user works the queue.
#[cfg(target_os = "linux")]
#[test]
fn a_video_that_may_not_be_read_fails_with_that_reason() {
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
async fn a_look_that_is_killed_from_outside_says_nothing_about_the_video() {
    let env = TestEnv::new();
    let engine = start(&env, faulty_tools());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-probekill.mkv")])[0];
    reaches(&engine, id, State::Failed);
    assert_eq!(met(&engine, id), [FailureCode::KilledBySignal; 4]);
    assert!(job(&engine, id).failure.as_ref().map(said).unwrap().contains("SIGABRT"));
    let sign = env.out().parent().unwrap().join("kill-verify");
    fs::write(&sign, "").unwrap();
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "good.mkv")])[0];
    reaches(&engine, id, State::Failed);
    assert_eq!(met(&engine, id), [FailureCode::KilledBySignal; 4], "a killed verification is no verdict");
    engine.stop().await;
}
