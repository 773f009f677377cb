//! What the window requests, and the choices that it offers. Plain data.

use super::settings::SettingsChosen;
use super::why::Why;
use serde::{Deserialize, Serialize};
use spool_core::failure::Remedy;
use spool_core::job::State;
use spool_core::preset::Preset;
use spool_core::queue::{Command, Sort};
use spool_core::settings::Theme;
use ts_rs::TS;

/// The three lists of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum List {
    /// Jobs that have not ended.
    Queue,
    /// Done and cancelled jobs.
    Done,
    /// Failed jobs, grouped by cause unless a name is searched for.
    Failed,
}

impl List {
    /// Returns the states of its jobs.
    pub fn states(self) -> Vec<State> {
        match self {
            List::Queue => vec![State::Queued, State::Waiting, State::Running],
            List::Done => vec![State::Done, State::Cancelled],
            List::Failed => vec![State::Failed],
        }
    }
}

/// A preset that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PresetChoice {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Its purpose, in one line.
    pub description: String,
    /// Maximum size of a result in megabytes; null if there is none.
    pub size_mb: Option<u32>,
}

impl From<Preset> for PresetChoice {
    fn from(preset: Preset) -> PresetChoice {
        let size_mb = preset.size_mb();
        PresetChoice { id: preset.id, name: preset.name, description: preset.description, size_mb }
    }
}

/// A user command on jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "see `spool_core::queue::Command`")]
pub enum JobCommand {
    Cancel,
    Retry,
    Remove,
    Hold,
    Release,
    Now,
    MoveTop,
    MoveUp,
    MoveDown,
}

impl From<JobCommand> for Command {
    fn from(verb: JobCommand) -> Command {
        match verb {
            JobCommand::Cancel => Command::Cancel,
            JobCommand::Retry => Command::Retry,
            JobCommand::Remove => Command::Remove,
            JobCommand::Hold => Command::Hold,
            JobCommand::Release => Command::Release,
            JobCommand::Now => Command::Now,
            JobCommand::MoveTop => Command::MoveTop,
            JobCommand::MoveUp => Command::MoveUp,
            JobCommand::MoveDown => Command::MoveDown,
        }
    }
}

/// What the user wants on closing while jobs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum CloseChoice {
    /// Hide the window; jobs continue.
    Background,
    /// Stop the running jobs and quit; they start again at the next start.
    Quit,
    /// Do not close.
    Stay,
}

/// What happens when the queue is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum WhenDone {
    /// Nothing.
    #[default]
    Nothing,
    /// The application quits.
    Quit,
    /// The computer sleeps.
    Sleep,
}

/// The order of the done list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SortOrder {
    /// Newest first.
    #[default]
    Newest,
    /// Most bytes saved first.
    Saved,
    /// By name.
    Name,
}

impl From<SortOrder> for Sort {
    fn from(sorted: SortOrder) -> Sort {
        match sorted {
            SortOrder::Newest => Sort::Usual,
            SortOrder::Saved => Sort::MostSaved,
            SortOrder::Name => Sort::Name,
        }
    }
}

/// A request for part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct PageRequest {
    /// The list.
    pub list: List,
    /// Index of the first entry, from 0.
    pub offset: u64,
    /// Maximum number of entries.
    pub limit: u64,
    /// Codes of the causes that are expanded in the failed list.
    pub open: Vec<String>,
    /// Part of a name to search for; empty for all jobs.
    pub find: String,
    /// The order of the done list.
    pub sorted: SortOrder,
}

/// Contents of the settings dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsShown {
    /// Settings that can be changed.
    pub chosen: SettingsChosen,
    /// Jobs at a time if no number is chosen.
    pub auto_workers: usize,
    /// Folder of queue, settings and log, as display text.
    pub data: String,
    /// Its size in bytes.
    pub data_size: u64,
    /// Folder of the results, as display text; null for that of each original.
    pub output_dir: Option<String>,
    /// What happens when the queue is done; applies once.
    pub when_done: WhenDone,
}

/// An encoder, and whether it works on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EncoderState {
    /// Its common name.
    pub name: String,
    /// A test encode succeeded.
    pub works: bool,
}

/// The choices that the target strip shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// Preset of added videos.
    pub preset: String,
    /// Folder of the results, as display text; null for that of each original.
    pub output_dir: Option<String>,
    /// Colours of the window.
    #[ts(type = r#""system" | "light" | "dark""#)]
    pub theme: Theme,
}

/// The state of ffmpeg.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolState {
    /// Its path, as display text; null if it cannot be used.
    pub path: Option<String>,
    /// The user set its path.
    pub chosen: bool,
    /// Its version; null if it cannot be used.
    pub version: Option<String>,
    /// Folders that were searched, as display text; empty unless it is missing.
    pub looked: Vec<String>,
    /// Why it cannot be used.
    pub problem: Option<Why>,
    /// What the user can do.
    pub remedy: Option<Remedy>,
}
