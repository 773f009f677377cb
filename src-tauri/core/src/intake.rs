//! Turns paths given by the user into jobs: expands folders, counts and omits what is not a video, and chooses folder
//! and name of each output.
//!
//! Reads names, metadata, and the first bytes of files with an ambiguous extension. Whether a file really is a video is
//! determined by its job.

mod address;
mod edited;
mod folder;
mod kinds;
mod name_limits;
mod options;
mod taken;
mod template;

use crate::error::Error;
use crate::job::Job;
use crate::queue::{Lists, Naming, NewJob, Queue};
use crate::settings::Settings;
use crate::system::message;
use crate::volumes::Unanswered;
use crate::volumes::mounts::{self, Mounts};
use filetime::FileTime;
use folder::Entry;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

pub use crate::template::check as check_template;
pub use address::{is_address, is_remote_address};
pub use edited::{To, edited};
pub use folder::Excluded;
pub use kinds::{Kind, VIDEO_EXTENSIONS, is_called_like_a_video};
pub use name_limits::renamed;
pub use options::{AddOptions, VolumeAccess};
pub use taken::{taken, taken_for_edits};
pub use template::called;

/// The result of a search.
#[derive(Debug, Default)]
pub struct ScanResult {
    /// Jobs to add, in the order of the given paths; within a folder by name.
    pub jobs: Vec<NewJob>,
    /// Paths that cannot be added, each with the reason.
    pub refused: Vec<(PathBuf, String)>,
    /// Entries of folders that were omitted, each with its kind.
    pub skipped: Vec<(PathBuf, Kind)>,
    /// The table of mounts, read once for all jobs.
    mounts: Mounts,
}

/// Expands `paths` into jobs. Refuses a path whose drive does not respond in time. `queue` stores the names of result
/// folders.
///
/// # Errors
/// Those of the queue.
pub fn scan(
    asking: VolumeAccess<'_>,
    paths: &[PathBuf],
    options: &AddOptions,
    queue: &dyn Queue,
) -> Result<ScanResult, Error> {
    let mut found = ScanResult::default();
    let absent = match &options.folder {
        Some(folder) => absent_volume(asking, folder, queue)?,
        None => None,
    };
    for named in paths {
        let path = match address::local(named) {
            Ok(path) => path,
            Err(why) => {
                found.refuse(named, why);
                continue;
            }
        };
        let path = path.as_ref();
        match find_patiently(asking, path, options, queue) {
            Ok(more) => found.extend(more),
            Err(ScanError::Queue(cause)) => return Err(cause),
            Err(ScanError::Drive(Unanswered::Failed)) => {
                found.refuse(path, "could not be read (no thread could be started)");
            }
            Err(ScanError::Drive(_)) => {
                found.refuse(path, "is on a drive that does not respond; add it again once it does");
            }
        }
    }
    name_limits::fit(&mut found.jobs, &Mounts::read());
    if absent.is_some() {
        found.jobs.iter_mut().for_each(|job| job.output_volume.clone_from(&absent));
    }
    Ok(found)
}

/// Returns the volume of the results if it is not mounted: a missing or empty folder for results may be at or below a
/// mount point that is temporarily unmounted. Its jobs wait for the volume.
fn absent_volume(
    asking: VolumeAccess<'_>,
    folder: &Path,
    queue: &dyn Lists,
) -> Result<Option<PathBuf>, Error> {
    let looked = folder.to_owned();
    let is_empty = |folder: &Path| folder.read_dir().is_ok_and(|mut entries| entries.next().is_none());
    let missing = move || (!looked.exists() || is_empty(&looked)).then(|| real_folder(&looked));
    let Ok(Some(folder)) = asking.volumes.ask(folder, asking.patience, missing) else { return Ok(None) };
    let mut points = mounts::usual();
    points.extend(queue.volumes()?);
    Ok(Mounts::read().absent(&folder, &points).map(Path::to_owned))
}

/// Why a search ended without a result.
enum ScanError {
    Drive(Unanswered),
    Queue(Error),
}

impl From<Unanswered> for ScanError {
    fn from(cause: Unanswered) -> ScanError {
        ScanError::Drive(cause)
    }
}

impl From<Error> for ScanError {
    fn from(cause: Error) -> ScanError {
        ScanError::Queue(cause)
    }
}

/// Searches one path. A large folder may take as long as its drive responds.
fn find_patiently(
    asking: VolumeAccess<'_>,
    path: &Path,
    options: &AddOptions,
    queue: &dyn Queue,
) -> Result<ScanResult, ScanError> {
    let VolumeAccess { volumes, patience } = asking;
    let given = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (real, is_folder) = volumes.ask(&given, patience, {
        let given = given.clone();
        move || given.canonicalize().map_or((given, false), |real| (real.clone(), real.is_dir()))
    })?;
    let tree = match options.folder.clone().filter(|_| is_folder && !options.flat) {
        Some(folder) => {
            let folder = volumes.ask(&folder.clone(), patience, move || real_folder(&folder))?;
            Some(joined(&folder, Path::new(&queue.tree(&folder, &real)?)))
        }
        None => None,
    };
    let (path, options) = (path.to_owned(), options.clone());
    let folder = options.folder.clone().unwrap_or_else(|| real.clone());
    let search = move || find_one(&path, &options, tree.as_deref());
    Ok(volumes.ask_at_length(&[&real, &folder], patience, search)?)
}

/// Searches one path. Accesses drives. `tree`: the result folder that corresponds to the folder `path`.
fn find_one(path: &Path, options: &AddOptions, tree: Option<&Path>) -> ScanResult {
    let mut found = ScanResult { mounts: Mounts::read(), ..ScanResult::default() };
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => found.take_folder(path, options, tree),
        Ok(metadata) if metadata.is_file() && kinds::is_certainly_other(path) => {
            found.refuse(path, Kind::Other.reason());
        }
        Ok(metadata) if metadata.is_file() => found.take(path, options, None, false),
        Ok(_) => found.refuse(path, "is neither a file nor a folder"),
        Err(e) if e.kind() == io::ErrorKind::NotFound => found.refuse(path, "does not exist"),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
            found.refuse(path, "cannot be read by this user");
        }
        Err(e) => found.refuse(path, &format!("could not be read ({})", message(&e))),
    }
    found
}

/// Returns a job that converts the source of an ended job again, with the same spec and into the same folder. An
/// existing result keeps its name.
///
/// # Errors
/// The reason as a sentence, if the source cannot be added.
pub fn again(
    asking: VolumeAccess<'_>,
    job: &Job,
    settings: &Settings,
    queue: &dyn Queue,
) -> Result<NewJob, String> {
    let Some(spec) = job.spec.clone() else { return Err(Error::Unreadable { id: job.id }.to_string()) };
    let options = AddOptions::of(spec, settings).again(job);
    let mut found =
        scan(asking, std::slice::from_ref(&job.source), &options, queue).map_err(|e| e.to_string())?;
    let no_file = || format!("{} is no longer a file.", job.source.display());
    match found.jobs.pop().filter(|new| !new.from_folder) {
        Some(new) => Ok(new),
        None => Err(found.refused.pop().map_or_else(no_file, |(_, why)| why)),
    }
}

impl ScanResult {
    fn extend(&mut self, more: ScanResult) {
        self.jobs.extend(more.jobs);
        self.refused.extend(more.refused);
        self.skipped.extend(more.skipped);
    }

    fn refuse(&mut self, path: &Path, why: &str) {
        self.refused.push((path.to_owned(), format!("{} {why}.", path.display())));
    }

    fn take_folder(&mut self, folder: &Path, options: &AddOptions, tree: Option<&Path>) {
        for entry in folder::entries(folder, |below| options.excluded.has(below)) {
            match entry {
                Entry::Video(path) => {
                    let below = path.parent().and_then(|parent| parent.strip_prefix(folder).ok());
                    let place =
                        tree.map(|tree| below.map_or_else(|| tree.to_owned(), |below| joined(tree, below)));
                    self.take(&path, options, place, true);
                }
                Entry::LeftOut(path, kind) => self.skipped.push((path, kind)),
                Entry::Unreadable(path) => self.refuse(&path, "could not be read"),
            }
        }
    }

    /// Adds a file. `place`: the folder of its result, if it differs from the common one.
    fn take(&mut self, path: &Path, options: &AddOptions, place: Option<PathBuf>, from_folder: bool) {
        match job(path, options, place, from_folder, &self.mounts) {
            Ok(job) => self.jobs.push(job),
            Err(cause) => self.refuse(path, &format!("could not be read ({})", message(&cause))),
        }
    }
}

fn joined(folder: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() { folder.to_owned() } else { folder.join(below) }
}

fn job(
    path: &Path,
    options: &AddOptions,
    place: Option<PathBuf>,
    from_folder: bool,
    mounts: &Mounts,
) -> io::Result<NewJob> {
    let volume =
        |path: &Path| mounts.of(path).map(|mount| mount.point.clone()).or_else(|| mounts::point_of(path));
    let given = std::path::absolute(path)?;
    let real_source = given.canonicalize()?;
    let beside = real_folder(given.parent().unwrap_or(&given));
    // Resolves only the folder, so that a symlink to a video keeps its own name, and a file reached by two paths is one
    // job.
    let source = beside.join(given.file_name().unwrap_or_default());
    let all = options.folder.as_deref().map_or_else(|| beside.clone(), real_folder);
    let root = options.root.clone().unwrap_or_else(|| all.clone());
    let folder = place.unwrap_or(all);
    let metadata = real_source.metadata()?;
    Ok(NewJob {
        source_size: Some(metadata.len()),
        source_mtime_ns: mtime_ns(&metadata),
        source_volume: volume(&real_source),
        output_volume: volume(&folder),
        stem: template::stem(&source, &folder, options, mtime_ns(&metadata)),
        naming: Naming::default(),
        source,
        real_source,
        root,
        folder,
        spec: options.spec.clone(),
        from_folder,
        max_attempts: options.max_attempts,
        again: options.again,
    })
}

/// Returns the modification time in nanoseconds since 1970.
pub(crate) fn mtime_ns(metadata: &Metadata) -> Option<i64> {
    nanoseconds(FileTime::from_last_modification_time(metadata))
}

/// Converts to nanoseconds since 1970; `None` outside the years 1678 to 2262, which fit.
pub(crate) fn nanoseconds(modified: FileTime) -> Option<i64> {
    modified.unix_seconds().checked_mul(1_000_000_000)?.checked_add(i64::from(modified.nanoseconds()))
}

/// Resolves symlinks and `..` in the path of a folder, so that one folder has one path.
fn real_folder(folder: &Path) -> PathBuf {
    // On Windows users know neither symlinks in a path nor canonical paths.
    if cfg!(windows) {
        return std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    }
    // Resolves the existing part of the path; the missing folders below it are created later.
    let there = folder.ancestors().find_map(|there| Some((there, there.canonicalize().ok()?)));
    let Some((there, real)) = there else { return folder.to_owned() };
    folder.strip_prefix(there).map_or_else(|_| real.clone(), |below| joined(&real, below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::memory::MemoryQueue;
    use crate::spec::JobSpec;
    use std::sync::Arc;
    use std::time::Duration;

    pub(super) fn options() -> AddOptions {
        let preset = crate::preset::find("web-1080p").unwrap().clone();
        AddOptions::of(JobSpec::of(preset), &Settings::default())
    }

    pub(super) fn find_now(paths: &[PathBuf], options: &AddOptions) -> ScanResult {
        find_in(paths, options, &MemoryQueue::new(Arc::new(ManualClock::at(0))))
    }

    pub(super) fn find_in(paths: &[PathBuf], options: &AddOptions, queue: &dyn Queue) -> ScanResult {
        let asking = VolumeAccess { volumes: &Arc::default(), patience: Duration::from_secs(20) };
        scan(asking, paths, options, queue).unwrap()
    }

    #[test]
    fn given_file_is_accepted_with_any_name_and_a_missing_one_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let odd = file("odd.xyz", b"\0\0\0\x18ftyp");
        let found = find_now(&[odd, dir.path().join("gone.mp4")], &options());
        assert_eq!(found.jobs.len(), 1);
        assert!(found.refused[0].1.ends_with("gone.mp4 does not exist."), "{:?}", found.refused);
        // A text or a document is certainly no video; a name that promises one, or no bytes at all, is left to the job.
        let other = [file("notes.txt", b"buy milk\n"), file("report.pdf", b"%PDF-1.7")];
        let found = find_now(&other, &options());
        assert!(found.jobs.is_empty() && found.refused[0].1.ends_with("notes.txt is not a video."));
        assert_eq!(find_now(&[file("a.mkv", b"text"), file("empty", b"")], &options()).jobs.len(), 2);
    }
}
