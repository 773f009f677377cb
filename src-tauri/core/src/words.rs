//! Facts in English: the only place where codes and values become sentences for users.
//!
//! Pure. Guarantees that no sentence can be parsed back: a [`Sentence`] can only be displayed, logged or sent, so
//! decisions must use the facts. Must not know who shows it, or where.

mod difference;
mod failure;
mod finding;
mod numbers;
mod raised;
mod remark;
mod remedy;
mod stream_reason;

pub use difference::differences;
pub use failure::{failure, next_step, reason};
pub use finding::finding;
pub use numbers::size;
pub use raised::{alarm, breaker, restored};
pub use remark::{RemarkText, remarks, sentences};
pub use remedy::remedy;
pub use stream_reason::stream_reason;

use crate::media::running_time;
use serde::Serialize;
use std::fmt;

/// One or more plain sentences for users, or a part of one. It deliberately has no accessor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Sentence(String);

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Sentence {
    /// For the modules below only.
    fn new(text: impl Into<String>) -> Sentence {
        Sentence(text.into())
    }
}

#[cfg(test)]
impl crate::failure::Failure {
    /// The displayed sentence, for tests.
    pub(crate) fn sentence(&self) -> String {
        reason(&self.reason).to_string()
    }
}

/// For a result whose chapters or subtitles extend beyond its picture and sound.
fn overlong(lasts: f64, shown: f64) -> String {
    format!(
        "The result lasts {}, though its picture and sound end at {}.",
        running_time(lasts),
        running_time(shown)
    )
}
