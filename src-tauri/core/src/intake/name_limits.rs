//! Adapts names of results to the file systems of their folders, and reports each changed name in a sentence.
//!
//! Guarantees that no file is created and no drive is accessed: the table of mounts has the type of each file system.

use crate::output::naming::{Rules, is_device};
use crate::queue::NewJob;
use crate::volumes::mounts::{Mount, Mounts};
use std::path::Path;

/// Replaces characters and names that the file systems of these jobs do not support.
pub(super) fn fit(jobs: &mut [NewJob], mounts: &Mounts) {
    for job in jobs {
        let rules = rules(job, mounts);
        let stem = rules.held_stem(&job.stem, job.spec.preset.container.extension());
        job.naming.longest = rules.longest();
        if stem != job.stem {
            job.naming.wished = Some(std::mem::replace(&mut job.stem, stem));
        }
        // The folder of a file given by itself exists, and keeps its name.
        if job.from_folder
            && let Ok(below) = job.folder.strip_prefix(&job.root).map(Path::to_owned)
        {
            let held = below.components().map(|part| rules.held(part.as_os_str()));
            job.folder = held.fold(job.root.clone(), |folder, part| folder.join(part));
        }
    }
}

/// Returns the naming rules of the volume. An original on the same volume proves that its characters are supported.
fn rules(job: &NewJob, mounts: &Mounts) -> Rules {
    let (from, to) = (job.source.parent().unwrap_or(&job.source), mounts.of(&job.folder));
    let rules = Rules::of_kind(to.map_or("", |mount| &mount.kind));
    let one = |a: &Mount, b: &Mount| (&a.device, &a.kind) == (&b.device, &b.kind);
    let same = from == job.folder || mounts.of(from).zip(to).is_some_and(|(from, to)| one(from, to));
    if same { rules.proven_by(job.source.file_name().unwrap_or_default()) } else { rules }
}

/// Returns a sentence if the result of this job, at `output`, could not get the wished name.
pub fn renamed(job: &NewJob, output: &Path) -> Option<String> {
    let wished = job.naming.wished.as_ref()?;
    let device = is_device(wished);
    let why =
        if device { "does not allow this file name" } else { "does not allow some characters of the name" };
    let name = output.file_name().unwrap_or_default().display();
    Some(format!("{} becomes \"{name}\": the drive {why}.", wished.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::AddOptions;
    use crate::preset;
    use crate::settings::Settings;
    use crate::spec::JobSpec;

    fn mount(point: &Path, kind: &str) -> Mount {
        Mount { point: point.into(), kind: kind.into(), device: kind.into() }
    }

    /// Creates a video and returns its job, with the result in `out`, or `beside` the video.
    fn job(dir: &Path, name: &str, beside: bool) -> NewJob {
        let source = dir.join(name);
        std::fs::write(&source, "x").unwrap();
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let folder = (!beside).then(|| dir.join("out"));
        let options = AddOptions { folder, ..AddOptions::of(spec, &Settings::default()) };
        super::super::job(&source, &options, None, false, &Mounts::default()).unwrap()
    }

    fn stem(mut job: NewJob, mounts: &Mounts) -> (String, Option<String>) {
        fit(std::slice::from_mut(&mut job), mounts);
        (job.stem.to_str().unwrap().to_owned(), renamed(&job, &job.candidate(1)))
    }

    #[cfg(unix)]
    #[test]
    fn volume_of_the_result_decides_and_an_original_on_it_proves_its_rules() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let (video, other) = ("Mission: Impossible.mkv", root.join("out"));
        let drive = Mounts::of_rows(vec![mount(&root, "nfs4"), mount(&other, "exfat")]);
        let whole = Mounts::of_rows(vec![mount(&root, "nfs4")]);
        let note = "Mission: Impossible becomes \"Mission_ Impossible.mp4\": the drive does not allow some characters \
                    of the name.";
        let changed = ("Mission_ Impossible".to_owned(), Some(note.to_owned()));
        assert_eq!(stem(job(&root, video, false), &drive), changed);
        let kept = ("Mission: Impossible".to_owned(), None);
        assert_eq!(stem(job(&root, video, true), &drive), kept, "beside its original");
        assert_eq!(stem(job(&root, video, false), &whole), kept, "elsewhere on the same volume");
        let free = Mounts::of_rows(vec![mount(&root, "ext4")]);
        assert_eq!(stem(job(&root, video, false), &free), kept);
    }

    #[cfg(unix)]
    #[test]
    fn recreated_subfolders_get_names_that_the_drive_supports() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let drive = Mounts::of_rows(vec![mount(Path::new("/"), "ext4"), mount(&root.join("out"), "exfat")]);
        let folder = |from_folder| {
            let place = root.join("out/Trip: 1/day?");
            let mut job = NewJob { folder: place, from_folder, ..job(&root, "a.mkv", false) };
            fit(std::slice::from_mut(&mut job), &drive);
            job.folder
        };
        assert_eq!(folder(true), root.join("out/Trip_ 1/day_"));
        assert_eq!(folder(false), root.join("out/Trip: 1/day?"), "the folder exists");
    }

    #[cfg(unix)]
    #[test]
    fn sentence_differs_for_reserved_names_and_for_unsupported_characters() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let drive = Mounts::of_rows(vec![mount(Path::new("/"), "ext4"), mount(&root.join("out"), "ntfs3")]);
        let note = "con becomes \"con_.mp4\": the drive does not allow this file name.";
        assert_eq!(stem(job(&root, "con.mkv", false), &drive), ("con_".into(), Some(note.into())));
    }
}
