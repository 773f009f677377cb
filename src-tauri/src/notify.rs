//! OS notifications, only while the window is not in front. A missing notification service is logged, never an error, as
//! the window shows the same facts.

use crate::window;
use spool_app::notices::Notice;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt;

/// The name of the system's usual notification sound.
const SOUND: &str = if cfg!(target_os = "linux") { "message-new-instant" } else { "Default" };

/// Escapes markup, because notification services parse the body as markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Shows the notification unless the window is in front. `sound`: plays the system's sound.
pub fn show(app: &AppHandle, notice: &Notice, sound: bool) {
    let in_front =
        window::of(app).is_some_and(|w| w.is_focused().unwrap_or(false) && w.is_visible().unwrap_or(false));
    if in_front {
        return;
    }
    let (title, body) = (notice.title.clone(), escaped(&notice.body));
    let mut builder = app.notification().builder().title(title).body(body);
    if sound {
        builder = builder.sound(SOUND);
    }
    let shown = builder.show();
    if let Err(cause) = shown {
        tracing::warn!(%cause, "the notification could not be shown");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_is_escaped() {
        assert_eq!(escaped("a<b>&c"), "a&lt;b&gt;&amp;c");
    }
}
