//! Admission: an attempt starts if its volume has space for the result in addition to what other jobs still write
//! there; otherwise the job waits. `room` makes the decision.
//!
//! Guarantees that no drive is accessed while the table of places is locked. The free space is requested before, with
//! the time limit that an attempt has until its first progress. If the drive returns an error, the attempt is
//! admitted and meets the same error; if the drive does not respond, the job waits for it.

use super::space;
use crate::failure::Failure;
use crate::job::{Job, Lease};
use crate::output;
use crate::shared::{Reservation, Reservations, Shared};
use crate::volumes::mounts::Mounts;
use crate::volumes::{Absence, Unanswered};
use std::path::{Path, PathBuf};

/// Why an attempt may not start.
pub(super) enum Refused {
    /// The volume is full or does not respond.
    Failed(Failure),
    /// The volume has no space in addition to what other jobs still write there.
    NoSpace(Failure),
    /// An order ended the attempt.
    Ordered,
}

/// Returns the bytes that running jobs will still write to this device; `None` if there are no such jobs.
pub(super) fn promised(shared: &Shared, reservations: &Reservations, device: Option<&str>) -> Option<u64> {
    let latest = shared.progress();
    let here = reservations.iter().filter(|(_, place)| place.device.as_deref() == device);
    here.map(|(lease, place)| space::outstanding(place.bytes, latest.get(&lease.id)))
        .fold(None, |sum, bytes| Some(sum.unwrap_or(0) + bytes))
}

/// Space reserved for an attempt until it ends.
pub(super) struct Reserved<'a> {
    shared: &'a Shared,
    lease: Lease,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.shared.reservations().remove(&self.lease);
    }
}

/// Reserves space for the result of an attempt, unless `wanted` returns false once the volume has responded.
pub(super) fn admit<'a>(
    shared: &'a Shared,
    job: &Job,
    wanted: impl FnOnce() -> bool,
) -> Result<Reserved<'a>, Refused> {
    let (folder, need) = (job.output.parent().unwrap_or(&job.output), space::need(job));
    let mounts = Mounts::read();
    let mount = mounts.of(folder);
    let device = mount.map(|mount| mount.device.clone());
    let volume: PathBuf = mount.map_or(folder, |mount| &mount.point).to_owned();
    let free = free(shared, folder, &volume).map_err(Refused::Failed)?;
    let mut reservations = shared.reservations();
    // Checked under the lock: an attempt that was left behind meanwhile must not reserve space.
    if !wanted() {
        return Err(Refused::Ordered);
    }
    let promised = promised(shared, &reservations, device.as_deref());
    if space::fits(need, free, shared.policy.disk_reserve, promised) {
        reservations.insert(job.lease(), Reservation { device, bytes: need.bytes() });
        return Ok(Reserved { shared, lease: job.lease() });
    }
    let room = space::Free { free, reserve: shared.policy.disk_reserve };
    let failure = space::no_room(need, (folder, &volume), room, promised);
    Err(if promised.is_none() { Refused::Failed(failure) } else { Refused::NoSpace(failure) })
}

/// Releases the space of an attempt that was left behind, after it was ordered to stop.
pub(super) fn take_back(shared: &Shared, lease: Lease) {
    shared.reservations().remove(&lease);
}

/// Returns the free bytes of `folder`, which is on `volume`.
fn free(shared: &Shared, folder: &Path, volume: &Path) -> Result<u64, Failure> {
    match shared.volumes.room(folder, shared.policy.silence_first) {
        Ok(answer) => Ok(answer.unwrap_or(u64::MAX)),
        Err(Unanswered::Failed) => Ok(u64::MAX),
        // A symlink may lead from the folder to another volume than its path suggests.
        Err(Unanswered::Silent | Unanswered::Late) => {
            let silent = shared.volumes.absence(volume) == Some(Absence::Silent);
            Err(output::silent(if silent { volume } else { folder }))
        }
    }
}
