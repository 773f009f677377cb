//! The view of a remark on a result: its data and its sentence.

use serde::Serialize;
use spool_core::remark::Remark;
use spool_core::words::{RemarkText, Sentence};
use ts_rs::TS;

/// A remark on a result.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(type = "Remark & { message: string }")]
pub struct RemarkShown {
    /// The remark, as data.
    #[serde(flatten)]
    pub remark: Remark,
    /// The remark, as a sentence.
    pub message: Sentence,
}

impl From<RemarkText> for RemarkShown {
    fn from(pair: RemarkText) -> RemarkShown {
        RemarkShown { remark: pair.remark, message: pair.sentence }
    }
}
