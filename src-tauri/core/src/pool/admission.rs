//! Admission: an attempt begins when its volume has room for the result beside what other jobs write there, else the job
//! waits. The decision itself is `room`'s.

use super::room;
use crate::failure::Failure;
use crate::job::{Job, Lease};
use crate::shared::{Place, Places, Shared};
use crate::volumes::free_space;
use crate::volumes::mounts::Mounts;
use std::path::PathBuf;

/// Why an attempt may not begin.
pub(super) enum Refused {
    /// The volume is full.
    Full(Failure),
    /// It has no room beside what others write there.
    Crowded(Failure),
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

/// Reserves room for the result of an attempt. Asks the volume.
pub(super) fn admit<'a>(shared: &'a Shared, job: &Job) -> Result<Reserved<'a>, Refused> {
    let (folder, need) = (job.output.parent().unwrap_or(&job.output), room::need(job));
    let mounts = Mounts::read();
    let mount = mounts.of(folder);
    let device = mount.map(|mount| mount.device.clone());
    // A disk that does not tell is left to the attempt.
    let free = free_space(folder).unwrap_or(u64::MAX);
    let mut places = shared.places();
    let promised = promised(shared, &places, device.as_deref());
    if room::fits(need, free, shared.policy.disk_reserve, promised) {
        places.insert(job.lease(), Place { device, bytes: need.bytes() });
        return Ok(Reserved { shared, lease: job.lease() });
    }
    let volume: PathBuf = mount.map_or(folder, |mount| &mount.point).to_owned();
    let room = room::Free { free, reserve: shared.policy.disk_reserve };
    let failure = room::no_room(need, (folder, &volume), room, promised);
    Err(if promised.is_none() { Refused::Full(failure) } else { Refused::Crowded(failure) })
}
