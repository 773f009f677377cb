//! All front ends share one application: the calls behind the commands of the window, and the command line, do the same
//! and return the same data.

use serde_json::{Value, json};
use spool_app::state::Spool;
use spool_app::view::{JobCommand, List, PageRequest, SortOrder};
use spool_core::job::JobId;
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::sync::Arc;
use std::time::Duration;

/// An environment with three videos and `b.mkv`, which is not a video.
fn environment() -> TestEnv {
    let env = TestEnv::new();
    for name in ["a.mkv", "c.mkv", "d.mkv"] {
        env.video(&clips::ordinary(), name);
    }
    std::fs::write(env.videos().join("b.mkv"), "no video").unwrap();
    env
}

/// Runs the steps through the calls of the window.
fn by_window(env: &TestEnv) {
    let app = Arc::new(Spool::open(env.data()).unwrap());
    app.add(&[env.videos()], "web-1080p").unwrap();
    app.apply_to_these(JobCommand::Hold, vec![JobId(3)]).unwrap();
    app.apply_to_these(JobCommand::Cancel, vec![JobId(4)]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { assert!(app.start_engine().unwrap().is_some()) });
    wait_until("the queue to have no work left", Duration::from_mins(1), || app.is_through());
    app.stop_now(runtime.handle());
}

/// Runs the same steps through the command line.
fn by_command(env: &TestEnv) {
    for args in [&["add", "videos"][..], &["hold", "3"], &["cancel", "4"]] {
        assert_eq!(env.spool(args).code, 0, "{args:?}");
    }
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 1, "one failed, one is on hold");
}

/// Removes the fields that only rows of the window have: kind, thumbnail, copy and place.
fn without_extras(row: &Value) -> Value {
    let mut row = row.clone();
    for extra in ["kind", "thumb", "copied", "place"] {
        assert!(row.as_object_mut().unwrap().remove(extra).is_some(), "{extra}");
    }
    row
}

/// Returns the rows of a list of the window, without the heads of the failed list.
fn rows(app: &Spool, list: List) -> Vec<Value> {
    let entries = entries(app, list);
    entries.iter().filter(|entry| entry["kind"] == "row").map(without_extras).collect()
}

fn entries(app: &Spool, list: List) -> Vec<Value> {
    let open = vec!["not_media".to_owned()];
    let wanted =
        PageRequest { list, offset: 0, limit: 100, open, find: String::new(), sorted: SortOrder::Newest };
    let page = serde_json::to_value(app.page(&wanted).unwrap()).unwrap();
    page["entries"].as_array().unwrap().clone()
}

/// Returns the jobs in these states as `spool list` prints them.
fn listed(env: &TestEnv, states: &str) -> Vec<Value> {
    env.spool(&["list", "--json", "--state", states]).json()
}

fn causes(env: &TestEnv) -> Value {
    env.spool(&["status", "--json"]).json()[0]["causes"].clone()
}

#[test]
fn both_front_ends_return_the_same_lists_job_details_and_causes_of_failure() {
    for steps in [by_window, by_command] {
        let env = environment();
        steps(&env);
        let app = Spool::open(env.data()).unwrap();
        let lists = [
            (List::Queue, "queued,waiting,running"),
            (List::Done, "done,cancelled"),
            (List::Failed, "failed"),
        ];
        for (list, states) in lists {
            let shown = rows(&app, list);
            assert!(!shown.is_empty(), "{states}");
            assert_eq!(shown, listed(&env, states), "{states}");
        }
        for id in 1..=4 {
            let details = serde_json::to_value(app.details(JobId(id)).unwrap().unwrap()).unwrap();
            assert_eq!(details, env.spool(&["show", "--json", &id.to_string()]).json()[0], "job {id}");
        }
        let heads: Vec<Value> =
            entries(&app, List::Failed).into_iter().filter(|e| e["kind"] == "group").collect();
        let [head] = heads.as_slice() else { panic!("{heads:?}") };
        let cause = json!([{ "code": head["code"], "count": head["count"], "nextStep": head["nextStep"] }]);
        assert_eq!(causes(&env), cause);
    }
}

/// Returns a job without the fields and paths that differ between two runs.
fn comparable(env: &TestEnv, job: &Value) -> Value {
    let root = env.data().parent().unwrap().to_string_lossy().into_owned();
    let mut job: Value = serde_json::from_str(&job.to_string().replace(&root, "")).unwrap();
    for varies in ["uid", "sourceMtimeNs", "createdAt", "startedAt", "finishedAt", "progress"] {
        job[varies] = Value::Null;
    }
    job
}

#[test]
fn the_same_steps_have_the_same_result_in_both_front_ends() {
    let (window, command) = (environment(), environment());
    by_window(&window);
    by_command(&command);
    let all = |env: &TestEnv| {
        let jobs = env.spool(&["list", "--json"]).json();
        jobs.iter().map(|job| comparable(env, job)).collect::<Vec<_>>()
    };
    assert_eq!(all(&window).len(), 4);
    assert_eq!(all(&window), all(&command));
    assert_eq!(causes(&window), causes(&command));
}

/// Returns the progress of the batch as the window receives it.
fn window_batch(app: &Spool) -> Value {
    serde_json::to_value(app.status().unwrap()).unwrap()["batch"].clone()
}

/// Returns the progress of the batch as `spool status` prints it.
fn command_batch(env: &TestEnv) -> Value {
    env.spool(&["status", "--json"]).json()[0]["batch"].clone()
}

#[test]
fn the_batch_count_is_the_same_in_both_front_ends_with_any_process_running_the_queue() {
    let env = environment();
    env.video(&clips::ordinary(), "e.mkv");
    by_command(&env);
    let app = Arc::new(Spool::open(env.data()).unwrap());
    let idle = json!({ "done": 2, "failed": 1, "ended": 3, "of": 3 });
    assert_eq!(
        (window_batch(&app), command_batch(&env)),
        (idle.clone(), idle),
        "c.mkv is on hold, d.mkv cancelled"
    );
    assert_eq!(env.spool(&["release", "3"]).code, 0);
    let started = json!({ "done": 0, "failed": 0, "ended": 0, "of": 1 });
    assert_eq!(
        (window_batch(&app), command_batch(&env)),
        (started.clone(), started),
        "the previous batch does not count"
    );
    let run = env.start(&["run", "--json"]);
    let one = json!({ "done": 1, "failed": 0, "ended": 1, "of": 1 });
    wait_until("the other process to finish the job", Duration::from_mins(1), || window_batch(&app) == one);
    assert_eq!(command_batch(&env), one);
    assert_eq!(env.spool(&["add", "--again", "videos/a.mkv", "videos/b.mkv"]).code, 0);
    let both = json!({ "done": 1, "failed": 1, "ended": 2, "of": 2 });
    wait_until("both further jobs to end", Duration::from_mins(1), || window_batch(&app) == both);
    assert_eq!(command_batch(&env), both);
    drop(run);
    let ends = env.spool(&["list", "--json", "--state", "done,failed"]).json().len();
    assert_eq!(ends, 6, "the lists also hold jobs of earlier batches");
}

#[test]
fn the_json_line_of_an_ended_job_has_its_number_in_the_batch() {
    let env = environment();
    assert_eq!(env.spool(&["add", "videos"]).code, 0);
    let lines = env.spool(&["run", "--until-idle", "--workers", "1", "--json"]).json();
    let progress: Vec<&Value> =
        lines.iter().map(|line| &line["batch"]).filter(|batch| !batch.is_null()).collect();
    let expected: Vec<Value> = (1..=4).map(|nth| json!({ "ended": nth, "of": 4 })).collect();
    assert_eq!(progress, expected.iter().collect::<Vec<_>>());
    assert_eq!(
        (command_batch(&env)["ended"].clone(), command_batch(&env)["of"].clone()),
        (json!(4), json!(4))
    );
}
