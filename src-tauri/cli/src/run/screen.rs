//! Progress bars for running jobs and a line for each ended job; only lines if bars cannot be drawn.

use crate::{list, text};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use spool_core::job::{Job, JobId, State};
use spool_core::progress::Progress;
use std::collections::HashMap;
use std::io::Write;

/// The terminal output. Clones draw on the same terminal.
#[derive(Clone)]
pub(crate) struct Screen {
    bars: MultiProgress,
    running: HashMap<JobId, ProgressBar>,
    /// The last line: progress of the batch.
    whole: Option<ProgressBar>,
    draws: bool,
}

impl Screen {
    /// `draws`: stderr is a terminal that may be drawn on.
    pub(crate) fn new(draws: bool) -> Screen {
        let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        // A terminal that cannot move the cursor gets lines.
        let draws = draws && !bars.is_hidden();
        Screen { bars, running: HashMap::new(), whole: None, draws }
    }

    /// Whether bars are drawn.
    pub(crate) fn draws(&self) -> bool {
        self.draws
    }

    pub(crate) fn progress(&mut self, id: JobId, progress: Option<&Progress>) {
        let (Some(bar), Some(progress)) = (self.running.get(&id), progress) else { return };
        bar.set_position(progress.percent.unwrap_or(0.0) as u64);
        bar.set_message(list::progress(progress));
    }

    /// Shows why a suspended job makes no progress.
    pub(crate) fn show_suspended(&mut self, job: &Job) {
        let suspended = job.progress.is_some_and(|progress| progress.suspended);
        if let Some(bar) = self.running.get(&job.id).filter(|_| suspended) {
            bar.set_message(if job.hold { text::SUSPENDED.into() } else { list::running(job) });
        }
    }

    /// Updates the bars for a changed job. Returns true if the change needs a line.
    pub(crate) fn changed(&mut self, job: &Job) -> bool {
        if job.state == State::Running && self.draws {
            self.start(job);
            return false;
        }
        self.gone(job.id);
        true
    }

    /// Shows the progress of the batch; an empty line means that it is unknown.
    pub(crate) fn whole(&mut self, line: &str) {
        if !self.draws || (self.whole.is_none() && line.is_empty()) {
            return;
        }
        let bar = self.whole.get_or_insert_with(|| {
            let bar = self.bars.add(ProgressBar::new(1));
            if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_message(line.to_owned());
    }

    /// Removes the bar of a job that no longer runs.
    pub(crate) fn gone(&mut self, id: JobId) {
        if let Some(bar) = self.running.remove(&id) {
            self.bars.remove(&bar);
        }
    }

    fn start(&mut self, job: &Job) {
        let bar = match &self.whole {
            Some(whole) => self.bars.insert_before(whole, ProgressBar::new(100)),
            None => self.bars.add(ProgressBar::new(100)),
        };
        if let Ok(style) = ProgressStyle::with_template("{prefix:.bold}\n  {bar:32} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(text::name(job));
        self.running.insert(job.id, bar);
    }

    pub(crate) fn warn(&mut self, message: &str) {
        self.say(&format!("spool: {}", text::line(message)));
    }

    /// Prints a message to stderr.
    pub(crate) fn say(&self, line: &str) {
        self.bars.suspend(|| drop(writeln!(std::io::stderr(), "{line}")));
    }

    /// Prints a line to stdout, above the bars, which are drawn on stderr. A closed stdout does not stop the run.
    pub(crate) fn line(&self, line: &str) {
        self.bars.suspend(|| drop(writeln!(std::io::stdout(), "{line}")));
    }

    pub(crate) fn clear(&mut self) {
        let _ = self.bars.clear();
    }
}
