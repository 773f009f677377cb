//! What an idle engine does for its queue once a day: retention and a backup. On a thread of its own, for both take their
//! time with a long list, and what is added meanwhile is not to wait.

use super::Pool;
use crate::data;
use crate::error::Result;
use crate::job::Millis;
use crate::queue::sqlite::upkeep;
use crate::shared::Shared;

impl Pool {
    /// Retires old rows and backs the database up when the last time is long enough ago. Trouble is logged:
    /// it must not hold up the queue.
    pub(super) fn upkeep(&mut self) {
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
            Ok(thread) => self.upkeep = Some(thread),
            Err(cause) => tracing::warn!(%cause, "no thread for the daily upkeep of the queue"),
        }
    }
}

fn retire_and_back_up(shared: &Shared) -> Result<()> {
    let (policy, now) = (&shared.policy, shared.clock.now());
    let before = |age: std::time::Duration| now - age.as_millis() as Millis;
    shared.queue.retire(before(policy.keep_done), policy.keep_done_rows, before(policy.keep_cancelled))?;
    let (database, folder) = (data::database(&shared.data), data::backups(&shared.data));
    // A backup from the future tells of a clock that was wrong, and is no reason to go without.
    let fresh = 0..policy.backup_every.as_millis() as Millis;
    if upkeep::newest_backup_age(&folder, now)?.is_none_or(|age| !fresh.contains(&age)) {
        upkeep::back_up(&database, &folder, now, policy.backups)?;
    }
    Ok(())
}
