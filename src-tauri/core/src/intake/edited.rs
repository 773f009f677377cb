//! Builds the changed version of a job that has not started: with another spec, or into another folder.
//!
//! Guarantees that its source is not accessed, as its drive may be away, and that a name given by the user is kept.

use super::{AddOptions, VolumeAccess, absent_volume, joined, name_limits, real_folder, template};
use crate::error::Error;
use crate::job::Job;
use crate::queue::{Commands, Naming, NewJob, Queue};
use crate::settings::Settings;
use crate::spec::JobSpec;
use crate::volumes::mounts::{self, Mounts};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where the result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// Into its current folder.
    Same,
    /// Into this folder of results, absolute. The subfolders that would be created for it below the former folder are
    /// created below this one.
    Folder(PathBuf),
    /// Into this folder, with this name without extension.
    File(PathBuf, OsString),
}

/// The folders and the volume of a result.
struct ResultFolder {
    root: PathBuf,
    folder: PathBuf,
    volume: Option<PathBuf>,
}

/// Returns the job as it would be added with this spec. The settings name its result, unless the user did.
///
/// # Errors
/// The reason as a sentence, if the job cannot be changed.
pub fn edited(
    asking: VolumeAccess<'_>,
    job: &Job,
    spec: &JobSpec,
    to: &To,
    settings: &Settings,
    queue: &dyn Queue,
) -> Result<NewJob, String> {
    let Some(was) = &job.spec else { return Err(Error::Unreadable { id: job.id }.to_string()) };
    let place = place(asking, job, to, queue)?;
    let mounts = Mounts::read();
    let by_template = |spec: &JobSpec, folder: &Path| {
        template::stem(&job.source, folder, &AddOptions::of(spec.clone(), settings), job.source_mtime_ns)
    };
    let now = as_it_is(job);
    let usual = new_job(job, was, &now, by_template(was, &now.folder), &mounts);
    let stem = match to {
        To::File(_, name) => name.clone(),
        _ if is_called(&job.output, &usual) => by_template(spec, &place.folder),
        _ => job.output.file_stem().unwrap_or_default().to_owned(),
    };
    Ok(new_job(job, spec, &place, stem, &mounts))
}

fn as_it_is(job: &Job) -> ResultFolder {
    let folder = job.output.parent().unwrap_or(&job.output).to_owned();
    let root = job.output_root.clone().unwrap_or_else(|| folder.clone());
    ResultFolder { root, folder, volume: job.output_volume.clone() }
}

fn place(asking: VolumeAccess<'_>, job: &Job, to: &To, queue: &dyn Queue) -> Result<ResultFolder, String> {
    let (To::Folder(named) | To::File(named, _)) = to else { return Ok(as_it_is(job)) };
    let asked = named.clone();
    let root = asking.volumes.ask(named, asking.patience, move || real_folder(&asked));
    let root = root.map_err(|_| format!("{} is on a drive that does not answer.", named.display()))?;
    let folder = match to {
        To::Folder(_) => in_tree(job, &root, queue).map_err(|e| e.to_string())?,
        _ => root.clone(),
    };
    let absent = absent_volume(asking, &root, queue).map_err(|e| e.to_string())?;
    Ok(ResultFolder { volume: absent.or_else(|| mounts::point_of(&folder)), root, folder })
}

/// Returns the folder below `root` for a result that was to go below another root.
fn in_tree(job: &Job, root: &Path, queue: &dyn Commands) -> Result<PathBuf, Error> {
    let now = as_it_is(job);
    let Some(rest) = now.folder.strip_prefix(&now.root).ok().filter(|rest| !rest.as_os_str().is_empty())
    else {
        return Ok(root.to_owned());
    };
    // The first component corresponds to the folder that was added.
    let mut parts = rest.components();
    parts.next();
    let below = parts.as_path();
    let added = job.source.parent().filter(|parent| parent.ends_with(below));
    let added = added.and_then(|parent| parent.ancestors().nth(below.components().count()));
    match added {
        Some(added) => Ok(joined(&joined(root, Path::new(&queue.tree(root, added)?)), below)),
        None => Ok(root.join(rest)),
    }
}

/// Checks whether this is the name that the job would get, possibly with a number.
fn is_called(output: &Path, job: &NewJob) -> bool {
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let numbered = stem.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")?.1.parse().ok());
    [1].into_iter().chain(numbered).any(|n| job.candidate(n) == output)
}

fn new_job(job: &Job, spec: &JobSpec, place: &ResultFolder, stem: OsString, mounts: &Mounts) -> NewJob {
    let mut new = NewJob {
        source: job.source.clone(),
        real_source: job.real_source.clone(),
        source_size: job.source_size,
        source_mtime_ns: job.source_mtime_ns,
        source_volume: job.source_volume.clone(),
        output_volume: place.volume.clone(),
        root: place.root.clone(),
        folder: place.folder.clone(),
        stem,
        naming: Naming::default(),
        spec: spec.clone(),
        from_folder: place.root != place.folder,
        max_attempts: job.max_attempts,
        again: true,
    };
    name_limits::fit(std::slice::from_mut(&mut new), mounts);
    new
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::tests::{find_in, options};
    use super::*;
    use crate::clock::ManualClock;
    use crate::preset;
    use crate::queue::memory::MemoryQueue;
    use crate::queue::{Added, Commands, Details, QueuePosition as At, TakenNames};
    use std::sync::Arc;
    use std::time::Duration;

    fn spec(preset: &str) -> JobSpec {
        JobSpec::of(preset::find(preset).unwrap().clone())
    }

    /// A queue with jobs for the videos of a deleted folder `lib`.
    struct Env {
        dir: tempfile::TempDir,
        queue: MemoryQueue,
        settings: Settings,
    }

    impl Env {
        fn new(names: &[&str], folder: Option<&str>) -> Env {
            let (dir, queue) = (tempfile::tempdir().unwrap(), MemoryQueue::new(Arc::new(ManualClock::at(0))));
            let env = Env { dir, queue, settings: Settings::default() };
            for name in names {
                let path = env.at(&format!("lib/{name}"));
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "x").unwrap();
            }
            let options = AddOptions { folder: folder.map(|name| env.at(name)), ..options() };
            let found = find_in(&[env.at("lib")], &options, &env.queue);
            let added = env.queue.add(&found.jobs, At::End, &TakenNames::default()).unwrap();
            assert!(added.iter().all(|added| matches!(added, Added::Accepted { .. })));
            std::fs::remove_dir_all(env.at("lib")).unwrap();
            env
        }

        fn at(&self, name: &str) -> PathBuf {
            self.dir.path().canonicalize().unwrap().join(name)
        }

        fn edited(&self, id: i64, spec: &JobSpec, to: &To) -> NewJob {
            let asking = VolumeAccess { volumes: &Arc::default(), patience: Duration::from_secs(20) };
            let job = self.queue.job(crate::job::JobId(id)).unwrap().unwrap();
            edited(asking, &job, spec, to, &self.settings, &self.queue).unwrap()
        }

        fn output(&self, id: i64, spec: &JobSpec, to: &To) -> String {
            let output = self.edited(id, spec, to).candidate(1);
            output.strip_prefix(self.dir.path().canonicalize().unwrap()).unwrap().display().to_string()
        }
    }

    #[test]
    fn job_moves_with_its_subfolders_without_access_to_its_source() {
        let env = Env::new(&["a.mkv", "day 1/b.mkv"], Some("out"));
        let to = To::Folder(env.at("new"));
        assert_eq!(env.output(1, &spec("web-1080p"), &to), "new/lib/a.mp4");
        assert_eq!(env.output(2, &spec("archive-av1"), &to), "new/lib/day 1/b.mkv");
        assert_eq!(env.output(2, &spec("archive-av1"), &To::Same), "out/lib/day 1/b.mkv");
        assert_eq!(env.edited(2, &spec("archive-av1"), &To::Same).root, env.at("out"));
        let file = To::File(env.at("x"), "c".into());
        assert_eq!(env.output(2, &spec("web-1080p"), &file), "x/c.mp4");
        // The result folder of another folder with that name.
        let name = env.queue.tree(&env.at("taken"), &env.at("elsewhere/lib")).unwrap();
        assert_eq!(name, "lib");
        assert_eq!(env.output(1, &spec("web-1080p"), &To::Folder(env.at("taken"))), "taken/lib (2)/a.mp4");
    }

    #[test]
    fn result_beside_its_original_has_another_name_and_a_given_name_stays() {
        let mut env = Env::new(&["a.mkv", "b.mp4"], None);
        assert_eq!(env.output(1, &spec("archive-av1"), &To::Same), "lib/a - Archive AV1.mkv");
        assert_eq!(env.output(2, &spec("web-720p"), &To::Same), "lib/b - Web 720p.mp4");
        assert_eq!(env.output(2, &spec("archive-av1"), &To::Same), "lib/b.mkv");
        env.settings.output_name = "{name} x".into();
        assert_eq!(
            env.output(1, &spec("web-720p"), &To::Same),
            "lib/a.mp4",
            "the name was not made by these settings"
        );
        env.settings.output_name = "{name}".into();
        let job = env.queue.job(crate::job::JobId(1)).unwrap().unwrap();
        let called = |name: &str| {
            is_called(&job.output.with_file_name(name), &env.edited(1, &spec("web-720p"), &To::Same))
        };
        assert!(called("a.mp4") && called("a (3).mp4") && !called("a b.mp4") && !called("a (x).mp4"));
    }
}
