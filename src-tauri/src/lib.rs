//! The window of Spool: a thin shell around the application (`spool-app`), which opens the queue, runs it unless another
//! process does, and provides everything the window shows. The command `spool` offers the same.
//!
//! The only crate that uses Tauri; code that does not need Tauri belongs elsewhere. The page may call the commands listed in
//! `build.rs` and nothing else.

mod addresses;
mod commands;
mod dialogs;
mod drop;
mod ending;
mod lifecycle;
mod machine;
mod notify;
#[cfg_attr(target_os = "linux", path = "platform/linux.rs")]
#[cfg_attr(target_os = "macos", path = "platform/macos.rs")]
#[cfg_attr(windows, path = "platform/windows.rs")]
mod platform;
mod tray;
mod window;

use spool_app::state::Spool;
use spool_app::work::{Reaction, work};
use spool_app::{drag, environment, previews, pump, starting};
use std::process::ExitCode;
use std::sync::Arc;
use tauri::http::Response;
use tauri::webview::Color;
use tauri::{
    App, AppHandle, Manager, RunEvent, UriSchemeResponder, WebviewUrl, WebviewWindowBuilder, WindowEvent,
};

/// Opens the window and runs until it is quit.
pub fn run() -> ExitCode {
    platform::prepare();
    if !platform::has_display() {
        eprintln!(
            "spool: There is no display for the window; use the command `spool`, or sign in to a desktop."
        );
        return ExitCode::from(4);
    }
    let Some(data) = environment::named_data_dir().or_else(environment::data_dir) else {
        eprintln!("spool: No home folder was found; set SPOOL_DATA_DIR.");
        return ExitCode::FAILURE;
    };
    spool_app::log::start(&data, false);
    let signals = ending::listen();
    let spool = match Spool::open(data) {
        Ok(spool) => Arc::new(spool),
        Err(cause) => {
            eprintln!("spool: {cause}");
            return ExitCode::FAILURE;
        }
    };
    match build(spool) {
        Ok(app) => {
            ending::quit_on(signals, app.handle().clone());
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(cause) => {
            tracing::error!(%cause, "the window could not be opened");
            eprintln!("spool: The window could not be opened: {cause}.");
            ExitCode::FAILURE
        }
    }
}

fn build(spool: Arc<Spool>) -> tauri::Result<App> {
    // The single-instance plugin comes first, so that a second start ends before it does anything else.
    tauri::Builder::default()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(starting::instance_name(&spool.data))
                .callback(|app, args, folder| {
                    lifecycle::show(app);
                    add(app, &args, &folder);
                })
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .manage(spool)
        .manage(Arc::new(drag::Drops::default()))
        .manage(dialogs::LastFolders::default())
        .manage(lifecycle::CloseAsked::default())
        .invoke_handler(tauri::generate_handler![
            commands::subscribe,
            commands::page,
            commands::pick,
            commands::kinds,
            commands::details,
            commands::presets,
            commands::choices,
            commands::choose,
            commands::settings,
            commands::save_settings,
            commands::when_done,
            commands::choose_ffmpeg,
            commands::encoders,
            commands::show_data,
            commands::save_report,
            commands::add,
            commands::add_again,
            commands::undo_add,
            commands::left_out,
            commands::drop_here,
            commands::apply_command,
            commands::apply_to_cause,
            commands::retry_as,
            commands::salvage,
            commands::check_again,
            commands::stop_checking,
            commands::do_again,
            commands::pause,
            commands::open,
            commands::show_in_folder,
            commands::close,
            commands::tools,
        ])
        .register_asynchronous_uri_scheme_protocol("thumb", |context, request, responder| {
            respond_with_thumbnail(context.app_handle(), request.uri().path().to_owned(), responder);
        })
        .setup(|app| Ok(set_up(app)?))
        .build(tauri::generate_context!())
}

/// Responds with the thumbnail of the job whose id is the path.
fn respond_with_thumbnail(app: &AppHandle, path: String, responder: UriSchemeResponder) {
    let spool = app.state::<Arc<Spool>>().inner().clone();
    tauri::async_runtime::spawn_blocking(move || {
        responder.respond(response(previews::at_path(&spool.data, &path)));
    });
}

fn response(jpeg: Option<Vec<u8>>) -> Response<Vec<u8>> {
    let status = if jpeg.is_some() { 200 } else { 404 };
    let response = Response::builder()
        .status(status)
        .header("content-type", "image/jpeg")
        .header("cache-control", "max-age=86400")
        .body(jpeg.unwrap_or_default());
    response.unwrap_or_default()
}

fn set_up(app: &mut App) -> tauri::Result<()> {
    let dark = Color(0x1c, 0x1d, 0x20, 0xff);
    let chosen = app.state::<Arc<Spool>>().settings().theme;
    let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .theme(lifecycle::theme(chosen))
        .title("Spool")
        .inner_size(1120.0, 720.0)
        .min_inner_size(560.0, 400.0);
    // Until the page paints, the window shows its background: it must not flash white on a dark desktop.
    let window = window.build()?;
    if matches!(window.theme(), Ok(tauri::Theme::Dark)) {
        window.set_background_color(Some(dark))?;
    }
    let handle = app.handle().clone();
    platform::stop_on_display_loss(handle.state::<Arc<Spool>>().inner());
    tauri::async_runtime::spawn(pump::pump(handle.state::<Arc<Spool>>().inner().clone()));
    let app_handle = handle.clone();
    let spool = handle.state::<Arc<Spool>>().inner().clone();
    tauri::async_runtime::spawn(work(spool, move |reaction| act(&app_handle, &reaction)));
    tauri::async_runtime::spawn(machine::watch(handle.clone()));
    previews::start(handle.state::<Arc<Spool>>().inner());
    tray::create(&handle);
    let args: Vec<String> = std::env::args().collect();
    let folder = std::env::current_dir().unwrap_or_default();
    add(&handle, &args, &folder.to_string_lossy());
    Ok(())
}

/// Adds the files named in the arguments; relative paths start at `folder`.
fn add(app: &AppHandle, args: &[String], folder: &str) {
    let paths = starting::paths(args, folder.as_ref());
    if !paths.is_empty() {
        drop::add_in_background(app.state::<Arc<Spool>>().inner(), paths);
    }
}

/// Shows the notification of an event, and applies the when-done choice after the last job of a batch.
fn act(app: &AppHandle, reaction: &Reaction) {
    if let Some(notice) = &reaction.notice {
        notify::show(app, notice, app.state::<Arc<Spool>>().settings().notify_sound);
    }
    if reaction.through {
        lifecycle::apply_when_done(app);
    }
}

fn on_event(app: &AppHandle, event: RunEvent) {
    platform::on_event(app, &event);
    match event {
        RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } => {
            api.prevent_close();
            lifecycle::close_requested(app);
        }
        RunEvent::WindowEvent { event: WindowEvent::DragDrop(event), .. } => {
            let scale = window::of(app).and_then(|w| w.scale_factor().ok()).unwrap_or(1.0);
            drop::on_event(
                app.state::<Arc<Spool>>().inner(),
                app.state::<Arc<drag::Drops>>().inner(),
                &event,
                drop::units_per_css_pixel(scale),
            );
        }
        // The last window was closed: end running jobs cleanly before the process exits.
        RunEvent::ExitRequested { api, .. } if !app.state::<Arc<Spool>>().is_stopped() => {
            api.prevent_exit();
            lifecycle::quit(app);
        }
        // On macOS and Windows, quitting and logging out send no request: the process ends right after this event.
        RunEvent::Exit => app.state::<Arc<Spool>>().stop_now(tauri::async_runtime::handle().inner()),
        _ => {}
    }
}
