//! The one window of the application.

use tauri::{AppHandle, Manager, WebviewWindow};

/// It; nothing before it is made and after it has gone.
pub fn of(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window("main")
}
