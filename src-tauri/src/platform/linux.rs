//! What only Linux needs: workarounds for its web engine, a look whether it can show an icon in the tray, and a clean stop
//! when the display is gone.
#![allow(unsafe_code)]

use glib::LogField;
use spool_app::state::Spool;
use std::path::Path;
use std::sync::Arc;
use tauri::{AppHandle, RunEvent};

/// Set before the first thread starts, each only where the user has not set it.
pub fn prepare() {
    // WebKitGTK with NVIDIA's own driver shows an empty window when it shares buffers with the compositor.
    set_unless_set("WEBKIT_DISABLE_DMABUF_RENDERER", Path::new("/proc/driver/nvidia/version").exists());
    // Without a graphics card WebKitGTK paints through an emulated one: four times as slow as plain painting.
    set_unless_set("WEBKIT_DISABLE_COMPOSITING_MODE", !has_graphics_card(Path::new("/dev/dri")));
}

/// Does a device that renders lie in this folder?
fn has_graphics_card(devices: &Path) -> bool {
    let names = std::fs::read_dir(devices).into_iter().flatten().flatten().map(|e| e.file_name());
    names.into_iter().any(|name| name.to_string_lossy().starts_with("renderD"))
}

fn set_unless_set(name: &str, wanted: bool) {
    if wanted && std::env::var_os(name).is_none() {
        // SAFETY: called first in `main`, where no other thread can read the environment.
        unsafe { std::env::set_var(name, "1") };
    }
}

/// Is the library of the tray there? It is loaded at run time, and asking for an icon without it ends the process.
pub fn has_tray() -> bool {
    let names = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    // SAFETY: the very libraries that asking for an icon loads; loading them earlier runs the same initialisers.
    names.into_iter().any(|name| unsafe { libloading::Library::new(name) }.is_ok())
}

/// Stops the engine when the display server is gone, which is how most sessions end: no signal comes then, and GTK ends
/// the process itself (`_exit`, which runs no handler), right after a message on the thread that noticed. So that thread
/// is held in the message until the engine has stopped.
pub fn mind_display(spool: &Arc<Spool>) {
    let spool = spool.clone();
    glib::log_set_writer_func(move |level, fields| {
        if is_end_of_display(fields) {
            tracing::info!("the display is gone");
            spool.stop_now(tauri::async_runtime::handle().inner());
        }
        glib::log_writer_default(level, fields)
    });
}

fn is_end_of_display(fields: &[LogField<'_>]) -> bool {
    let field = |key| fields.iter().find(|field| field.key() == key).and_then(LogField::value_str);
    field("GLIB_DOMAIN").zip(field("MESSAGE")).is_some_and(|(domain, words)| ends_display(domain, words))
}

/// Every message after which GTK 3 ends the process, from its sources for X and for Wayland; none is translated.
fn ends_display(domain: &str, words: &str) -> bool {
    const ENDS: [&str; 6] = [
        "lost its connection to the display",
        "Fatal IO error",
        "Lost connection to Wayland compositor",
        "dispatching to Wayland display",
        "Error reading events from display",
        "Error flushing display",
    ];
    domain == "Gdk" && ENDS.iter().any(|end| words.contains(end))
}

/// What only this system tells: nothing.
pub fn heard(_app: &AppHandle, _event: &RunEvent) {}

#[cfg(test)]
mod tests {
    use super::{ends_display, has_graphics_card};

    #[test]
    fn a_graphics_card_is_a_device_that_renders() {
        let devices = tempfile::tempdir().unwrap();
        let card = |name: &str| {
            std::fs::write(devices.path().join(name), "").unwrap();
            has_graphics_card(devices.path())
        };
        assert!(!has_graphics_card(&devices.path().join("missing")));
        assert!(!card("card0"), "a screen alone");
        assert!(card("renderD128"));
    }

    #[test]
    fn the_last_words_of_gtk_are_known_from_its_other_messages() {
        let x = "The application 'spool' lost its connection to the display :1;\nmost likely the X server was shut down";
        let wayland = "Error 32 (Broken pipe) dispatching to Wayland display.";
        for words in
            [x, "spool: Fatal IO error 11 (Resource temporarily unavailable) on X server :1.", wayland]
        {
            assert!(ends_display("Gdk", words) && !ends_display("Gtk", words));
        }
        assert!(!ends_display("Gdk", "Unable to load hand2 from the cursor theme"));
    }
}
