//! Declares the window's commands to Tauri, so that each needs a permission in a capability.

const COMMANDS: &[&str] = &[
    "subscribe",
    "page",
    "pick",
    "kinds",
    "details",
    "presets",
    "choices",
    "choose",
    "settings",
    "save_settings",
    "when_done",
    "choose_ffmpeg",
    "encoders",
    "show_data",
    "save_report",
    "add",
    "add_again",
    "undo_add",
    "left_out",
    "drop_here",
    "apply_command",
    "apply_to_cause",
    "retry_as",
    "salvage",
    "check_again",
    "stop_checking",
    "do_again",
    "pause",
    "open",
    "show_in_folder",
    "close",
    "tools",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    tauri_build::try_build(attributes).expect("the window's configuration must be valid");
}
