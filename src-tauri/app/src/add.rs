//! Adds videos with a preset and an output folder, reports the result for each file, and queues videos again.

use crate::last_added::LastAdded;
use crate::locked::lock;
use crate::state::Spool;
use crate::view::AddNotice;
use spool_core::error::Result;
use spool_core::intake::{self, AddOptions, Kind, ScanResult, VolumeAccess};
use spool_core::job::{Job, JobId, State};
use spool_core::preset::Preset;
use spool_core::queue::{Added, Command, NewJob, QueuePosition, Selection, Successor};
use spool_core::spec::JobSpec;
use std::path::PathBuf;

impl Spool {
    fn options(&self, spec: JobSpec, again: bool) -> AddOptions {
        AddOptions { again, ..AddOptions::of(spec, &self.settings()) }
    }

    /// Returns drive access with the timeout for the user's files.
    pub fn asking(&self) -> VolumeAccess<'_> {
        VolumeAccess::of(&self.volumes)
    }

    /// Finds the videos under `paths`.
    pub fn scan(&self, paths: &[PathBuf], options: &AddOptions) -> Result<ScanResult> {
        intake::scan(self.asking(), paths, options, self.queue())
    }

    /// Adds jobs in one transaction, through the engine if this process runs it.
    pub fn accept(&self, jobs: &[NewJob], place: QueuePosition) -> Result<Vec<Added>> {
        let taken = intake::taken(self.asking(), jobs, self.queue())?;
        self.ask(|queue| queue.add(jobs, place, &taken))
    }

    /// Adds files and folders with this preset, and reports the result for them in the feed.
    pub fn add(&self, paths: &[PathBuf], preset: &str) -> Result<()> {
        self.add_wished(paths, preset, false)
    }

    /// Adds files and folders with the current preset, and reports errors in the feed too.
    pub fn add_or_tell(&self, paths: &[PathBuf]) {
        if let Err(cause) = self.add(paths, &self.settings().preset) {
            self.feed.send_trouble(cause.to_string());
        }
    }

    /// Adds the videos that the last addition skipped because they were done before.
    pub fn add_again(&self) -> Result<()> {
        let last = std::mem::take(&mut *lock(&self.last));
        self.add_wished(&last.done_before, &last.preset, true)
    }

    /// Undoes the last addition in one transaction: jobs that have not started are removed, running ones are cancelled,
    /// ended ones stay. After an error it can be called again.
    pub fn undo_add(&self) -> Result<()> {
        let accepted = lock(&self.last).accepted.clone();
        self.apply(Command::UndoAdd, &Selection::Ids(accepted.clone()))?;
        lock(&self.last).forget(&accepted);
        Ok(())
    }

    /// Returns what the last addition left out, as one sentence per file.
    pub fn left_out(&self) -> Vec<String> {
        lock(&self.last).left_out.clone()
    }

    fn add_wished(&self, paths: &[PathBuf], preset: &str, again: bool) -> Result<()> {
        let found = self.scan(paths, &self.options(JobSpec::of(self.preset(preset)?), again))?;
        let added = self.accept(&found.jobs, QueuePosition::End)?;
        *lock(&self.last) = LastAdded::of(&found, &added, preset);
        self.feed.send_added(self.notice(&found, &added)?);
        self.feed.touch();
        Ok(())
    }

    /// Summarises an addition in at most a few kilobytes.
    fn notice(&self, found: &ScanResult, added: &[Added]) -> Result<AddNotice> {
        let ids =
            |of: fn(&Added) -> Option<JobId>| added.iter().filter_map(of).map(|id| id.0).collect::<Vec<_>>();
        let accepted = ids(|a| if let Added::Accepted { id, .. } = a { Some(*id) } else { None });
        let duplicates = ids(|a| if let Added::Duplicate(id) = a { Some(*id) } else { None });
        let before = ids(|a| if let Added::DoneBefore(id) = a { Some(*id) } else { None });
        let newest = before.last().copied();
        let done_at = match newest {
            Some(id) => self.job(JobId(id))?.and_then(|job| job.finished_at),
            None => None,
        };
        let ended = added.iter().filter(|a| matches!(a, Added::EndedBefore(..))).count();
        let own = added.len() - accepted.len() - duplicates.len() - before.len() - ended;
        let renamed: Vec<String> = found.jobs.iter().zip(added).filter_map(renamed).collect();
        Ok(AddNotice {
            first: accepted.first().copied(),
            accepted: accepted.len(),
            duplicate_count: duplicates.len(),
            duplicates: duplicates.into_iter().take(20).collect(),
            skipped: found.skipped.iter().filter(|(_, kind)| *kind < Kind::Hidden).count(),
            own,
            done_before: newest,
            done_at,
            done_before_count: before.len(),
            ended_before_count: ended,
            refused: found.refused.iter().take(5).map(|(_, why)| why.chars().take(200).collect()).collect(),
            refused_count: found.refused.len(),
            renamed_count: renamed.len(),
            renamed: renamed.into_iter().next(),
        })
    }

    /// Queues the videos of failed jobs with another preset, in one transaction. Each new job replaces its
    /// failed one.
    pub fn retry_as(&self, ids: &[JobId], preset: &str) -> Result<()> {
        let preset = self.preset(preset)?;
        self.replace(ids, |old| JobSpec { preset: preset.clone(), options: old.options.clone() })
    }

    /// As [`Spool::retry_as`], with their own presets and salvage, to keep the readable part of damaged videos.
    pub fn salvage(&self, ids: &[JobId]) -> Result<()> {
        self.replace(ids, |old| {
            let preset = Preset { salvage: true, ..old.preset.clone() };
            JobSpec { preset, options: old.options.clone() }
        })
    }

    /// Queues the videos of these done jobs again, with the same presets, options and output folders.
    pub(crate) fn add_as_before(&self, jobs: &[Job]) -> Result<()> {
        let settings = self.settings();
        let mut found = ScanResult::default();
        for job in jobs {
            match intake::again(self.asking(), job, &settings, self.queue()) {
                Ok(new) => found.jobs.push(new),
                Err(why) => found.refused.push((job.source.clone(), why)),
            }
        }
        let added = self.accept(&found.jobs, QueuePosition::End)?;
        *lock(&self.last) = LastAdded::of(&found, &added, &settings.preset);
        self.feed.send_added(self.notice(&found, &added)?);
        self.feed.touch();
        Ok(())
    }

    fn replace(&self, ids: &[JobId], spec: impl Fn(&JobSpec) -> JobSpec) -> Result<()> {
        let mut successors = Vec::new();
        for id in ids {
            // Skips jobs that were retried or removed in the meantime.
            let Some(job) = self.job(*id)?.filter(|job| job.state == State::Failed) else { continue };
            let changed = Job { spec: job.spec.as_ref().map(&spec), ..job };
            match intake::again(self.asking(), &changed, &self.settings(), self.queue()) {
                Ok(new) => successors.push(Successor { of: *id, new }),
                Err(why) => self.feed.send_trouble(why),
            }
        }
        let jobs: Vec<NewJob> = successors.iter().map(|successor| successor.new.clone()).collect();
        let taken = intake::taken(self.asking(), &jobs, self.queue())?;
        self.ask(|queue| queue.replace(&successors, &taken))?;
        self.feed.touch();
        Ok(())
    }
}

/// Returns a sentence if the result of a new job could not get the requested name.
fn renamed((job, added): (&NewJob, &Added)) -> Option<String> {
    let Added::Accepted { output, .. } = added else { return None };
    intake::renamed(job, output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::failure::{Failure, Reason};
    use spool_core::queue::Outcome;

    #[test]
    fn addition_can_be_undone_and_its_skipped_files_are_listed() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["a.mkv", "b.mkv", "notes.txt"] {
            std::fs::write(videos.path().join(name), "x").unwrap();
        }
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(&[videos.path().to_owned(), videos.path().join("gone.mkv")], "web-1080p").unwrap();
        assert_eq!(spool.queue().counts().unwrap().queued, 2);
        let left_out = spool.left_out();
        assert!(
            left_out[0].contains("gone.mkv") && left_out[1].ends_with("notes.txt is not a video."),
            "{left_out:?}"
        );
        spool.undo_add().unwrap();
        assert_eq!(spool.queue().counts().unwrap(), spool_core::queue::Counts::default());
        spool.undo_add().unwrap();
    }

    #[test]
    fn own_results_are_reported_as_such_and_not_as_other_files() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        let job = spool.queue().claim("test", true).unwrap().unwrap();
        std::fs::write(&job.output, "x").unwrap();
        let done = Outcome::Done { output: job.output.clone(), size: 1, warnings: Vec::new() };
        spool.queue().settle(job.lease(), &done).unwrap();
        let options = spool.options(JobSpec::of(spool.preset("web-1080p").unwrap()), false);
        let found = spool.scan(&[videos.path().to_owned()], &options).unwrap();
        let added = spool.accept(&found.jobs, QueuePosition::End).unwrap();
        let notice = spool.notice(&found, &added).unwrap();
        assert_eq!((notice.own, notice.skipped, notice.done_before_count), (1, 0, 1));
        let left_out = LastAdded::of(&found, &added, "web-1080p").left_out;
        assert!(left_out.len() == 1 && left_out[0].ends_with("is a result of Spool."), "{left_out:?}");
    }

    #[test]
    fn name_that_the_drive_cannot_hold_is_reported() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(videos.path().join("a.mkv"), "x").unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let options = spool.options(JobSpec::of(spool.preset("web-1080p").unwrap()), false);
        let mut found = spool.scan(&[videos.path().to_owned()], &options).unwrap();
        found.jobs[0].naming.wished = Some("a?".into());
        let added = spool.accept(&found.jobs, QueuePosition::End).unwrap();
        let notice = spool.notice(&found, &added).unwrap();
        let sentence = "a? becomes \"a.mp4\": the drive does not allow some characters of the name.";
        assert_eq!((notice.renamed_count, notice.renamed.as_deref()), (1, Some(sentence)));
        let again = spool.accept(&found.jobs, QueuePosition::End).unwrap();
        assert_eq!(spool.notice(&found, &again).unwrap().renamed, None, "no job was added");
    }

    #[test]
    fn failed_job_is_replaced_by_its_retry_with_another_preset() {
        let (data, videos) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let video = videos.path().join("a.mkv");
        std::fs::write(&video, "x").unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        spool.add(std::slice::from_ref(&video), "web-1080p").unwrap();
        let fail = || {
            let job = spool.queue().claim("test", true).unwrap().unwrap();
            let failure = Failure::from(Reason::SecondRecording);
            spool.queue().settle(job.lease(), &Outcome::Failed(failure)).unwrap();
        };
        spool.retry_as(&[JobId(1)], "remux-mp4").unwrap();
        assert_eq!(spool.job(JobId(2)).unwrap(), None, "it has not failed");
        fail();
        spool.retry_as(&[JobId(1), JobId(99)], "remux-mp4").unwrap();
        let job = spool.job(JobId(2)).unwrap().unwrap();
        assert_eq!((job.spec.unwrap().preset.id.as_str(), job.source), ("remux-mp4", video.clone()));
        assert_eq!(spool.job(JobId(1)).unwrap(), None);
        fail();
        spool.salvage(&[JobId(2)]).unwrap();
        let job = spool.job(JobId(3)).unwrap().unwrap();
        let preset = job.spec.unwrap().preset;
        assert_eq!((preset.id.as_str(), preset.salvage), ("remux-mp4", true));
        fail();
        std::fs::remove_file(&video).unwrap();
        spool.retry_as(&[JobId(3)], "web-1080p").unwrap();
        assert!(spool.job(JobId(3)).unwrap().is_some(), "it stays, as there is no successor");
    }
}
