//! Clocks that jump and machines that sleep: neither delays a job for a day nor makes a running one count as stalled.

use spool_core::clock::{Clock, ManualClock};
use spool_core::job::State;
use spool_core::policy::Policy;
use spool_tests::engine::{Setup, add, fast, faulty, impatient, job, reaches, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, faketime, wait_until};
use std::sync::Arc;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);
const DAY_MS: i64 = 24 * 3_600_000;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(1_800_000_000_000))
}

/// Fifteen minutes between attempts, so that only a jump of the clock makes a retry due.
fn slow_backoff(clock: &Arc<ManualClock>) -> Setup {
    let policy =
        Policy { backoff_first: Duration::from_mins(15), backoff_cap: Duration::from_mins(15), ..fast() };
    Setup { clock: clock.clone(), policy, ..faulty() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_jump_of_a_day_in_either_direction_makes_a_retry_due() {
    for jump in [-DAY_MS, DAY_MS] {
        let (env, clock) = (TestEnv::new(), clock());
        let engine = start(&env, slow_backoff(&clock));
        let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-once.mkv")])[0];
        wait_until("the first failure", SOON, || job(&engine, id).run_at.is_some());
        clock.set_back(jump);
        assert_eq!(reaches(&engine, id, State::Done).attempt, 2);
        engine.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_hides_no_ended_job_from_the_tally() {
    let (env, clock) = (TestEnv::new(), clock());
    let engine = start(&env, Setup { clock: clock.clone(), ..faulty() });
    clock.set_back(DAY_MS);
    std::fs::write(env.videos().join("none.mkv"), "no video").unwrap();
    let id = add(&engine, &env, &[&env.videos().join("none.mkv")])[0];
    reaches(&engine, id, State::Failed);
    // The event follows the commit.
    wait_until("the tally to count the failure", SOON, || engine.tally().of(State::Failed) == 1);
    engine.stop().await;
}

/// As after a night of sleep: the wall clock has advanced, the awake time has not.
#[tokio::test(flavor = "multi_thread")]
async fn neither_a_clock_jump_nor_a_sleep_of_the_machine_makes_a_running_job_stall() {
    let (env, clock) = (TestEnv::new(), clock());
    let engine = start(&env, Setup { clock: clock.clone(), policy: impatient(), ..faulty() });
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-stall.mkv")])[0];
    let child = || engine.queue().attempts(id).unwrap().first().is_some_and(|a| a.child.is_some());
    wait_until("ffmpeg to start", SOON, child);
    // Awake time before and after each jump; the sum stays below the stall limit.
    let a_little_later = || {
        clock.advance(impatient().stall / 10);
        let since = Instant::now();
        wait_until("several checks by the supervisor", SOON, || since.elapsed() > Duration::from_millis(300));
    };
    for jump in [-DAY_MS, 2 * DAY_MS, -DAY_MS] {
        a_little_later();
        clock.set_back(jump);
        a_little_later();
        assert_eq!((job(&engine, id).state, job(&engine, id).epoch), (State::Running, 1));
    }
    // Only awake time counts. It advances in steps, because the supervisor checks in between.
    let ended = || engine.queue().attempts(id).unwrap()[0].ended_at.is_some();
    wait_until("the stall to be detected", SOON, || {
        clock.advance(impatient().stall / 10);
        ended()
    });
    engine.stop().await;
}

/// A retry that was scheduled by a clock a day off is due at once under the correct clock.
#[test]
fn jobs_of_an_engine_with_a_wrong_clock_are_not_delayed_by_the_next_engine() {
    let (Some(ahead), Some(behind)) = (faketime::shifted("+1d"), faketime::shifted("-1d")) else {
        return eprintln!("SKIPPED: libfaketime is not installed");
    };
    for shift in [ahead, behind] {
        let env = TestEnv::new();
        env.use_fake_ffmpeg();
        env.video(&clips::ordinary(), "fake-sig.mkv");
        let out = env.out();
        assert_eq!(env.spool(&["add", "--flat", "--output-dir", out.to_str().unwrap(), "videos"]).code, 0);
        let first = env.start_with(&["run"], &shift);
        let job = |env: &TestEnv| env.jobs().remove(0);
        wait_until("the retry to be scheduled", SOON, || job(&env)["runAt"].is_i64());
        let ahead_by = job(&env)["runAt"].as_i64().unwrap() - spool_core::clock::SystemClock::default().now();
        assert!(ahead_by.abs() > DAY_MS / 2, "the first engine had a shifted clock: {ahead_by} ms");
        first.crash();
        let attempt = |env: &TestEnv| job(env)["attempt"].clone();
        assert_eq!(attempt(&env), 1);
        let _second = env.start(&["run"]);
        wait_until("the second attempt to start", Duration::from_secs(5), || attempt(&env) == 2);
    }
}
