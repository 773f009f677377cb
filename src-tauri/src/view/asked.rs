//! What the window asks, and what it is offered to choose from.

use serde::{Deserialize, Serialize};
use spool_core::job::State;
use spool_core::queue::Command;
use ts_rs::TS;

/// The three lists of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum List {
    /// Everything that has not ended.
    Queue,
    /// Done and cancelled, newest first.
    Done,
    /// Parked, newest first.
    Failed,
}

impl List {
    /// The states it shows.
    pub fn states(self) -> Vec<State> {
        match self {
            List::Queue => vec![State::Queued, State::Waiting, State::Running],
            List::Done => vec![State::Done, State::Cancelled],
            List::Failed => vec![State::Failed],
        }
    }
}

/// A preset to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PresetChoice {
    /// Its short name.
    pub id: String,
    /// Its name on screen.
    pub name: String,
    /// One line on what it is for.
    pub description: String,
}

/// What users ask of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "see `spool_core::queue::Command`")]
pub enum Verb {
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

impl From<Verb> for Command {
    fn from(verb: Verb) -> Command {
        match verb {
            Verb::Cancel => Command::Cancel,
            Verb::Retry => Command::Retry,
            Verb::Remove => Command::Remove,
            Verb::Hold => Command::Hold,
            Verb::Release => Command::Release,
            Verb::Now => Command::Now,
            Verb::MoveTop => Command::MoveTop,
            Verb::MoveUp => Command::MoveUp,
            Verb::MoveDown => Command::MoveDown,
        }
    }
}

/// How to close while jobs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum CloseChoice {
    /// Hide the window and work on.
    Background,
    /// Stop what runs and quit; it starts again with the next start.
    Quit,
    /// Stay.
    Stay,
}

/// What the settings dialog shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsShown {
    /// What can be changed there.
    pub chosen: SettingsChosen,
    /// Jobs at a time when nothing is chosen.
    pub auto_workers: usize,
    /// Folder of queue, settings and log, to read.
    pub data: String,
}

/// What can be changed in the settings dialog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsChosen {
    /// Jobs at a time; null: as many as suit this machine.
    pub workers: Option<usize>,
    /// Attempts before a job is parked.
    pub max_attempts: u32,
    /// Name of the results, with `{name}` and `{preset}`.
    pub output_name: String,
    /// Tell the desktop when the queue is done.
    pub notify_done: bool,
    /// Tell the desktop when a video fails.
    pub notify_failed: bool,
}

/// What the target strip remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// Preset of what is added next.
    pub preset: String,
    /// Folder of the results, to read; null: next to each original.
    pub output_dir: Option<String>,
}

/// ffmpeg, as the window shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolState {
    /// Version of ffmpeg; null where it cannot be used.
    pub version: Option<String>,
    /// Why it cannot be used, as a sentence.
    pub problem: Option<String>,
    /// How to get it here.
    pub install: Option<String>,
}
