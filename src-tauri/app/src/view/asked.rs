//! What the window asks, and what it is offered to choose from.

use super::chosen::SettingsChosen;
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
#[serde(rename_all = "camelCase")]
pub struct PresetChoice {
    /// Its short name.
    pub id: String,
    /// Its name on screen.
    pub name: String,
    /// One line on what it is for.
    pub description: String,
    /// Results stay below so many megabytes, where they are to.
    pub size_mb: Option<u32>,
}

impl From<Preset> for PresetChoice {
    fn from(preset: Preset) -> PresetChoice {
        let size_mb = preset.size_mb();
        PresetChoice { id: preset.id, name: preset.name, description: preset.description, size_mb }
    }
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
pub enum Sorted {
    /// Newest first.
    #[default]
    Newest,
    /// Most bytes saved first.
    Saved,
    /// By name.
    Name,
}

impl From<Sorted> for Sort {
    fn from(sorted: Sorted) -> Sort {
        match sorted {
            Sorted::Newest => Sort::Usual,
            Sorted::Saved => Sort::MostSaved,
            Sorted::Name => Sort::Name,
        }
    }
}

/// Which part of which list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Wanted {
    /// The list.
    pub list: List,
    /// Place of the first entry, from 0.
    pub offset: u64,
    /// Entries at most.
    pub limit: u64,
    /// Causes of the failed list all of whose jobs are shown.
    pub open: Vec<String>,
    /// Part of a name; empty: every job.
    pub find: String,
    /// The order of the done list.
    pub sorted: Sorted,
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
    /// Its size in bytes.
    pub data_size: u64,
    /// Folder of the results, to read; null: next to each original.
    pub output_dir: Option<String>,
    /// What happens when the queue is done; once, then nothing again.
    pub when_done: WhenDone,
}

/// An encoder and whether it works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EncoderState {
    /// As people call it.
    pub name: String,
    /// It encoded a few frames.
    pub works: bool,
}

/// What the target strip remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    /// Preset of what is added next.
    pub preset: String,
    /// Folder of the results, to read; null: next to each original.
    pub output_dir: Option<String>,
    /// Colours of the window.
    #[ts(type = r#""system" | "light" | "dark""#)]
    pub theme: Theme,
}

/// ffmpeg, as the window shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToolState {
    /// Where ffmpeg is, to read.
    pub path: Option<String>,
    /// The user chose this one.
    pub chosen: bool,
    /// Version of ffmpeg; null where it cannot be used.
    pub version: Option<String>,
    /// Folders it was looked for in, to read; empty where it was found.
    pub looked: Vec<String>,
    /// Why it cannot be used.
    pub problem: Option<Why>,
    /// What helps.
    pub remedy: Option<Remedy>,
}
