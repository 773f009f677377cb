//! No code reads sentences that Spool makes: whatever decides, decides by facts. What others say (ffmpeg, the reader of
//! JSON, the system, formats of files) is read in the places named here.

use super::{root, sources};
use std::fs;
use std::path::Path;

/// Who reads whose words.
const READERS: [(&str, &str); 6] = [
    ("src-tauri/core/src/ffmpeg/", "ffmpeg's log and answers"),
    ("src-tauri/core/src/media/", "ffprobe's answers and the texts inside of files"),
    ("src-tauri/core/src/captions/", "the packets that ffmpeg lists"),
    ("src-tauri/core/src/subtitles/", "texts of subtitles"),
    ("src-tauri/core/src/preset/words.rs", "the JSON reader's errors"),
    ("src-tauri/core/src/system.rs", "errors of the system"),
];

/// Methods that look into a text.
const LOOKS: [&str; 12] = [
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
fn no_code_reads_sentences_that_spool_makes() {
    for path in sources(&root().join("src-tauri")) {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let reads_others = READERS.iter().any(|(place, _)| name.starts_with(place));
        if reads_others || name.contains("/tests") || name.contains("/target/") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        if let Some(read) = reads_a_sentence(without_tests(&text)) {
            panic!("{name} looks into a sentence: {read}");
        }
    }
}

#[test]
fn a_look_into_a_sentence_is_found_and_one_into_a_word_or_a_mark_is_none() {
    assert!(reads_a_sentence(r#"message.ends_with(" can be read.")"#).is_some());
    assert!(reads_a_sentence("said\n    .split_once(\n        \"took longer than\"\n    )").is_some());
    for code in
        [r#"text.contains("-->")"#, r#"name.starts_with("schema-")"#, r#"line.split(", ")"#, "a.find(x)"]
    {
        assert_eq!(reads_a_sentence(code), None, "{code}");
    }
}

/// The first call that looks for words in a text: two or more of them, or one behind or before a space.
fn reads_a_sentence(code: &str) -> Option<&str> {
    let calls =
        LOOKS.iter().flat_map(|look| code.match_indices(look).map(move |(at, _)| (at, at + look.len())));
    calls.filter(|(at, _)| code[..*at].ends_with('.')).find_map(|(at, end)| {
        let argument = code[end..].strip_prefix('(')?.trim_start().trim_start_matches('&');
        let literal = argument.strip_prefix('"')?.split('"').next()?;
        let words = literal.split(' ').filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
        let spaced = literal.trim() != literal || literal.trim().contains(' ');
        (spaced && words.count() > 0).then(|| code[at..].lines().next().unwrap_or_default())
    })
}

/// Unit tests stand at the end of a file.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default().split("#[cfg(all(test").next().unwrap_or_default()
}

#[test]
fn each_reader_of_others_words_is_still_there() {
    for (place, _) in READERS {
        assert!(root().join(Path::new(place)).exists(), "{place}");
    }
}
