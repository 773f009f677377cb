//! The machine around the queue: kept awake while something runs, spared while it runs on its battery, put to sleep
//! when the user asked for it.
//!
//! What is to be done is decided purely; where the system offers no such service, that is logged and nothing else.

use crate::lifecycle;
use keepawake::KeepAwake;
use spool_app::state::{ON_BATTERY, Spool};
use spool_core::error::Result;
use spool_core::queue::{Counts, Flag};
use spool_core::settings::Settings;
use starship_battery::State as Charge;
use std::sync::Arc;
use std::time::Duration;
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager};

/// How often the machine is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Keeps the machine awake as long as it is held.
#[derive(Default)]
pub struct Machine {
    awake: Option<KeepAwake>,
    failed: bool,
    /// The queue was paused since it runs on its battery.
    spared: bool,
}

/// What the battery asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Spare {
    /// Pause the queue.
    Pause,
    /// End that pause.
    Resume,
    /// Leave it.
    Nothing,
}

/// Decides it. `sparing`: it runs on its battery, and that is to be spared; `paused`: the flag of the queue;
/// `spared`: it was paused for that before, since the power went.
pub fn spare(sparing: bool, paused: Option<&str>, spared: bool) -> Spare {
    match (sparing, paused) {
        (true, None) if !spared => Spare::Pause,
        (false, Some(ON_BATTERY)) => Spare::Resume,
        _ => Spare::Nothing,
    }
}

impl Machine {
    /// Holds the machine awake, or lets it go.
    fn keep_awake(&mut self, wanted: bool) {
        if !wanted {
            (self.awake, self.failed) = (None, false);
        } else if self.awake.is_none() && !self.failed {
            let made = keepawake::Builder::default()
                .idle(true)
                .sleep(true)
                .reason("Converting videos")
                .app_name("Spool")
                .app_reverse_domain("app.spool.desktop")
                .create();
            match made {
                Ok(held) => self.awake = Some(held),
                Err(cause) => {
                    tracing::warn!(%cause, "the computer cannot be kept awake");
                    self.failed = true;
                }
            }
        }
    }

    /// What the battery asks for now. Whose pause it is stands in the queue, and outlives this process. A user who
    /// resumes on battery is obeyed: until the power has been back, it is not paused again.
    fn spare(&mut self, settings: &Settings, paused: Option<&str>) -> Spare {
        let on_battery = settings.pause_on_battery && on_battery();
        let what = spare(on_battery, paused, self.spared);
        self.spared = on_battery && (self.spared || what == Spare::Pause || paused == Some(ON_BATTERY));
        what
    }
}

/// How far the batch is of which so many have ended, in percent, for the taskbar; `None` while nothing runs.
pub fn whole(counts: &Counts, ended: u64) -> Option<u64> {
    let all = ended + counts.queued + counts.waiting + counts.running;
    (counts.running > 0).then(|| ended * 100 / all)
}

/// Minds the machine as long as the application runs.
pub async fn mind(app: AppHandle) {
    let spool = app.state::<Arc<Spool>>().inner().clone();
    let mut machine = Machine::default();
    loop {
        let minding = spool.clone();
        let turn = move || {
            let counts = machine.turn(&minding);
            (machine, counts)
        };
        match tauri::async_runtime::spawn_blocking(turn).await {
            Ok((back, Ok(counts))) => {
                machine = back;
                show_progress(&app, &counts);
            }
            Ok((back, Err(cause))) => {
                machine = back;
                tracing::warn!(%cause, "the machine could not be minded");
            }
            Err(cause) => return tracing::error!(%cause, "nobody minds the machine"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Machine {
    fn turn(&mut self, spool: &Spool) -> Result<Counts> {
        let counts = spool.queue().counts()?;
        if spool.is_working() {
            let settings = spool.settings();
            self.keep_awake(settings.keep_awake && counts.running > 0);
            match self.spare(&settings, spool.queue().flag(Flag::Paused)?.as_deref()) {
                Spare::Pause => spool.pause_on_battery()?,
                Spare::Resume => spool.pause(false)?,
                Spare::Nothing => {}
            }
        }
        Ok(counts)
    }
}

fn show_progress(app: &AppHandle, counts: &Counts) {
    let (done, failed) = app.state::<Arc<Spool>>().ended(counts);
    let progress = whole(counts, done + failed);
    let status = if progress.is_some() { ProgressBarStatus::Normal } else { ProgressBarStatus::None };
    let shown = lifecycle::window(app)
        .map(|w| w.set_progress_bar(ProgressBarState { status: Some(status), progress }));
    if let Some(Err(cause)) = shown {
        tracing::debug!(%cause, "no progress in the taskbar");
    }
}

/// Does this machine run on its battery? One without a battery does not.
fn on_battery() -> bool {
    let batteries = || -> std::result::Result<bool, starship_battery::Error> {
        let mut all = starship_battery::Manager::new()?.batteries()?;
        Ok(all.any(|battery| battery.is_ok_and(|b| b.state() == Charge::Discharging)))
    };
    batteries().unwrap_or(false)
}

/// Puts the machine to sleep.
pub fn sleep() {
    if let Err(cause) = system_shutdown::sleep() {
        tracing::warn!(%cause, "the computer cannot be put to sleep");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_taskbar_shows_how_many_have_ended_while_something_runs() {
        let counts = Counts { queued: 1, running: 1, done: 5, failed: 1, cancelled: 9, ..Counts::default() };
        assert_eq!(whole(&counts, 6), Some(75));
        assert_eq!(whole(&counts, 0), Some(0), "of older batches nothing counts");
        assert_eq!(whole(&Counts { running: 0, ..counts }, 6), None);
    }

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
}
