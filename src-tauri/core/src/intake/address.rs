//! Addresses in place of paths: desktops pass `file:` addresses, and those of servers, phones and the trash.
//!
//! Pure. Guarantees that a path which is not an address is returned unchanged. Must not know where a desktop has mounted
//! an address; the window asks the desktop before it adds.

use crate::path_bytes::decoded;
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
        _ => Err("is not mounted as a folder on this computer; add the file by the path where it is mounted"),
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
    let named = named.to_str()?;
    // The short form of RFC 8089, without a host.
    if let Some(path) =
        named.strip_prefix("file:").filter(|path| path.starts_with('/') && !path.starts_with("//"))
    {
        return Some(("file", path));
    }
    let (scheme, rest) = named.split_once("://")?;
    let starts = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let valid = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    (starts && scheme.len() > 1 && scheme.chars().all(valid)).then_some((scheme, rest))
}

/// The path of a `file:` address (RFC 8089), with its escapes decoded.
fn file(rest: &str) -> Result<PathBuf, &'static str> {
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let bytes = decoded(path).filter(|bytes| !bytes.is_empty()).ok_or("is not a valid address of a file")?;
    let is_here = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    path_of(is_here, host, bytes)
}

#[cfg(unix)]
fn path_of(is_here: bool, _host: &str, bytes: Vec<u8>) -> Result<PathBuf, &'static str> {
    use std::os::unix::ffi::OsStringExt;
    let elsewhere = "is a file of another computer; add it by the folder where it is mounted here";
    if is_here { Ok(std::ffi::OsString::from_vec(bytes).into()) } else { Err(elsewhere) }
}

/// `/C:/v/a.mkv` is `C:/v/a.mkv`; another host is a share.
#[cfg(windows)]
fn path_of(is_here: bool, host: &str, bytes: Vec<u8>) -> Result<PathBuf, &'static str> {
    let path = String::from_utf8(bytes).map_err(|_| "is not a valid address of a file")?;
    Ok(if is_here { path.trim_start_matches('/').into() } else { format!("//{host}{path}").into() })
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
        assert_eq!(of("file:/v/a%20b.mkv").unwrap(), "/v/a b.mkv");
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
