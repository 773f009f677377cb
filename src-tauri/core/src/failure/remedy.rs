//! What the user can do if ffmpeg or ffprobe cannot be used, as data.

use serde::Serialize;
use ts_rs::TS;

/// A remedy for an unusable tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Remedy {
    /// Install it with this command in a terminal.
    Command {
        /// The command line.
        command: String,
    },
    /// Install it; the command is unknown for this system.
    Install,
    /// Choose another file than the one in the settings, or none.
    ChooseAnother,
}
