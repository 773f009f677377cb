//! One application behind every face: the calls that the window's commands make, and the command, do the same and say
//! the same of it.

use serde_json::{Value, json};
use spool_app::state::Spool;
use spool_app::view::{List, Sorted, Verb, Wanted};
use spool_core::job::JobId;
use spool_tests::env::TestEnv;
use spool_tests::{clips, wait_until};
use std::sync::Arc;
use std::time::Duration;

/// A world with a video that can be converted, one that is none, and two more.
fn world() -> TestEnv {
    let env = TestEnv::new();
    for name in ["a.mkv", "c.mkv", "d.mkv"] {
        env.video(&clips::ordinary(), name);
    }
    std::fs::write(env.videos().join("b.mkv"), "no video").unwrap();
    env
}

/// The steps, as the window asks for them.
fn by_window(env: &TestEnv) {
    let app = Arc::new(Spool::open(env.data()).unwrap());
    app.add(&[env.videos()], "web-1080p").unwrap();
    app.steer_these(Verb::Hold, vec![JobId(3)]).unwrap();
    app.steer_these(Verb::Cancel, vec![JobId(4)]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { assert!(app.take_over().unwrap().is_some()) });
    wait_until("all is done that can be", Duration::from_mins(1), || app.is_through());
    app.stop_now(runtime.handle());
}

/// The same steps, as one types them.
fn by_command(env: &TestEnv) {
    for args in [&["add", "videos"][..], &["hold", "3"], &["cancel", "4"]] {
        assert_eq!(env.spool(args).code, 0, "{args:?}");
    }
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 1, "one failed, one is on hold");
}

/// Takes out of a row what a list of the window alone shows of it: picture and place.
fn without_extras(row: &Value) -> Value {
    let mut row = row.clone();
    for extra in ["kind", "thumb", "copied", "place"] {
        assert!(row.as_object_mut().unwrap().remove(extra).is_some(), "{extra}");
    }
    row
}

/// What stands in a list of the window, heads of the failed list left out.
fn rows(app: &Spool, list: List) -> Vec<Value> {
    let entries = entries(app, list);
    entries.iter().filter(|entry| entry["kind"] == "row").map(without_extras).collect()
}

fn entries(app: &Spool, list: List) -> Vec<Value> {
    let open = vec!["not_media".to_owned()];
    let wanted = Wanted { list, offset: 0, limit: 100, open, find: String::new(), sorted: Sorted::Newest };
    let page = serde_json::to_value(app.page(&wanted).unwrap()).unwrap();
    page["entries"].as_array().unwrap().clone()
}

/// The jobs in these states, as the command lists them.
fn listed(env: &TestEnv, states: &str) -> Vec<Value> {
    env.spool(&["list", "--json", "--state", states]).json()
}

fn causes(env: &TestEnv) -> Value {
    env.spool(&["status", "--json"]).json()[0]["causes"].clone()
}

#[test]
fn every_list_every_job_in_full_and_every_cause_of_failure_is_the_same_data_in_each_face() {
    for steps in [by_window, by_command] {
        let env = world();
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

/// A job without what differs from one time or place to another.
fn timeless(env: &TestEnv, job: &Value) -> Value {
    let root = env.data().parent().unwrap().to_string_lossy().into_owned();
    let mut job: Value = serde_json::from_str(&job.to_string().replace(&root, "")).unwrap();
    for varies in ["uid", "sourceMtimeNs", "createdAt", "startedAt", "finishedAt", "progress"] {
        job[varies] = Value::Null;
    }
    job
}

#[test]
fn the_same_steps_by_way_of_each_face_come_to_the_same() {
    let (window, command) = (world(), world());
    by_window(&window);
    by_command(&command);
    let all = |env: &TestEnv| {
        let jobs = env.spool(&["list", "--json"]).json();
        jobs.iter().map(|job| timeless(env, job)).collect::<Vec<_>>()
    };
    assert_eq!(all(&window).len(), 4);
    assert_eq!(all(&window), all(&command));
    assert_eq!(causes(&window), causes(&command));
}

/// How far the batch is, as the window says it.
fn shown(app: &Spool) -> Value {
    serde_json::to_value(app.standing().unwrap()).unwrap()["batch"].clone()
}

/// The same, as the command says it.
fn said(env: &TestEnv) -> Value {
    env.spool(&["status", "--json"]).json()[0]["batch"].clone()
}

#[test]
fn the_batch_count_is_the_same_in_each_face_whichever_process_works_the_queue() {
    let env = world();
    env.video(&clips::ordinary(), "e.mkv");
    by_command(&env);
    let app = Arc::new(Spool::open(env.data()).unwrap());
    let over = json!({ "done": 2, "failed": 1, "ended": 3, "of": 3 });
    assert_eq!((shown(&app), said(&env)), (over.clone(), over), "c.mkv is on hold, d.mkv cancelled");
    assert_eq!(env.spool(&["release", "3"]).code, 0);
    let begins = json!({ "done": 0, "failed": 0, "ended": 0, "of": 1 });
    assert_eq!((shown(&app), said(&env)), (begins.clone(), begins), "of the batch before nothing counts");
    let run = env.start(&["run", "--json"]);
    let one = json!({ "done": 1, "failed": 0, "ended": 1, "of": 1 });
    wait_until("the other process to have done it", Duration::from_mins(1), || shown(&app) == one);
    assert_eq!(said(&env), one);
    assert_eq!(env.spool(&["add", "--again", "videos/a.mkv", "videos/b.mkv"]).code, 0);
    let both = json!({ "done": 1, "failed": 1, "ended": 2, "of": 2 });
    wait_until("those too", Duration::from_mins(1), || shown(&app) == both);
    assert_eq!(said(&env), both);
    drop(run);
    let ends = env.spool(&["list", "--json", "--state", "done,failed"]).json().len();
    assert_eq!(ends, 6, "the lists hold more");
}

#[test]
fn a_line_about_the_end_of_a_video_says_as_which_of_the_batch_it_ended() {
    let env = world();
    assert_eq!(env.spool(&["add", "videos"]).code, 0);
    let lines = env.spool(&["run", "--until-idle", "--workers", "1", "--json"]).json();
    let far: Vec<&Value> = lines.iter().map(|line| &line["batch"]).filter(|batch| !batch.is_null()).collect();
    let expected: Vec<Value> = (1..=4).map(|nth| json!({ "ended": nth, "of": 4 })).collect();
    assert_eq!(far, expected.iter().collect::<Vec<_>>());
    assert_eq!((said(&env)["ended"].clone(), said(&env)["of"].clone()), (json!(4), json!(4)));
}
