//! The command line as clap reads it: names, help, examples. No behaviour.

use clap::{Args, Parser, Subcommand, ValueHint};
use spool_core::job::{JobId, State};
use spool_core::settings::WORKERS;
use std::path::PathBuf;
use std::str::FromStr;

/// Transcode videos through a queue that cannot lose work.
#[derive(Debug, Parser)]
#[command(
    name = "spool",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  spool add ~/Videos/holiday            queue a folder
  spool run --until-idle                work the queue here, then end
  spool list --state failed             what failed, and why
  spool retry 17 19-24                  try these again

Exit codes: 0 done as asked, 1 some jobs failed or something was not found, 2 usage,
3 another process works the queue, 4 ffmpeg is missing or broken."
)]
pub struct Cli {
    /// Folder of the queue [default: the system's folder for application data]
    #[arg(long, global = true, env = "SPOOL_DATA_DIR", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data_dir: Option<PathBuf>,
    /// Answer in JSON: one object, or one per line
    #[arg(long, global = true)]
    pub json: bool,
    /// Say only what went wrong
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Show the log, and errors in full, on stderr
    #[arg(long, short, global = true)]
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
  spool add --next --set video.crf=18 wedding.mov")]
    Add(Add),
    /// Work the queue here; Ctrl-C once lets running jobs end, twice stops them
    #[command(after_help = "Examples:\n  spool run\n  spool run --workers 1 --until-idle")]
    Run {
        /// Jobs at a time: a number, or auto for as many as suit this machine
        #[arg(long, value_name = "N|auto", value_parser = workers)]
        workers: Option<Workers>,
        /// End when nothing can go on without a person or the outside
        #[arg(long)]
        until_idle: bool,
    },
    /// List jobs
    #[command(after_help = "Examples:\n  spool list\n  spool list --state failed --json")]
    List {
        /// Only jobs in this state; may be given several times
        #[arg(long, value_name = "STATE")]
        state: Vec<State>,
        /// At most this many
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u64,
    },
    /// Show jobs with their attempts
    #[command(after_help = "Examples:\n  spool show 17\n  spool show 17 --log")]
    Show {
        /// The job's number, or a range of them
        id: Ids,
        /// With the end of ffmpeg's log
        #[arg(long)]
        log: bool,
    },
    /// Follow the queue, or one job until it ends
    #[command(after_help = "Examples:\n  spool watch\n  spool watch 17")]
    Watch {
        /// The job's number
        #[arg(value_parser = one_job)]
        id: Option<JobId>,
    },
    /// Check again whether results are what their originals promise; changes no file, and waits while the queue has work
    #[command(after_help = "\
Examples:
  spool check                all results
  spool check 17 19-24

An earlier version of Spool may have called a result verified that is not. Ctrl-C stops; what was found is kept.")]
    Check(Check),
    /// Queue the videos of done jobs again as they were added; the results that are there stay
    #[command(after_help = "Examples:\n  spool again 17 19-24\n  spool again --wrong")]
    Again(Again),
    /// Put failed or cancelled jobs back in line; with --all, every failed one
    #[command(after_help = "Examples:\n  spool retry 17 19-24\n  spool retry --all")]
    Retry(Which),
    /// End jobs; a running one within two seconds
    #[command(after_help = "Examples:\n  spool cancel 17\n  spool cancel --all")]
    Cancel(Which),
    /// Take jobs off the list, running ones after cancelling them; files stay
    #[command(after_help = "Examples:\n  spool remove 17\n  spool remove --state done")]
    Remove(Remove),
    /// Do not start these jobs; a running one is suspended
    #[command(after_help = "Examples:\n  spool hold 17 19-24")]
    Hold(These),
    /// Let held jobs start again
    #[command(after_help = "Examples:\n  spool release 17 19-24")]
    Release(These),
    /// Start no further job, until resumed; what runs goes on
    Pause,
    /// The reverse of pause
    Resume,
    /// Change the order
    #[command(after_help = "Examples:\n  spool move 17 --top\n  spool move 19-24 --down")]
    Move(Move),
    /// List presets and what can be set of them; bring some in, hand one out, remove some
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "\
Examples:
  spool presets fields                            what --set takes
  spool presets export web-1080p > mine.json
  spool presets import mine.json                  kept as web-1080p-2, for web-1080p comes with Spool
  spool presets --full > all.json                 a list that import takes"
    )]
    Presets {
        /// With all settings, as JSON
        #[arg(long)]
        full: bool,
        /// What else
        #[command(subcommand)]
        verb: Option<PresetVerb>,
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

/// `spool add`
#[derive(Debug, Args)]
pub struct Add {
    /// Preset to use (see: spool presets)
    #[arg(long, value_name = "ID")]
    pub preset: Option<String>,
    /// Folder of the results [default: next to each original]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// To the top of the list
    #[arg(long)]
    pub next: bool,
    /// Also videos that were done before with the same preset and whose result is still there
    #[arg(long)]
    pub again: bool,
    /// Change one setting of the preset for these videos, such as video.crf=18
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Videos and folders
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
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

/// Some jobs, or all that the verb fits.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All of them
    #[arg(long)]
    pub all: bool,
}

/// Some jobs, or all in a state.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Remove {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All jobs in this state
    #[arg(long, value_name = "STATE")]
    pub state: Option<State>,
}

/// `spool check`
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Check {
    /// Numbers of jobs: 17 19-24 [default: all that are done]
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All jobs in this state, which can only be done
    #[arg(long, value_name = "STATE", value_parser = ["done"])]
    pub state: Option<String>,
}

/// `spool again`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Again {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID")]
    pub ids: Vec<Ids>,
    /// All whose results were found wrong by `spool check`
    #[arg(long)]
    pub wrong: bool,
}

/// Some jobs.
#[derive(Debug, Args)]
pub struct These {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<Ids>,
}

/// `spool move`
#[derive(Debug, Args)]
pub struct Move {
    /// Numbers of jobs: 17 19-24
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<Ids>,
    /// Before everything that has not started
    #[arg(long, required_unless_present_any = ["up", "down"], conflicts_with_all = ["up", "down"])]
    pub top: bool,
    /// One place earlier
    #[arg(long, conflicts_with = "down")]
    pub up: bool,
    /// One place later
    #[arg(long)]
    pub down: bool,
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

fn workers(text: &str) -> Result<Workers, String> {
    match text.parse() {
        _ if text == "auto" => Ok(Workers::Auto),
        Ok(n) if WORKERS.contains(&n) => Ok(Workers::Exactly(n)),
        _ => Err("use a number from 1 to 64, or auto".into()),
    }
}

/// One number, or a range of numbers such as `19-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    first: i64,
    last: i64,
}

impl Ids {
    /// The jobs it names.
    pub fn iter(self) -> impl Iterator<Item = JobId> {
        (self.first..=self.last).map(JobId)
    }
}

fn one_job(text: &str) -> Result<JobId, String> {
    let number = text.parse().ok().filter(|n| *n > 0);
    number.map(JobId).ok_or_else(|| "use the number of one job; without a number all are followed".into())
}

impl FromStr for Ids {
    type Err = String;
    fn from_str(text: &str) -> Result<Ids, String> {
        let number = |t: &str| t.parse::<i64>().ok().filter(|n| *n > 0);
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last && last - first < 1_000_000 => Ok(Ids { first, last }),
            _ => Err("use the number of a job, or a range such as 19-24".into()),
        }
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

    #[test]
    fn ranges_name_every_job_between() {
        let ids = |t: &str| t.parse::<Ids>().map(|i| i.iter().map(|id| id.0).collect::<Vec<_>>());
        assert_eq!(ids("17"), Ok(vec![17]));
        assert_eq!(ids("19-21"), Ok(vec![19, 20, 21]));
        for wrong in ["0", "-1", "5-3", "x", "1-", "1-99999999999"] {
            assert!(ids(wrong).is_err(), "{wrong}");
        }
    }
}
