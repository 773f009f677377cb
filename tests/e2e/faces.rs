//! The real window and the command say the same: each list, each job in full and each cause of failure, as JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use spool_e2e::app::App;
use spool_e2e::desk::Desk;
use spool_tests::clips;

/// What a command of the window answers.
async fn asked(app: &App, command: &str, args: Value) -> Value {
    let script = "return window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])";
    app.script(script, vec![command.into(), args]).await
}

/// What stands in a list of the window: jobs, or heads of the failed list.
async fn entries(app: &App, list: &str, kind: &str) -> Vec<Value> {
    let wanted = json!({ "list": list, "offset": 0, "limit": 100, "open": ["not_media"], "find": "", "sorted": "newest" });
    let page = asked(app, "page", json!({ "wanted": wanted })).await;
    page["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).cloned().collect()
}

/// Numbers that JavaScript cannot tell apart: it has no others than those with a point, of 53 bits.
fn as_javascript_has_it(value: Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64().unwrap()),
        Value::Array(all) => all.into_iter().map(as_javascript_has_it).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(name, value)| (name, as_javascript_has_it(value))).collect()
        }
        other => other,
    }
}

/// A row without what a list of the window alone shows of it.
fn without_extras(mut row: Value) -> Value {
    for extra in ["kind", "thumb", "copied", "place"] {
        assert!(row.as_object_mut().unwrap().remove(extra).is_some(), "{extra}");
    }
    as_javascript_has_it(row)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_and_the_command_say_the_same_of_every_job() {
    let desk = Desk::new();
    desk.env.settings(&json!({ "outputDir": desk.env.out() }));
    desk.env.video(&clips::ordinary(), "a.mkv");
    desk.env.video(&clips::ordinary(), "c.mkv");
    std::fs::write(desk.env.videos().join("b.mkv"), "no video").unwrap();
    let videos = desk.env.videos();
    let app = App::start(&desk, &[videos.to_str().unwrap()]).await;
    app.reads("#tab-done .count", "2").await;
    app.reads("#tab-failed .count", "1").await;
    for (list, states, count) in [("done", "done,cancelled", 2), ("failed", "failed", 1)] {
        let rows: Vec<Value> = entries(&app, list, "row").await.into_iter().map(without_extras).collect();
        let listed = desk.env.spool(&["list", "--json", "--state", states]).json();
        assert_eq!(rows.len(), count, "{list}");
        assert_eq!(rows, listed.into_iter().map(as_javascript_has_it).collect::<Vec<_>>(), "{list}");
    }
    for id in 1..=3 {
        let details = as_javascript_has_it(asked(&app, "details", json!({ "id": id })).await);
        let shown = desk.env.spool(&["show", "--json", &id.to_string()]).json().remove(0);
        assert_eq!(details, as_javascript_has_it(shown), "job {id}");
    }
    let heads = entries(&app, "failed", "group").await;
    let causes = desk.env.spool(&["status", "--json"]).json()[0]["causes"].clone();
    let [head] = heads.as_slice() else { panic!("{heads:?}") };
    let cause = json!({ "code": head["code"], "count": head["count"], "nextStep": head["nextStep"] });
    assert_eq!(as_javascript_has_it(causes), as_javascript_has_it(json!([cause])));
}
