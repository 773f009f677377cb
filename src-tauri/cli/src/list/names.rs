//! Names of videos in a list: the file name, and as much more as distinguishes jobs with the same file name. Pure.

use crate::text;
use spool_app::presets;
use spool_core::job::Job;
use spool_core::preset::Preset;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Returns the full path of each video.
pub(super) fn paths(jobs: &[Job]) -> Vec<String> {
    jobs.iter().map(|job| job.source.to_string_lossy().into_owned()).collect()
}

/// How to distinguish jobs whose files have the same name.
struct Alike {
    /// Number of path components shown.
    parts: usize,
    /// The jobs differ in preset or settings.
    differ: bool,
}

/// Returns the file name of each video. Equal names get the folders in which they differ, and preset and changed
/// settings if those differ.
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
    let variants: HashSet<String> = jobs.iter().map(|job| wanted(job, presets)).collect();
    Alike { parts: parts(&paths), differ: variants.len() > 1 }
}

/// Returns how many of the last components distinguish these paths.
fn parts(paths: &HashSet<&Path>) -> usize {
    let longest = paths.iter().map(|path| path.components().count()).max().unwrap_or(1);
    let distinguish =
        |n: &usize| paths.iter().map(|path| end(path, *n)).collect::<HashSet<_>>().len() == paths.len();
    (1..longest).find(distinguish).unwrap_or(longest)
}

/// Returns the last `n` components of a path.
fn end(path: &Path, n: usize) -> PathBuf {
    let all = path.components().count();
    path.components().skip(all.saturating_sub(n)).collect()
}

/// `web-1080p, video.crf 18`
fn wanted(job: &Job, known: &[Preset]) -> String {
    let Some(spec) = &job.spec else { return String::new() };
    let id = spec.preset.id.clone();
    let changed = text::settings(&presets::changed(job, known));
    if changed.is_empty() { id } else { format!("{id}, {changed}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distinguished(paths: &[&str]) -> Vec<String> {
        let all: HashSet<&Path> = paths.iter().map(Path::new).collect();
        let n = parts(&all);
        paths.iter().map(|path| end(Path::new(path), n).to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn equal_names_show_the_folders_that_distinguish_them() {
        assert_eq!(distinguished(&["/v/a/x.mp4", "/v/b/x.mp4"]), ["a/x.mp4", "b/x.mp4"]);
        assert_eq!(distinguished(&["/v/x.mp4", "/v/x.mp4"]), ["x.mp4", "x.mp4"], "the same file twice");
        let cards = ["/c1/DCIM/100GOPRO/x.mp4", "/c2/DCIM/100GOPRO/x.mp4", "/x.mp4"];
        let expected = ["c1/DCIM/100GOPRO/x.mp4", "c2/DCIM/100GOPRO/x.mp4", "/x.mp4"];
        assert_eq!(distinguished(&cards), expected);
        assert_eq!(distinguished(&["/x.mp4", "/a/x.mp4"]), ["/x.mp4", "a/x.mp4"]);
    }
}
