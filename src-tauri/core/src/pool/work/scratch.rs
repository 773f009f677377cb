//! Scratch files of an attempt, in the data folder: statistics of the first pass for the second, covers to be attached,
//! captions that become subtitles, converted subtitles, chapters, and the times of subtitles.
//!
//! Guarantees that they are deleted on drop, including those that an earlier attempt of the job left after a crash. No
//! result fails because the times of subtitles cannot be stored: only a remark depends on them.

use super::Work;
use crate::captions;
use crate::media::{MediaInfo, cues};
use crate::plan::{self, Clip, Plan};
use crate::reason::StreamReason;
use crate::remark::Remark;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Most bytes of stored subtitle times that are read.
const MOST_CUES: u64 = 8 << 20;

/// The scratch files of one attempt.
pub(super) struct Scratch {
    folder: PathBuf,
    uid: String,
    /// Folder and common start of the file names.
    pub(super) prefix: PathBuf,
}

impl Scratch {
    /// Creates the folder if `plan` needs it.
    pub(super) fn of(work: &Work<'_>, plan: &Plan) -> Scratch {
        let (folder, uid) = (work.shared.data.join("passes"), work.job.uid.to_string());
        let scratch = Scratch { prefix: folder.join(format!("{uid}.{}", work.job.epoch)), folder, uid };
        let cues = plan::cue_file(plan, &scratch.prefix).is_some();
        if plan.limit.is_some() || plan.attached().next().is_some() || cues {
            scratch.clear();
            if let Err(cause) = std::fs::create_dir_all(&scratch.folder) {
                tracing::warn!(%cause, "the folder for scratch files could not be created");
            }
        }
        scratch
    }

    /// Writes the files that `plan` reads, and returns the plan without the parts whose files cannot be written.
    pub(super) fn possible(&self, mut plan: Plan, info: &MediaInfo) -> Plan {
        plan.streams
            .retain(|stream| stream.captions.is_none_or(|n| self.is_written(n, info, plan.clip.as_ref())));
        let rewritten = plan.streams.iter().filter(|stream| stream.rewritten.is_some());
        for input in rewritten.map(|stream| stream.input).collect::<Vec<_>>() {
            if let Err(reason) = self.rewrite(input, info, plan.clip.as_ref()) {
                plan.leave_out(input, reason);
            }
        }
        if let Some((file, clip)) = plan::chapter_file(&plan, &self.prefix).zip(plan.clip.as_ref())
            && let Err(cause) = std::fs::create_dir_all(&self.folder)
                .and_then(|()| std::fs::write(file, plan::chapter_text(clip)))
        {
            tracing::warn!(%cause, "the chapters of a job could not be written");
            plan.clip = None;
        }
        plan.count_cues = plan::cue_file(&plan, &self.prefix).is_some_and(|file| File::create(file).is_ok());
        plan
    }

    /// Writes the cues of a stream to its file.
    ///
    /// # Errors
    /// Why the stream is left out.
    fn rewrite(&self, input: usize, info: &MediaInfo, clip: Option<&Clip>) -> Result<(), StreamReason> {
        let stream = info.streams.iter().find(|stream| stream.index == input);
        let cues = stream.and_then(|stream| stream.cues.as_ref());
        let cues = cues.ok_or(StreamReason::NoCues)?;
        let end = clip.map_or(f64::MAX, |clip| clip.seconds);
        let file = cues.file(info.start.unwrap_or(0.0), end);
        let (_, text) = file.ok_or(StreamReason::NoText)?;
        let write = || {
            std::fs::create_dir_all(&self.folder)?;
            std::fs::write(plan::rewritten_file(&self.prefix, input), text)
        };
        write().map_err(|cause| {
            tracing::warn!(%cause, "the subtitles of a job could not be written");
            StreamReason::TextNotSaved
        })
    }

    /// Writes the captions with index `n` to their file. Returns false if none start before the end, or if that failed.
    fn is_written(&self, n: usize, info: &MediaInfo, clip: Option<&Clip>) -> bool {
        let end = clip.map_or(f64::MAX, |clip| clip.seconds);
        let Some(found) = info.captions.as_ref().and_then(|all| all.get(n)) else { return false };
        let text = captions::srt(&found.lines, end);
        let write = || {
            std::fs::create_dir_all(&self.folder)?;
            std::fs::write(plan::caption_file(&self.prefix, n), &text)
        };
        let written = if text.is_empty() { Ok(()) } else { write() };
        if let Err(cause) = &written {
            tracing::warn!(%cause, "the captions of a job could not be written");
        }
        written.is_ok() && !text.is_empty()
    }

    /// Returns a remark if overlapping subtitle lines are lost in players that show only one line at a time.
    pub(super) fn overlaps(&self, plan: &Plan) -> Option<Remark> {
        let mut times = Vec::new();
        let file = File::open(plan::cue_file(plan, &self.prefix)?).ok()?;
        file.take(MOST_CUES).read_to_end(&mut times).ok()?;
        let count = cues::overlaps(&String::from_utf8_lossy(&times));
        (count > 0).then_some(Remark::OverlappingLines { count })
    }

    fn clear(&self) {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let ours =
            |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&self.uid));
        entries.map(|e| e.path()).filter(|path| ours(path)).for_each(|path| drop(std::fs::remove_file(path)));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.clear();
    }
}
