//! What only Linux needs: workarounds for its web engine, and a look whether it can show an icon in the tray.
#![allow(unsafe_code)]

use std::path::Path;
use tauri::{AppHandle, RunEvent};

/// Set before the first thread starts, each only where the user has not set it.
pub fn prepare() {
    // WebKitGTK with NVIDIA's own driver shows an empty window when it shares buffers with the compositor.
    set_unless_set("WEBKIT_DISABLE_DMABUF_RENDERER", Path::new("/proc/driver/nvidia/version").exists());
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
