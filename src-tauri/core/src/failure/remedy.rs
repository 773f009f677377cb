//! What a person can do where no job can start for want of a tool, as data.

use serde::Serialize;
use ts_rs::TS;

/// What helps where ffmpeg cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Remedy {
    /// To install it by this command, in a terminal.
    Command {
        /// The whole line.
        command: String,
    },
    /// To install it; how is not known here.
    Install,
    /// To choose another file than the one that the settings name, or none.
    ChooseAnother,
}
