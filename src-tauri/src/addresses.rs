//! Addresses of the desktop, such as `smb:`, mapped to the folders where the desktop has mounted them.
//!
//! Guarantees an answer within the deadline for any number of addresses; one without an answer stays as it is, and is refused
//! with a reason when it is added. Must not be called on the UI thread.

use spool_core::intake::is_remote_address;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longest wait for the desktop, whose answer may depend on a server.
const DEADLINE: Duration = Duration::from_secs(2);

/// Replaces each address by the path of its mounted folder, where there is one.
pub fn mounted(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let remote: Vec<(usize, String)> = (0..).zip(&paths).filter_map(address).collect();
    if remote.is_empty() {
        return paths;
    }
    let (send, answers) = channel();
    let ask = move || remote.into_iter().try_for_each(|(n, address)| send.send((n, path_of(&address))));
    if std::thread::Builder::new().name("addresses".into()).spawn(ask).is_err() {
        return paths;
    }
    let end = Instant::now() + DEADLINE;
    loop {
        match answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok((n, Some(path))) => paths[n] = path,
            Ok((_, None)) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return paths,
        }
    }
}

fn address((n, path): (usize, &PathBuf)) -> Option<(usize, String)> {
    is_remote_address(path).then(|| Some((n, path.to_str()?.to_owned()))).flatten()
}

/// Restores the escapes of a dropped address: the web engine passes all addresses decoded (wry 0.57).
pub fn encoded(path: PathBuf) -> PathBuf {
    let Some((_, address)) = address((0, &path)) else { return path };
    let Some((scheme, rest)) = address.split_once("://") else { return path };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:@!$&'()*+,;=[]".contains(&byte);
    let escaped =
        rest.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") });
    format!("{scheme}://{}", escaped.collect::<String>()).into()
}

#[cfg(target_os = "linux")]
fn path_of(address: &str) -> Option<PathBuf> {
    use gio::prelude::FileExt;
    gio::File::for_uri(address).path()
}

#[cfg(not(target_os = "linux"))]
fn path_of(_address: &str) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_addresses_that_are_not_mounted_stay_as_they_are() {
        let given = ["/v/a.mkv", "file:///v/a.mkv", "smb://nas.invalid/share/a.mkv"];
        let given: Vec<PathBuf> = given.map(PathBuf::from).into();
        assert_eq!(mounted(given.clone()), given);
    }

    #[test]
    fn dropped_addresses_get_their_escapes_back_and_paths_do_not() {
        let of = |path: &str| encoded(PathBuf::from(path)).to_str().unwrap().to_owned();
        assert_eq!(of("smb://nas/share/Movie #1 100%.mkv"), "smb://nas/share/Movie%20%231%20100%25.mkv");
        assert_eq!(of("/v/Movie #1.mkv"), "/v/Movie #1.mkv");
    }
}
