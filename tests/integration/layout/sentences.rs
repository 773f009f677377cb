//! Checks that no code parses sentences that Spool itself writes: decisions depend on typed values. Text of other
//! programs (ffmpeg, the JSON parser, the operating system, file formats) is parsed only in the places listed here.

use super::{root, sources};
use std::fs;
use std::path::Path;

/// Places that parse text of other programs, with the origin of the text.
const READERS: [(&str, &str); 6] = [
    ("src-tauri/core/src/ffmpeg/", "ffmpeg's log and output"),
    ("src-tauri/core/src/media/", "ffprobe's output and the text inside files"),
    ("src-tauri/core/src/captions/", "the packet lists of ffmpeg"),
    ("src-tauri/core/src/subtitles/", "text of subtitles"),
    ("src-tauri/core/src/preset/parse_error.rs", "errors of the JSON parser"),
    ("src-tauri/core/src/system.rs", "errors of the operating system"),
];

/// Methods that search or split a text.
const SEARCHES: [&str; 12] = [
    "contains",
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "split",
    "split_once",
    "rsplit_once",
    "replace",
    "trim_start_matches",
    "trim_end_matches",
    "find",
];

#[test]
fn no_code_parses_sentences_that_spool_writes() {
    for path in sources(&root().join("src-tauri")) {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let parses_other_text = READERS.iter().any(|(place, _)| name.starts_with(place));
        if parses_other_text || name.contains("/tests") || name.contains("/target/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        if let Some(found) = sentence_search(without_tests(&text)) {
            panic!("{name} searches a sentence: {found}");
        }
    }
}

#[test]
fn searches_for_sentences_are_found_and_searches_for_words_or_marks_are_not() {
    assert!(sentence_search(r#"message.ends_with(" can be read.")"#).is_some());
    assert!(sentence_search("said\n    .split_once(\n        \"took longer than\"\n    )").is_some());
    for code in
        [r#"text.contains("-->")"#, r#"name.starts_with("schema-")"#, r#"line.split(", ")"#, "a.find(x)"]
    {
        assert_eq!(sentence_search(code), None, "{code}");
    }
}

/// Returns the first call that searches for a literal with a space and at least one word.
fn sentence_search(code: &str) -> Option<&str> {
    let calls = SEARCHES
        .iter()
        .flat_map(|search| code.match_indices(search).map(move |(at, _)| (at, at + search.len())));
    calls.filter(|(at, _)| code[..*at].ends_with('.')).find_map(|(at, end)| {
        let argument = code[end..].strip_prefix('(')?.trim_start().trim_start_matches('&');
        let literal = argument.strip_prefix('"')?.split('"').next()?;
        let words = literal.split(' ').filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
        let spaced = literal.trim() != literal || literal.trim().contains(' ');
        (spaced && words.count() > 0).then(|| code[at..].lines().next().unwrap_or_default())
    })
}

/// Cuts off the unit tests, which are at the end of a file.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default().split("#[cfg(all(test").next().unwrap_or_default()
}

#[test]
fn every_listed_parser_exists() {
    for (place, _) in READERS {
        assert!(root().join(Path::new(place)).exists(), "{place}");
    }
}
