//! Pauses the queue while the machine runs on battery, if the user chose that.
//!
//! The decision is a pure function. The queue stores that the pause is for the battery, so it survives this process.

use crate::state::{ON_BATTERY, Spool};
use spool_core::error::Result;
use spool_core::queue::Flag;

/// What to do with the queue.
#[derive(Debug, PartialEq, Eq)]
enum Spare {
    /// Pause the queue.
    Pause,
    /// End the pause for the battery.
    Resume,
    /// Change nothing.
    Nothing,
}

/// Remembers whether the queue was paused since external power was lost. If the user resumes it, it is not paused again
/// until external power has returned.
#[derive(Debug, Default)]
pub struct BatteryPause {
    spared: bool,
}

impl BatteryPause {
    /// Pauses or resumes the queue if necessary. `wanted`: the machine runs on battery, and the setting is on.
    pub fn turn(&mut self, spool: &Spool, wanted: bool) -> Result<()> {
        let paused = spool.queue().flag(Flag::Paused)?;
        let paused = paused.as_deref();
        let what = decide(wanted, paused, self.spared);
        self.spared = wanted && (self.spared || what == Spare::Pause || paused == Some(ON_BATTERY));
        match what {
            Spare::Pause => spool.pause_on_battery(),
            Spare::Resume => spool.pause(false),
            Spare::Nothing => Ok(()),
        }
    }
}

/// Decides what to do. `sparing`: the machine runs on battery, and the setting is on; `paused`: the flag of the queue;
/// `spared`: the queue was already paused for this since external power was lost.
fn decide(sparing: bool, paused: Option<&str>, spared: bool) -> Spare {
    match (sparing, paused) {
        (true, None) if !spared => Spare::Pause,
        (false, Some(ON_BATTERY)) => Spare::Resume,
        _ => Spare::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queue_pauses_once_on_battery_and_only_that_pause_is_ended() {
        let (user, ours) = (Some("1"), Some(ON_BATTERY));
        assert_eq!(decide(true, None, false), Spare::Pause);
        assert_eq!(decide(true, ours, true), Spare::Nothing, "already paused");
        assert_eq!(decide(false, ours, true), Spare::Resume, "external power is back, or the setting is off");
        assert_eq!(decide(false, ours, false), Spare::Resume, "power returned while Spool did not run");
        assert_eq!(decide(false, user, false), Spare::Nothing, "the user paused");
        assert_eq!(decide(true, None, true), Spare::Nothing, "the user resumed on battery");
        assert_eq!(decide(false, None, false), Spare::Nothing);
    }

    #[test]
    fn queue_resumed_on_battery_is_not_paused_again_until_power_returns() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let mut sparing = BatteryPause::default();
        let mut turn = |wanted| {
            sparing.turn(&spool, wanted).unwrap();
            spool.queue().flag(Flag::Paused).unwrap().is_some()
        };
        assert!(turn(true));
        spool.pause(false).unwrap();
        assert!(!turn(true));
        assert!(!turn(false) && turn(true), "power returned in between");
    }
}
