//! Processes that do harm: outputs without end, children of children, floods, signals.

use spool_core::failure::FailureCode;
use spool_core::job::{Job, State};
use spool_core::policy::Policy;
use spool_core::queue::{Command, Which};
use spool_tests::engine::{Setup, add, fast, faulty, job, reaches, reaches_within, start};
use spool_tests::env::TestEnv;
use spool_tests::{clips, judge, wait_until};
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn code(job: &Job) -> FailureCode {
    job.failure.as_ref().unwrap().code
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_grows_without_end_is_ended_and_refused() {
    let env = TestEnv::new();
    let engine = start(&env, faulty());
    let id = add(&engine, &env, &[&env.video(&clips::ordinary(), "fake-bomb.mkv")])[0];
    let failed = reaches(&engine, id, State::Failed);
    assert_eq!((code(&failed), failed.attempt), (FailureCode::PlanRefused, 1));
    engine.stop().await;
    assert!(env.results().is_empty(), "{:?}", env.results());
}
