//! Rows that another version of Spool wrote and this version cannot read. They delay no other job and keep their
//! unreadable columns. Columns that are only informative never make a row unreadable.

use crate::cli::basics::{queued, states};
use serde_json::Value;
use spool_core::job::State;
use spool_tests::clips;
use spool_tests::engine::{self, Setup, faulty};
use spool_tests::env::TestEnv;

/// Changes rows as another program would, also while an engine runs.
fn change(env: &TestEnv, sql: &str) {
    let connection = rusqlite::Connection::open(env.data().join("queue.db")).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection.execute_batch(sql).unwrap();
}

fn find_job(env: &TestEnv, id: usize) -> Value {
    env.jobs().into_iter().find(|job| job["id"] == id).unwrap()
}

/// Assignments that a newer or faulty version may write.
const UNREADABLE: [&str; 6] = [
    "preset = json_set(preset, '$.version', 2), spec_version = 2",
    "preset = json_set(preset, '$.version', 2)",
    "preset = json_set(preset, '$.video.grain', 8)",
    "preset = 'not JSON'",
    "options = '{\"trim\":[1,2]}'",
    "uid = 'not a uid'",
];

#[test]
fn the_queue_finishes_despite_a_job_of_another_version() {
    for what in UNREADABLE {
        let env = queued();
        change(&env, &format!("UPDATE job SET {what} WHERE id = 1"));
        let listed = env.spool(&["list"]);
        let format = if what.contains("'$.version', 2") { " (format 2, this one reads 1)" } else { "" };
        let line = format!(
            "    1  queued     a.mkv  made by another version of Spool{format}; update Spool, or remove the job"
        );
        assert!(listed.stdout.contains(&line), "{what}: {listed:?}");
        let foreign = find_job(&env, 1)["foreignFormat"].as_u64();
        assert_eq!(foreign, (!format.is_empty()).then_some(2), "{what}");
        let run = env.spool(&["run", "--until-idle"]);
        assert_eq!(run.code, 1, "one job could not run: {run:?}");
        assert!(
            run.stdout.contains("2 videos done, 1 video made by another version of Spool \u{b7} "),
            "{what}: {run:?}"
        );
        let mut now = states(&env);
        now.sort();
        assert_eq!(now, ["done", "done", "queued"], "{what}");
        let job = find_job(&env, 1);
        assert_eq!((job["attempt"].as_i64(), job["preset"].is_null()), (Some(0), true), "{what}: {job}");
        let shown = env.spool(&["show", "1"]);
        assert!(shown.code == 0 && shown.stdout.contains("made by another version"), "{what}: {shown:?}");
        assert_eq!(env.spool(&["remove", "1"]).code, 0, "{what}");
        assert_eq!(env.spool(&["run", "--until-idle"]).code, 0, "{what}");
    }
}

#[test]
fn thousands_of_unreadable_jobs_delay_nothing() {
    let env = queued();
    change(
        &env,
        "WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 5000)
         INSERT INTO job (uid, position, source_path, output_path, output_key, preset, unique_key, max_attempts,
             created_at, spec_version)
         SELECT printf('00000000-0000-7000-8000-%012x', x), -x, source_path, CAST(output_path || x AS BLOB),
             CAST(output_key || x AS BLOB),
             json_set(preset, '$.video.grain', x), CAST(unique_key || x AS BLOB), 4, 0, 1
         FROM n, job WHERE id = 1",
    );
    let run = env.spool(&["run", "--until-idle"]);
    assert!(run.stdout.contains("3 videos done, 5000 videos made by another version"), "{run:?}");
    assert!(run.stdout.lines().count() < 20, "{run:?}");
}

#[test]
fn an_unreadable_running_job_is_rescued_and_stays_unreadable() {
    for what in UNREADABLE {
        let env = queued();
        change(
            &env,
            &format!(
                "UPDATE job SET state = 'running', owner = 'gone', epoch = 1, attempt = 1, started_at = 1, {what} \
                 WHERE id = 1;
                 INSERT INTO attempt (job_id, epoch, owner, started_at, child, commands) \
                 VALUES (1, 1, 'gone', 1, '{{\"handle\":7}}', 'none')"
            ),
        );
        let run = env.spool(&["run", "--until-idle"]);
        assert!(run.stdout.contains("2 videos done"), "{what}: {run:?}");
        let job = find_job(&env, 1);
        assert_eq!(
            (job["state"].as_str(), job["attempt"].as_i64()),
            (Some("queued"), Some(0)),
            "{what}: {job}"
        );
        assert!(env.spool(&["show", "1"]).stdout.contains("rescued"), "{what}");
    }
}

#[test]
fn unreadable_jobs_that_wait_or_failed_keep_their_state() {
    let env = queued();
    change(
        &env,
        "UPDATE job SET state = 'waiting', failure_code = 'destination_missing', failure_reason = 'Gone.',
             preset = json_set(preset, '$.version', 2) WHERE id = 1;
         UPDATE job SET state = 'failed', failure_code = 'of_the_future', failure_reason = 'It was odd.',
             finished_at = 1, preset = json_set(preset, '$.version', 2) WHERE id = 2",
    );
    let retried = env.spool(&["retry", "2"]);
    assert!(retried.code == 1 && retried.stderr.contains("Job 2 was made by another version"), "{retried:?}");
    assert_eq!(env.spool(&["retry", "--all"]).code, 1);
    env.spool(&["run", "--until-idle"]);
    assert_eq!(
        [find_job(&env, 1)["state"].clone(), find_job(&env, 2)["state"].clone()],
        ["waiting", "failed"]
    );
}

#[test]
fn invalid_informative_columns_do_not_make_a_row_unreadable() {
    for what in [
        "facts = '{\"of\":\"another version\"}'",
        "progress = 'nonsense'",
        "warnings = '{}'",
        "facts = '', progress = '[]', warnings = '7'",
        "need_bytes = -1, crashes = -7",
    ] {
        let env = queued();
        change(&env, &format!("UPDATE job SET {what} WHERE id = 1"));
        assert!(env.spool(&["list"]).stdout.contains("3 queued"), "{what}");
        assert_eq!(env.spool(&["run", "--until-idle"]).code, 0, "{what}");
    }
}

/// Another program writes to the queue while the engine has it open.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_becomes_unreadable_while_the_engine_runs_is_skipped() {
    let env = TestEnv::new();
    let videos = ["a.mkv", "b.mkv"].map(|name| env.video(&clips::ordinary(), name));
    let engine = engine::start(&env, Setup { workers: 1, ..faulty() });
    engine.pause(true).unwrap();
    let ids = engine::add(&engine, &env, &[&videos[0], &videos[1]]);
    change(&env, "UPDATE job SET preset = json_set(preset, '$.video.grain', 8) WHERE id = 1");
    engine.pause(false).unwrap();
    engine::reaches(&engine, ids[1], State::Done);
    assert_eq!(engine::job(&engine, ids[0]).state, State::Queued);
    engine.until_idle().await;
    engine.stop().await;
}

#[test]
fn unknown_columns_are_kept() {
    let env = queued();
    change(
        &env,
        "ALTER TABLE job ADD COLUMN mood TEXT; UPDATE job SET mood = 'calm';
         ALTER TABLE attempt ADD COLUMN gpu TEXT",
    );
    assert_eq!(env.spool(&["hold", "1"]).code, 0);
    assert_eq!(env.spool(&["release", "1"]).code, 0);
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    assert_eq!(states(&env), ["done", "done", "done"]);
    let connection = rusqlite::Connection::open(env.data().join("queue.db")).unwrap();
    let kept: i64 =
        connection.query_row("SELECT count(*) FROM job WHERE mood = 'calm'", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 3);
}

/// It has a new column and a new state.
#[test]
fn every_command_refuses_the_queue_of_a_newer_version_without_writing_to_it() {
    let env = queued();
    change(
        &env,
        "ALTER TABLE job ADD COLUMN machine TEXT; PRAGMA ignore_check_constraints = ON;
         UPDATE job SET state = 'offered', machine = 'attic' WHERE id = 2;
         PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)",
    );
    let file = env.data().join("queue.db");
    let before = std::fs::read(&file).unwrap();
    for verb in [
        &["list"][..],
        &["list", "--json"],
        &["show", "1"],
        &["add", "videos"],
        &["cancel", "1"],
        &["remove", "2"],
        &["retry", "--all"],
        &["pause"],
        &["run", "--until-idle"],
    ] {
        let answer = env.spool(verb);
        assert!(
            answer.code == 1 && answer.stderr.contains("a newer Spool (schema 99"),
            "{verb:?}: {answer:?}"
        );
    }
    assert!(std::fs::read(&file).unwrap() == before, "the file was written");
}
