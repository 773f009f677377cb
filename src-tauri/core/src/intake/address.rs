//! Addresses in place of paths: desktops pass `file:` addresses, and those of servers, phones and the trash.
//!
//! Pure. Guarantees that a path which is not an address is returned unchanged. Must not know where a desktop has mounted
//! an address; the window asks the desktop before it adds.

use crate::path_bytes::of_text;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Returns the path that a user named, by itself or as a `file:` address.
///
/// # Errors
/// Why the address leads to no file here: the rest of the sentence "ADDRESS ...".
pub(super) fn local(named: &Path) -> Result<Cow<'_, Path>, &'static str> {
    let Some((scheme, rest)) = address(named) else { return Ok(Cow::Borrowed(named)) };
    match scheme.to_ascii_lowercase().as_str() {
        "file" => file(rest).map(Cow::Owned),
        "http" | "https" => Err("is a web address; download the video, then add the file"),
        _ => Err(
            "is not mounted as a folder on this computer; open its folder in the file manager, then add it again",
        ),
    }
}

/// Checks whether this is an address rather than a path.
pub fn is_address(named: &Path) -> bool {
    address(named).is_some()
}

/// Checks whether a desktop may have mounted this as a folder: an address of a server, a phone or the trash.
pub fn is_remote_address(named: &Path) -> bool {
    let is_remote = |scheme: &str| !["file", "http", "https"].contains(&scheme.to_ascii_lowercase().as_str());
    address(named).is_some_and(|(scheme, _)| is_remote(scheme))
}

/// Splits an address into its scheme (RFC 3986, 3.1) and what follows `://`.
fn address(named: &Path) -> Option<(&str, &str)> {
    let (scheme, rest) = named.to_str()?.split_once("://")?;
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let valid = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    (starts && scheme.len() > 1 && scheme.chars().all(valid)).then_some((scheme, rest))
}

/// The path of a `file:` address (RFC 8089), with its escapes decoded.
fn file(rest: &str) -> Result<PathBuf, &'static str> {
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        return Err("is a file of another computer; add it by the folder where it is mounted here");
    }
    let path = if cfg!(windows) { path.trim_start_matches('/') } else { path };
    of_text(path).filter(|path| !path.as_os_str().is_empty()).ok_or("is not a valid address of a file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(named: &str) -> Result<String, &'static str> {
        local(Path::new(named)).map(|path| path.display().to_string())
    }

    #[cfg(unix)]
    #[test]
    fn file_addresses_become_paths_and_other_addresses_are_refused_by_kind() {
        assert_eq!(of("file:///v/a%20b%23%C3%A9.mkv").unwrap(), "/v/a b#é.mkv");
        assert_eq!(of("FILE://localhost/v/a.mkv").unwrap(), "/v/a.mkv");
        for refused in ["file://nas/v/a.mkv", "file:///v/%zz", "file://"] {
            assert!(of(refused).is_err(), "{refused}");
        }
        assert!(of("https://example.org/a.mkv").unwrap_err().starts_with("is a web address"));
        for remote in ["smb://nas/share/a.mkv", "sftp://nas/a", "mtp://phone/a", "trash:///a.mkv"] {
            assert!(of(remote).unwrap_err().starts_with("is not mounted"), "{remote}");
            assert!(is_remote_address(Path::new(remote)));
        }
        assert!(!is_remote_address(Path::new("file:///v")) && !is_remote_address(Path::new("https://a")));
    }

    #[test]
    fn paths_stay_paths() {
        for path in ["/v/a.mkv", "a.mkv", "./x://y", "1x://y", "c://y", "what is this://y", "smb:/nas", "://"]
        {
            assert_eq!(of(path).unwrap(), path);
        }
    }
}
