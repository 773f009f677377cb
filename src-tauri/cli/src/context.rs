//! What every verb needs: the data folder, the settings, the queue and the output.

use crate::args::Cli;
use crate::text;
use serde::Serialize;
use spool_app::state::Spool;
use spool_app::{environment, queues};
use spool_core::engine::{EngineConfig, lock};
use spool_core::error::{Error, message};
use spool_core::ffmpeg::{self, ToolPlaces};
use spool_core::queue::{Flag, Queue};
use spool_core::settings::{self, Settings};
use spool_core::volumes::Volumes;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Why a verb failed.
#[derive(Debug)]
pub enum Failed {
    /// An error of the core.
    Core(Error),
    /// A usage error that clap cannot detect, as one sentence.
    Usage(String),
    /// Output failed, for example because the reader of the pipe has exited.
    Output(std::io::Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed::Core(error)
    }
}

impl From<ffmpeg::ToolError> for Failed {
    fn from(error: ffmpeg::ToolError) -> Failed {
        Failed::Core(error.into())
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Failed {
        Failed::Output(error)
    }
}

/// True: success. False: a part failed or was not found.
pub type Answer = Result<bool, Failed>;

/// The options and settings of this call.
pub struct Context {
    /// Folder of the queue.
    pub data: PathBuf,
    /// Print JSON.
    pub json: bool,
    /// Print only errors.
    pub quiet: bool,
    /// List every skipped file.
    pub verbose: bool,
    /// The user's settings.
    pub settings: Settings,
    /// What is known about volumes.
    pub volumes: Arc<Volumes>,
    worked: OnceLock<bool>,
}

impl Context {
    /// Reads the settings of the data folder: that of the flag, of the environment, or the system's default.
    pub fn new(cli: &Cli) -> Result<Context, Failed> {
        // Clap does not read the environment, because it would then count the flag as typed and show it as required in
        // every usage line.
        let named = cli.data_dir.clone().or_else(environment::named_data_dir);
        let data = named.map_or_else(default_data_dir, |dir| absolute(&dir))?;
        if data.is_file() {
            let file = text::line(data.to_string_lossy());
            return Err(Failed::Usage(format!("{file} is a file; the queue needs a folder.")));
        }
        let settings = environment::settings(&data)?;
        let Cli { json, verbose, .. } = *cli;
        // `--quiet` does not suppress requested output.
        let quiet = cli.quiet && !cli.verb.asks();
        let (volumes, worked) = (Arc::default(), OnceLock::new());
        Ok(Context { data, json, quiet, verbose, settings, volumes, worked })
    }

    /// Opens the queue without running it.
    pub fn queue(&self) -> Result<Arc<dyn Queue>, Failed> {
        Ok(queues::open(&self.data)?)
    }

    /// Returns the application on the queue.
    pub fn app(&self) -> Result<Spool, Failed> {
        Ok(self.application(self.queue()?))
    }

    /// Returns the application on the queue opened only to read, also on a full disk or without write access.
    pub fn app_to_read(&self) -> Result<Spool, Failed> {
        Ok(self.application(queues::open_to_read(&self.data)?))
    }

    fn application(&self, queue: Arc<dyn Queue>) -> Spool {
        Spool::on(self.data.clone(), self.settings.clone(), self.volumes.clone(), queue)
    }

    /// Returns the configuration for an engine. `who`: its name as other processes see it.
    pub fn engine(&self, who: &str, workers: Option<usize>) -> EngineConfig {
        environment::engine(&self.data, &self.settings, who, workers, &self.volumes)
    }

    /// Requeues jobs that a dead engine left running. Does nothing while an engine runs.
    pub fn rescue_idle(&self) -> Result<(), Failed> {
        queues::rescue_idle(&self.engine("spool", self.settings.workers))?;
        Ok(())
    }

    /// Time of the last heartbeat of an engine that was killed; `None` while an engine runs or after a clean end.
    pub fn abandoned_since(&self) -> Option<i64> {
        lock::last_sign(&self.data)
    }

    /// Whether an engine runs the queue. Checked once, because the check tries to take the engine's lock.
    pub fn is_worked(&self) -> bool {
        *self.worked.get_or_init(|| lock::holder(&self.data).is_some())
    }

    /// Why no queued job starts: the queue is paused, or no engine runs it.
    pub fn standstill(&self, queue: &dyn Queue) -> Result<Option<String>, Failed> {
        if queue.flag(Flag::Paused)?.is_some() {
            return Ok(Some(text::PAUSED.into()));
        }
        Ok((!self.is_worked()).then(|| text::unworked(self.abandoned_since())))
    }

    /// Where to search for tools: settings, beside this program, PATH, the package managers' folders.
    pub fn tool_places(&self) -> ToolPlaces {
        environment::tools(&self.settings)
    }

    /// Prints a line to stdout, except with `--quiet` or `--json`.
    pub fn say(&self, line: impl AsRef<str>) -> Result<(), Failed> {
        if self.quiet || self.json { Ok(()) } else { Ok(writeln!(std::io::stdout(), "{}", line.as_ref())?) }
    }

    /// Prints the object with `--json`, otherwise the line.
    pub fn tell(&self, value: &impl Serialize, line: impl AsRef<str>) -> Result<(), Failed> {
        if self.json { json_line(value) } else { self.say(line) }
    }

    /// Prints a line to stderr, except with `--quiet`.
    pub fn remark(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "spool: {line}");
        }
    }

    /// Whether progress bars may be drawn on stderr.
    pub fn draws(&self) -> bool {
        !self.json && !self.quiet && std::io::stderr().is_terminal()
    }
}

/// Prints an error to stderr, also with `--quiet`.
pub fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "spool: {}", text::line(line));
}

/// Prints one JSON object on a line.
pub fn json_line(value: &impl Serialize) -> Result<(), Failed> {
    let text = serde_json::to_string(value).unwrap_or_default();
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Makes a path absolute, and replaces a leading `~` with the home folder, because not every shell does so after
/// `--output-dir=`. The path is never empty: flags and settings reject that.
pub fn absolute(path: &Path) -> Result<PathBuf, Failed> {
    let missing =
        || Failed::Usage(format!("{} begins with ~, and this user has no home folder.", path.display()));
    let path = settings::at_home(path, environment::home().as_deref()).ok_or_else(missing)?;
    std::path::absolute(path).map_err(|e| {
        let why = message(&e);
        Failed::Usage(format!(
            "The folder that this was started in cannot be found ({why}); change to another one."
        ))
    })
}

fn default_data_dir() -> Result<PathBuf, Failed> {
    let missing = || Failed::Usage("No home folder was found; name a folder with --data-dir.".into());
    environment::data_dir().ok_or_else(missing)
}
