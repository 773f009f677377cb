//! A power cut: every add that was confirmed is on the disk, and no job on the disk is incomplete.

use crate::queue::broken_files::{add, file, names, numbered, open};
use crate::queue::fixture::{done, failure, new_job};
use spool_core::job::State;
use spool_core::queue::{Commands, Details, Filter, Flag, Note, Outcome, Queue, QueuePosition, TakenNames};
use spool_tests::env::TestEnv;
use std::fs;

/// Sizes of the header of the log, and of a frame with its page, in bytes.
const HEADER: usize = 32;
const FRAME: usize = 24 + 4096;

/// The files of a queue in use whose log was never checkpointed, with the length of the log after each add.
struct Written {
    database: Vec<u8>,
    log: Vec<u8>,
    /// Length of the log, and the number of jobs accepted by then.
    accepted: Vec<(usize, usize)>,
}

fn write() -> Written {
    let env = TestEnv::new();
    let queue = open(&env).unwrap();
    queue.set_flag(Flag::Engine, Some("an engine")).unwrap();
    let length = || fs::metadata(file(&env, "-wal")).unwrap().len() as usize;
    let mut accepted = vec![(length(), 0)];
    for n in 0..4 {
        add(&queue, &format!("{n}.mkv"));
        accepted.push((length(), n + 1));
        run_one(&queue, n);
    }
    let batch: Vec<_> = (4..7).map(|n| new_job(&format!("{n}.mkv"))).collect();
    queue.add(&batch, QueuePosition::End, &TakenNames::default()).unwrap();
    accepted.push((length(), 7));
    let [database, log] = crate::queue::broken_files::bytes(&env);
    Written { database, log, accepted }
}

/// Claims the next job and settles it in one of three ways, or leaves it running.
fn run_one(queue: &dyn Queue, n: usize) {
    let job = queue.claim("engine", true).unwrap().unwrap();
    queue.note(job.lease(), &Note::Command(vec!["ffmpeg".into()])).unwrap();
    let outcome = match n % 4 {
        0 => done(&job),
        1 => Outcome::Failed(failure()),
        2 => Outcome::Interrupted(None),
        _ => return,
    };
    queue.settle(job.lease(), &outcome).unwrap();
}

/// Checks that no row is incomplete: each can be read, running jobs have the open attempt of their epoch, others none.
fn assert_complete(queue: &dyn Queue) {
    for job in queue.page(&Filter::default(), 0, 1000).unwrap() {
        let last = queue.attempts(job.id).unwrap().pop();
        let ended = last.as_ref().map(|a| a.outcome.is_some());
        let complete = match job.state {
            State::Running => ended == Some(false) && last.unwrap().epoch == job.epoch,
            State::Done | State::Failed => ended == Some(true),
            _ => ended != Some(false),
        };
        assert!(complete, "{job:?}");
    }
}

#[test]
fn a_log_cut_at_any_frame_or_within_one_keeps_every_accepted_job_complete() {
    let written = write();
    assert!(written.database.len() < written.log.len(), "the log was never checkpointed");
    let boundaries = (HEADER..=written.log.len()).step_by(FRAME);
    // Within a frame: in its header, directly after it, and in its page.
    let within = boundaries.clone().zip([12, 24, 2000].into_iter().cycle()).map(|(at, more)| at + more);
    for cut in [0, 7].into_iter().chain(boundaries).chain(within) {
        let cut = cut.min(written.log.len());
        let env = TestEnv::new();
        fs::write(file(&env, ""), &written.database).unwrap();
        fs::write(file(&env, "-wal"), &written.log[..cut]).unwrap();
        let queue = open(&env).unwrap();
        let kept = names(&queue);
        assert!(kept.len() < 5 || kept.len() == 7, "a batch is kept as a whole or not at all");
        assert_eq!(kept, numbered(0..kept.len()), "cut at {cut}");
        let accepted = written.accepted.iter().filter(|(length, _)| *length <= cut).map(|(_, n)| *n).max();
        assert!(kept.len() >= accepted.unwrap_or(0), "{} of {accepted:?} jobs, cut at {cut}", kept.len());
        assert_complete(&queue);
        drop(queue);
        let c = rusqlite::Connection::open(file(&env, "")).unwrap();
        let verdict: String = c.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok", "cut at {cut}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_add_is_confirmed_only_after_the_log_is_synced() {
    let env = TestEnv::new();
    for n in 0..3 {
        fs::write(env.videos().join(format!("{n}.mkv")), "a video").unwrap();
    }
    // Another connection keeps the queue open, so that closing it does not checkpoint, and thus sync, the log.
    let _other = open(&env).unwrap();
    let trace = env.out().join("trace");
    let calls = "trace=write,pwrite64,fsync,fdatasync";
    let line = ["-f", "-y", "-s", "80", "-e", calls, "-o", trace.to_str().unwrap()];
    let Some(answer) = env.under("strace", &line, &["add", "videos"]) else {
        eprintln!("SKIPPED: strace is not installed");
        return;
    };
    if answer.stderr.contains("ptrace") {
        eprintln!("SKIPPED: strace may not trace a process here: {}", answer.stderr);
        return;
    }
    assert_eq!(answer.code, 0, "{answer:?}");
    let trace = fs::read_to_string(trace).unwrap();
    let calls: Vec<&str> = trace.lines().collect();
    let confirmed =
        calls.iter().position(|c| c.contains("write(1<") && c.contains("accepted")).expect("a confirmation");
    let to_log = |c: &str| c.contains("queue.db-wal>");
    let written =
        calls[..confirmed].iter().rposition(|c| to_log(c) && c.contains("pwrite64(")).expect("a commit");
    let flushed =
        |c: &&str| to_log(c) && (c.contains("fdatasync(") || c.contains("fsync(")) && c.ends_with("= 0");
    assert!(calls[written..confirmed].iter().any(flushed), "{:#?}", &calls[written..=confirmed]);
    assert!(
        !calls[confirmed..].iter().any(|c| to_log(c) && c.contains("pwrite64(")),
        "written after the confirmation"
    );
}
