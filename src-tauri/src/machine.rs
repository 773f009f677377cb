//! Power management: keeps the computer awake while jobs run, pauses the queue on battery, and puts the computer to sleep on
//! request. Also shows progress in the taskbar.
//!
//! Where the system lacks such a service, this is only logged.

use crate::window;
use keepawake::KeepAwake;
use spool_app::battery::BatteryPause;
use spool_app::state::Spool;
use spool_core::error::Result;
use spool_core::queue::Counts;
use starship_battery::State as Charge;
use std::sync::Arc;
use std::time::Duration;
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager};

/// Time between two checks of jobs and battery.
const INTERVAL: Duration = Duration::from_secs(5);

/// State between two checks. Holding `awake` keeps the computer awake; a failed request is not repeated until no job
/// runs.
#[derive(Default)]
pub struct Machine {
    awake: Option<KeepAwake>,
    failed: bool,
    pause_on_battery: BatteryPause,
}

impl Machine {
    /// Keeps the computer awake, or allows it to sleep.
    fn keep_awake(&mut self, wanted: bool) {
        if !wanted {
            (self.awake, self.failed) = (None, false);
        } else if self.awake.is_none() && !self.failed {
            let created = keepawake::Builder::default()
                .idle(true)
                .sleep(true)
                .reason("Converting videos")
                .app_name("Spool")
                .app_reverse_domain("app.spool.desktop")
                .create();
            match created {
                Ok(held) => self.awake = Some(held),
                Err(cause) => {
                    tracing::warn!(%cause, "the computer cannot be kept awake");
                    self.failed = true;
                }
            }
        }
    }
}

/// Checks jobs and battery every `INTERVAL` as long as the application runs.
pub async fn watch(app: AppHandle) {
    let spool = app.state::<Arc<Spool>>().inner().clone();
    let mut machine = Machine::default();
    loop {
        let spool = spool.clone();
        let check = move || {
            let counts = machine.check(&spool);
            (machine, counts)
        };
        match tauri::async_runtime::spawn_blocking(check).await {
            Ok((returned, Ok(counts))) => {
                machine = returned;
                show_progress(&app, &counts);
            }
            Ok((returned, Err(cause))) => {
                machine = returned;
                tracing::warn!(%cause, "power management failed; trying again");
            }
            Err(cause) => return tracing::error!(%cause, "power management ended"),
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

impl Machine {
    fn check(&mut self, spool: &Spool) -> Result<Counts> {
        let counts = spool.queue().counts()?;
        if spool.is_working() {
            let settings = spool.settings();
            self.keep_awake(settings.keep_awake && counts.running > 0);
            self.pause_on_battery.turn(spool, settings.pause_on_battery && on_battery())?;
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
        tracing::debug!(%cause, "progress could not be shown in the taskbar");
    }
}

/// Whether the computer runs on battery; false without a battery or when it cannot be read.
fn on_battery() -> bool {
    let discharging = || -> std::result::Result<bool, starship_battery::Error> {
        let mut all = starship_battery::Manager::new()?.batteries()?;
        Ok(all.any(|battery| battery.is_ok_and(|b| b.state() == Charge::Discharging)))
    };
    discharging().unwrap_or(false)
}

/// Puts the computer to sleep.
pub fn sleep() {
    if let Err(cause) = system_shutdown::sleep() {
        tracing::warn!(%cause, "the computer could not be put to sleep");
    }
}
