//! What an idle engine does for its queue once a day: retention and a backup.

use super::Pool;
use crate::engine;
use crate::error::Result;
use crate::job::Millis;
use crate::queue::sqlite::upkeep;

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
        if let Err(cause) = self.retire_and_back_up() {
            tracing::warn!(%cause, "the daily upkeep of the queue failed");
        }
    }

    fn retire_and_back_up(&self) -> Result<()> {
        let (shared, policy) = (&self.shared, &self.shared.policy);
        let now = shared.clock.now();
        let before = |age: std::time::Duration| now - age.as_millis() as Millis;
        shared.queue.retire(
            before(policy.keep_done),
            policy.keep_done_rows,
            before(policy.keep_cancelled),
        )?;
        let (database, folder) = (engine::database(&shared.data), engine::backups(&shared.data));
        // A backup from the future tells of a clock that was wrong, and is no reason to go without.
        let fresh = 0..policy.backup_every.as_millis() as Millis;
        if upkeep::newest_backup_age(&folder, now)?.is_none_or(|age| !fresh.contains(&age)) {
            upkeep::back_up(&database, &folder, now, policy.backups)?;
        }
        Ok(())
    }
}
