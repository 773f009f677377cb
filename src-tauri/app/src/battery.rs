//! Sparing the battery: the queue pauses while the machine runs on it, where the user chose that. What is to be done is
//! decided purely; whose pause it is stands in the queue, and outlives this process.

use crate::state::{ON_BATTERY, Spool};
use spool_core::error::Result;
use spool_core::queue::Flag;

/// What the battery asks for.
#[derive(Debug, PartialEq, Eq)]
enum Spare {
    /// Pause the queue.
    Pause,
    /// End that pause.
    Resume,
    /// Leave it.
    Nothing,
}

/// Whether the queue was paused since the machine runs on its battery. A user who resumes then is obeyed: until the
/// power has been back, it is not paused again.
#[derive(Debug, Default)]
pub struct Sparing {
    spared: bool,
}

impl Sparing {
    /// Pauses or resumes, as is due now. `wanted`: it runs on its battery, and that is to be spared.
    pub fn turn(&mut self, spool: &Spool, wanted: bool) -> Result<()> {
        let paused = spool.queue().flag(Flag::Paused)?;
        let paused = paused.as_deref();
        let what = spare(wanted, paused, self.spared);
        self.spared = wanted && (self.spared || what == Spare::Pause || paused == Some(ON_BATTERY));
        match what {
            Spare::Pause => spool.pause_on_battery(),
            Spare::Resume => spool.pause(false),
            Spare::Nothing => Ok(()),
        }
    }
}

/// Decides it. `sparing`: it runs on its battery, and that is to be spared; `paused`: the flag of the queue;
/// `spared`: it was paused for that before, since the power went.
fn spare(sparing: bool, paused: Option<&str>, spared: bool) -> Spare {
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
    fn on_battery_the_queue_pauses_once_and_only_our_pause_is_ended() {
        let (user, ours) = (Some("1"), Some(ON_BATTERY));
        assert_eq!(spare(true, None, false), Spare::Pause);
        assert_eq!(spare(true, ours, true), Spare::Nothing, "paused already");
        assert_eq!(spare(false, ours, true), Spare::Resume, "the power is back, or it is no longer wanted");
        assert_eq!(spare(false, ours, false), Spare::Resume, "the power came back while Spool was not there");
        assert_eq!(spare(false, user, false), Spare::Nothing, "the user paused");
        assert_eq!(spare(true, None, true), Spare::Nothing, "the user resumed on battery");
        assert_eq!(spare(false, None, false), Spare::Nothing);
    }

    #[test]
    fn a_user_who_resumes_on_battery_is_obeyed_until_the_power_was_back() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let mut sparing = Sparing::default();
        let mut turn = |wanted| {
            sparing.turn(&spool, wanted).unwrap();
            spool.queue().flag(Flag::Paused).unwrap().is_some()
        };
        assert!(turn(true));
        spool.pause(false).unwrap();
        assert!(!turn(true));
        assert!(!turn(false) && turn(true), "the power was back");
    }
}
