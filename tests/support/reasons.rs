//! Failures that tests make up, and what people read of them.

use spool_core::failure::{Failure, FailureCode, Reason};
use spool_core::queue::Queue;
use spool_core::queue::raised;
use spool_core::words;

/// A failure with this code and sentence.
pub fn broke(code: FailureCode, text: &str) -> Failure {
    Reason::Text { code, text: text.to_owned() }.into()
}

/// The sentence of a reason.
pub fn said(reason: &Reason) -> String {
    words::reason(reason).to_string()
}

/// What people read of a queue that was restored; nothing where none was.
pub fn restored(queue: &dyn Queue) -> Option<String> {
    raised::restored(queue).unwrap().map(|restored| words::restored(&restored).to_string())
}
