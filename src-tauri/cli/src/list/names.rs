//! What videos are called in a list: by their file names, and by as much more as tells apart those that look alike.
//! Pure.

use crate::words;
use spool_app::presets;
use spool_core::job::Job;
use spool_core::preset::Preset;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The whole path of each.
pub(super) fn paths(jobs: &[Job]) -> Vec<String> {
    jobs.iter().map(|job| job.source.to_string_lossy().into_owned()).collect()
}

/// What tells jobs apart whose files have one name.
struct Alike {
    /// Parts of the path.
    parts: usize,
    /// They differ in what is wanted of them.
    differ: bool,
}

/// The file name of each; where several have the same, with the folders in which they differ, and where they differ in what
/// is wanted of them, with preset and changed settings.
pub(super) fn names(jobs: &[Job], presets: &[Preset]) -> Vec<String> {
    let mut groups: HashMap<&OsStr, Vec<&Job>> = HashMap::new();
    for job in jobs {
        groups.entry(file_name(job)).or_default().push(job);
    }
    let alike: HashMap<&OsStr, Alike> =
        groups.into_iter().map(|(name, jobs)| (name, alike(&jobs, presets))).collect();
    jobs.iter()
        .map(|job| {
            let alike = &alike[file_name(job)];
            let name = end(&job.source, alike.parts).to_string_lossy().into_owned();
            if alike.differ { format!("{name}  [{}]", wanted(job, presets)) } else { name }
        })
        .collect()
}

fn file_name(job: &Job) -> &OsStr {
    job.source.file_name().unwrap_or_default()
}

fn alike(jobs: &[&Job], presets: &[Preset]) -> Alike {
    if jobs.len() == 1 {
        return Alike { parts: 1, differ: false };
    }
    let paths: HashSet<&Path> = jobs.iter().map(|job| job.source.as_path()).collect();
    let wishes: HashSet<String> = jobs.iter().map(|job| wanted(job, presets)).collect();
    Alike { parts: parts(&paths), differ: wishes.len() > 1 }
}

/// How many parts from the end tell these paths apart.
fn parts(paths: &HashSet<&Path>) -> usize {
    let longest = paths.iter().map(|path| path.components().count()).max().unwrap_or(1);
    let tell =
        |n: &usize| paths.iter().map(|path| end(path, *n)).collect::<HashSet<_>>().len() == paths.len();
    (1..longest).find(tell).unwrap_or(longest)
}

/// The last `n` parts of a path.
fn end(path: &Path, n: usize) -> PathBuf {
    let all = path.components().count();
    path.components().skip(all.saturating_sub(n)).collect()
}

/// `web-1080p, video.crf 18`
fn wanted(job: &Job, known: &[Preset]) -> String {
    let Some(spec) = &job.spec else { return String::new() };
    let id = spec.preset.id.clone();
    let changed = words::settings(&presets::changed(job, known));
    if changed.is_empty() { id } else { format!("{id}, {changed}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_apart(paths: &[&str]) -> Vec<String> {
        let all: HashSet<&Path> = paths.iter().map(Path::new).collect();
        let n = parts(&all);
        paths.iter().map(|path| end(Path::new(path), n).to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn as_many_folders_are_shown_as_tell_files_apart() {
        assert_eq!(told_apart(&["/v/a/x.mp4", "/v/b/x.mp4"]), ["a/x.mp4", "b/x.mp4"]);
        assert_eq!(told_apart(&["/v/x.mp4", "/v/x.mp4"]), ["x.mp4", "x.mp4"], "one file");
        let cards = ["/c1/DCIM/100GOPRO/x.mp4", "/c2/DCIM/100GOPRO/x.mp4", "/x.mp4"];
        let told = ["c1/DCIM/100GOPRO/x.mp4", "c2/DCIM/100GOPRO/x.mp4", "/x.mp4"];
        assert_eq!(told_apart(&cards), told);
        assert_eq!(told_apart(&["/x.mp4", "/a/x.mp4"]), ["/x.mp4", "a/x.mp4"]);
    }
}
