//! What the window is told: rows, how things stand, and what happened, as plain data.
//!
//! The TypeScript types are made of these (see the test below). Paths are text to show, never to act upon:
//! the window names jobs by id. Numbers and codes only; the words on screen are the window's.

use serde::{Deserialize, Serialize};
use spool_core::job::{Job, Millis, Reason, State};
use spool_core::progress::Progress;
use spool_core::queue::{Command, Counts};
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

/// How far a running job is. Unknown values are null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// Which job.
    pub id: i64,
    /// 0-99.
    pub percent: Option<f64>,
    /// Seconds of video per second.
    pub speed: Option<f64>,
    /// Seconds left at the present speed.
    pub eta_seconds: Option<u64>,
    /// Bytes written so far.
    pub bytes: Option<u64>,
    /// Seconds of video done.
    pub done_seconds: f64,
}

impl Live {
    /// Of the job with this number.
    pub fn new(id: i64, progress: &Progress) -> Live {
        Live {
            id,
            percent: progress.percent,
            speed: progress.speed,
            eta_seconds: progress.eta_seconds,
            bytes: progress.bytes,
            done_seconds: progress.done_us as f64 / 1e6,
        }
    }
}

/// Why a job waits, is retried or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The stable code.
    pub code: String,
    /// What happened, as a sentence.
    pub message: String,
    /// What a person can do, as a sentence.
    pub next_step: String,
}

impl From<&Reason> for Why {
    fn from(reason: &Reason) -> Why {
        Why {
            code: reason.code.to_string(),
            message: reason.message.clone(),
            next_step: reason.code.next_step().into(),
        }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The job's number.
    pub id: i64,
    /// File name of the original.
    pub name: String,
    /// Its full path, to read.
    pub path: String,
    /// File name of the result.
    pub output: String,
    /// Name of the preset.
    pub preset: String,
    /// Where the job stands.
    #[ts(type = r#""queued" | "waiting" | "running" | "done" | "failed" | "cancelled""#)]
    pub state: State,
    /// On hold (queued), or paused (running).
    pub hold: bool,
    /// 1 for the next to start; null where it cannot start now.
    pub place: Option<u64>,
    /// Attempts so far.
    pub attempt: u32,
    /// Attempts at most.
    pub max_attempts: u32,
    /// When it is tried again, in milliseconds since 1970.
    pub run_at: Option<Millis>,
    /// Why it waits, is retried or failed.
    pub why: Option<Why>,
    /// Remarks on a result.
    pub warnings: Vec<String>,
    /// Bytes of the original.
    pub source_size: Option<u64>,
    /// Bytes of the result.
    pub output_size: Option<u64>,
    /// How far it is.
    pub live: Option<Live>,
    /// When the present or last attempt began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub finished_at: Option<Millis>,
}

impl Row {
    /// Of a job; `place` counts only jobs that can start.
    pub fn new(job: &Job, place: Option<u64>) -> Row {
        let name =
            |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Row {
            id: job.id.0,
            name: name(&job.source),
            path: job.source.to_string_lossy().into_owned(),
            output: name(&job.output),
            preset: job.preset.name.clone(),
            state: job.state,
            hold: job.hold,
            place,
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            run_at: job.run_at,
            why: job.failure.as_ref().map(Why::from),
            warnings: job.warnings.clone(),
            source_size: job.source_size,
            output_size: job.output_size,
            live: job.progress.filter(|_| job.state == State::Running).map(|p| Live::new(job.id.0, &p)),
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

/// What becomes of one stream of the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct StreamDetails {
    /// video, audio, subtitle, data or attachment.
    pub kind: String,
    /// Its codec in the original.
    pub codec: String,
    /// kept, converted or dropped.
    pub done: String,
    /// Into what, or why.
    pub note: String,
}

/// One run of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptDetails {
    /// How it ended; null while it runs.
    pub outcome: Option<String>,
    /// Why it did not succeed.
    pub why: Option<Why>,
    /// Exit code of ffmpeg.
    pub exit: Option<i32>,
    /// Signal that ended ffmpeg.
    pub signal: Option<i32>,
    /// The command line, as a shell takes it.
    pub command: String,
    /// Last lines of ffmpeg's log.
    pub log_tail: String,
    /// When it began.
    pub started_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
}

/// Everything about one job.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Its row.
    pub row: Row,
    /// Full path of the result, to read.
    pub output_path: String,
    /// Its streams, once planned.
    pub streams: Vec<StreamDetails>,
    /// Its attempts, oldest first.
    pub attempts: Vec<AttemptDetails>,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Place of the first row in the list, from 0.
    pub offset: u64,
    /// The rows.
    pub rows: Vec<Row>,
    /// Rows in the whole list.
    pub total: u64,
}

/// How many jobs are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[expect(missing_docs, reason = "named like the states")]
pub struct Tally {
    pub queued: u64,
    pub held: u64,
    pub waiting: u64,
    pub running: u64,
    pub done: u64,
    pub failed: u64,
    pub cancelled: u64,
}

impl From<Counts> for Tally {
    fn from(c: Counts) -> Tally {
        Tally {
            queued: c.queued,
            held: c.held,
            waiting: c.waiting,
            running: c.running,
            done: c.done,
            failed: c.failed,
            cancelled: c.cancelled,
        }
    }
}

/// How things stand. With it rows may have changed: what is shown is fetched anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Jobs by state.
    pub counts: Tally,
    /// No further job starts.
    pub paused: bool,
    /// Who works the queue, when it is not this window.
    pub worked_by: Option<String>,
    /// Jobs at a time; null when another process works the queue.
    pub workers: Option<usize>,
    /// Why the queue stands still, as a sentence.
    pub breaker: Option<String>,
    /// That failures pile up, as a sentence.
    pub alarm: Option<String>,
    /// Bytes of the done jobs' originals.
    pub bytes_before: u64,
    /// Bytes of their results.
    pub bytes_after: u64,
}

/// What became of added files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddNotice {
    /// Number of the first accepted job.
    pub first: Option<i64>,
    /// How many were accepted.
    pub accepted: usize,
    /// Already in the queue, at most twenty of them.
    pub duplicates: Vec<i64>,
    /// How many those are.
    pub duplicate_count: usize,
    /// Files that are no videos by their name, or are results of known jobs.
    pub skipped: usize,
    /// Why others were refused, as sentences, at most five of them.
    pub refused: Vec<String>,
    /// How many those are.
    pub refused_count: usize,
}

/// Something is dragged over the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Drag {
    /// Files, folders apart.
    pub files: usize,
    /// Folders.
    pub folders: usize,
    /// Position in CSS pixels.
    pub x: f64,
    /// Position in CSS pixels.
    pub y: f64,
}

/// Something was dropped: the window answers with the token and the preset of the tile below.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Dropped {
    /// Names what was dropped.
    pub token: u32,
    /// Position in CSS pixels.
    pub x: f64,
    /// Position in CSS pixels.
    pub y: f64,
}

/// What has happened since the last update; absent parts have not changed. At most ten a second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// How things stand now.
    pub standing: Option<Standing>,
    /// Progress of running jobs.
    pub live: Vec<Live>,
    /// What is dragged over the window.
    pub drag: Option<Drag>,
    /// The drag has ended.
    pub drag_ended: bool,
    /// What was dropped.
    pub dropped: Option<Dropped>,
    /// What became of added files.
    pub added: Option<AddNotice>,
    /// The user wants to close while this many jobs run: ask.
    pub ask_close: Option<u64>,
    /// What could not be done, as a sentence.
    pub trouble: Option<String>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use ts_rs::Config;

    /// The types that cross, written one after the other.
    fn typescript() -> String {
        // JSON gives numbers.
        let config = Config::new().with_large_int("number");
        let mut text = String::from("// Made from src-tauri/src/view.rs by `./dev types`. Do not edit.\n");
        macro_rules! write_all {
            ($($name:ident),*) => { $(
                text.push_str("\nexport ");
                text.push_str(&<$name as TS>::decl(&config));
                text.push('\n');
            )* };
        }
        write_all!(
            List,
            Live,
            Why,
            Row,
            StreamDetails,
            AttemptDetails,
            Details,
            Page,
            Tally,
            Standing,
            AddNotice,
            Drag,
            Dropped,
            Update,
            PresetChoice,
            Verb,
            CloseChoice,
            Choices,
            ToolState
        );
        text
    }

    #[test]
    fn the_windows_types_are_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/backend/types.ts");
        if std::env::var_os("SPOOL_WRITE_TYPES").is_some() {
            std::fs::write(path, typescript()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), typescript(), "call ./dev types");
    }
}
