//! Files with unexpected contents: another program's database in place of the queue, invalid rows, settings of the
//! wrong type. Each is refused by name and never overwritten.

use crate::queue::broken_files::{add_each, bytes, file, names, open};
use spool_core::job::State;
use spool_core::queue::{Command, Commands, Filter, Leases, Lists, Selection};
use spool_core::settings;
use spool_tests::env::TestEnv;
use std::fs;

/// Commands that read, write, run and repair the queue.
const VERBS: [&[&str]; 5] =
    [&["list"], &["add", "videos"], &["run", "--until-idle"], &["doctor", "--restore"], &["pause"]];

/// Checks that every command fails with this sentence and leaves the contents unchanged.
fn refused_unchanged(env: &TestEnv, sentence: &str, contents: &dyn Fn() -> Vec<u8>) {
    let before = contents();
    for verb in VERBS {
        let answer = env.spool(verb);
        assert_eq!(answer.code, 1, "{verb:?}: {answer:?}");
        assert!(answer.stderr.contains(sentence), "{verb:?}: {answer:?}");
        assert_eq!(answer.stderr.lines().count(), 1, "one line: {answer:?}");
        assert!(contents() == before, "{verb:?} changed it");
    }
}

#[test]
fn another_programs_database_is_refused_and_left_unchanged() {
    let tables =
        "CREATE TABLE bookmark (id INTEGER PRIMARY KEY, url TEXT); INSERT INTO bookmark VALUES (1, 'x');";
    for (version, mark, mode) in
        [(0, 0, "DELETE"), (1, 0, "DELETE"), (3, 0, "WAL"), (99, 0, "DELETE"), (2, 0x4d5a_1234, "WAL")]
    {
        let env = TestEnv::new();
        let c = rusqlite::Connection::open(file(&env, "")).unwrap();
        c.pragma_update_and_check(None, "journal_mode", mode, |_| Ok(())).unwrap();
        c.execute_batch(tables).unwrap();
        c.pragma_update(None, "user_version", version).unwrap();
        c.pragma_update(None, "application_id", mark).unwrap();
        drop(c);
        refused_unchanged(&env, "is another program's database. Move it elsewhere", &|| bytes(&env).concat());
        let files = fs::read_dir(env.data()).unwrap().map(|e| e.unwrap().file_name());
        assert!(
            !files.into_iter().any(|n| n.to_string_lossy().contains("damaged")),
            "not taken for a damaged queue"
        );
    }
}

#[test]
fn a_database_like_an_older_queue_with_an_extra_table_is_refused() {
    let env = TestEnv::new();
    let c = rusqlite::Connection::open(file(&env, "")).unwrap();
    c.execute_batch(
        "CREATE TABLE job (id); CREATE TABLE attempt (id); CREATE TABLE flag (id); CREATE TABLE more (id);",
    )
    .unwrap();
    c.pragma_update(None, "user_version", 2).unwrap();
    drop(c);
    refused_unchanged(&env, "is another program's database", &|| bytes(&env).concat());
}

#[test]
fn an_unreadable_row_is_listed_kept_unchanged_and_delays_no_other_job() {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    add_each(&queue, 0..3);
    let corrupt = "UPDATE job SET preset = '{\"id\": 7}' WHERE id = 1";
    rusqlite::Connection::open(file(&env, "")).unwrap().execute(corrupt, []).unwrap();
    let listed = env.spool(&["list"]);
    assert!(
        listed.stdout.contains("0.mkv  made by another version of Spool; update Spool, or remove"),
        "{listed:?}"
    );
    let claimed = queue.claim("engine", true).unwrap().expect("the next job");
    assert_eq!(claimed.id.0, 2);
    let counts = queue.counts().unwrap();
    assert_eq!((counts.queued, counts.unreadable, counts.failed), (2, 1, 0), "it keeps its state");
    assert_eq!(queue.page(&Filter::of(&[State::Running]), 0, 10).unwrap().len(), 1);
    queue.apply(Command::Remove, &Selection::Ids(vec![spool_core::job::JobId(1)])).unwrap();
    assert_eq!(names(&queue), ["1.mkv", "2.mkv"]);
}

#[test]
fn invalid_settings_are_refused_by_name_and_never_overwritten() {
    let env = TestEnv::new();
    let path = env.data().join("settings.json");
    for wrong in [
        "{\"workers\": {}}",
        "{\"preset\": 5}",
        "{\"keepAwake\": \"yes\"}",
        "[1, 2]",
        "null",
        "\"a\"",
        "{",
        "",
    ] {
        fs::write(&path, wrong).unwrap();
        refused_unchanged(&env, "settings.json", &|| fs::read(&path).unwrap());
        assert!(settings::change(&env.data(), |_| {}).is_err());
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            wrong,
            "a change in the window does not overwrite it either"
        );
    }
    fs::write(&path, vec![0xff; 10]).unwrap();
    refused_unchanged(&env, "settings.json", &|| fs::read(&path).unwrap());
}

#[test]
fn settings_of_a_gigabyte_are_refused_without_being_read() {
    let env = TestEnv::new();
    let path = env.data().join("settings.json");
    fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    refused_unchanged(&env, "it is larger than 1 MB", &|| {
        path.metadata().unwrap().len().to_le_bytes().into()
    });
}

#[cfg(unix)]
#[test]
fn settings_that_are_a_named_pipe_are_refused_without_waiting() {
    let env = TestEnv::new();
    let path = env.data().join("settings.json");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let answer = env.spool(&["list"]);
    assert!(answer.code == 1 && answer.stderr.contains("it is not a regular file"), "{answer:?}");
}
