//! What only Linux needs: workarounds for its web engine, and a look whether it can show an icon in the tray.
#![allow(unsafe_code)]

use std::path::Path;
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

/// What only this system tells: nothing.
pub fn heard(_app: &AppHandle, _event: &RunEvent) {}

#[cfg(test)]
mod tests {
    use super::has_graphics_card;

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
}
