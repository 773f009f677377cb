//! Checks that the window and the command return the same JSON for lists, details of jobs, and causes of failure.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use spool_e2e::app::App;
use spool_e2e::desktop::Desktop;
use spool_tests::clips;

/// Calls a command of the window, and returns its response.
async fn invoke_command(app: &App, command: &str, args: Value) -> Value {
    let script = "return window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])";
    app.script(script, vec![command.into(), args]).await
}

/// Returns the entries of one kind in a list of the window: rows of jobs, or headers of the failed list.
async fn entries(app: &App, list: &str, kind: &str) -> Vec<Value> {
    let query = json!({ "list": list, "offset": 0, "limit": 100, "open": ["not_media"], "find": "", "sorted": "newest" });
    let page = invoke_command(app, "page", json!({ "wanted": query })).await;
    page["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).cloned().collect()
}

/// Converts all numbers to floating point with 53 bits of precision, the only ones that JavaScript has.
fn with_javascript_numbers(value: Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64().unwrap()),
        Value::Array(all) => all.into_iter().map(with_javascript_numbers).collect(),
        Value::Object(all) => {
            all.into_iter().map(|(name, value)| (name, with_javascript_numbers(value))).collect()
        }
        other => other,
    }
}

/// Returns a row without the fields that only the lists of the window have.
fn without_extras(mut row: Value) -> Value {
    for extra in ["kind", "thumb", "copied", "place"] {
        assert!(row.as_object_mut().unwrap().remove(extra).is_some(), "{extra}");
    }
    with_javascript_numbers(row)
}

/// Returns what the window and the command return while nothing changes: the window stores facts about the visible videos
/// at its own time, which may lie between the two calls.
async fn at_one_time<T>(desk: &Desktop, command: &[&str], window: impl AsyncFn() -> T) -> (T, Vec<Value>) {
    let mut before = desk.env.spool(command).json();
    loop {
        let shown = window().await;
        let after = desk.env.spool(command).json();
        if before == after {
            return (shown, after);
        }
        before = after;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_and_the_command_return_the_same_for_every_job() {
    let desk = Desktop::new();
    desk.env.settings(&json!({ "outputDir": desk.env.out() }));
    desk.env.video(&clips::ordinary(), "a.mkv");
    desk.env.video(&clips::ordinary(), "c.mkv");
    std::fs::write(desk.env.videos().join("b.mkv"), "no video").unwrap();
    let videos = desk.env.videos();
    let app = App::start(&desk, &[videos.to_str().unwrap()]).await;
    app.reads("#tab-done .count", "2").await;
    app.reads("#tab-failed .count", "1").await;
    for (list, states, count) in [("done", "done,cancelled", 2), ("failed", "failed", 1)] {
        let command = ["list", "--json", "--state", states];
        let (rows, listed) = at_one_time(&desk, &command, async || entries(&app, list, "row").await).await;
        let rows: Vec<Value> = rows.into_iter().map(without_extras).collect();
        assert_eq!(rows.len(), count, "{list}");
        assert_eq!(rows, listed.into_iter().map(with_javascript_numbers).collect::<Vec<_>>(), "{list}");
    }
    for id in 1..=3 {
        let number = id.to_string();
        let details = async || invoke_command(&app, "details", json!({ "id": id })).await;
        let (details, mut shown) = at_one_time(&desk, &["show", "--json", &number], details).await;
        assert_eq!(with_javascript_numbers(details), with_javascript_numbers(shown.remove(0)), "job {id}");
    }
    let headers = entries(&app, "failed", "group").await;
    let causes = desk.env.spool(&["status", "--json"]).json()[0]["causes"].clone();
    let [header] = headers.as_slice() else { panic!("{headers:?}") };
    let cause = json!({ "code": header["code"], "count": header["count"], "nextStep": header["nextStep"] });
    assert_eq!(with_javascript_numbers(causes), with_javascript_numbers(json!([cause])));
}
