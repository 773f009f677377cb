//! The tray icon, where the system has a tray: shows the window, pauses or resumes the queue, quits.
//!
//! Guarantees that a missing tray never prevents the start.

use crate::{lifecycle, platform};
use spool_app::state::Spool;
use std::sync::Arc;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager};

/// Creates the icon. A missing library or a failure is only logged.
pub fn create(app: &AppHandle) {
    if !platform::has_tray() {
        return tracing::info!("no tray library, so no tray icon");
    }
    if let Err(cause) = try_create(app) {
        tracing::warn!(%cause, "the tray icon could not be created");
    }
}

fn try_create(app: &AppHandle) -> tauri::Result<()> {
    let item = |id, label| MenuItem::with_id(app, id, label, true, None::<&str>);
    let (show, pause, quit) =
        (item("show", "Show Spool")?, item("pause", "Pause or resume")?, item("quit", "Stop and quit")?);
    let mut tray = TrayIconBuilder::with_id("spool")
        .tooltip("Spool")
        .menu(&Menu::with_items(app, &[&show, &pause, &quit])?);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.on_menu_event(|app, event| menu_clicked(app, event.id().as_ref()))
        .on_tray_icon_event(|tray, event| {
            if matches!(event, TrayIconEvent::DoubleClick { .. }) {
                lifecycle::show(tray.app_handle());
            }
        })
        .build(app)?;
    Ok(())
}

fn menu_clicked(app: &AppHandle, id: &str) {
    match id {
        "show" => lifecycle::show(app),
        "quit" => lifecycle::quit(app),
        _ => {
            let spool = app.state::<Arc<Spool>>().inner().clone();
            tauri::async_runtime::spawn_blocking(move || {
                let paused = spool.status().map(|s| s.paused);
                if let Err(cause) = paused.and_then(|paused| spool.pause(!paused)) {
                    tracing::warn!(%cause, "the queue could not be paused or resumed");
                }
            });
        }
    }
}
