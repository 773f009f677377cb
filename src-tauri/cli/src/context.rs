//! What every verb needs: the data folder, settings, the queue, and how to speak.

use crate::args::Cli;
use crate::words;
use serde::Serialize;
use spool_app::state::Spool;
use spool_app::{places, queues};
use spool_core::engine::{EngineConfig, lock};
use spool_core::error::{Error, said};
use spool_core::ffmpeg::{self, ToolPlaces};
use spool_core::queue::{Flag, Queue};
use spool_core::settings::{self, Settings};
use spool_core::volumes::Volumes;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// How a verb ended short of what was asked.
#[derive(Debug)]
pub enum Failed {
    /// The core refused.
    Core(Error),
    /// A usage that clap cannot see, as one sentence.
    Usage(String),
    /// Nothing can be written to where the answer goes: the reader has gone.
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

/// True: done as asked. False: some of it failed or was not found.
pub type Answer = Result<bool, Failed>;

/// Where and how this call works.
pub struct Context {
    /// Folder of the queue.
    pub data: PathBuf,
    /// JSON instead of words.
    pub json: bool,
    /// Only what went wrong.
    pub quiet: bool,
    /// Errors in full, and lists whole.
    pub verbose: bool,
    /// The user's choices.
    pub settings: Settings,
    /// What is known of drives.
    pub volumes: Arc<Volumes>,
    worked: OnceLock<bool>,
}

impl Context {
    /// Reads the settings of the data folder that flags, environment or system name.
    pub fn new(cli: &Cli) -> Result<Context, Failed> {
        // Not asked for by clap, which would then count the flag among what was typed and claim in every usage line
        // that it is needed.
        let named = cli.data_dir.clone().or_else(places::named_data_dir);
        let data = named.map_or_else(default_data_dir, |dir| absolute(&dir))?;
        if data.is_file() {
            let file = words::line(data.to_string_lossy());
            return Err(Failed::Usage(format!("{file} is a file; the queue needs a folder.")));
        }
        let settings = places::settings(&data)?;
        let Cli { json, verbose, .. } = *cli;
        // What was asked for is no chatter.
        let quiet = cli.quiet && !cli.verb.asks();
        let (volumes, worked) = (Arc::default(), OnceLock::new());
        Ok(Context { data, json, quiet, verbose, settings, volumes, worked })
    }

    /// The queue, without working it.
    pub fn queue(&self) -> Result<Arc<dyn Queue>, Failed> {
        Ok(queues::open(&self.data)?)
    }

    /// The application on that queue.
    pub fn app(&self) -> Result<Spool, Failed> {
        Ok(self.application(self.queue()?))
    }

    /// The application for who only reads the queue.
    pub fn app_to_read(&self) -> Result<Spool, Failed> {
        Ok(self.application(queues::open_to_read(&self.data)?))
    }

    fn application(&self, queue: Arc<dyn Queue>) -> Spool {
        Spool::on(self.data.clone(), self.settings.clone(), self.volumes.clone(), queue)
    }

    /// What an engine of this call would be started with. `who`: its name for others.
    pub fn engine(&self, who: &str, workers: Option<usize>) -> EngineConfig {
        places::engine(&self.data, &self.settings, who, workers, &self.volumes)
    }

    /// Takes back what a dead engine left running; where one is at work, nothing is done.
    pub fn rescue_idle(&self) -> Result<(), Failed> {
        queues::rescue_idle(&self.engine("spool", self.settings.workers))?;
        Ok(())
    }

    /// Since when nothing works the queue though jobs were running, where that is so: an engine was killed.
    pub fn abandoned_since(&self) -> Option<i64> {
        lock::last_sign(&self.data)
    }

    /// Does an engine work the queue? Asked once: it takes a try at the engine's lock.
    pub fn is_worked(&self) -> bool {
        *self.worked.get_or_init(|| lock::holder(&self.data).is_some())
    }

    /// Why what is queued does not start, where that lies with the queue as a whole.
    pub fn standstill(&self, queue: &dyn Queue) -> Result<Option<String>, Failed> {
        if queue.flag(Flag::Paused)?.is_some() {
            return Ok(Some(words::PAUSED.into()));
        }
        Ok((!self.is_worked()).then(|| words::unworked(self.abandoned_since())))
    }

    /// Where tools are looked for: settings, beside this program, PATH, the package managers' folders.
    pub fn tool_places(&self) -> ToolPlaces {
        places::tools(&self.settings)
    }

    /// Says a line to a person, unless asked to be quiet.
    pub fn say(&self, line: impl AsRef<str>) -> Result<(), Failed> {
        if self.quiet || self.json { Ok(()) } else { Ok(writeln!(std::io::stdout(), "{}", line.as_ref())?) }
    }

    /// In JSON the object, else the line.
    pub fn tell(&self, value: &impl Serialize, line: impl AsRef<str>) -> Result<(), Failed> {
        if self.json { json_line(value) } else { self.say(line) }
    }

    /// Says a line beside the answers, also to those who read JSON.
    pub fn remark(&self, line: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "spool: {line}");
        }
    }

    /// May the screen be drawn on?
    pub fn draws(&self) -> bool {
        !self.json && !self.quiet && std::io::stderr().is_terminal()
    }
}

/// Says what went wrong, also to those who want quiet.
pub fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "spool: {}", words::line(line));
}

/// Prints one JSON object on a line.
pub fn json_line(value: &impl Serialize) -> Result<(), Failed> {
    let text = serde_json::to_string(value).unwrap_or_default();
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// The path as it is named from anywhere, with the home folder in place of `~`, which not every shell puts there behind
/// `--output-dir=`. An empty one comes from neither flags nor settings, which refuse it.
pub fn absolute(path: &Path) -> Result<PathBuf, Failed> {
    let missing =
        || Failed::Usage(format!("{} begins with ~, and this user has no home folder.", path.display()));
    let path = settings::at_home(path, places::home().as_deref()).ok_or_else(missing)?;
    std::path::absolute(path).map_err(|e| {
        let why = said(&e);
        Failed::Usage(format!(
            "The folder that this was started in cannot be found ({why}); change to another one."
        ))
    })
}

fn default_data_dir() -> Result<PathBuf, Failed> {
    let missing = || Failed::Usage("No home folder was found; name a folder with --data-dir.".into());
    places::data_dir().ok_or_else(missing)
}
