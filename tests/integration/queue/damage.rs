//! A damaged database is set aside unchanged, and the engine starts paused, with all jobs that can be recovered.

use crate::queue::broken_files::{
    add, add_each, back_up, bytes, crashed, crashed_without_log, file, flip, names, numbered, open, repaired,
};
use crate::queue::fixture::failure;
use spool_core::engine::lock;
use spool_core::error::Error;
use spool_core::job::State;
use spool_core::queue::sqlite::repair::{self, CheckExtent};
use spool_core::queue::{self, Command, Commands, Details, Flag, Leases, Outcome, Selection};
use spool_core::words;
use spool_tests::engine::{Setup, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::restored;
use spool_tests::wait_until;
use std::fs;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn flipped_bytes_in_the_header_cost_no_job() {
    for at in [0..4, 16..18, 18..20] {
        let env = crashed_without_log(|queue| add_each(queue, 0..50));
        flip(&file(&env, ""), at);
        let engine = repaired(&env);
        assert_eq!(names(engine.queue().as_ref()), numbered(0..50));
        engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_costs_only_the_jobs_on_it() {
    let env = crashed_without_log(|queue| add_each(queue, 0..200));
    // The page that holds the source path of a job in the middle.
    let database = fs::read(file(&env, "")).unwrap();
    let at = database.windows(15).position(|w| w == b"/videos/100.mkv").unwrap() / 4096 * 4096;
    flip(&file(&env, ""), at..at + 2000);
    // Opening the database does not read that page; listing the jobs does.
    let listed = env.spool(&["list", "--limit", "1000"]);
    assert_eq!(listed.code, 1, "{listed:?}");
    assert!(listed.stderr.contains("it is damaged; `spool doctor --restore`"), "{listed:?}");
    let engine = start(&env, Setup::default());
    let queue = engine.queue();
    let notice = restored(queue.as_ref()).expect("damage found by a full read after a crash");
    assert!(notice.contains("could be read and kept"), "{notice}");
    let left = names(queue.as_ref());
    assert!((150..200).contains(&left.len()), "{} of 200", left.len());
    assert!(numbered(0..50).iter().chain(&numbered(150..200)).all(|n| left.contains(n)), "{left:?}");
    assert!(queue.flag(Flag::Paused).unwrap().is_some());
    engine.stop().await;
}

/// A database can also be damaged while no engine runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_is_also_found_after_a_clean_stop() {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    add_each(&queue, 0..200);
    drop(queue);
    let database = fs::read(file(&env, "")).unwrap();
    let at = database.windows(15).position(|w| w == b"/videos/100.mkv").unwrap() / 4096 * 4096;
    flip(&file(&env, ""), at..at + 2000);
    let engine = start(&env, Setup::default());
    let notice = restored(engine.queue().as_ref());
    assert!(notice.is_some_and(|notice| notice.contains("could be read and kept")));
    engine.stop().await;
}

/// An engine cannot repair a database that it has open, and must not retry for ever.
#[test]
fn damage_found_during_a_run_ends_it_and_the_next_run_repairs_the_queue() {
    let env = TestEnv::new();
    let clip = spool_tests::clips::ordinary();
    env.settings(
        &serde_json::json!({ "ffmpeg": spool_tests::env::binary("fake-ffmpeg"), "outputDir": env.out() }),
    );
    let video = env.video(&clip, "fake-slow.mkv");
    assert_eq!(env.spool(&["add", video.to_str().unwrap()]).code, 0);
    add_each(&open(&env).unwrap(), 0..200);
    let run = env.start(&["run", "--until-idle"]);
    wait_until("the job to run", Duration::from_secs(20), || {
        env.jobs().iter().any(|job| job["state"] == "running")
    });
    // All but the first page, which is read when the file is opened; and the log, whose pages take precedence.
    let size = fs::metadata(file(&env, "")).unwrap().len() as usize;
    flip(&file(&env, ""), 4096..size);
    let log = fs::metadata(file(&env, "-wal")).unwrap().len() as usize;
    flip(&file(&env, "-wal"), 32..log);
    let ended = run.answer();
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("it is damaged"), "{ended:?}");
    let again = env.spool(&["run", "--until-idle"]);
    assert!(again.stderr.contains("The queue was damaged."), "{again:?}");
    assert!(
        open(&env).unwrap().flag(Flag::Paused).unwrap().is_some(),
        "stays paused until a user resumes it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn flipped_bytes_in_the_log_are_detected_and_cost_no_later_job() {
    // In the header of the log, and in the middle, where SQLite would take the damage for the end of the log.
    for place in [|_: usize| 4, |length: usize| length / 2] {
        let env = crashed(|queue| add_each(queue, 0..30));
        let at = place(bytes(&env)[1].len());
        flip(&file(&env, "-wal"), at..at + 1);
        let engine = repaired(&env);
        let left = names(engine.queue().as_ref());
        assert!(left.len() >= 29 && left.contains(&"29.mkv".to_owned()), "{left:?}");
        engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_file_is_not_taken_for_a_new_queue_and_its_log_is_read() {
    let env = crashed(|queue| add_each(queue, 0..10));
    fs::write(file(&env, ""), "").unwrap();
    let engine = repaired(&env);
    assert_eq!(names(engine.queue().as_ref()), numbered(0..10));
    engine.stop().await;
    let env = crashed_without_log(|queue| add_each(queue, 0..10));
    fs::write(file(&env, ""), "").unwrap();
    let engine = repaired(&env);
    assert!(names(engine.queue().as_ref()).is_empty());
    let notice = restored(engine.queue().as_ref()).unwrap();
    assert!(notice.contains("nothing could be read, so the queue starts empty"), "{notice}");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_log_is_detected_and_the_jobs_in_the_database_are_kept() {
    let env = crashed_without_log(|queue| add_each(queue, 0..10));
    // The crash left both the log and the shared memory file; then the log was deleted.
    fs::write(file(&env, "-shm"), vec![0; 32768]).unwrap();
    let engine = repaired(&env);
    assert_eq!(names(engine.queue().as_ref()), numbered(0..10));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_its_log_is_preferred_to_an_older_backup() {
    let env = crashed_without_log(|queue| add_each(queue, 0..3));
    back_up(&env);
    let queue = open(&env).unwrap();
    let job = queue.claim("engine", true).unwrap().unwrap();
    queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
    drop(queue);
    fs::write(file(&env, "-shm"), vec![0; 32768]).unwrap();
    let engine = repaired(&env);
    let queue = engine.queue();
    assert_eq!(queue.job(job.id).unwrap().unwrap().state, State::Failed);
    let notice = restored(queue.as_ref()).unwrap();
    assert!(notice.contains("Its log was lost, perhaps with the latest changes; 3 jobs kept"), "{notice}");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_database_is_recovered_from_its_log() {
    let env = crashed(|queue| add_each(queue, 0..10));
    fs::remove_file(file(&env, "")).unwrap();
    let engine = repaired(&env);
    assert_eq!(names(engine.queue().as_ref()), numbered(0..10));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_intact_backup_is_restored_and_jobs_added_since_are_kept() {
    let env = crashed_without_log(|queue| {
        add_each(queue, 0..5);
        queue.claim("engine", true).unwrap();
    });
    back_up(&env);
    // The newest backup is not a database.
    fs::write(env.data().join("backups/queue-999999999999999.db"), "nothing").unwrap();
    let queue = open(&env).unwrap();
    add(&queue, "since.mkv");
    queue.apply(Command::Remove, &Selection::Ids(vec![spool_core::job::JobId(5)])).unwrap();
    drop(queue);
    flip(&file(&env, ""), 0..4);
    let engine = repaired(&env);
    let queue = engine.queue();
    assert_eq!(names(queue.as_ref()), ["0.mkv", "1.mkv", "2.mkv", "3.mkv", "4.mkv", "since.mkv"]);
    let notice = restored(queue.as_ref()).unwrap();
    assert!(notice.contains("newest backup was restored, with 1 job added since"), "{notice}");
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repaired_queue_is_intact_reports_the_repair_until_resumed_and_accepts_jobs() {
    let env = crashed_without_log(|queue| add_each(queue, 0..5));
    flip(&file(&env, ""), 0..4);
    let listed = env.spool(&["list"]);
    assert_eq!(listed.code, 1, "{listed:?}");
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 1, "paused, so jobs are left");
    let listed = env.spool(&["list"]);
    assert!(listed.stdout.contains("The queue was damaged."), "{listed:?}");
    let checks = env.spool(&["doctor", "--json"]).json();
    assert!(checks.iter().any(|c| c["check"] == "restored" && c["good"] == false), "{checks:?}");
    assert!(checks.iter().any(|c| c["check"] == "queue" && c["good"] == true), "{checks:?}");
    assert_eq!(env.spool(&["resume"]).code, 0);
    assert!(!env.spool(&["list"]).stdout.contains("damaged"));
    let queue = open(&env).unwrap();
    assert!(add(&queue, "new.mkv").0 > 5, "no id is used twice");
}

#[test]
fn a_repair_interrupted_by_a_crash_is_completed() {
    let repair = |env: &TestEnv, now| {
        repair::repair(&file(env, ""), &env.data().join("backups"), now, CheckExtent::AfterCrash).unwrap()
    };
    for old_log in [false, true] {
        let env = crashed_without_log(|queue| add_each(queue, 0..5));
        flip(&file(&env, ""), 0..4);
        repair(&env, 1).expect("repaired");
        // As if the repair had stopped before its last step, with and without the old log in its place.
        fs::rename(file(&env, ""), env.data().join("queue.mended")).unwrap();
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(file(&env, suffix));
        }
        if old_log {
            fs::write(file(&env, "-wal"), "of the damaged one").unwrap();
        }
        assert!(matches!(open(&env), Err(Error::Corrupt { .. })), "not taken for a new queue");
        let completed = repair(&env, 2).expect("completed");
        assert!(
            words::restored(&completed.restored).to_string().contains("5 jobs could be read"),
            "{completed:?}"
        );
        let aside = completed.aside.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            completed.aside.exists() && aside.ends_with("damaged-1"),
            "the notice names the file that is kept"
        );
        assert_eq!(names(&open(&env).unwrap()), numbered(0..5));
    }
}

#[test]
fn a_damaged_queue_that_is_open_elsewhere_is_left_unchanged() {
    let env = crashed_without_log(|queue| add_each(queue, 0..50));
    let user = open(&env).unwrap();
    flip(&file(&env, ""), 4096..8192);
    let before = bytes(&env)[0].clone();
    let refused = repair::repair(&file(&env, ""), &env.data().join("backups"), 1, CheckExtent::AfterCrash);
    assert!(matches!(refused, Err(Error::DamagedInUse { .. })), "{refused:?}");
    let refused = env.spool(&["doctor", "--restore"]);
    assert!(refused.code == 1 && refused.stderr.contains("still has it open. Close that"), "{refused:?}");
    assert_eq!(bytes(&env)[0], before);
    drop(user);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undamaged_queue_is_not_repaired_after_a_crash() {
    let env = crashed(|queue| add_each(queue, 0..5));
    let queue = open(&env).unwrap();
    queue::pause(&queue, true).unwrap();
    drop(queue);
    let engine = start(&env, Setup::default());
    assert_eq!(restored(engine.queue().as_ref()), None);
    assert_eq!(names(engine.queue().as_ref()), numbered(0..5));
    engine.stop().await;
}

/// Creates a queue of schema 1, as the first release wrote it.
fn create_schema_1(env: &TestEnv) {
    let c = rusqlite::Connection::open(file(env, "")).unwrap();
    c.execute_batch(include_str!("../../../src-tauri/core/src/queue/sqlite/schema.sql")).unwrap();
    c.pragma_update(None, "user_version", 1).unwrap();
    let insert = "INSERT INTO job (uid, position, source_path, output_path, output_key, preset, unique_key, \
        max_attempts, created_at) VALUES (?1, 1, X'2F61', X'2F62', X'2F62', ?2, X'01', 4, 0)";
    let preset = serde_json::to_string(&spool_core::preset::built_in()[0]).unwrap();
    c.execute(insert, [uuid::Uuid::now_v7().to_string(), preset]).unwrap();
}

#[test]
fn an_older_schema_is_upgraded_and_a_copy_of_it_is_kept() {
    for version in [1, 2] {
        let env = TestEnv::new();
        create_schema_1(&env);
        if version == 2 {
            let c = rusqlite::Connection::open(file(&env, "")).unwrap();
            c.execute_batch(include_str!("../../../src-tauri/core/src/queue/sqlite/schema-2.sql")).unwrap();
            c.pragma_update(None, "user_version", 2).unwrap();
        }
        assert_eq!(names(&open(&env).unwrap()), ["a"]);
        let copy =
            rusqlite::Connection::open(env.data().join(format!("queue.schema-{version}.bak"))).unwrap();
        let found: i64 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let jobs: i64 = copy.query_row("SELECT count(*) FROM job", [], |row| row.get(0)).unwrap();
        assert_eq!((found, jobs), (version, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_refuses_a_newer_schema_with_its_version_and_changes_nothing() {
    let env = crashed(|queue| {
        add_each(queue, 0..3);
        // Only in the log, as if a newer Spool had just written it.
        queue.set_flag(Flag::Paused, Some("1")).unwrap();
    });
    {
        let c = rusqlite::Connection::open(file(&env, "")).unwrap();
        c.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
        c.pragma_update(None, "user_version", 99).unwrap();
    }
    let before = bytes(&env);
    assert!(!before[1].is_empty());
    for verb in [&["list"][..], &["add", "videos"], &["run", "--until-idle"], &["doctor", "--restore"]] {
        let refused = env.spool(verb);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains("a newer Spool (schema 99"), "{refused:?}");
        assert!(bytes(&env) == before, "{verb:?} changed it");
    }
}

#[test]
fn a_damaged_queue_is_not_repaired_while_another_process_has_the_lock() {
    let env = crashed_without_log(|queue| add_each(queue, 0..3));
    flip(&file(&env, ""), 0..4);
    let _other = lock::take(&env.data(), "another").unwrap();
    let before = bytes(&env);
    spool_core::engine::repair(&env.data(), "the window", &spool_core::clock::SystemClock::default())
        .unwrap();
    assert_eq!(bytes(&env), before, "not while another process has the lock");
}
