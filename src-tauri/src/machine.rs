//! The machine around the queue: kept awake while something runs, spared while it runs on its battery, put to sleep
//! when the user asked for it.
//!
//! Where the system offers no such service, that is logged and nothing else.

use crate::window;
use keepawake::KeepAwake;
use spool_app::battery::Sparing;
use spool_app::state::Spool;
use spool_core::error::Result;
use spool_core::queue::Counts;
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
    sparing: Sparing,
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
            self.sparing.turn(spool, settings.pause_on_battery && on_battery())?;
        }
        Ok(counts)
    }
}

fn show_progress(app: &AppHandle, counts: &Counts) {
    let progress = app.state::<Arc<Spool>>().percent_of_batch(counts);
    let status = if progress.is_some() { ProgressBarStatus::Normal } else { ProgressBarStatus::None };
    let shown =
        window::of(app).map(|w| w.set_progress_bar(ProgressBarState { status: Some(status), progress }));
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
