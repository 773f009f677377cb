//! Checks rules of the code base over its source text: where SQL, processes and file system calls may be, the length of
//! files and functions, and which crate may depend on which.

mod arguments;
mod circles;
mod english;
mod readme;
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

/// Returns the code of the core by file, without unit tests.
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
        let parent = within.with_extension("rs");
        let file = if within == folder || !parent.exists() { folder.join("main.rs") } else { parent };
        let text = fs::read_to_string(&file).unwrap();
        // A folder without a file of its name is a module within `main.rs`.
        let inline = format!("mod {} {{", within.file_name().unwrap().to_str().unwrap());
        let block = text.split_once(&inline).and_then(|(_, rest)| rest.split_once("\n}"));
        let declares = block.map_or(text.as_str(), |(block, _)| block).contains(&format!("mod {name};"));
        assert!(name == "main" || declares, "{name} is not declared and never runs");
    }
}

#[test]
fn no_file_is_longer_than_400_lines_and_no_function_than_60() {
    let all = ["src-tauri", "tests"].iter().flat_map(|folder| sources(&root().join(folder)));
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.lines().count() <= 400 || path.starts_with(root().join("tests")), "{}", path.display());
        let mut open: Option<(usize, usize)> = None;
        for (n, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let starts = line.trim_start().starts_with("fn ") || line.contains(" fn ");
            if starts && !line.trim_start().starts_with("//") && open.is_none() && line.ends_with('{') {
                open = Some((n, indent));
            } else if let Some((from, depth)) =
                open.filter(|(_, depth)| line.trim_end() == format!("{}}}", " ".repeat(*depth)))
            {
                assert!(
                    n - from <= 60,
                    "{}:{} is a function of {} lines ({depth})",
                    path.display(),
                    from + 1,
                    n - from
                );
                open = None;
            }
        }
    }
}

#[test]
fn only_listed_files_contain_unsafe_code() {
    for (path, text) in core() {
        let code = text.lines().filter(|l| !l.trim_start().starts_with("//")).any(|l| l.contains("unsafe {"));
        let places = ["ffmpeg/exec.rs", "volumes/mounts/macos.rs"].map(Path::new);
        assert!(!code || places.contains(&path.as_path()), "{}", path.display());
    }
}

#[test]
fn only_sqlite_contains_sql_and_only_ffmpeg_starts_processes() {
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

/// Calls that access a file system.
const CALLS: [&str; 13] = [
    ".metadata()",
    "fs::metadata(",
    "symlink_metadata(",
    ".exists()",
    "try_exists(",
    "read_dir(",
    "canonicalize(",
    "is_file()",
    // Functions of `volumes` that block, for use within a question.
    "answers(",
    "free_space(",
    "free_in(",
    "is_there(",
    "is_writable(",
];

/// Files and folders that may use [`CALLS`], with the reason.
const EXEMPT: [(&str, &str); 20] = [
    ("data/", "the folder of the queue, on a local disk"),
    ("queue/sqlite/", "the same"),
    ("settings.rs", "the same"),
    ("sharing.rs", "the same"),
    ("pool/work/scratch.rs", "scratch files in it"),
    ("ffmpeg/locate.rs", "the tools, which are not files of users"),
    ("ffmpeg/thumbnail.rs", "a thumbnail in the cache"),
    ("intake.rs", "the paths to add, within a question"),
    ("intake/folder.rs", "the same"),
    ("intake/taken.rs", "existing names in the output folder, within a question"),
    ("shared/folders.rs", "folders created for results, within a question"),
    ("output.rs", "the part file and its folder, on the watched thread of the attempt"),
    ("output/publish.rs", "the result, likewise"),
    ("output/publish/verified.rs", "the same"),
    ("pool/work/source.rs", "the stamp of the source, likewise"),
    ("ffmpeg/probe.rs", "the size of the source, likewise"),
    ("pool/work/connection.rs", "whether a drive works, likewise"),
    ("pool/waiting/look.rs", "the conditions that jobs wait for, within a question"),
    ("ffmpeg/part.rs", "the size of the part file, within a question"),
    ("recheck/files.rs", "a result that a user has checked, on a thread of its own"),
];

/// A drive may never respond. Code that accesses one while jobs run goes through `volumes`, or runs on a watched thread
/// that can be abandoned; [`EXEMPT`] lists that code.
#[test]
fn only_volumes_accesses_the_file_systems_of_users() {
    let mut callers: Vec<PathBuf> = Vec::new();
    for (path, text) in core().into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let has = |words: &[&str]| code.iter().any(|line| words.iter().any(|word| line.contains(word)));
        let home = path.starts_with("volumes") || path == Path::new("volumes.rs");
        assert!(home || !has(&["fs4::", "statvfs", "statfs("]), "{} queries free space", path.display());
        if !home && has(&CALLS) {
            callers.push(path);
        }
    }
    let matches = |path: &Path, listed: &str| {
        path == Path::new(listed) || listed.ends_with('/') && path.starts_with(listed)
    };
    for path in &callers {
        let listed = EXEMPT.iter().any(|(listed, _)| matches(path, listed));
        assert!(listed, "{} accesses a drive that may not respond; use volumes", path.display());
    }
    for (listed, _) in EXEMPT {
        assert!(
            callers.iter().any(|path| matches(path, listed)),
            "{listed} makes no such call: remove it from the list"
        );
    }
}

/// Every call that opens an untrusted file uses the options of `input_guard`.
#[test]
fn every_input_is_guarded_by_the_same_options() {
    for (path, text) in core() {
        let guards = text.contains("_whitelist\"") || text.contains("\"-max_pixels\"");
        assert!(
            !guards || path == Path::new("input_guard.rs"),
            "{} defines guard options of its own",
            path.display()
        );
        // A test encode generates its input, and `names.rs` only searches messages for paths.
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
            // Reads the variables that a child process inherits, from an allow-list.
            let allowed = path == Path::new("ffmpeg/child.rs") && word == "env::var_os(";
            assert!(allowed || !text.contains(word), "{word} in {}", path.display());
        }
        assert!(!text.contains("println!") && !text.contains("eprint"), "{} prints", path.display());
    }
}

/// Returns the code of the application by file, without unit tests.
fn application() -> Vec<(PathBuf, String)> {
    code("src-tauri/app/src")
}

#[test]
fn the_application_accesses_the_system_in_one_file_and_contains_no_sql() {
    // The test that generates the page's types is switched on by an environment variable.
    for (path, text) in application().into_iter().filter(|(path, _)| !path.ends_with("typescript.rs")) {
        let calls = ["env::var(", "env::var_os(", "env::home_dir", "env::current_", "Command::new"];
        let found = calls.into_iter().find(|word| text.contains(word));
        assert!(found.is_none() || path == Path::new("environment.rs"), "{found:?} in {}", path.display());
        // A failure to write the log can only be reported on the console.
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
    assert!(lines <= 1900, "{lines} lines: code that needs no Tauri belongs in the application");
}

fn assert_depends_on_none_of(package: &str, others: &[&str]) {
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
fn the_core_does_not_depend_on_a_window() {
    assert_depends_on_none_of("spool-core", &["tauri", "gtk", "webkit", "wry"]);
}

#[test]
fn the_application_does_not_depend_on_an_interface() {
    assert_depends_on_none_of("spool-app", &["tauri", "gtk", "webkit", "wry", "axum", "clap"]);
}

#[test]
fn the_command_does_not_depend_on_a_window() {
    assert_depends_on_none_of("spool-cli", &["tauri", "gtk", "webkit", "wry", "axum"]);
}
