//! Facts in English: the only place where codes and values become sentences for people.
//!
//! Pure. Guarantees that no sentence can be read back: a [`Sentence`] is shown, stored in a log or sent, and nothing
//! else, so whatever decides must decide by the facts. Must not know who shows it, or where.

mod difference;
mod finding;
mod numbers;
mod reason;
mod remark;

pub use difference::differences;
pub use finding::finding;
pub use reason::reason;
pub use remark::{Said, remarks, said};

use serde::Serialize;
use std::fmt;

/// One or more plain sentences for a person to read, or a part of one. There is deliberately no way to look into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Sentence(String);

impl Sentence {
    /// Made by the modules below, of facts alone.
    fn new(text: String) -> Sentence {
        Sentence(text)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
