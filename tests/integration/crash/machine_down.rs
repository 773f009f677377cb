//! The machine goes down while a job runs, because of a power cut or a shutdown that did not wait. This does not count
//! as a crash of the application, and a job during which it happens repeatedly is put on hold.

use crate::queue::fixture::{START, contract, failure, new_job};
use spool_core::clock::ManualClock;
use spool_core::engine::{Engine, open_queue};
use spool_core::failure::FailureCode;
use spool_core::job::{Job, JobId, State};
use spool_core::progress::Progress;
use spool_core::queue::{
    self, Command, Commands, Flag, Leases, Outcome, QueuePosition, Selection, TakenNames,
};
use spool_tests::engine::{Setup, start};
use spool_tests::env::TestEnv;
use spool_tests::reasons::{failure_with, sentence};
use std::sync::Arc;

fn at(percent: f64) -> Progress {
    Progress { percent: Some(percent), ..Progress::default() }
}

fn down(ends: u32) -> Outcome {
    Outcome::MachineDown { ends, hold: None }
}

contract! {
    the_boot_is_stored_with_the_attempt => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        let known = w.queue.claim_on(Some("monday"), "engine", true).unwrap().unwrap();
        let unknown = w.claim();
        let boot = |job: &Job| w.queue.attempts(job.id).unwrap()[0].boot.clone();
        assert_eq!((boot(&known).as_deref(), boot(&unknown)), (Some("monday"), None));
    }

    a_machine_end_gives_the_attempt_back_and_counts_no_crash => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &down(3)).unwrap();
        let after = w.job(job.id);
        assert_eq!((after.state, after.attempt, after.crashes, after.machine_ends), (State::Queued, 0, 0, 3));
        assert!(!after.hold && after.failure.is_none());
        assert_eq!(w.queue.attempts(job.id).unwrap()[0].outcome.as_deref(), Some("machine_down"));
        assert_eq!(w.claim().machine_ends, 3, "a claim keeps the count");
    }

    a_job_held_for_its_machine_ends_has_a_reason_until_it_is_released => |w| {
        let ids = w.add(&["a.mkv"]);
        let why = failure_with(FailureCode::MachineDown, "It went down.");
        w.queue.settle(w.claim().lease(), &Outcome::MachineDown { ends: 6, hold: Some(why) }).unwrap();
        let held = w.job(ids[0]);
        assert!(held.hold && held.state == State::Queued && held.attempt == 0);
        assert_eq!(sentence(&held.failure.unwrap()), "It went down.");
        assert!(w.queue.claim("engine", true).unwrap().is_none());
        w.apply(Command::Release, &ids);
        let released = w.job(ids[0]);
        assert_eq!((released.hold, released.machine_ends, released.failure), (false, 0, None));
        assert_eq!(w.claim().id, ids[0]);
    }

    a_release_keeps_the_failure_of_a_retried_job => |w| {
        let ids = w.add(&["a.mkv"]);
        w.queue.settle(w.claim().lease(), &Outcome::Retry { failure: failure(), run_at: 0 }).unwrap();
        w.apply(Command::Hold, &ids);
        w.apply(Command::Release, &ids);
        assert_eq!(sentence(&w.job(ids[0]).failure.unwrap()), "It broke.");
    }

    a_retry_resets_the_count_of_machine_ends => |w| {
        let ids = w.add(&["a.mkv"]);
        w.queue.settle(w.claim().lease(), &down(5)).unwrap();
        w.queue.settle(w.claim().lease(), &Outcome::Failed(failure())).unwrap();
        assert_eq!(w.job(ids[0]).machine_ends, 5);
        w.apply(Command::Retry, &ids);
        assert_eq!(w.job(ids[0]).machine_ends, 0);
    }

    the_best_progress_survives_the_claim_and_exceeding_it_resets_the_count => |w| {
        let id = w.add(&["a.mkv"])[0];
        let ended = |percent: f64, outcome: &Outcome| {
            let job = w.claim();
            w.queue.save_progress(&[(job.lease(), at(percent))]).unwrap();
            w.queue.settle(job.lease(), outcome).unwrap();
            let job = w.job(id);
            (job.best.and_then(|best| best.percent), job.machine_ends)
        };
        assert_eq!(ended(30.0, &down(4)), (Some(30.0), 4));
        assert_eq!(ended(20.0, &Outcome::Interrupted(None)), (Some(30.0), 4), "not beyond the best");
        assert_eq!(ended(40.0, &Outcome::Interrupted(None)), (Some(40.0), 0), "a clean stop exceeded the best");
        let job = w.claim();
        assert_eq!((job.progress, job.best), (None, Some(at(40.0))));
        w.queue.settle(job.lease(), &crate::queue::fixture::done(&job)).unwrap();
        assert_eq!((w.job(id).best, w.job(id).machine_ends), (None, 0));
    }
}

/// A queue with one job, run by engines that end with the machine.
struct Shutdowns {
    env: TestEnv,
    id: JobId,
}

impl Shutdowns {
    fn new() -> Shutdowns {
        let env = TestEnv::new();
        let queue = open_queue(&env.data(), Arc::new(ManualClock::at(START))).unwrap();
        queue.add(&[new_job("a.mkv")], QueuePosition::End, &TakenNames::default()).unwrap();
        Shutdowns { env, id: JobId(1) }
    }

    /// Claims the job as an engine in `boot` that then dies, and starts the next engine in the boot `next`, on a paused
    /// queue.
    fn restart(&self, boot: Option<&str>, percent: f64, next: Option<&str>) -> (Engine, Job) {
        let queue = open_queue(&self.env.data(), Arc::new(ManualClock::at(START))).unwrap();
        queue::pause(&queue, false).unwrap();
        let job = queue.claim_on(boot, "the dead", true).unwrap().unwrap();
        queue.save_progress(&[(job.lease(), at(percent))]).unwrap();
        queue::pause(&queue, true).unwrap();
        drop(queue);
        let engine = start(&self.env, Setup { boot: next.map(str::to_owned), ..Setup::default() });
        let job = engine.queue().job(self.id).unwrap().unwrap();
        (engine, job)
    }

    /// Restarts the engine in a new boot, because the machine went down, and returns the job.
    async fn cut(&self, n: u32, percent: f64) -> Job {
        let (boot, next) = (format!("boot {n}"), format!("boot {}", n + 1));
        let (engine, job) = self.restart(Some(&boot), percent, Some(&next));
        engine.stop().await;
        job
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_machine_ends_change_nothing_and_the_sixth_without_progress_holds_the_job() {
    let shutdowns = Shutdowns::new();
    assert_eq!(shutdowns.cut(1, 10.0).await.machine_ends, 1);
    for n in 2..=5 {
        let job = shutdowns.cut(n, 10.0).await;
        assert_eq!((job.state, job.hold, job.crashes, job.attempt), (State::Queued, false, 0, 0), "{n}");
        assert_eq!(job.machine_ends, n);
    }
    let job = shutdowns.cut(6, 10.0).await;
    assert!(job.hold && job.state == State::Queued && job.crashes == 0);
    let why = "The computer went down 6 times while this video was converted; release it to try again.";
    assert_eq!(sentence(&job.failure.unwrap()), why);
    let listed = shutdowns.env.spool(&["list"]).stdout;
    assert!(listed.contains(&format!("on hold: {why}")), "{listed}");
    assert_eq!(shutdowns.env.spool(&["release", "1"]).code, 0);
    assert_eq!(shutdowns.cut(7, 10.0).await.machine_ends, 1, "a release resets the count");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_gets_further_each_time_is_never_held() {
    let shutdowns = Shutdowns::new();
    for n in 1..=8 {
        let job = shutdowns.cut(n, f64::from(n) * 10.0).await;
        assert_eq!((job.hold, job.crashes, job.machine_ends), (false, 0, 1), "{n}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_same_or_an_unknown_boot_it_was_a_crash() {
    for (boot, next) in [(Some("a"), Some("a")), (None, Some("a")), (Some("a"), None)] {
        let shutdowns = Shutdowns::new();
        for crashes in 1..=2 {
            let (engine, job) = shutdowns.restart(boot, 10.0, next);
            engine.stop().await;
            assert_eq!((job.state, job.crashes, job.machine_ends), (State::Queued, crashes, 0));
        }
        let (engine, job) = shutdowns.restart(boot, 10.0, next);
        engine.stop().await;
        assert_eq!((job.state, job.failure.unwrap().code()), (State::Failed, FailureCode::AppCrashed));
    }
}

/// The next crash counts as the first if a job ended since the last one.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_end_does_not_count_as_a_crash_in_later_recoveries() {
    for (ended_since_crash, crashes) in [(true, 1), (false, 2)] {
        let shutdowns = Shutdowns::new();
        let (engine, job) = shutdowns.restart(Some("a"), 10.0, Some("a"));
        assert_eq!(job.crashes, 1);
        engine.queue().set_flag(Flag::EndedSinceCrash, ended_since_crash.then_some("1")).unwrap();
        engine.stop().await;
        assert_eq!(shutdowns.cut(1, 10.0).await.crashes, 1);
        let (engine, job) = shutdowns.restart(Some("a"), 10.0, Some("a"));
        engine.stop().await;
        assert_eq!(job.crashes, crashes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_stores_its_boot_with_each_claim() {
    let env = TestEnv::new();
    let video = env.video(&spool_tests::clips::ordinary(), "fake-stall.mkv");
    let engine = start(&env, Setup { boot: Some("monday".into()), ..spool_tests::engine::faulty() });
    let id = spool_tests::engine::add(&engine, &env, &[&video])[0];
    spool_tests::engine::reaches(&engine, id, State::Running);
    assert_eq!(engine.queue().attempts(id).unwrap()[0].boot.as_deref(), Some("monday"));
    engine.apply(Command::Cancel, &Selection::Ids(vec![id])).unwrap();
    engine.stop().await;
}
