//! Searches binary data for text, as `strings` does, and checks whether it holds coordinates.

use super::tells;

/// Minimum length of a text that can hold coordinates, in bytes.
const MIN_LENGTH: usize = 8;

/// True if a text in these bytes holds coordinates.
pub fn bytes_tell(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let runs = text.split(|c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && c != '\n'));
    runs.filter(|run| run.len() >= MIN_LENGTH).any(tells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_found_between_binary_bytes() {
        assert!(bytes_tell(b"\x00\x00\x00\x22\xa9xyz\x00\x12\x15\xc7+48.8577+002.295/\x00\x00"));
        assert!(bytes_tell(b"D\x87\x8f48.8577, 2.2950"));
        assert!(!bytes_tell(b"\x00data\x00\x00\x00\x01Tower\x00+48\x00+002"));
    }
}
