//! The command line as clap parses it: names, help and examples. No behaviour.

mod jobs;

use crate::kinds::Kind;
use clap::{Args, Parser, Subcommand, ValueHint};
pub use jobs::{Again, Change, Check, Edit, Ids, JobArgs, Move, PositionArgs};
use spool_core::job::JobId;
use spool_core::settings::WORKERS;
use std::path::PathBuf;

const DATA_DIR: &str =
    "Folder of the queue [env: SPOOL_DATA_DIR] [default: the system's folder for application data]";

/// Heading of the options that every command takes; it separates them from the command's own options.
const EVERYWHERE: &str = "Global options";

/// Transcode videos through a queue that cannot lose work.
#[derive(Debug, Parser)]
#[command(
    name = "spool",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  spool add ~/Videos/holiday    queue a folder
  spool run --until-idle        run the queue here, then exit
  spool status                  state of the queue, and the time left
  spool list --state failed     failed jobs, with reasons
  spool retry 17 19-24          retry these jobs

Exit codes: 0 success, 1 some jobs failed or something was not found,
2 usage error, 3 another process runs the queue, 4 ffmpeg is missing or broken."
)]
pub struct Cli {
    /// Folder of the queue.
    #[arg(long, global = true, help_heading = EVERYWHERE, help = DATA_DIR, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// Print JSON: one object, or one per line
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// Print only errors and requested output
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Show the log on stderr, and list every skipped file
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub verbose: bool,
    /// The command to run
    #[command(subcommand)]
    pub verb: Verb,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add videos, or all videos in folders, to the queue
    #[command(after_help = "\
Examples:
  spool add a.mkv b.mov
  spool add --preset small-hevc --output-dir /media/small ~/Videos
  spool add --next --set video.crf=18 wedding.mov
  spool add -o trailer.mp4 trailer.mov
  find . -name '*.avi' | spool add --files-from -")]
    Add(Add),
    /// Change preset, settings or destination of jobs that have not started
    #[command(after_help = "\
Examples:
  spool edit 17 --preset small-hevc
  spool edit 19-24 --set video.crf=20 --output-dir /media/small
  spool edit 17 -o trailer.mp4

Jobs keep their places; results are named as `spool add` names them.")]
    Edit(Edit),
    /// Run the queue here; Ctrl-C once finishes running jobs, twice stops them
    #[command(after_help = "\
Examples:
  spool run
  spool run --workers 1 --until-idle
  nohup spool run > run.log &           continues when the terminal is closed

Exits with 0 after SIGTERM, and with 1 after Ctrl-C if jobs failed.")]
    Run {
        /// Number of jobs at a time, or auto for as many as suit this machine
        #[arg(long, value_name = "N|auto", value_parser = workers)]
        workers: Option<Workers>,
        /// Exit when no job can run without a user or an outside change
        #[arg(long)]
        until_idle: bool,
    },
    /// List jobs
    #[command(
        after_help = "Examples:\n  spool list\n  spool list --state failed,held\n  spool list --paths --json"
    )]
    List {
        /// Only jobs in these states, separated by commas: queued, waiting, running, done, failed, cancelled, held, paused, released, stopped
        #[arg(long, value_name = "STATE", value_delimiter = ',')]
        state: Vec<Kind>,
        /// List at most this many jobs [default: 100; with --json: all]
        #[arg(long, value_name = "N", value_parser = whole)]
        limit: Option<u64>,
        /// Show the full paths of videos
        #[arg(long)]
        paths: bool,
    },
    /// Show in one line the state of the queue, the time left and the process that runs it
    #[command(after_help = "Examples:\n  spool status\n  spool status --json")]
    Status,
    /// Show jobs with their attempts
    #[command(after_help = "Examples:\n  spool show 17 19-24\n  spool show 17 --log")]
    Show {
        /// Numbers of jobs: 17 19-24
        #[arg(value_name = "ID", required = true)]
        ids: Vec<Ids>,
        /// Include the end of ffmpeg's log
        #[arg(long)]
        log: bool,
    },
    /// Follow the queue, or one job until it ends
    #[command(after_help = "Examples:\n  spool watch\n  spool watch 17\n  spool watch --until-idle")]
    Watch {
        /// Number of a job
        #[arg(value_parser = jobs::one)]
        id: Option<JobId>,
        /// Exit when no job can run without a user or an outside change
        #[arg(long, conflicts_with = "id")]
        until_idle: bool,
    },
    /// Check results against their originals again; changes no file, and waits while the queue has work
    #[command(after_help = "\
Examples:
  spool check                all results
  spool check 17 19-24

An earlier version of Spool may have accepted a wrong result.
Ctrl-C stops; findings so far are kept.")]
    Check(Check),
    /// Queue the videos of done jobs again, with the options they were added with; existing results stay
    #[command(after_help = "Examples:\n  spool again 17 19-24\n  spool again --wrong")]
    Again(Again),
    /// Queue failed or cancelled jobs again; with --all, every failed job
    #[command(
        after_help = "Examples:\n  spool retry 17 19-24\n  spool retry --all\n  spool retry --state cancelled"
    )]
    Retry(JobArgs),
    /// Cancel jobs; a running job ends within two seconds
    #[command(after_help = "Examples:\n  spool cancel 17\n  spool cancel --all\n  spool cancel --state held")]
    Cancel(JobArgs),
    /// Remove jobs from the list, cancelling running ones first; files stay
    #[command(after_help = "Examples:\n  spool remove 17\n  spool remove --state done,cancelled")]
    Remove(JobArgs),
    /// Hold jobs, so that they do not start, and pause running ones
    #[command(after_help = "Examples:\n  spool hold 17 19-24\n  spool hold --all")]
    Hold(JobArgs),
    /// Release held jobs, and resume paused ones
    #[command(after_help = "Examples:\n  spool release 17 19-24\n  spool release --all")]
    Release(JobArgs),
    /// Pause the queue: start no further jobs; running ones continue
    Pause,
    /// Resume the paused queue
    Resume,
    /// Change the order of jobs
    #[command(after_help = "Examples:\n  spool move 17 --top\n  spool move 19-24 --bottom")]
    Move(Move),
    /// List, import, export and remove presets, and list their fields
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "\
Examples:
  spool presets fields                          fields for --set
  spool presets export web-1080p > mine.json
  spool presets import mine.json                stored under a new id
  spool presets --full > all.json               a list that import accepts"
    )]
    Presets {
        /// Print all settings, as JSON
        #[arg(long)]
        full: bool,
        /// The action; without it, presets are listed
        #[command(subcommand)]
        verb: Option<PresetVerb>,
    },
    /// Show or change the settings for all jobs
    #[command(after_help = "\
Examples:
  spool settings                        all settings, with their values
  spool settings outputDir              one setting
  spool settings outputDir ~/Videos/web
  spool settings outputDir default      back to the default

Sizes may have units, such as 25MB. Paths are absolute, or below your home
folder, such as ~/Videos.")]
    Settings {
        /// Name of the setting, as `spool settings` lists it
        #[arg(value_name = "KEY")]
        key: Option<String>,
        /// New value
        #[arg(value_name = "VALUE", allow_hyphen_values = true)]
        value: Option<String>,
    },
    /// Show what files contain and, with a preset or a changed setting, how they would be converted
    #[command(after_help = "\
Examples:
  spool probe video.mkv
  spool probe --preset web-1080p --set video.box=1280x720 *.mkv")]
    Probe(Probe),
    /// Check tools, encoders, database and disk
    #[command(after_help = "Examples:\n  spool doctor\n  spool doctor --restore")]
    Doctor {
        /// Set a damaged queue aside and restore the newest backup
        #[arg(long)]
        restore: bool,
    },
    /// Print completions for a shell
    #[command(
        after_help = "Examples:\n  spool completions bash > ~/.local/share/bash-completion/completions/spool"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Verb {
    /// Whether the output is what the user requested, and not a report of what was done.
    pub fn asks(&self) -> bool {
        match self {
            Verb::List { .. }
            | Verb::Show { .. }
            | Verb::Status
            | Verb::Watch { .. }
            | Verb::Probe { .. }
            | Verb::Doctor { .. }
            | Verb::Completions { .. } => true,
            Verb::Settings { value, .. } => value.is_none(),
            Verb::Presets { verb, .. } => !matches!(verb, Some(PresetVerb::Import { .. })),
            _ => false,
        }
    }
}

/// `spool add`
#[derive(Debug, Args)]
pub struct Add {
    /// Preset to use (see: spool presets)
    #[arg(long, value_name = "ID")]
    pub preset: Option<String>,
    /// Folder for the results; subfolders of an added folder are recreated in it [default: next to each original]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Put all results directly in that folder, without subfolders
    #[arg(long)]
    pub flat: bool,
    /// Path of the result, for a single video
    #[arg(long, short, value_name = "FILE", conflicts_with_all = ["output_dir", "flat"], value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Skip what matches this pattern in added folders, such as '*-proxy.*' or 'raw/**'; may be repeated
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pub exclude: Vec<String>,
    /// Also add the paths listed in this file, one per line; - reads standard input
    #[arg(long, value_name = "FILE|-", value_hint = ValueHint::FilePath)]
    pub files_from: Option<PathBuf>,
    /// Add at the top of the list
    #[arg(long)]
    pub next: bool,
    /// Also add videos that were done before with the same preset, that failed or that were cancelled
    #[arg(long)]
    pub again: bool,
    /// Change one setting of the preset for these videos, such as video.crf=18
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Videos and folders
    #[arg(required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
}

/// `spool probe`
#[derive(Debug, Args)]
pub struct Probe {
    /// Show what this preset would do
    #[arg(long, value_name = "ID")]
    pub preset: Option<String>,
    /// Change one setting of the preset, such as video.crf=18 (see: spool presets fields)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Folder for the results [default: next to each original]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Videos
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub paths: Vec<PathBuf>,
}

/// `spool presets ...`
#[derive(Debug, Subcommand)]
pub enum PresetVerb {
    /// List the fields that --set changes, with their values and meanings
    Fields,
    /// Import presets from JSON files, each with one preset or a list
    Import {
        /// JSON files
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
    /// Remove presets of your own; jobs added with them keep them
    Remove {
        /// Ids of the presets
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Print a preset as JSON
    Export {
        /// Id of the preset
        id: String,
    },
}

/// A number of workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// As many as suit this machine.
    Auto,
    /// Exactly this many.
    Exactly(usize),
}

fn whole(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "use a whole number".into())
}

fn workers(text: &str) -> Result<Workers, String> {
    match text.parse() {
        _ if text == "auto" => Ok(Workers::Auto),
        Ok(n) if WORKERS.contains(&n) => Ok(Workers::Exactly(n)),
        _ => Err("use a number from 1 to 64, or auto".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_definition_is_valid() {
        Cli::command().debug_assert();
    }

    /// Longer lines would wrap in the middle of an example.
    #[test]
    fn examples_fit_a_narrow_terminal() {
        let mut spool = Cli::command();
        spool.build();
        for verb in spool.get_subcommands().chain([&spool]) {
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{}: {line}", verb.get_name());
            }
        }
    }
}
