//! From paths that a person names to jobs that can be added: folders are expanded, what is no video is left
//! out and counted, and each output gets its folder and name.
//!
//! Reads names and sizes, never contents: whether a file is a video in truth is found out by its job.

mod held;
mod taken;

use crate::error::{Error, said};
use crate::job::Job;
use crate::output;
use crate::policy::Policy;
use crate::queue::{Naming, NewJob};
use crate::spec::JobSpec;
use crate::volumes::mounts::{self, Mounts};
use crate::volumes::{Unanswered, Volumes};
use filetime::FileTime;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use walkdir::{DirEntry, WalkDir};

pub use held::renamed;
pub use taken::Taken;

/// How jobs are made of paths.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What they are added with.
    pub spec: JobSpec,
    /// Folder of the results, absolute; `None`: next to each original.
    pub folder: Option<PathBuf>,
    /// Name of the results without extension, see [`check_template`].
    pub name: String,
    /// Attempts before a job is parked.
    pub max_attempts: u32,
    /// Also what was done before.
    pub again: bool,
}

/// What was found under the named paths.
#[derive(Debug, Default)]
pub struct Found {
    /// To be added, in the order named; within a folder by name.
    pub jobs: Vec<NewJob>,
    /// Named, but not addable, each with the reason.
    pub refused: Vec<(PathBuf, String)>,
    /// Files in folders that are no videos by their name.
    pub skipped: Vec<PathBuf>,
    /// Read once for all.
    mounts: Mounts,
}

/// Extensions taken for videos inside folders. A file that is named itself is taken whatever it is called.
const VIDEO_EXTENSIONS: &[&str] = &[
    "264", "265", "3g2", "3gp", "asf", "avi", "divx", "dv", "f4v", "flv", "gxf", "h264", "h265", "hevc",
    "ivf", "m1v", "m2t", "m2ts", "m2v", "m4v", "mkv", "mov", "mp4", "mpe", "mpeg", "mpg", "mts", "mxf",
    "nut", "ogm", "ogv", "qt", "rm", "rmvb", "ts", "vob", "webm", "wmv", "wtv", "y4m",
];

/// Who asks the drives, and how long a person waits for one that does not answer.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What is known of drives.
    pub volumes: &'a Arc<Volumes>,
    /// Longest wait for a sign of one.
    pub patience: Duration,
}

impl Asking<'_> {
    /// With the patience of the policy.
    pub fn of(volumes: &Arc<Volumes>) -> Asking<'_> {
        Asking { volumes, patience: Policy::default().volume_patience }
    }
}

/// Expands `paths` into jobs. A drive that does not answer is waited for once and refused by name.
pub fn find(asking: Asking<'_>, paths: &[PathBuf], wish: &Wish) -> Found {
    let mut found = Found::default();
    for path in paths {
        match find_patiently(asking, path, wish) {
            Ok(more) => found.extend(more),
            Err(Unanswered::Failed) => found.refuse(path, "could not be looked at (memory ran out)"),
            Err(_) => {
                found.refuse(path, "is on a drive that does not answer; add it again when the drive does");
            }
        }
    }
    held::fit(&mut found.jobs, &Mounts::read());
    found
}

/// A large folder takes its time: it is waited for as long as its drive answers.
fn find_patiently(asking: Asking<'_>, path: &Path, wish: &Wish) -> Result<Found, Unanswered> {
    let Asking { volumes, patience } = asking;
    let given = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = volumes.ask(&given, patience, {
        let given = given.clone();
        move || given.canonicalize().unwrap_or(given)
    })?;
    let (path, wish) = (path.to_owned(), wish.clone());
    let folder = wish.folder.clone().unwrap_or_else(|| real.clone());
    let search = volumes.begin(&real, move || find_one(&path, &wish))?;
    loop {
        match search.wait(patience / 2) {
            Err(Unanswered::Late) => {}
            ended => return ended,
        }
        if [&real, &folder].into_iter().any(|place| volumes.is_silent(place, patience / 2)) {
            return Err(Unanswered::Late);
        }
    }
}

fn find_one(path: &Path, wish: &Wish) -> Found {
    let mut found = Found { mounts: Mounts::read(), ..Found::default() };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => expand(path, wish, &mut found),
        Ok(metadata) if metadata.is_file() => found.take(path, wish, false),
        Ok(_) => found.refuse(path, "is neither a file nor a folder"),
        Err(e) if e.kind() == io::ErrorKind::NotFound => found.refuse(path, "does not exist"),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
            found.refuse(path, "may not be read by this user");
        }
        Err(e) => found.refuse(path, &format!("could not be looked at ({})", said(&e))),
    }
    found
}

/// The video of a done job once more, with the same spec and into the same folder; the result that is there keeps its
/// name. `name` and `max_attempts`: as of a [`Wish`].
///
/// # Errors
/// Why that cannot be, as a sentence.
pub fn again(asking: Asking<'_>, job: &Job, name: &str, max_attempts: u32) -> Result<NewJob, String> {
    let Some(spec) = job.spec.clone() else { return Err(Error::Unreadable { id: job.id }.to_string()) };
    let folder = job.output.parent().map(Path::to_owned);
    let wish = Wish { spec, folder, name: name.to_owned(), max_attempts, again: true };
    let mut found = find(asking, std::slice::from_ref(&job.source), &wish);
    match found.jobs.pop() {
        Some(new) => Ok(new),
        None => Err(found.refused.pop().map_or_else(String::new, |(_, why)| why)),
    }
}

fn expand(folder: &Path, wish: &Wish, found: &mut Found) {
    let visible = |e: &DirEntry| e.depth() == 0 || !is_hidden(e.file_name());
    for entry in WalkDir::new(folder).sort_by_file_name().follow_links(true).into_iter().filter_entry(visible)
    {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if entry.file_type().is_file() && is_video(entry.path()) => {
                found.take(entry.path(), wish, true);
            }
            Ok(entry) => found.skipped.push(entry.into_path()),
            Err(cause) => {
                let path = cause.path().unwrap_or(folder);
                if cause.depth() > 0 && path.file_name().is_some_and(is_hidden) {
                    // Left out as every hidden one is; editors lock files by links that lead nowhere.
                } else if cause.loop_ancestor().is_some() || (leads_nowhere(path) && !is_video(path)) {
                    found.skipped.push(path.to_owned());
                } else {
                    found.refuse(path, "could not be read");
                }
            }
        }
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// A link to what is not there, or to itself; not one to what this user may not see.
fn leads_nowhere(path: &Path) -> bool {
    path.is_symlink() && path.metadata().is_err_and(|e| e.kind() != io::ErrorKind::PermissionDenied)
}

fn is_video(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    extension.is_some_and(|e| VIDEO_EXTENSIONS.contains(&e.as_str()))
        && !path.file_name().is_some_and(output::is_part)
}

impl Found {
    fn extend(&mut self, more: Found) {
        self.jobs.extend(more.jobs);
        self.refused.extend(more.refused);
        self.skipped.extend(more.skipped);
    }

    fn refuse(&mut self, path: &Path, why: &str) {
        self.refused.push((path.to_owned(), format!("{} {why}.", path.display())));
    }

    fn take(&mut self, path: &Path, wish: &Wish, from_folder: bool) {
        match job(path, wish, from_folder, &self.mounts) {
            Ok(job) => self.jobs.push(job),
            Err(cause) => self.refuse(path, &format!("could not be looked at ({})", said(&cause))),
        }
    }
}

fn job(path: &Path, wish: &Wish, from_folder: bool, mounts: &Mounts) -> io::Result<NewJob> {
    let volume =
        |path: &Path| mounts.of(path).map(|mount| mount.point.clone()).or_else(|| mounts::point_of(path));
    let given = std::path::absolute(path)?;
    let real_source = given.canonicalize()?;
    let beside = real_folder(given.parent().unwrap_or(&given));
    // A link to a video keeps its own name; its folder has one name, however it was come by.
    let source = beside.join(given.file_name().unwrap_or_default());
    let folder = wish.folder.as_deref().map_or_else(|| beside.clone(), real_folder);
    let metadata = real_source.metadata()?;
    Ok(NewJob {
        source_size: Some(metadata.len()),
        source_mtime_ns: mtime_ns(&metadata),
        source_volume: volume(&real_source),
        output_volume: volume(&folder),
        stem: stem(&source, &folder, wish),
        naming: Naming::default(),
        source,
        real_source,
        folder,
        spec: wish.spec.clone(),
        from_folder,
        max_attempts: wish.max_attempts,
        again: wish.again,
    })
}

/// Nanoseconds since 1970; from 1678 to 2262 they fit.
pub(crate) fn mtime_ns(metadata: &Metadata) -> Option<i64> {
    let modified = FileTime::from_last_modification_time(metadata);
    modified.unix_seconds().checked_mul(1_000_000_000)?.checked_add(i64::from(modified.nanoseconds()))
}

/// A folder without links and `..` on the way to it, so that one place is not taken for two.
fn real_folder(folder: &Path) -> PathBuf {
    // Windows has no links on the way that people know of, and canonical names that they do not.
    let real = if cfg!(windows) { std::path::absolute(folder) } else { folder.canonicalize() };
    real.unwrap_or_else(|_| folder.to_owned())
}

/// Can this name results? If not, the rest of the sentence "The file name ...". `{name}` must occur, for one name for all would help nobody; folders are not made.
pub fn check_template(template: &str) -> Result<(), &'static str> {
    if !template.contains("{name}") {
        return Err("must contain {name}");
    }
    if template.contains(['/', '\\', '\0']) {
        return Err("cannot contain / or \\");
    }
    Ok(())
}

/// The template filled in, with ` - {preset}` behind it where that would be the original's own name.
fn stem(source: &Path, folder: &Path, wish: &Wish) -> OsString {
    let own = source.file_stem().unwrap_or_default();
    // A preset's name is a person's text too.
    let preset = wish.spec.preset.name.replace(['/', '\\', '\0'], "-");
    let mut stem = OsString::new();
    for (n, text) in wish.name.split("{name}").enumerate() {
        if n > 0 {
            stem.push(own);
        }
        stem.push(text.replace("{preset}", &preset));
    }
    let extension = source.extension().unwrap_or_default();
    let same_kind = extension.eq_ignore_ascii_case(wish.spec.preset.container.extension());
    if source.parent() == Some(folder) && same_kind && stem == own {
        stem.push(format!(" - {preset}"));
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn wish() -> Wish {
        let preset = crate::preset::find("web-1080p").unwrap().clone();
        Wish { spec: JobSpec::of(preset), folder: None, name: "{name}".into(), max_attempts: 4, again: false }
    }

    pub(super) fn find_now(paths: &[PathBuf], wish: &Wish) -> Found {
        find(Asking { volumes: &Arc::default(), patience: Duration::from_secs(20) }, paths, wish)
    }

    #[test]
    fn a_folder_gives_its_videos_by_name_and_counts_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("sub/.hidden")).unwrap();
        for name in ["b.MKV", "a.mp4", "notes.txt", ".secret.mp4", "sub/c.ts", "sub/.hidden/d.mp4"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let found = find_now(&[dir.path().to_owned()], &wish());
        let names: Vec<_> = found.jobs.iter().map(|j| j.source.strip_prefix(dir.path()).unwrap()).collect();
        assert_eq!(names, [Path::new("a.mp4"), Path::new("b.MKV"), Path::new("sub/c.ts")]);
        assert_eq!(found.skipped, [dir.path().join("notes.txt")], "hidden ones do not count");
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_nowhere_or_in_a_circle_are_no_videos_unless_they_are_named_so() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        symlink(dir.path(), at("circle")).unwrap();
        symlink(at("itself"), at("itself")).unwrap();
        for link in ["lost.txt", "lost.mkv", ".#lock"] {
            symlink("/nowhere", at(link)).unwrap();
        }
        let found = find_now(&[dir.path().to_owned()], &wish());
        assert_eq!(found.skipped, [at("circle"), at("itself"), at("lost.txt")]);
        assert_eq!(found.refused.iter().map(|(path, _)| path).collect::<Vec<_>>(), [&at("lost.mkv")]);
    }

    #[test]
    fn a_named_file_is_taken_whatever_it_is_called_and_a_missing_one_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("odd.xyz");
        std::fs::write(&odd, "x").unwrap();
        let found = find_now(&[odd, dir.path().join("gone.mp4")], &wish());
        assert_eq!(found.jobs.len(), 1);
        assert!(found.refused[0].1.ends_with("gone.mp4 does not exist."), "{:?}", found.refused);
    }

    #[test]
    fn next_to_the_original_the_result_has_a_name_of_its_own() {
        let name = |source: &str, folder: &str| {
            stem(Path::new(source), Path::new(folder), &wish()).into_string().unwrap()
        };
        assert_eq!(name("/v/a.mkv", "/v"), "a");
        assert_eq!(name("/v/a.MP4", "/v"), "a - Web 1080p");
        assert_eq!(name("/v/a.mp4", "/out"), "a");
    }

    #[test]
    fn a_template_names_the_result() {
        let mut wish = Wish { name: "{preset}, {name} (copy)".into(), ..wish() };
        let stem = |wish: &Wish| stem(Path::new("/v/a{name}.mp4"), Path::new("/v"), wish);
        assert_eq!(stem(&wish), "Web 1080p, a{name} (copy)");
        wish.spec.preset.name = "../up".into();
        assert_eq!(stem(&wish), "..-up, a{name} (copy)");
        assert!(check_template("{preset}").is_err() && check_template("x/{name}").is_err());
    }
}
