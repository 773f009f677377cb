//! The command line as clap reads it: names, help, examples. No behaviour.

mod jobs;

use crate::kinds::Kind;
use clap::{Args, Parser, Subcommand, ValueHint};
pub use jobs::{Again, Change, Check, Edit, Ids, Move, Place, Which};
use spool_core::job::JobId;
use spool_core::settings::WORKERS;
use std::path::PathBuf;

const DATA_DIR: &str =
    "Folder of the queue [env: SPOOL_DATA_DIR] [default: the system's folder for application data]";

/// Heading of the options that every command takes, so that its own stand together.
const EVERYWHERE: &str = "Options of every command";

/// Transcode videos through a queue that cannot lose work.
#[derive(Debug, Parser)]
#[command(
    name = "spool",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  spool add ~/Videos/holiday    queue a folder
  spool run --until-idle        work the queue here, then end
  spool status                  how it stands, how long the rest takes
  spool list --state failed     what failed, and why
  spool retry 17 19-24          try these again

Exit codes: 0 done as asked, 1 some jobs failed or something was not found,
2 usage, 3 another process works the queue, 4 ffmpeg is missing or broken."
)]
pub struct Cli {
    /// Folder of the queue.
    #[arg(long, global = true, help_heading = EVERYWHERE, help = DATA_DIR, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// Answer in JSON: one object, or one per line
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub json: bool,
    /// Say only what went wrong, and what was asked for
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub quiet: bool,
    /// Show the log, and errors in full, on stderr
    #[arg(long, short, global = true, help_heading = EVERYWHERE)]
    pub verbose: bool,
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Queue videos, or all videos in folders
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

They keep their places, and their names are chosen as `spool add` chooses them.")]
    Edit(Edit),
    /// Work the queue here; Ctrl-C once lets running jobs end, twice stops them
    #[command(after_help = "\
Examples:
  spool run
  spool run --workers 1 --until-idle
  nohup spool run > run.log &           goes on when the terminal is closed

Ended by the system (SIGTERM) it answers 0, by Ctrl-C 1 where jobs failed.")]
    Run {
        /// Jobs at a time: a number, or auto for as many as suit this machine
        #[arg(long, value_name = "N|auto", value_parser = workers)]
        workers: Option<Workers>,
        /// End when nothing can go on without a person or the outside
        #[arg(long)]
        until_idle: bool,
    },
    /// List jobs
    #[command(
        after_help = "Examples:\n  spool list\n  spool list --state failed,held\n  spool list --paths --json"
    )]
    List {
        /// Only jobs in these states, with commas between: queued, waiting, running, done, failed, cancelled, held, paused, released, stopped
        #[arg(long, value_name = "STATE", value_delimiter = ',')]
        state: Vec<Kind>,
        /// At most this many; without it 100, as JSON all
        #[arg(long, value_name = "N", value_parser = whole)]
        limit: Option<u64>,
        /// Show videos by their whole paths
        #[arg(long)]
        paths: bool,
    },
    /// Say in one line how the queue stands, how long the rest takes and who works it
    #[command(after_help = "Examples:\n  spool status\n  spool status --json")]
    Status,
    /// Show jobs with their attempts
    #[command(after_help = "Examples:\n  spool show 17 19-24\n  spool show 17 --log")]
    Show {
        /// Numbers of jobs: 17 19-24
        #[arg(value_name = "ID", required = true)]
        ids: Vec<Ids>,
        /// With the end of ffmpeg's log
        #[arg(long)]
        log: bool,
    },
    /// Follow the queue, or one job until it ends
    #[command(after_help = "Examples:\n  spool watch\n  spool watch 17\n  spool watch --until-idle")]
    Watch {
        /// The job's number
        #[arg(value_parser = jobs::one)]
        id: Option<JobId>,
        /// End when nothing can go on without a person or the outside
        #[arg(long, conflicts_with = "id")]
        until_idle: bool,
    },
    /// Check again whether results are what their originals promise; changes no file, and waits while the queue has work
    #[command(after_help = "\
Examples:
  spool check                all results
  spool check 17 19-24

An earlier version of Spool may have called a result verified that is not.
Ctrl-C stops; what was found is kept.")]
    Check(Check),
    /// Queue the videos of done jobs again as they were added; the results that are there stay
    #[command(after_help = "Examples:\n  spool again 17 19-24\n  spool again --wrong")]
    Again(Again),
    /// Put failed or cancelled jobs back in line; with --all, every failed one
    #[command(
        after_help = "Examples:\n  spool retry 17 19-24\n  spool retry --all\n  spool retry --state cancelled"
    )]
    Retry(Which),
    /// End jobs; a running one within two seconds
    #[command(after_help = "Examples:\n  spool cancel 17\n  spool cancel --all\n  spool cancel --state held")]
    Cancel(Which),
    /// Take jobs off the list, running ones after cancelling them; files stay
    #[command(after_help = "Examples:\n  spool remove 17\n  spool remove --state done,cancelled")]
    Remove(Which),
    /// Do not start these jobs; a running one is suspended
    #[command(after_help = "Examples:\n  spool hold 17 19-24\n  spool hold --all")]
    Hold(Which),
    /// Let held jobs start again, and suspended ones go on
    #[command(after_help = "Examples:\n  spool release 17 19-24\n  spool release --all")]
    Release(Which),
    /// Start no further job, until resumed; what runs goes on
    Pause,
    /// The reverse of pause
    Resume,
    /// Change the order
    #[command(after_help = "Examples:\n  spool move 17 --top\n  spool move 19-24 --bottom")]
    Move(Move),
    /// List presets and what can be set of them; bring some in, hand one out, remove some
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "\
Examples:
  spool presets fields                          what --set takes
  spool presets export web-1080p > mine.json
  spool presets import mine.json                kept under an id of its own
  spool presets --full > all.json               a list that import takes"
    )]
    Presets {
        /// With all settings, as JSON
        #[arg(long)]
        full: bool,
        /// What else
        #[command(subcommand)]
        verb: Option<PresetVerb>,
    },
    /// Show what is set for all jobs, or change it
    #[command(after_help = "\
Examples:
  spool settings                        all, with their values
  spool settings outputDir              one value
  spool settings outputDir ~/Videos/web
  spool settings outputDir default      as it was at first

Sizes may have units, such as 25MB. Paths are whole, or below your home folder
as ~/Videos.")]
    Settings {
        /// Its name, as `spool settings` lists it
        #[arg(value_name = "KEY")]
        key: Option<String>,
        /// What it becomes
        #[arg(value_name = "VALUE", allow_hyphen_values = true)]
        value: Option<String>,
    },
    /// Tell what files are and, with a preset or a change of it, what would become of them
    #[command(after_help = "\
Examples:
  spool probe film.mkv
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
    /// Is its answer what was asked for, rather than news of what it did?
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
    /// Folder of the results; of an added folder its own folders are made again below it [default: next to each
    /// original]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// All results in that folder itself, whatever folders they come from
    #[arg(long)]
    pub flat: bool,
    /// Name of the result of one video
    #[arg(long, short, value_name = "FILE", conflicts_with_all = ["output_dir", "flat"], value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Pass over what this pattern names in folders, such as '*-proxy.*' or 'raw/**'; may be given several times
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pub exclude: Vec<String>,
    /// Also the paths that this file lists, one in a line; - reads them from standard input
    #[arg(long, value_name = "FILE|-", value_hint = ValueHint::FilePath)]
    pub files_from: Option<PathBuf>,
    /// To the top of the list
    #[arg(long)]
    pub next: bool,
    /// Also videos that were done before with the same preset, or failed, or were cancelled
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
    /// The same with one setting changed, such as video.crf=18 (see: spool presets fields)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Folder of the results [default: next to each original]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// Videos
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub paths: Vec<PathBuf>,
}

/// `spool presets ...`
#[derive(Debug, Subcommand)]
pub enum PresetVerb {
    /// List what can be set: each key with its values and its meaning
    Fields,
    /// Keep presets from JSON files, each with one or a list of them
    Import {
        /// The files
        #[arg(required = true, value_hint = ValueHint::FilePath)]
        files: Vec<PathBuf>,
    },
    /// Forget presets of your own; jobs that were added with them stay
    Remove {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Print a preset as JSON
    Export {
        /// Its id
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
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    /// Longer ones would be broken in the middle of an example.
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
