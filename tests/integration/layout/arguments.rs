//! One place makes the arguments of a transcode: everywhere else a plan is typed values, which nothing has to read back.

use super::core;
use std::path::Path;

/// Where options of ffmpeg may be spelled: transcodes and their checks, looks and test encodes, and the guard of inputs.
const HOMES: [&str; 4] = ["plan/render/", "plan/render.rs", "ffmpeg/", "input_guard.rs"];

#[test]
fn options_of_ffmpeg_are_spelled_where_commands_are_made() {
    for (path, text) in core() {
        let home = HOMES.iter().any(|home| path.starts_with(home) || path == Path::new(home));
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let found = option(line).filter(|_| !home && !path.ends_with("tests.rs"));
            assert_eq!(found, None, "{} spells an option or a filter of ffmpeg", path.display());
        }
    }
}

#[test]
fn an_option_or_a_filter_is_found_and_a_word_is_none() {
    for spelled in
        [r#"["-map", "0:1"]"#, r#"format!("-c:v:{n}")"#, r#""scale=640:360""#, r#""x;pan=mono|FC=c0""#]
    {
        assert!(option(spelled).is_some(), "{spelled}");
    }
    for plain in
        [r#""-""#, r#""a - b""#, r#"name.starts_with("location-")"#, r#""encoder""#, r#""--verbose""#]
    {
        assert_eq!(option(plain), None, "{plain}");
    }
}

/// The first literal of a line that is an option of ffmpeg, or a filter with its values.
fn option(line: &str) -> Option<&str> {
    // Every second part stands between quotation marks.
    let mut literals = line.split('"').skip(1).step_by(2).filter(|literal| !FILES.contains(literal));
    literals.find(|literal| {
        let dash = literal.strip_prefix('-').and_then(|rest| rest.chars().next());
        let filter = FILTERS.iter().any(|filter| literal.contains(filter));
        dash.is_some_and(|c| c.is_ascii_lowercase()) || filter
    })
}

/// Beginnings of the filters that transcodes use.
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

/// Ends of the names of a database's files.
const FILES: [&str; 2] = ["-wal", "-shm"];
