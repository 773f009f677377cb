//! Waiting jobs: has what they wait for come back?

use super::{Pool, breaker, room};
use crate::error::Result;
use crate::event::Event;
use crate::failure::FailureCode;
use crate::job::{Job, JobId, State};
use crate::output::volume;
use crate::queue::{Command, Filter, Flag, Which};
use std::collections::HashMap;
use std::path::PathBuf;

/// What is promised on each volume.
type Promised = HashMap<Option<PathBuf>, Option<u64>>;

impl Pool {
    /// Waiting jobs are looked at when volumes come or go, and every so often; true: some may go on.
    pub(super) fn wake_waiting(&mut self) -> Result<bool> {
        let awake = self.shared.clock.awake();
        let due = self
            .checked_waiting
            .is_none_or(|last| awake.saturating_sub(last) >= self.shared.policy.wait_recheck);
        let mounts = volume::mounts_stamp();
        if !due && mounts == self.mounts {
            return Ok(false);
        }
        (self.checked_waiting, self.mounts) = (Some(awake), mounts);
        // Failures grow old while nothing ends.
        if self.shared.queue.flag(Flag::Alarm)?.is_some() {
            breaker::check_alarm(&self.shared)?;
        }
        let tools_changed = self.shared.tooling.changed();
        let waiting = self.shared.queue.page(&Filter::of(&[State::Waiting]), 0, u64::MAX >> 1)?;
        let mut promised = Promised::new();
        let readable = waiting.iter().filter(|job| job.spec.is_some());
        let ready = readable.filter(|job| match job.failure.as_ref().map(|f| f.code) {
            Some(FailureCode::DiskFull) => self.has_room(job, &mut promised),
            code => cause_gone(job, code, tools_changed),
        });
        let ready: Vec<JobId> = ready.map(|job| job.id).collect();
        if ready.is_empty() {
            return Ok(false);
        }
        self.shared.queue.steer(Command::Now, &Which::Ids(ready))?;
        self.shared.tell(Event::QueueChanged);
        Ok(true)
    }

    /// Has this waiting job room by now? `promised` counts those that were found to have it before, too.
    fn has_room(&self, job: &Job, promised: &mut Promised) -> bool {
        let (folder, need) = (job.output.parent().unwrap_or(&job.output), room::need(job));
        let volume = volume::volume_of(folder);
        let here = promised.entry(volume.clone()).or_insert_with(|| self.promised(volume.as_deref()));
        let free = volume::free_space(folder).unwrap_or(0);
        let fits = room::fits(need, free, self.shared.policy.disk_reserve, *here);
        if fits {
            *here = Some(here.unwrap_or(0) + need.bytes());
        }
        fits
    }
}

/// May this waiting job be tried again? `code`: what it waits for, a full disk apart (see `room`);
/// `tools_changed`: ffmpeg is another one than when last asked.
fn cause_gone(job: &Job, code: Option<FailureCode>, tools_changed: bool) -> bool {
    let folder = job.output.parent().unwrap_or(&job.output);
    match code {
        Some(FailureCode::SourceVolumeMissing) => {
            job.source.exists() || job.source_volume.as_deref().is_none_or(volume::is_present)
        }
        Some(FailureCode::DestinationMissing) => {
            job.output_volume.as_deref().map_or_else(|| folder.exists(), volume::is_present)
        }
        Some(FailureCode::DestinationReadOnly) => volume::is_writable(folder),
        Some(FailureCode::EncoderMissing) => tools_changed,
        _ => true,
    }
}
