//! Two engines, two users, and the files of a dead engine: only the lock counts, and its holder is named to the second.
#![cfg(target_os = "linux")]

use crate::queue::broken_files::{add_each, names, numbered, open};
use spool_core::engine::lock;
use spool_tests::env::{Answer, TestEnv};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

/// Runs the command line as a user who owns no file here. `None` if that is not permitted.
fn as_other_user(env: &TestEnv, args: &[&str]) -> Option<Answer> {
    fs::set_permissions(env.data().parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    let unprivileged = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let answer = env.under("setpriv", &unprivileged, args);
    let refused = answer.as_ref().is_none_or(|a| a.stderr.starts_with("setpriv:"));
    if refused {
        eprintln!("SKIPPED: only root may act as another user");
    }
    answer.filter(|_| !refused)
}

#[test]
fn an_engine_of_another_user_is_named_to_the_second_one() {
    let env = TestEnv::new();
    add_each(&open(&env).unwrap(), 0..3);
    let held = lock::take(&env.data(), "the window").unwrap();
    let Some(second) = as_other_user(&env, &["run", "--until-idle"]) else { return };
    assert_eq!(second.code, 3, "{second:?}");
    assert!(second.stderr.contains("already in use by the window (process"), "{second:?}");
    let restored = as_other_user(&env, &["doctor", "--restore"]).unwrap();
    assert!(restored.code == 3 && restored.stderr.contains("the window (process"), "{restored:?}");
    drop(held);
    // The lock is free, but the queue belongs to another user.
    let second = as_other_user(&env, &["run", "--until-idle"]).unwrap();
    assert_eq!(second.code, 1, "{second:?}");
    assert!(second.stderr.contains("belongs to root, who has not shared it with you"), "{second:?}");
    assert_eq!(names(&open(&env).unwrap()), numbered(0..3), "nothing was changed");
}

#[test]
fn every_user_of_a_shared_folder_sees_that_an_engine_runs_the_queue() {
    let env = TestEnv::new();
    add_each(&open(&env).unwrap(), 0..3);
    let _held = lock::take(&env.data(), "the window").unwrap();
    fs::set_permissions(env.data(), Permissions::from_mode(0o777)).unwrap();
    for name in ["queue.db", "queue.opening", "queue.users"] {
        fs::set_permissions(env.data().join(name), Permissions::from_mode(0o666)).unwrap();
    }
    let Some(listed) = as_other_user(&env, &["list"]) else { return };
    assert!(listed.code == 0 && listed.stdout.contains("3 queued"), "{listed:?}");
    assert!(!listed.stdout.contains("The queue is not running"), "{listed:?}");
}

#[test]
fn a_private_queue_of_another_user_is_refused_with_an_error() {
    let env = TestEnv::new();
    add_each(&open(&env).unwrap(), 0..1);
    fs::set_permissions(env.data(), Permissions::from_mode(0o700)).unwrap();
    for verb in [&["list"][..], &["add", "videos"], &["run"], &["doctor", "--restore"]] {
        let Some(refused) = as_other_user(&env, verb) else { return };
        assert_eq!(refused.code, 1, "{refused:?}");
        let last = refused.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("spool: ") && last.contains("belongs to root"), "{verb:?}: {refused:?}");
    }
}

#[test]
fn a_readable_queue_of_another_user_can_be_listed_and_changes_are_refused() {
    let env = TestEnv::new();
    add_each(&open(&env).unwrap(), 0..3);
    let before = crate::queue::broken_files::bytes(&env);
    for in_use in [false, true] {
        let other = in_use.then(|| open(&env).unwrap());
        for mode in [0o755, 0o777] {
            fs::set_permissions(env.data(), Permissions::from_mode(mode)).unwrap();
            let Some(listed) = as_other_user(&env, &["list"]) else { return };
            assert!(listed.code == 0 && listed.stdout.contains("3 queued"), "{mode:o}: {listed:?}");
            assert_eq!(as_other_user(&env, &["list", "--json"]).unwrap().json().len(), 3);
            for verb in [&["hold", "1"][..], &["cancel", "--all"], &["pause"]] {
                let refused = as_other_user(&env, verb).unwrap();
                assert_eq!(refused.code, 1, "{mode:o} {verb:?}: {refused:?}");
                let sentence = "belongs to root, who has not shared it with you. Choose another folder";
                assert!(refused.stderr.contains(sentence), "{mode:o} {verb:?}: {refused:?}");
            }
        }
        drop(other);
    }
    assert_eq!(crate::queue::broken_files::bytes(&env), before, "nothing was changed");
    assert_eq!(names(&open(&env).unwrap()), numbered(0..3));
}

#[test]
fn members_of_a_group_share_a_queue_in_a_folder_of_the_group() {
    let env = TestEnv::new();
    let group = 2345;
    let as_member = |user: &str, args: &[&str]| {
        let who = ["--reuid", user, "--regid", user, "--groups", "2345"];
        env.under("setpriv", &who, args).filter(|a| !a.stderr.starts_with("setpriv:"))
    };
    for folder in [env.data(), env.out(), env.videos()] {
        fs::create_dir_all(&folder).unwrap();
        let changed = std::os::unix::fs::chown(&folder, None, Some(group));
        if changed.is_err() {
            return eprintln!("SKIPPED: only root may act as another user");
        }
        fs::set_permissions(&folder, Permissions::from_mode(0o770)).unwrap();
    }
    fs::set_permissions(env.data().parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    for name in ["a.mkv", "b.mkv"] {
        let video = env.videos().join(name);
        fs::write(&video, "no video").unwrap();
        fs::set_permissions(&video, Permissions::from_mode(0o644)).unwrap();
    }
    let at = |name: &str| env.videos().join(name).to_str().unwrap().to_owned();
    let Some(first) = as_member("2001", &["add", &at("a.mkv")]) else { return };
    assert_eq!(first.code, 0, "{first:?}");
    let held = open(&env).unwrap();
    for args in [&["add", &at("b.mkv")][..], &["hold", "1"], &["release", "1"], &["run", "--until-idle"]] {
        for user in ["2002", "2001"] {
            let answer = as_member(user, args).unwrap();
            assert!(answer.code == 0 || args[0] == "run", "{user} {args:?}: {answer:?}");
            assert!(
                !answer.stderr.contains("belongs to") && !answer.stderr.contains("ermission"),
                "{answer:?}"
            );
        }
    }
    assert_eq!(as_member("2002", &["list", "--json"]).unwrap().json().len(), 2);
    drop(held);
    let assert_shared = |folder: std::path::PathBuf| {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let (mode, of) = (path.metadata().unwrap().mode(), path.metadata().unwrap().gid());
            assert_eq!((mode & 0o060, of), (0o060, group), "{}", path.display());
        }
    };
    assert_shared(env.data());
    assert_shared(env.data().join("backups"));
}

#[test]
fn the_files_of_a_dead_engine_do_not_lock_the_queue() {
    let env = TestEnv::new();
    drop(open(&env).unwrap());
    fs::write(env.data().join("engine.lock"), "").unwrap();
    fs::write(env.data().join("engine.holder"), "the window (process 1)").unwrap();
    let checks = env.spool(&["doctor", "--json"]).json();
    assert!(checks.iter().any(|c| c["check"] == "run by" && c["text"] == "no process"), "{checks:?}");
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}
