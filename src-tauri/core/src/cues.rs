//! The cues of a track of subtitles made of text: what is shown and when, what a text says beside its words, and the cues
//! as a file that ffmpeg reads.
//!
//! Pure, and made for texts of strangers: guarantees that nothing fails. Must not know how cues are read from a container.

mod ass;
mod marks;
mod srt;

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use marks::Marks;

/// What a track of text shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cues {
    /// In the order of the file; those without a text are none.
    pub list: Vec<Cue>,
    /// What is said beside the texts.
    pub marks: Marks,
    /// The code page by which texts were read that are no UTF-8, where there are any.
    pub code_page: Option<String>,
    /// How the texts are written.
    pub(crate) form: Form,
    /// The styles of ASS.
    pub(crate) header: String,
}

/// A text that is shown for a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cue {
    /// When it appears, in seconds as the file counts them.
    pub begin: f64,
    /// When it is gone.
    pub end: f64,
    /// Its text, with the marks of its form: from a stranger.
    pub text: String,
}

/// How texts are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Form {
    /// As `SubRip`.
    #[default]
    Lines,
    /// As fields of a line of ASS.
    Ass,
    /// As text alone.
    Plain,
}

impl Cues {
    /// Takes the marks of its texts in, and leaves out what has no text.
    pub(crate) fn see(&mut self) {
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

    /// The texts alone, in the order of their times; drawings have none.
    pub fn texts(&self) -> Vec<String> {
        let texts = self.list.iter().map(|cue| plain(self.form, &cue.text));
        texts.filter(|text| !text.is_empty()).collect()
    }

    /// Texts of these that the others lack.
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

    /// Would ffmpeg lose some of these texts, or show what is none?
    pub fn needs_rewriting(&self) -> bool {
        self.code_page.is_some() || self.marks.drawings > 0
    }

    /// As a file that ffmpeg reads, and the name of its format: `begin` is when the film begins, `end` how long it lasts.
    /// `None`: nothing is left of them.
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

/// A text without its marks, with single spaces.
fn plain(form: Form, text: &str) -> String {
    let text = match form {
        Form::Ass => marks::without_overrides(ass::text(text)),
        Form::Lines => marks::without_tags(&marks::without_overrides(text)),
        Form::Plain => text.to_owned(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Thousandths of a second.
fn ticks(seconds: f64) -> u64 {
    (seconds.max(0.0) * 1000.0).round() as u64
}
