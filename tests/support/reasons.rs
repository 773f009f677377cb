//! Failures that tests construct, and the sentences that users read.

use spool_core::failure::{Failure, FailureCode, Reason};
use spool_core::queue::Queue;
use spool_core::queue::raised;
use spool_core::words;

/// Returns a failure with this code and sentence.
pub fn failure_with(code: FailureCode, text: &str) -> Failure {
    Reason::Text { code, text: text.to_owned() }.into()
}

/// Returns the sentence of a reason.
pub fn sentence(reason: &Reason) -> String {
    words::reason(reason).to_string()
}

/// Returns the sentence about the restore of this queue; `None` if it was not restored.
pub fn restored(queue: &dyn Queue) -> Option<String> {
    raised::restored(queue).unwrap().map(|restored| words::restored(&restored).to_string())
}
