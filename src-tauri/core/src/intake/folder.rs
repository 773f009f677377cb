//! Lists a folder given by the user: its videos in natural order, and the omitted entries.
//!
//! Guarantees that each entry becomes a job, or is omitted with a kind, refused with a reason, or excluded by a
//! pattern; and that circular symlinks end the descent. Must not know where results go.

use super::kinds::{self, Kind};
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A listed entry of a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Video(PathBuf),
    LeftOut(PathBuf, Kind),
    Unreadable(PathBuf),
}

/// Returns all entries of `folder` and its subfolders except those for which `excluded` returns true. Paths passed to
/// it are relative to `folder`.
pub(super) fn entries(folder: &Path, excluded: impl Fn(&Path) -> bool) -> Vec<Entry> {
    let mut found = Vec::new();
    let by_number = |a: &DirEntry, b: &DirEntry| in_order(a.file_name(), b.file_name());
    let mut walk = WalkDir::new(folder).sort_by(by_number).follow_links(true).into_iter();
    while let Some(entry) = walk.next() {
        match entry {
            Ok(entry) if entry.depth() == 0 => {}
            Ok(entry) => {
                let (path, is_folder) = (entry.path(), entry.file_type().is_dir());
                let out = kinds::left_out(path, is_folder);
                if is_folder && (out.is_some() || is_excluded(folder, path, &excluded)) {
                    walk.skip_current_dir();
                }
                if !is_excluded(folder, path, &excluded) {
                    found.extend(counted(&entry, out));
                }
            }
            Err(cause) if is_excluded(folder, cause.path().unwrap_or(folder), &excluded) => {}
            Err(cause) => found.push(failed(folder, &cause)),
        }
    }
    found
}

/// Natural order, ignoring case: `clip2` before `Clip10`.
fn in_order(a: &OsStr, b: &OsStr) -> Ordering {
    let folded = |name: &OsStr| name.to_string_lossy().to_lowercase();
    alphanumeric_sort::compare_str(folded(a), folded(b)).then_with(|| a.cmp(b))
}

fn is_excluded(folder: &Path, path: &Path, excluded: &impl Fn(&Path) -> bool) -> bool {
    path.strip_prefix(folder).is_ok_and(excluded)
}

fn counted(entry: &DirEntry, out: Option<Kind>) -> Option<Entry> {
    let path = entry.path().to_owned();
    match out {
        Some(kind) => Some(Entry::LeftOut(path, kind)),
        None if entry.file_type().is_dir() => None,
        None if entry.file_type().is_file() => Some(Entry::Video(path)),
        // A pipe or a device, whatever its name.
        None => Some(Entry::LeftOut(path, Kind::Other)),
    }
}

/// Returns the entry for an error of the walk.
fn failed(folder: &Path, cause: &walkdir::Error) -> Entry {
    let path = cause.path().unwrap_or(folder).to_owned();
    let name = path.file_name().unwrap_or_default();
    let circle = cause.loop_ancestor().is_some();
    if cause.depth() > 0 && kinds::is_hidden(name) {
        // Editors lock files with hidden dangling symlinks.
        Entry::LeftOut(path, Kind::Hidden)
    } else if circle || (is_dangling(&path) && !kinds::is_called_like_a_video(&path)) {
        Entry::LeftOut(path, Kind::Other)
    } else {
        Entry::Unreadable(path)
    }
}

/// Checks for a symlink to a missing file or to itself. A target that this user may not access does not count.
fn is_dangling(path: &Path) -> bool {
    path.is_symlink() && path.metadata().is_err_and(|e| e.kind() != io::ErrorKind::PermissionDenied)
}

/// Patterns of entries to skip without a report.
#[derive(Debug, Clone, Default)]
pub struct Excluded {
    /// Patterns of names anywhere below a folder.
    names: globset::GlobSet,
    /// Patterns of paths relative to a folder.
    paths: globset::GlobSet,
}

impl Excluded {
    /// Compiles shell patterns. A pattern without a slash matches names, one with a slash matches paths relative to the
    /// added folder.
    ///
    /// # Errors
    /// The invalid pattern, and why it is invalid.
    pub fn of(patterns: &[String]) -> Result<Excluded, String> {
        let (mut names, mut paths) = (globset::GlobSet::builder(), globset::GlobSet::builder());
        for pattern in patterns {
            let trimmed = pattern.trim_matches('/');
            let glob = globset::GlobBuilder::new(trimmed).literal_separator(true).build();
            let glob = glob.map_err(|e| format!("\"{pattern}\" is not a valid pattern: {}", e.kind()))?;
            let of_paths = trimmed.contains('/') || pattern.starts_with('/');
            if of_paths {
                paths.add(glob)
            } else {
                names.add(glob)
            };
        }
        let built = |set: &globset::GlobSetBuilder| set.build().map_err(|e| e.to_string());
        Ok(Excluded { names: built(&names)?, paths: built(&paths)? })
    }

    /// Checks whether a path relative to the added folder is excluded.
    pub(super) fn has(&self, below: &Path) -> bool {
        below.file_name().is_some_and(|name: &OsStr| self.names.is_match(name)) || self.paths.is_match(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates a folder with these files.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, [0; 9]).unwrap();
        }
        dir
    }

    fn found(dir: &tempfile::TempDir, patterns: &[&str]) -> (Vec<String>, Vec<(String, Kind)>) {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        let excluded = Excluded::of(&patterns).unwrap();
        let below = |path: &Path| {
            path.strip_prefix(dir.path()).unwrap().to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
        };
        let (mut videos, mut out) = (Vec::new(), Vec::new());
        for entry in entries(dir.path(), |path| excluded.has(path)) {
            match entry {
                Entry::Video(path) => videos.push(below(&path)),
                Entry::LeftOut(path, kind) => out.push((below(&path), kind)),
                Entry::Unreadable(path) => panic!("{}", path.display()),
            }
        }
        (videos, out)
    }

    #[test]
    fn videos_are_in_natural_order_and_other_entries_have_a_kind() {
        let dir = folder(&[
            "clip10.mkv",
            "clip2.MKV",
            "clip1.mp4",
            "notes.txt",
            "clip1.srt",
            ".secret.mp4",
            "sub/c.ts",
            "sub/.hidden/d.mp4",
            "$RECYCLE.BIN/e.mp4",
            "@eaDir/f.mp4",
        ]);
        let (videos, out) = found(&dir, &[]);
        assert_eq!(videos, ["clip1.mp4", "clip2.MKV", "clip10.mkv", "sub/c.ts"]);
        let mut out: Vec<_> = out.iter().map(|(path, kind)| (*kind, path.as_str())).collect();
        out.sort_unstable();
        let named = [
            (Kind::Other, "notes.txt"),
            (Kind::Subtitles, "clip1.srt"),
            (Kind::Hidden, ".secret.mp4"),
            (Kind::Hidden, "sub/.hidden"),
            (Kind::System, "$RECYCLE.BIN"),
            (Kind::System, "@eaDir"),
        ];
        assert_eq!(out, named);
    }

    #[test]
    fn excluded_entries_are_skipped() {
        let dir =
            folder(&["a.mkv", "a.txt", "proxy/b.mkv", "day/proxy/c.mkv", "day/d-lowres.mp4", "day/e.mp4"]);
        assert_eq!(
            found(&dir, &["proxy", "*-lowres.*", "*.txt"]),
            (vec!["a.mkv".into(), "day/e.mp4".into()], vec![])
        );
        assert_eq!(found(&dir, &["/proxy", "a.*"]).0, ["day/d-lowres.mp4", "day/e.mp4", "day/proxy/c.mkv"]);
        assert_eq!(found(&dir, &["day/**"]).0, ["a.mkv", "proxy/b.mkv"]);
        assert!(Excluded::of(&["[".into()]).unwrap_err().contains("\"[\" is not a valid pattern"));
    }

    #[cfg(unix)]
    #[test]
    fn dangling_and_circular_symlinks_are_omitted_unless_named_like_a_video() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        symlink(dir.path(), at("circle")).unwrap();
        symlink(at("itself"), at("itself")).unwrap();
        for link in ["lost.txt", "lost.mkv", ".#lock"] {
            symlink("/nowhere", at(link)).unwrap();
        }
        let all = entries(dir.path(), |_| false);
        let other = |name: &str| Entry::LeftOut(at(name), Kind::Other);
        let hidden = Entry::LeftOut(at(".#lock"), Kind::Hidden);
        let expected =
            [hidden, other("circle"), other("itself"), Entry::Unreadable(at("lost.mkv")), other("lost.txt")];
        assert!(all.len() == 5 && expected.iter().all(|entry| all.contains(entry)), "{all:?}");
    }
}
