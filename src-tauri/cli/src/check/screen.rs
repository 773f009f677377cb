//! A progress bar for the result being checked, and a line for each checked result.

use super::Line;
use crate::context::json_line;
use crate::{list, text};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use spool_core::job::Job;
use spool_core::progress::Progress;
use spool_core::recheck::finding::Check;
use std::io::Write;

/// The terminal output.
pub(super) struct Screen {
    bar: ProgressBar,
    json: bool,
    quiet: bool,
}

impl Screen {
    /// `draws`: stderr is a terminal that may be drawn on.
    pub(super) fn new(draws: bool, json: bool, quiet: bool) -> Screen {
        let target = if draws { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(100), target);
        if let Ok(style) = ProgressStyle::with_template("{prefix:.bold}\n  {bar:32} {wide_msg}") {
            bar.set_style(style);
        }
        Screen { bar, json, quiet }
    }

    pub(super) fn begins(&mut self, n: usize, of: usize, job: &Job) {
        self.bar.set_prefix(format!("Checking {n} of {of}: {}", name(job)));
        self.bar.set_position(0);
        self.bar.set_message("");
    }

    pub(super) fn progress(&mut self, progress: &Progress) {
        self.bar.set_position(progress.percent.unwrap_or(0.0) as u64);
        self.bar.set_message(list::progress(&Progress { bytes: None, ..*progress }));
    }

    pub(super) fn waits(&mut self, still: bool) {
        self.bar.set_message(if still { "waits until the queue has no work" } else { "" });
    }

    /// Prints a finding to stdout, above the bar. A closed stdout does not stop the check.
    pub(super) fn found(&mut self, job: &Job, check: &Check) {
        if self.json {
            let _ = json_line(&Line::new(job, check));
        } else if !self.quiet || check.finding.is_wrong() {
            let line = line(job, check);
            self.bar.suspend(|| drop(writeln!(std::io::stdout(), "{line}")));
        }
    }

    pub(super) fn clear(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn name(job: &Job) -> String {
    text::line(job.source.file_name().unwrap_or_default().to_string_lossy())
}

/// `   17  wrong        a.mkv  Track 2 (sound, AAC, ger) is missing in the result.`
fn line(job: &Job, check: &Check) -> String {
    let sentence = text::finding(&check.finding);
    format!("{:>5}  {:<11}  {}  {sentence}", job.id, check.finding.word(), name(job)).trim_end().to_owned()
}
