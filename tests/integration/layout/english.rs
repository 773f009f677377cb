//! Finds words that do not belong in plain technical English, in names, comments and strings. It catches slips and does
//! not replace a review.

use super::{root, sources};
use std::fs;
use std::path::PathBuf;

/// Words with their replacements.
const WORDS: [(&str, &str); 24] = [
    ("nobody", "no process, no user, nothing"),
    ("somebody", "another process, a user"),
    ("whoever", "the caller, the process that"),
    ("anew", "again"),
    ("lest", "so that ... does not"),
    ("thereby", "leave it out"),
    ("wherein", "in which"),
    ("be it", "leave it out"),
    ("in truth", "leave it out"),
    ("mended", "repaired, fixed"),
    ("mend", "repair, fix"),
    ("mends", "repairs, fixes"),
    ("told", "reported, sent"),
    ("heard", "received"),
    ("begun", "started"),
    ("steer", "apply a command"),
    ("steered", "applied"),
    ("crowded", "waiting for space"),
    ("works the queue", "runs the queue"),
    ("reckon", "estimate"),
    ("bring in", "import, add"),
    ("hand out", "export, return"),
    ("pictures a second", "frames per second"),
    ("stands still", "has stopped, is suspended"),
];

/// Names of types, functions and modules that were replaced, with their successors.
const NAMES: [(&str, &str); 24] = [
    ("Wish", "AddOptions"),
    ("Which", "Selection"),
    ("Steered", "CommandResult"),
    ("TakeBack", "UndoAdd"),
    ("Told", "Delivery"),
    ("Heard", "Reaction"),
    ("Said", "RemarkText"),
    ("Far", "BatchProgress"),
    ("Lot", "JobGroup"),
    ("Crowded", "WaitingForSpace"),
    ("Standing", "QueueStatus"),
    ("CameOf", "BatchSummary"),
    ("Sparing", "BatteryPause"),
    ("Happened", "RunEvent"),
    ("Given", "FilterInput"),
    ("Turn", "OpenLock"),
    ("Still", "ReadOnly"),
    ("onward", "page_after"),
    ("mend", "repair"),
    ("steer", "apply"),
    ("hear", "receive, record"),
    ("told", "updates"),
    ("sealed", "json_arguments"),
    ("asked", "requests"),
];

/// Files that test for these words or need the name of a file that an earlier version left on the disk.
const ALLOWED: [&str; 3] = [
    "tests/integration/layout/english.rs",
    "src-tauri/core/src/queue/sqlite/files.rs",
    "tests/integration/queue/damage.rs",
];

#[test]
fn the_project_contains_no_forbidden_words() {
    let mut found = Vec::new();
    for path in texts() {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if ALLOWED.contains(&name.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (n, line) in (1..).zip(text.lines()) {
            found.extend(forbidden(line).map(|(word, instead)| format!("{name}:{n}: {word} -> {instead}")));
        }
    }
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

#[test]
fn replaced_names_do_not_come_back() {
    let mut found = Vec::new();
    for path in texts() {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        if name.ends_with("layout/english.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (n, line) in (1..).zip(text.lines()) {
            found.extend(replaced(line).map(|(old, new)| format!("{name}:{n}: {old} -> {new}")));
        }
    }
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_replaced_name_is_found_where_it_is_defined_only() {
    let names = |line: &str| replaced(line).map(|(old, _)| old).collect::<Vec<_>>();
    assert_eq!(names("pub(crate) struct Wish<'a> {"), ["Wish"]);
    assert_eq!(names("    async fn steer(&self) {"), ["steer"]);
    assert_eq!(names("export type Far = {"), ["Far"]);
    assert!(names("// The struct Wishes; fn steering() is another; Which job?").is_empty());
}

#[test]
fn words_are_found_in_comments_and_names_but_not_within_other_words() {
    let words = |line: &str| forbidden(line).map(|(word, _)| word).collect::<Vec<_>>();
    assert_eq!(words("// Nobody may open it."), ["nobody"]);
    assert_eq!(words("fn nobody_opens_it() {}"), ["nobody"]);
    assert_eq!(words("let isNobody = 1;"), ["nobody"]);
    assert_eq!(words("// be it a link"), ["be it"]);
    assert!(words("molest, mendedness, bodyless; maybe item; toBe(\"It was odd\")").is_empty());
}

/// Returns the sources, documents and scripts of the project.
fn texts() -> Vec<PathBuf> {
    let root = root();
    let mut all = Vec::new();
    for folder in ["src-tauri", "tests"] {
        all.extend(sources(&root.join(folder)));
    }
    all.extend(page(&root.join("ui/src")));
    all.extend(page(&root.join("ui/browser")));
    all.extend(
        [
            "README.md",
            "CHANGELOG.md",
            "dev",
            "Cargo.toml",
            "tests/README.md",
            ".github/CONTRIBUTING.md",
            ".github/SECURITY.md",
            ".github/workflows/ci.yml",
        ]
        .map(|f| root.join(f)),
    );
    all
}

fn page(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let kind = |path: &PathBuf| path.extension().is_some_and(|e| e == "ts" || e == "svelte" || e == "css");
    folders.iter().flat_map(|folder| page(folder)).chain(files.into_iter().filter(kind)).collect()
}

/// Names of the list that a line defines.
fn replaced(line: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    const KEYWORDS: [&str; 7] = ["struct", "enum", "trait", "type", "fn", "mod", "interface"];
    let parts = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|part| !part.is_empty());
    let words: Vec<String> = parts.map(str::to_owned).collect();
    let defined: Vec<String> = words
        .windows(2)
        .filter(|pair| KEYWORDS.contains(&pair[0].as_str()))
        .map(|pair| pair[1].clone())
        .collect();
    NAMES.into_iter().filter(move |(old, _)| defined.iter().any(|name| name == old))
}

/// Returns the listed words that occur in a line; identifiers are split into words.
fn forbidden(line: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let words = plain(line);
    WORDS.into_iter().filter(move |(word, _)| words.contains(&format!(" {word} ")))
}

/// Returns the line in lower case, with one space before and after each word; splits `snake_case` and `camelCase`.
fn plain(line: &str) -> String {
    let mut text = String::from(" ");
    let mut lower = false;
    for c in line.chars() {
        if c.is_uppercase() && lower {
            text.push(' ');
        }
        lower = c.is_lowercase();
        if c.is_alphanumeric() {
            text.extend(c.to_lowercase());
        } else if c.is_whitespace() || c == '_' {
            text.push(' ');
        } else {
            // Words separated by punctuation are not adjacent.
            text.push_str(" . ");
        }
    }
    text.push(' ');
    text
}
