//! The view of a stored plan: each reason for a stream gets its sentence.

use serde_json::{Value, json};
use spool_core::reason::StreamReason;
use spool_core::words;

/// Adds to each reason in a stored plan its sentence, as `message`.
pub fn with_messages(mut plan: Value) -> Value {
    let streams = plan.get_mut("streams").and_then(Value::as_array_mut).into_iter().flatten();
    for action in streams.filter_map(|stream| stream.get_mut("action")) {
        for name in ["reason", "instead"] {
            let stored = action.get(name).cloned().unwrap_or_default();
            if let Ok(reason) = serde_json::from_value::<StreamReason>(stored) {
                action[name] = json!(reason);
                action[name]["message"] = json!(words::stream_reason(&reason));
            }
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_of_a_plan_get_their_messages_whichever_version_stored_it() {
        let streams = |reason: Value, instead: Value| {
            json!({ "streams": [
                { "action": { "do": "drop", "reason": reason } },
                { "action": { "do": "convert", "instead": instead } },
                { "action": { "do": "copy", "tag": null } },
            ] })
        };
        let shown = with_messages(streams(json!("it was odd"), json!({ "kind": "edit_list" })));
        let text = json!({ "kind": "text", "text": "it was odd", "message": "it was odd" });
        let message = "it was trimmed by an edit list, which a copy would undo";
        assert_eq!(shown, streams(text, json!({ "kind": "edit_list", "message": message })));
        for odd in [json!(7), json!({ "streams": 7 }), json!({ "streams": [7, { "action": [] }] })] {
            assert_eq!(with_messages(odd.clone()), odd);
        }
    }
}
