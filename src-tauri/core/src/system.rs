//! What the operating system says of its errors, as part of a sentence.

use std::io;

/// What the system says of an error, within a sentence: without its number, which tells people nothing.
pub fn said(cause: &io::Error) -> String {
    let text = cause.to_string();
    text.split(" (os error ").next().unwrap_or_default().trim_end_matches('.').to_owned()
}
