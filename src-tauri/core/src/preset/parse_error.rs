//! Rewrites error messages of the JSON parser for users: they mention variants and types.

/// One clause: `"fps" is not known; choose among "codec", ...`, with its position in the text.
pub(crate) fn plain(error: &serde_json::Error) -> String {
    let message = error.to_string();
    // The text ends within a value.
    let message = message.replace("EOF while parsing", "it ends within");
    let (what, place) =
        message.split_once(" at line ").map_or((message.as_str(), None), |(w, p)| (w, Some(p)));
    let clause = clause(&what.replace('`', "\"")).unwrap_or_else(|| what.to_owned());
    place
        .map_or(clause.clone(), |place| format!("{clause} (line {})", place.replace(" column ", ", column ")))
}

fn clause(message: &str) -> Option<String> {
    let (kind, rest) = message.split_once(' ')?;
    match (kind, rest.split_once(' ')?) {
        ("unknown", (_, rest)) => {
            let (found, known) = rest.split_once(", expected ")?;
            let known = known.trim_start_matches("one of ");
            Some(format!("{found} is not known; choose among {known}"))
        }
        ("missing", (_, field)) => Some(format!("{field} is missing")),
        ("invalid", (_, rest)) => {
            let (found, wanted) = rest.split_once(", expected ")?;
            let found = found.find('"').map(|at| &found[at..]);
            let wanted = match wanted {
                "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 up",
                "a sequence" => "a list",
                "a map" => "an object in braces",
                kind if kind.starts_with("struct ") => "an object in braces",
                kind if kind.starts_with("enum ") => "one of its words",
                "a boolean" => "true or false",
                "string or map" | "a string" | "a borrowed string" => "a word",
                other => other,
            };
            let found = found.map_or_else(String::new, |found| format!(", not {found}"));
            Some(format!("{wanted} is needed{found}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::preset::{find, read, set};

    #[test]
    fn messages_do_not_mention_variants_and_types() {
        let refusal = |path, value| set(find("web-1080p").unwrap(), &[(path, value)]).unwrap_err();
        for (path, value, words) in [
            ("video.speed", "warp", "\"warp\" is not known; choose among \"ultrafast\""),
            ("video.crf", "foo", "a whole number from 0 up is needed, not \"foo\""),
            ("video.crf", "-3", "a whole number from 0 up is needed, not \"-3\""),
            ("container", "12", "a word is needed, not \"12\""),
            ("salvage", "1", "true or false is needed, not \"1\""),
        ] {
            assert!(refusal(path, value).contains(words), "{path}={value}: {}", refusal(path, value));
        }
        let unknown = r#"{"id": "a", "fps": 3}"#;
        assert!(read(unknown).unwrap_err().contains("\"fps\" is not known; choose among \"id\""));
        assert!(read("{}").unwrap_err().contains("\"id\" is missing (line 1, column 2)"), "{:?}", read("{}"));
        let settings = |text: &str| {
            serde_json::from_str::<crate::settings::Settings>(text).map_err(|e| super::plain(&e))
        };
        for text in
            ["5", "[1]", "[]", "\"web\"", "{\"id\": 5}", "{\"video\": 7}", "{\"audio\": []}", "{\"id\"", ""]
        {
            for refusal in [read(text).unwrap_err(), settings(text).err().unwrap_or_default()] {
                for word in ["struct", "usize", "u32", "element", "variant", "EOF"] {
                    assert!(!refusal.contains(word), "{text}: {refusal}");
                }
            }
        }
        assert!(read("Dear").unwrap_err().contains("expected value"), "{:?}", read("Dear"));
    }
}
