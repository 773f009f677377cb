//! File names that the drive of a result cannot store, on real exFAT and NTFS. Such names are changed when a job is
//! added, so that it succeeds at the first attempt. A name that is refused nevertheless costs no encode, and a verified
//! result is never discarded because of its name.

use crate::crash::publish::{claimed, claimed_for, intend, open, recover};
use serde_json::Value;
use spool_core::failure::FailureCode;
use spool_core::intake::AddOptions;
use spool_core::job::{Job, JobId, State};
use spool_core::output::{self, publish};
use spool_core::queue::{Added, Commands, NewJob, QueuePosition};
use spool_core::remark::Remark;
use spool_tests::clips;
use spool_tests::disk::SmallDisk;
use spool_tests::drive::{Drive, Kind};
use spool_tests::engine::{Setup, find, reaches, start, wish};
use spool_tests::env::TestEnv;
use spool_tests::reasons::sentence;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

const DRIVES: [Kind; 2] = [Kind::Exfat, Kind::Ntfs];

fn drive(env: &TestEnv, kind: Kind) -> Option<Drive> {
    Drive::mount(env.out().join("drive"), kind)
}

/// Adds these with a preset that only copies streams, runs the queue, and returns the output of `add`.
fn work(env: &TestEnv, folder: Option<&Path>, more: &[&OsStr]) -> Vec<Value> {
    let mut words: Vec<&OsStr> = ["add", "--json", "--preset", "remux-mp4"].map(OsStr::new).into();
    if let Some(folder) = folder {
        words.extend([OsStr::new("--flat"), OsStr::new("--output-dir"), folder.as_os_str()]);
    }
    words.extend(more);
    let added = env.spool_os(&words);
    assert_eq!(added.code, 0, "{added:?}");
    env.spool(&["run", "--until-idle"]);
    added.json()
}

/// Checks that every job is done at its first attempt.
fn assert_done_at_first_attempt(env: &TestEnv) {
    for job in env.jobs() {
        assert_eq!((&job["state"], &job["attempt"]), (&"done".into(), &1.into()), "{job}");
    }
}

#[test]
fn names_that_a_drive_cannot_store_are_changed_when_a_job_is_added() {
    let long = "n".repeat(251);
    let names: [(&[u8], &str); 12] = [
        (b"Mission: Impossible.mkv", "Mission_ Impossible.mp4"),
        (b"Who?.mkv", "Who_.mp4"),
        (b"dots..mkv", "dots..mp4"),
        (b"space .mkv", "space .mp4"),
        (b"con.mkv", "con_.mp4"),
        (b"Aux.tar.mkv", "Aux_.tar.mp4"),
        (b"caf\xe9.mkv", "caf_.mp4"),
        ("\u{1f600}.mkv".as_bytes(), "\u{1f600}.mp4"),
        (b"a<b.mkv", "a_b.mp4"),
        (b"a|b.mkv", "a_b (2).mp4"),
        (b"line\nbreak.mkv", "line_break.mp4"),
        (&format!("{long}.mkv").into_bytes(), &format!("{long}.mp4")),
    ];
    for kind in DRIVES {
        let env = TestEnv::new();
        let Some(drive) = drive(&env, kind) else { return };
        for (name, _) in names {
            let video = env.videos().join(OsStr::from_bytes(name));
            fs::copy(clips::ordinary(), &video).unwrap();
            filetime::set_file_mtime(&video, filetime::FileTime::from_unix_time(1_500_000_000, 0)).unwrap();
        }
        let added = work(&env, Some(&drive.root), &[env.videos().as_os_str()]);
        assert_done_at_first_attempt(&env);
        let mut expected = names.map(|(_, result)| result.to_owned());
        expected.sort();
        assert_eq!(drive.names(), expected, "{kind:?}: no part file remains");
        for job in env.jobs() {
            let seconds = |path: &Value| {
                let written = fs::metadata(path.as_str().unwrap()).unwrap();
                filetime::FileTime::from_last_modification_time(&written).unix_seconds()
            };
            // File systems of cameras round modification times to two seconds.
            let is_utf8 = Path::new(job["source"].as_str().unwrap()).exists();
            assert!(
                !is_utf8 || (seconds(&job["output"]) - seconds(&job["source"])).abs() <= 2,
                "{kind:?}: {job}"
            );
        }
        let noted = added.iter().filter(|line| !line["note"].is_null()).count();
        assert_eq!(noted, 8, "{kind:?}: {added:?}");
        let original = fs::read(clips::ordinary()).unwrap();
        for (name, _) in names {
            assert_eq!(fs::read(env.videos().join(OsStr::from_bytes(name))).unwrap(), original);
        }
    }
}

#[test]
fn a_changed_name_is_reported_when_adding() {
    let env = TestEnv::new();
    let Some(drive) = drive(&env, Kind::Exfat) else { return };
    env.video(&clips::ordinary(), "Mission: Impossible.mkv");
    let added = env.spool(&["add", "--flat", "--output-dir", drive.root.to_str().unwrap(), "videos"]);
    let note = "Mission: Impossible becomes \"Mission_ Impossible.mp4\": the drive does not allow some characters of the name.";
    assert!(added.stdout.lines().any(|line| line.trim() == note), "{added:?}");
    assert_eq!(drive.names().len(), 0, "nothing is created when adding");
}

/// The command line refuses a slash and a colon in the name of a preset, but a preset of another version may contain
/// them.
#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_preset_is_changed_as_well() {
    let env = TestEnv::new();
    let Some(drive) = drive(&env, Kind::Ntfs) else { return };
    let video = env.video(&clips::ordinary(), "a.mkv");
    let name = "{name}: {preset}".to_owned();
    let mut wish = AddOptions { folder: Some(drive.root.clone()), name, ..wish(&env) };
    wish.spec.preset.name = "TV? 1/2:".into();
    let id = queue(&env, find(&[video], &wish).jobs.remove(0));
    let engine = start(&env, Setup::default());
    assert_eq!(reaches(&engine, id, State::Done).attempt, 1);
    engine.stop().await;
    assert_eq!(drive.names(), ["a_ TV_ 1-2_.mp4"]);
}

#[test]
fn a_result_beside_the_original_keeps_its_characters() {
    let env = TestEnv::new();
    let Some(drive) = drive(&env, Kind::NtfsOfLinux) else { return };
    let source = drive.root.join("Mission: Impossible.mkv");
    fs::copy(clips::ordinary(), &source).unwrap();
    let added = work(&env, None, &[source.as_os_str()]);
    assert_done_at_first_attempt(&env);
    assert_eq!(drive.names(), ["Mission: Impossible.mkv", "Mission: Impossible.mp4"]);
    assert!(added[0]["note"].is_null(), "{added:?}");
}

/// The sources are on a case-sensitive file system; the drive is not case-sensitive, or is also used by Windows.
#[test]
fn results_whose_names_differ_only_in_case_get_distinct_names() {
    for kind in DRIVES {
        let env = TestEnv::new();
        let Some(drive) = drive(&env, kind) else { return };
        for name in ["Film.mkv", "film.mkv", "Day/a.mkv", "day/a.mkv"] {
            let video = env.videos().join(name);
            fs::create_dir_all(video.parent().unwrap()).unwrap();
            fs::copy(clips::ordinary(), video).unwrap();
        }
        let words = ["--output-dir", drive.root.to_str().unwrap(), "videos"].map(OsStr::new);
        work(&env, None, &words);
        assert_done_at_first_attempt(&env);
        let below = |job: &Value| {
            let output = PathBuf::from(job["output"].as_str().unwrap());
            output.strip_prefix(&drive.root).unwrap().to_str().unwrap().to_lowercase()
        };
        let mut results: Vec<String> = env.jobs().iter().map(below).collect();
        results.sort();
        let expected = ["videos/day/a (2).mp4", "videos/day/a.mp4", "videos/film (2).mp4", "videos/film.mp4"];
        assert_eq!(results, expected, "{kind:?}");
    }
}

#[test]
fn a_long_name_is_kept_where_the_limit_counts_utf_16_units() {
    for kind in DRIVES {
        let env = TestEnv::new();
        let Some(drive) = drive(&env, kind) else { return };
        let (source, result) = ("\u{e9}".repeat(251) + ".mkv", "\u{e9}".repeat(251) + ".mp4");
        fs::copy(clips::ordinary(), drive.root.join(&source)).unwrap();
        work(&env, None, &[drive.root.join(&source).as_os_str()]);
        assert_done_at_first_attempt(&env);
        assert_eq!(drive.names(), [source, result], "{kind:?}");
    }
}

/// Adds a job whose result has this stem, without changing it for the drive.
fn add_with_stem(env: &TestEnv, folder: &Path, stem: &str) -> JobId {
    let video = env.video(&clips::ordinary(), "a.mkv");
    let wish = AddOptions { folder: Some(folder.to_owned()), ..wish(env) };
    queue(env, NewJob { stem: OsString::from(stem), ..find(&[video], &wish).jobs.remove(0) })
}

fn queue(env: &TestEnv, job: NewJob) -> JobId {
    let jobs = [job];
    let added = open(env).add(&jobs, QueuePosition::End, &spool_tests::engine::taken(&jobs)).unwrap();
    let Added::Accepted { id, .. } = added[0] else { panic!("{added:?}") };
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_refused_before_the_encode_is_not_reported_as_a_missing_folder() {
    for kind in DRIVES {
        let env = TestEnv::new();
        let Some(drive) = drive(&env, kind) else { return };
        let id = add_with_stem(&env, &drive.root, "a:b");
        let engine = start(&env, Setup::default());
        let failed = reaches(&engine, id, State::Failed);
        let attempt = engine.queue().attempts(id).unwrap().remove(0);
        engine.stop().await;
        let reason = failed.failure.unwrap();
        assert_eq!((reason.code(), failed.attempt), (FailureCode::NameRefused, 1), "{kind:?}");
        assert!(sentence(&reason).ends_with("refuses the name \"a:b.mp4\"."), "{}", sentence(&reason));
        assert!(attempt.commands.is_empty(), "{kind:?}: nothing was encoded: {:?}", attempt.commands);
        assert_eq!(drive.names().len(), 0, "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_result_whose_name_is_refused_is_published_under_a_permitted_one() {
    let env = TestEnv::new();
    let Some(drive) = drive(&env, Kind::Ntfs) else { return };
    // Every drive can store the name of its part file.
    let id = add_with_stem(&env, &drive.root, "con");
    let engine = start(&env, Setup::default());
    let done = reaches(&engine, id, State::Done);
    engine.stop().await;
    assert_eq!((done.output.file_name(), done.attempt), (Some(OsStr::new("con_.mp4")), 1));
    assert_eq!(done.warnings.last(), Some(&Remark::NameRefused { name: "con.mp4".into() }));
    assert_eq!(drive.names(), ["con_.mp4"]);
}

fn publish_now(env: &TestEnv, job: &Job, part: &Path) -> Result<PathBuf, output::PublishError> {
    let published = publish(&open(env), job, part, filetime::FileTime::now(), &[]);
    published.map(|published| published.output)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_with_the_intended_name_is_removed_after_a_crash() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    intend(&env, &job, &part);
    fs::write(&job.output, "").unwrap();
    assert_eq!(recover(&env).await.0.output, job.output);
    assert_eq!(env.results(), ["a.mp4"], "the result gets the intended name");
}

/// The part file is on another disk, so that the rename fails after the intent is stored, as after a crash.
#[tokio::test(flavor = "multi_thread")]
async fn an_existing_empty_file_is_never_an_intent_and_is_kept() {
    let env = TestEnv::new();
    let Some(disk) = SmallDisk::mount(env.out().join("disk"), 32 << 20) else { return };
    let (job, part) = claimed_for(&env, disk.0.clone());
    let elsewhere = env.out().join(part.file_name().unwrap());
    fs::copy(&part, &elsewhere).unwrap();
    fs::write(&job.output, "").unwrap();
    publish_now(&env, &job, &elsewhere).unwrap_err();
    fs::remove_file(elsewhere).unwrap();
    let done = recover(&env).await.0;
    assert_eq!(fs::read(&job.output).unwrap(), b"");
    assert_eq!(done.output.file_name().unwrap(), "a (2).mp4");
}

#[test]
fn a_link_to_the_part_file_is_not_mistaken_for_the_result() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    std::os::unix::fs::symlink(&part, &job.output).unwrap();
    assert_eq!(publish_now(&env, &job, &part).unwrap(), env.out().join("a (2).mp4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn part_files_of_earlier_versions_are_deleted() {
    let env = TestEnv::new();
    let (job, part) = claimed(&env);
    let former = output::former_part_path(&job.output, job.uid, job.epoch);
    fs::rename(&part, &former).unwrap();
    recover(&env).await;
    assert_eq!(env.results(), ["a.mp4"]);
}
