//! Rules of the code base that a reader relies on, checked over its text.

mod arguments;
mod circles;
mod english;
mod sentences;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push(path);
        }
    }
    all
}

/// The code of the core without its unit tests, by file.
fn core() -> Vec<(PathBuf, String)> {
    code("src-tauri/core/src")
}

fn code(folder: &str) -> Vec<(PathBuf, String)> {
    let base = root().join(folder);
    let text = |p: &PathBuf| fs::read_to_string(p).unwrap().split("#[cfg(test)]").next().unwrap().to_owned();
    sources(&base).into_iter().map(|p| (p.strip_prefix(&base).unwrap().to_owned(), text(&p))).collect()
}

#[test]
fn every_test_file_is_declared() {
    let folder = root().join("tests/integration");
    for path in sources(&folder) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let within = path.parent().unwrap();
        let parent = if within == folder { folder.join("main.rs") } else { within.with_extension("rs") };
        let declares = fs::read_to_string(parent).unwrap().contains(&format!("mod {name};"));
        assert!(name == "main" || declares, "{name} is never run");
    }
}

#[test]
fn no_file_is_longer_than_400_lines_and_no_function_than_60() {
    let all = ["src-tauri", "tests"].iter().flat_map(|folder| sources(&root().join(folder)));
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() <= 400 || path.starts_with(root().join("tests")), "{}", path.display());
        let mut begun: Option<(usize, usize)> = None;
        for (n, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let starts = line.trim_start().starts_with("fn ") || line.contains(" fn ");
            if starts && !line.trim_start().starts_with("//") && begun.is_none() && line.ends_with('{') {
                begun = Some((n, indent));
            } else if let Some((from, depth)) =
                begun.filter(|(_, depth)| line.trim_end() == format!("{}}}", " ".repeat(*depth)))
            {
                assert!(
                    n - from <= 60,
                    "{}:{} is a function of {} lines ({depth})",
                    path.display(),
                    from + 1,
                    n - from
                );
                begun = None;
            }
        }
    }
}

#[test]
fn unsafe_code_stands_in_files_that_say_so() {
    for (path, text) in core() {
        let code = text.lines().filter(|l| !l.trim_start().starts_with("//")).any(|l| l.contains("unsafe {"));
        let places = ["ffmpeg/exec.rs", "volumes/mounts/macos.rs"].map(Path::new);
        assert!(!code || places.contains(&path.as_path()), "{}", path.display());
    }
}

#[test]
fn sql_and_processes_have_one_home_each() {
    for (path, text) in core() {
        let sql = ["\"SELECT ", "\"UPDATE ", "\"INSERT ", "\"DELETE ", "PRAGMA "]
            .iter()
            .any(|word| text.contains(word));
        assert!(
            !sql || path.starts_with("queue/sqlite") || path == Path::new("queue/sqlite.rs"),
            "SQL in {}",
            path.display()
        );
        let spawns = text.contains("Command::new") || text.contains("FfmpegCommand");
        assert!(!spawns || path.starts_with("ffmpeg"), "a process is started in {}", path.display());
    }
}

/// How a file system is asked.
const ASK: [&str; 13] = [
    ".metadata()",
    "fs::metadata(",
    "symlink_metadata(",
    ".exists()",
    "try_exists(",
    "read_dir(",
    "canonicalize(",
    "is_file()",
    // What `volumes` itself offers to those who ask within a question.
    "answers(",
    "free_space(",
    "free_in(",
    "is_there(",
    "is_writable(",
];

/// Who may, by file or folder, and why.
const OTHERS: [(&str, &str); 20] = [
    ("data/", "the folder of the queue, which is on a local disk"),
    ("queue/sqlite/", "the same"),
    ("settings.rs", "the same"),
    ("sharing.rs", "the same"),
    ("pool/work/scratch.rs", "scratch files in it"),
    ("ffmpeg/locate.rs", "the tools, which are no files of users"),
    ("ffmpeg/thumbnail.rs", "a picture in the cache"),
    ("intake.rs", "what is added, within a question"),
    ("intake/folder.rs", "the same"),
    ("intake/taken.rs", "names where results go, within a question"),
    ("shared/folders.rs", "folders that were made for results, within a question"),
    ("output.rs", "the part file and its folder, on the thread of the attempt, which is watched"),
    ("output/publish.rs", "the result, likewise"),
    ("output/publish/verified.rs", "the same"),
    ("pool/work/source.rs", "the stamp of the source, likewise"),
    ("ffmpeg/probe.rs", "the size of the source, likewise"),
    ("pool/work/connection.rs", "whether a drive works, likewise"),
    ("pool/waiting/look.rs", "what jobs wait for, within a question"),
    ("ffmpeg/part.rs", "how the part file grows, within a question"),
    ("recheck/files.rs", "a result that a person has checked, on a thread of its own"),
];

/// A drive may never answer: code that asks one while jobs run does it through `volumes`, or on a thread that may be left
/// behind and is watched. Those are named here, with the reason.
#[test]
fn volumes_alone_asks_the_file_systems_of_users() {
    let mut asking: Vec<PathBuf> = Vec::new();
    for (path, text) in core().into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let has = |words: &[&str]| code.iter().any(|line| words.iter().any(|word| line.contains(word)));
        let home = path.starts_with("volumes") || path == Path::new("volumes.rs");
        assert!(home || !has(&["fs4::", "statvfs", "statfs("]), "{} asks for room on a disk", path.display());
        if !home && has(&ASK) {
            asking.push(path);
        }
    }
    let is_of = |path: &Path, named: &str| {
        path == Path::new(named) || named.ends_with('/') && path.starts_with(named)
    };
    for path in &asking {
        let named = OTHERS.iter().any(|(named, _)| is_of(path, named));
        assert!(named, "{} asks a drive that may not answer; ask through volumes", path.display());
    }
    for (named, _) in OTHERS {
        assert!(
            asking.iter().any(|path| is_of(path, named)),
            "{named} asks nothing any more: take it off the list"
        );
    }
}

/// Files of strangers are opened with the options of `input_guard`, by every call.
#[test]
fn every_input_is_guarded_by_the_same_options() {
    for (path, text) in core() {
        let guards = text.contains("_whitelist\"") || text.contains("\"-max_pixels\"");
        assert!(!guards || path == Path::new("input_guard.rs"), "options of its own in {}", path.display());
        // A test encode makes its picture itself, chapters and lines are files of our own, and names are only looked for.
        let own = ["ffmpeg/abilities.rs", "ffmpeg/names.rs"].map(Path::new).contains(&path.as_path());
        let reads = text.contains("\"-i\"") && !path.ends_with("tests.rs");
        let guarded = text.contains("guard()") || text.contains("&GUARD") || own;
        assert!(!reads || guarded, "{} reads a file without the guard", path.display());
    }
}

#[test]
fn the_core_reads_no_environment_and_prints_nothing() {
    for (path, text) in core() {
        for word in ["env::var(", "env::var_os(", "env::home_dir", "env::current_dir("] {
            // A child inherits an allow-list, and only there.
            let allowed = path == Path::new("ffmpeg/child.rs") && word == "env::var_os(";
            assert!(allowed || !text.contains(word), "{word} in {}", path.display());
        }
        assert!(!text.contains("println!") && !text.contains("eprint"), "{} prints", path.display());
    }
}

/// The code of the application without its unit tests, by file.
fn application() -> Vec<(PathBuf, String)> {
    code("src-tauri/app/src")
}

#[test]
fn the_application_asks_the_system_in_one_file_and_the_queue_through_the_core() {
    // What makes the page's types is a test, and is asked to write them by the environment.
    for (path, text) in application().into_iter().filter(|(path, _)| !path.ends_with("typescript.rs")) {
        let asks = ["env::var(", "env::var_os(", "env::home_dir", "env::current_", "Command::new"];
        let found = asks.into_iter().find(|word| text.contains(word));
        assert!(found.is_none() || path == Path::new("places.rs"), "{found:?} in {}", path.display());
        // A log that cannot be written can be complained of nowhere else.
        let prints = text.contains("println!") && path != Path::new("log.rs");
        assert!(!prints, "{} prints", path.display());
        assert!(!text.contains("rusqlite") && !text.contains("\"SELECT "), "SQL in {}", path.display());
    }
}

#[test]
fn the_shell_stays_thin() {
    let lines: usize = sources(&root().join("src-tauri/src"))
        .iter()
        .map(|path| fs::read_to_string(path).unwrap().lines().count())
        .sum();
    assert!(lines <= 1900, "{lines} lines: what needs no Tauri belongs to the application");
}

fn assert_knows_none_of(package: &str, others: &[&str]) {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "-p", package, "-e", "normal", "--prefix", "none", "--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    for other in others {
        assert!(!tree.lines().any(|line| line.starts_with(other)), "{package} depends on {other}");
    }
}

#[test]
fn the_core_knows_no_window() {
    assert_knows_none_of("spool-core", &["tauri", "gtk", "webkit", "wry"]);
}

#[test]
fn the_application_knows_no_face() {
    assert_knows_none_of("spool-app", &["tauri", "gtk", "webkit", "wry", "axum", "clap"]);
}

#[test]
fn the_command_knows_no_window() {
    assert_knows_none_of("spool-cli", &["tauri", "gtk", "webkit", "wry", "axum"]);
}
