//! Converts paths to bytes and text and back, so that names that are not valid UTF-8 survive in a database, a key and
//! JSON.

use std::path::{Path, PathBuf};

/// A path that is not valid UTF-8 in percent-encoding: bytes other than letters, digits and `-._~/` as `%XX`. `None`
/// for a valid one, which needs no encoding.
pub fn percent(path: &Path) -> Option<String> {
    if path.to_str().is_some() { None } else { Some(escaped(path.as_os_str().as_encoded_bytes())) }
}

/// Encodes any path as text; see [`of_text`].
pub(crate) fn to_text(path: &Path) -> String {
    escaped(&to_bytes(path))
}

/// Decodes a text written by [`to_text`]; `None` if malformed.
pub(crate) fn of_text(text: &str) -> Option<PathBuf> {
    decoded(text).map(|bytes| to_path(&bytes))
}

/// Decodes percent-encoding to bytes; `None` if malformed.
pub(crate) fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(&part.as_bytes()[2..]);
    }
    Some(bytes)
}

fn escaped(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for byte in bytes {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
        let _ = if plain { write!(text, "{}", char::from(*byte)) } else { write!(text, "%{byte:02X}") };
    }
    text
}

/// A path as bytes.
#[cfg(unix)]
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

/// Bytes as a path.
#[cfg(unix)]
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// A path as little-endian UTF-16, which also holds the unpaired surrogates that Windows allows.
#[cfg(windows)]
pub(crate) fn to_bytes(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

/// Little-endian UTF-16 as a path.
#[cfg(windows)]
pub(crate) fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::windows::ffi::OsStringExt;
    let wide: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
    PathBuf::from(std::ffi::OsString::from_wide(&wide))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_are_not_utf8_are_percent_encoded() {
        assert_eq!(percent(Path::new("/v/\u{fc}ber 1.mkv")), None);
        let path = to_path(b"/v/caf\xe9 100%.mkv");
        assert_eq!(percent(&path).as_deref(), Some("/v/caf%E9%20100%25.mkv"));
        assert_eq!(of_text(&to_text(&path)), Some(path));
        assert_eq!(
            [of_text("/v/%"), of_text("/v/%4"), of_text("/v/%zz"), of_text("/v/%\u{fc}")],
            [const { None }; 4]
        );
    }
}
