//! Linux only: workarounds for the web engine, detection of the tray library, and a clean stop when the display server is gone.
#![allow(unsafe_code)]

use glib::LogField;
use spool_app::state::Spool;
use std::path::Path;
use std::sync::Arc;
use tauri::{AppHandle, RunEvent};

/// Sets environment variables for the web engine, unless the user has set them. Call before the first thread starts.
pub fn prepare() {
    // WebKitGTK with NVIDIA's own driver shows an empty window when it shares buffers with the compositor.
    set_unless_set("WEBKIT_DISABLE_DMABUF_RENDERER", Path::new("/proc/driver/nvidia/version").exists());
    // Without a graphics card WebKitGTK composites through a software renderer, four times as slow as without compositing.
    set_unless_set("WEBKIT_DISABLE_COMPOSITING_MODE", !has_graphics_card(Path::new("/dev/dri")));
}

/// Whether windows can be shown: without a display the toolkit would panic later. Must be called on the main thread.
pub fn has_display() -> bool {
    gtk::init().is_ok()
}

/// Whether this folder holds a render device.
fn has_graphics_card(devices: &Path) -> bool {
    let names = std::fs::read_dir(devices).into_iter().flatten().flatten().map(|e| e.file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with("renderD"))
}

fn set_unless_set(name: &str, needed: bool) {
    if needed && std::env::var_os(name).is_none() {
        // SAFETY: called first in `main`, where no other thread can read the environment.
        unsafe { std::env::set_var(name, "1") };
    }
}

/// Whether the tray library is installed. It is loaded at run time, and creating an icon without it ends the process.
pub fn has_tray() -> bool {
    let names = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    // SAFETY: creating an icon loads the same libraries; loading them earlier runs the same initialisers.
    names.into_iter().any(|name| unsafe { libloading::Library::new(name) }.is_ok())
}

/// Stops the engine when the display server is gone, which is how most sessions end. No signal is sent then: GTK logs a
/// message on the thread that noticed and ends the process (`_exit`, which runs no handler). The log writer therefore
/// blocks that thread until the engine has stopped.
pub fn stop_on_display_loss(spool: &Arc<Spool>) {
    let spool = spool.clone();
    glib::log_set_writer_func(move |level, fields| {
        if is_display_lost(fields) {
            tracing::info!("the display is gone");
            spool.stop_now(tauri::async_runtime::handle().inner());
        }
        glib::log_writer_default(level, fields)
    });
}

fn is_display_lost(fields: &[LogField<'_>]) -> bool {
    let field = |key| fields.iter().find(|field| field.key() == key).and_then(LogField::value_str);
    field("GLIB_DOMAIN").zip(field("MESSAGE")).is_some_and(|(domain, message)| ends_process(domain, message))
}

/// Whether GTK 3 ends the process after this message. The list is complete for its X11 and Wayland sources; none of the
/// messages is translated.
fn ends_process(domain: &str, message: &str) -> bool {
    const FATAL: [&str; 6] = [
        "lost its connection to the display",
        "Fatal IO error",
        "Lost connection to Wayland compositor",
        "dispatching to Wayland display",
        "Error reading events from display",
        "Error flushing display",
    ];
    domain == "Gdk" && FATAL.iter().any(|fatal| message.contains(fatal))
}

/// No events are specific to Linux.
pub fn on_event(_app: &AppHandle, _event: &RunEvent) {}

#[cfg(test)]
mod tests {
    use super::{ends_process, has_graphics_card};

    #[test]
    fn graphics_card_is_detected_by_its_render_device() {
        let devices = tempfile::tempdir().unwrap();
        let card = |name: &str| {
            std::fs::write(devices.path().join(name), "").unwrap();
            has_graphics_card(devices.path())
        };
        assert!(!has_graphics_card(&devices.path().join("missing")));
        assert!(!card("card0"), "a display device without a render device");
        assert!(card("renderD128"));
    }

    #[test]
    fn fatal_messages_of_gtk_are_recognised() {
        let x = "The application 'spool' lost its connection to the display :1;\nmost likely the X server was shut down";
        let wayland = "Error 32 (Broken pipe) dispatching to Wayland display.";
        for message in
            [x, "spool: Fatal IO error 11 (Resource temporarily unavailable) on X server :1.", wayland]
        {
            assert!(ends_process("Gdk", message) && !ends_process("Gtk", message));
        }
        assert!(!ends_process("Gdk", "Unable to load hand2 from the cursor theme"));
    }
}
