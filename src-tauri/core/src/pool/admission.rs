//! Admission: a claimed job starts when its volume has room for the result beside what runs there, else it
//! waits. The decision itself is `room`'s.

use super::{Pool, room};
use crate::error::Result;
use crate::event::Event;
use crate::failure::Failure;
use crate::job::{Job, State};
use crate::output::volume;
use crate::queue::Outcome;
use std::path::{Path, PathBuf};

/// Where a job writes, and how much it is expected to write in all.
pub(super) struct Place {
    pub(super) volume: Option<PathBuf>,
    pub(super) bytes: u64,
}

impl Pool {
    /// What the jobs running on this volume will still write; `None`: none runs there.
    pub(super) fn promised(&self, volume: Option<&Path>) -> Option<u64> {
        let latest = self.shared.progress();
        let here = self.live.values().filter(|l| l.place.volume.as_deref() == volume);
        here.map(|l| room::outstanding(l.place.bytes, latest.get(&l.lease.id)))
            .fold(None, |sum, bytes| Some(sum.unwrap_or(0) + bytes))
    }

    /// Reserves room for the result of a job about to start.
    pub(super) fn admit(&self, job: &Job) -> std::result::Result<Place, Failure> {
        let (folder, need) = (job.output.parent().unwrap_or(&job.output), room::need(job));
        let volume = volume::volume_of(folder);
        let promised = self.promised(volume.as_deref());
        // A disk that does not tell is left to the attempt.
        let free = volume::free_space(folder).unwrap_or(u64::MAX);
        if room::fits(need, free, self.shared.policy.disk_reserve, promised) {
            return Ok(Place { volume, bytes: need.bytes() });
        }
        Err(room::no_room(need, folder, volume.as_deref().unwrap_or(folder), promised))
    }

    /// Sends a claimed job to wait for room. Only a full disk is news: what waits for others goes on by itself.
    pub(super) fn decline(&self, job: &Job, failure: Failure) -> Result<()> {
        tracing::info!(job = %job.id, message = %failure.message, "waits for room");
        let full = self.promised(volume::volume_of(&job.output).as_deref()).is_none();
        let outcome = Outcome::Waiting(failure);
        if self.shared.queue.settle(job.lease(), &outcome)? && full {
            self.tell_changed(job.id, State::Waiting, outcome.failure());
        }
        self.shared.tell(Event::QueueChanged);
        Ok(())
    }
}
