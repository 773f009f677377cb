//! Messages of the operating system, for use in a sentence.

use std::io;

/// The system's message for an error, without its number and full stop.
pub fn message(cause: &io::Error) -> String {
    let text = cause.to_string();
    text.split(" (os error ").next().unwrap_or_default().trim_end_matches('.').to_owned()
}
