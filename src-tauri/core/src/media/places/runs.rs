//! Texts in bytes of which the form is not known, as `strings` finds them, and whether one of them tells a place.

use super::tells;

/// Characters of the shortest text that could hold coordinates.
const SHORTEST: usize = 8;

/// Does a text in these bytes hold coordinates?
pub fn bytes_tell(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let runs = text.split(|c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && c != '\n'));
    runs.filter(|run| run.len() >= SHORTEST).any(tells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_between_bytes_that_are_no_text() {
        assert!(bytes_tell(b"\x00\x00\x00\x22\xa9xyz\x00\x12\x15\xc7+48.8577+002.295/\x00\x00"));
        assert!(bytes_tell(b"D\x87\x8f48.8577, 2.2950"));
        assert!(!bytes_tell(b"\x00data\x00\x00\x00\x01Tower\x00+48\x00+002"));
    }
}
