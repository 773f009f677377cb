//! Admission: an attempt begins when its volume has room for the result beside what other jobs write there, else the job
//! waits. The decision itself is `room`'s.
//!
//! Guarantees that no drive holds the table of places: it is asked before, and for as long as an attempt has until its first
//! progress. One that answers with an error is left to the attempt, which will meet the same; one that does not answer
//! is waited for.

use super::room;
use crate::failure::Failure;
use crate::job::{Job, Lease};
use crate::output;
use crate::shared::{Place, Places, Shared};
use crate::volumes::mounts::Mounts;
use crate::volumes::{Absence, Unanswered};
use std::path::{Path, PathBuf};

/// Why an attempt may not begin.
pub(super) enum Refused {
    /// The volume is full, or does not answer.
    Failed(Failure),
    /// It has no room beside what others write there.
    Crowded(Failure),
    /// It is wanted no longer.
    Ordered,
}

/// What the jobs at work on this device will still write; `None`: there are none.
pub(super) fn promised(shared: &Shared, places: &Places, device: Option<&str>) -> Option<u64> {
    let latest = shared.progress();
    let here = places.iter().filter(|(_, place)| place.device.as_deref() == device);
    here.map(|(lease, place)| room::outstanding(place.bytes, latest.get(&lease.id)))
        .fold(None, |sum, bytes| Some(sum.unwrap_or(0) + bytes))
}

/// Room that an attempt has, until it ends.
pub(super) struct Reserved<'a> {
    shared: &'a Shared,
    lease: Lease,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.shared.places().remove(&self.lease);
    }
}

/// Reserves room for the result of an attempt, unless it is `wanted` no longer once the volume has answered.
pub(super) fn admit<'a>(
    shared: &'a Shared,
    job: &Job,
    wanted: impl FnOnce() -> bool,
) -> Result<Reserved<'a>, Refused> {
    let (folder, need) = (job.output.parent().unwrap_or(&job.output), room::need(job));
    let mounts = Mounts::read();
    let mount = mounts.of(folder);
    let device = mount.map(|mount| mount.device.clone());
    let volume: PathBuf = mount.map_or(folder, |mount| &mount.point).to_owned();
    let free = free(shared, folder, &volume).map_err(Refused::Failed)?;
    let mut places = shared.places();
    // Under the lock: what was left behind meanwhile takes no room any more.
    if !wanted() {
        return Err(Refused::Ordered);
    }
    let promised = promised(shared, &places, device.as_deref());
    if room::fits(need, free, shared.policy.disk_reserve, promised) {
        places.insert(job.lease(), Place { device, bytes: need.bytes() });
        return Ok(Reserved { shared, lease: job.lease() });
    }
    let room = room::Free { free, reserve: shared.policy.disk_reserve };
    let failure = room::no_room(need, (folder, &volume), room, promised);
    Err(if promised.is_none() { Refused::Failed(failure) } else { Refused::Crowded(failure) })
}

/// Takes back the room of an attempt that was left behind, after it was ordered to stop.
pub(super) fn take_back(shared: &Shared, lease: Lease) {
    shared.places().remove(&lease);
}

/// Free bytes where the result goes, on `volume`.
fn free(shared: &Shared, folder: &Path, volume: &Path) -> Result<u64, Failure> {
    match shared.volumes.room(folder, shared.policy.silence_first) {
        Ok(answer) => Ok(answer.unwrap_or(u64::MAX)),
        Err(Unanswered::Failed) => Ok(u64::MAX),
        // Over a link the folder may be on another volume than its name says.
        Err(Unanswered::Silent | Unanswered::Late) => {
            let silent = shared.volumes.absence(volume) == Some(Absence::Silent);
            Err(output::silent(if silent { volume } else { folder }))
        }
    }
}
