//! Checks that arguments of ffmpeg are built in one place. Everywhere else a plan consists of typed values, so that no
//! code parses options.

use super::core;
use std::path::Path;

/// Where options of ffmpeg may be written: transcodes and their checks, previews and test encodes, and the input guard.
const HOMES: [&str; 4] = ["plan/render/", "plan/render.rs", "ffmpeg/", "input_guard.rs"];

#[test]
fn only_code_that_builds_commands_contains_options_of_ffmpeg() {
    for (path, text) in core() {
        let allowed = HOMES.iter().any(|allowed| path.starts_with(allowed) || path == Path::new(allowed));
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let found = option(line).filter(|_| !allowed && !path.ends_with("tests.rs"));
            assert_eq!(found, None, "{} contains an option or a filter of ffmpeg", path.display());
        }
    }
}

#[test]
fn options_and_filters_are_found_and_other_literals_are_not() {
    for written in
        [r#"["-map", "0:1"]"#, r#"format!("-c:v:{n}")"#, r#""scale=640:360""#, r#""x;pan=mono|FC=c0""#]
    {
        assert!(option(written).is_some(), "{written}");
    }
    for plain in
        [r#""-""#, r#""a - b""#, r#"name.starts_with("location-")"#, r#""encoder""#, r#""--verbose""#]
    {
        assert_eq!(option(plain), None, "{plain}");
    }
}

/// Returns the first string literal of a line that is an option of ffmpeg or contains a filter with its values.
fn option(line: &str) -> Option<&str> {
    // Every second part is between quotation marks.
    let mut literals = line.split('"').skip(1).step_by(2).filter(|literal| !FILES.contains(literal));
    literals.find(|literal| {
        let dash = literal.strip_prefix('-').and_then(|rest| rest.chars().next());
        let filter = FILTERS.iter().any(|filter| literal.contains(filter));
        dash.is_some_and(|c| c.is_ascii_lowercase()) || filter
    })
}

/// Filters that transcodes use.
const FILTERS: [&str; 12] = [
    "scale=",
    "pan=",
    "crop=",
    "setsar=",
    "setfield=",
    "bwdif=",
    "select=",
    "aresample=",
    "aformat=",
    "alimiter=",
    "setparams=",
    "zscale=",
];

/// Suffixes of the database's files, which are not options.
const FILES: [&str; 2] = ["-wal", "-shm"];
