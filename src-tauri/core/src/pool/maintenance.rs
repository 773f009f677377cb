//! Daily upkeep of the queue by an idle engine: retention and a backup. It runs on a thread of its own, because both
//! take time for a long list and jobs added meanwhile must not wait.

use super::Pool;
use crate::data;
use crate::error::Result;
use crate::job::Millis;
use crate::queue::sqlite::backup;
use crate::shared::Shared;

impl Pool {
    /// Deletes old rows and backs up the database if the last upkeep is long enough ago. Errors are only logged, as
    /// they must not delay the queue.
    pub(super) fn maintain(&mut self) {
        let awake = self.shared.clock.awake();
        let every = self.shared.policy.backup_every;
        if self.kept_up.is_some_and(|last| awake.saturating_sub(last) < every) {
            return;
        }
        self.kept_up = Some(awake);
        let shared = self.shared.clone();
        let keep_up = move || {
            if let Err(cause) = retire_and_back_up(&shared) {
                tracing::warn!(%cause, "the daily upkeep of the queue failed");
            }
        };
        match std::thread::Builder::new().name("upkeep".into()).spawn(keep_up) {
            Ok(thread) => self.maintenance = Some(thread),
            Err(cause) => tracing::warn!(%cause, "the thread of the daily upkeep could not be started"),
        }
    }
}

fn retire_and_back_up(shared: &Shared) -> Result<()> {
    let (policy, now) = (&shared.policy, shared.clock.now());
    let before = |age: std::time::Duration| now - age.as_millis() as Millis;
    shared.queue.retire(before(policy.keep_done), policy.keep_done_rows, before(policy.keep_cancelled))?;
    let (database, folder) = (data::database(&shared.data), data::backups(&shared.data));
    // A backup dated in the future was made with a wrong clock; it does not replace a new one.
    let fresh = 0..policy.backup_every.as_millis() as Millis;
    if backup::newest_backup_age(&folder, now)?.is_none_or(|age| !fresh.contains(&age)) {
        backup::back_up(&database, &folder, now, policy.backups)?;
    }
    Ok(())
}
