//! Facts in English: the only place where codes and values become sentences for people.
//!
//! Pure. Guarantees that no sentence can be read back: a [`Sentence`] is shown, stored in a log or sent, and nothing
//! else, so whatever decides must decide by the facts. Must not know who shows it, or where.

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
