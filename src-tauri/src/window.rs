//! The application's only window.

use tauri::{AppHandle, Manager, WebviewWindow};

/// The window; `None` before it is created and after it is closed.
pub fn of(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window("main")
}
