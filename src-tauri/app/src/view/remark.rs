//! A remark on a result as it crosses a boundary: its data, and the sentence that says it.

use serde::Serialize;
use spool_core::remark::Remark;
use spool_core::words::{Said, Sentence};
use ts_rs::TS;

/// A remark on a result.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(type = "Remark & { message: string }")]
pub struct RemarkShown {
    /// The fact.
    #[serde(flatten)]
    pub remark: Remark,
    /// The sentence.
    pub message: Sentence,
}

impl From<Said> for RemarkShown {
    fn from(said: Said) -> RemarkShown {
        RemarkShown { remark: said.remark, message: said.sentence }
    }
}
