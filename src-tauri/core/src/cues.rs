//! The cues of a text subtitle track: what is shown when, the formatting of the texts, and the cues as a file that
//! ffmpeg reads.
//!
//! Pure, for untrusted text: guarantees that nothing fails. Must not know how cues are read from a container.

mod ass;
mod marks;
mod srt;

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use marks::Marks;

/// The cues of a text track.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cues {
    /// In file order; cues without text are left out.
    pub list: Vec<Cue>,
    /// The formatting of the texts.
    pub marks: Marks,
    /// The code page of texts that are not UTF-8, if there are any.
    pub code_page: Option<String>,
    /// The markup of the texts.
    pub(crate) form: Form,
    /// The ASS header with its styles.
    pub(crate) header: String,
}

/// A text that is shown for a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cue {
    /// Start time in seconds on the file's clock.
    pub begin: f64,
    /// End time, likewise.
    pub end: f64,
    /// Its text, with the markup of its form: untrusted.
    pub text: String,
}

/// The markup of texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Form {
    /// `SubRip` markup.
    #[default]
    Lines,
    /// The fields of an ASS line.
    Ass,
    /// No markup.
    Plain,
}

impl Cues {
    /// Collects the formatting of its texts, and drops cues without text.
    pub(crate) fn collect_marks(&mut self) {
        let form = self.form;
        for cue in &self.list {
            self.marks = self.marks.with(match form {
                Form::Ass => marks::of_ass(ass::text(&cue.text)),
                Form::Lines => marks::of_lines(&cue.text),
                Form::Plain => Marks::default(),
            });
        }
        self.list.retain(|cue| !plain(form, &cue.text).is_empty() || marks::draws(&cue.text));
    }

    /// The texts without markup, in order; drawings have none.
    pub fn texts(&self) -> Vec<String> {
        let texts = self.list.iter().map(|cue| plain(self.form, &cue.text));
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// Number of these texts that the others lack.
    pub fn missing_in(&self, others: &Cues) -> usize {
        let mut left: HashMap<String, usize> = HashMap::new();
        for text in others.texts() {
            *left.entry(text).or_default() += 1;
        }
        let mut is_missing = |text: &String| match left.get_mut(text) {
            Some(count @ 1..) => {
                *count -= 1;
                false
            }
            _ => true,
        };
        self.texts().iter().filter(|text| is_missing(text)).count()
    }

    /// True if ffmpeg would lose some of these texts, or show drawings as text.
    pub fn needs_rewriting(&self) -> bool {
        self.code_page.is_some() || self.marks.drawings > 0
    }

    /// The cues as a file that ffmpeg reads, with ffmpeg's name of its format. `begin`: when the film begins, `end`:
    /// its duration, both in seconds. `None` if no cue is left.
    pub fn file(&self, begin: f64, end: f64) -> Option<(&'static str, String)> {
        let shown = self.list.iter().map(|cue| Cue {
            begin: (cue.begin - begin).max(0.0),
            end: (cue.end - begin).min(end),
            text: cue.text.clone(),
        });
        let shown: Vec<Cue> = shown.filter(|cue| cue.begin < cue.end).collect();
        let text = if self.form == Form::Ass {
            ass::file(&self.header, &shown)
        } else {
            srt::file(&shown, self.form == Form::Plain)
        };
        text.map(|text| (self.format(), text))
    }

    /// ffmpeg's name of the format of that file.
    pub fn format(&self) -> &'static str {
        if self.form == Form::Ass { "ass" } else { "srt" }
    }
}

/// A text without markup, with single spaces.
fn plain(form: Form, text: &str) -> String {
    let text = match form {
        Form::Ass => marks::without_overrides(ass::text(text)),
        Form::Lines => marks::without_tags(&marks::without_overrides(text)),
        Form::Plain => text.to_owned(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Seconds as milliseconds; negative times become 0.
fn millis(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0).round() as u64
}
