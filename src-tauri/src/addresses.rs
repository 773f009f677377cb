//! Addresses of the desktop, such as `smb:`, mapped to the folders where the desktop has mounted them.
//!
//! Guarantees an answer within the deadline; an address without one stays as it is, and is refused with a reason when it is
//! added. Must not be called on the UI thread.

use spool_core::intake::is_remote_address;
use std::path::PathBuf;

/// Replaces each address by the path of its mounted folder, where there is one.
pub fn mounted(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mapped = |path: PathBuf| is_remote_address(&path).then(|| path_of(&path)).flatten().unwrap_or(path);
    paths.into_iter().map(mapped).collect()
}

/// Asks GIO, whose answer may wait for a server.
#[cfg(target_os = "linux")]
fn path_of(address: &std::path::Path) -> Option<PathBuf> {
    use gio::prelude::FileExt;
    const DEADLINE: std::time::Duration = std::time::Duration::from_secs(2);
    let address = address.to_str()?.to_owned();
    let (send, answer) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(gio::File::for_uri(&address).path()));
    answer.recv_timeout(DEADLINE).ok().flatten()
}

#[cfg(not(target_os = "linux"))]
fn path_of(_address: &std::path::Path) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_addresses_that_are_not_mounted_stay_as_they_are() {
        let given: Vec<PathBuf> =
            ["/v/a.mkv", "file:///v/a.mkv", "smb://nas.invalid/share/a.mkv"].map(PathBuf::from).into();
        assert_eq!(mounted(given.clone()), given);
    }
}
