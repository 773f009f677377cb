//! Facts in English: the only place where codes and values become sentences for people.
//!
//! Pure. Guarantees that no sentence can be read back: a [`Sentence`] is shown, stored in a log or sent, and nothing
//! else, so whatever decides must decide by the facts. Must not know who shows it, or where.

mod failure;
mod next_step;
mod raised;
mod remedy;

pub use failure::{failure, reason};
pub use next_step::next_step;
pub use raised::{alarm, breaker, restored};
pub use remedy::remedy;

use crate::media::running_time;
use serde::Serialize;
use std::fmt;

/// One or more plain sentences for a person to read. There is deliberately no way to look into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Sentence(String);

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn sentence(text: impl Into<String>) -> Sentence {
    Sentence(text.into())
}

#[cfg(test)]
impl crate::failure::Failure {
    /// What a person reads, for tests.
    pub(crate) fn said(&self) -> String {
        reason(&self.reason).to_string()
    }
}

/// `0:05 of 0:10`, `about 0:05 of 0:10`
fn part_of(readable: f64, whole: f64, estimated: bool) -> String {
    let about = if estimated { "about " } else { "" };
    format!("{about}{} of {}", running_time(readable), running_time(whole))
}

/// Of a result whose chapters or subtitles reach beyond what it shows.
fn overlong(lasts: f64, shown: f64) -> String {
    format!(
        "The result lasts {}, though its picture and sound end at {}.",
        running_time(lasts),
        running_time(shown)
    )
}
