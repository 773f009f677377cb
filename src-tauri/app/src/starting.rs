//! The arguments of a start: the files to add, and the queue that the application opens. Pure, except that the path of
//! the data folder is resolved.

use spool_core::intake::is_address;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Returns the paths among the arguments of a start. `folder`: base of relative paths.
pub fn paths(args: &[String], folder: &Path) -> Vec<PathBuf> {
    let options_end = args.iter().position(|a| a == "--").unwrap_or(args.len());
    let named = |(n, arg): (usize, &String)| {
        let is_path = n > options_end || (n < options_end && !arg.starts_with('-'));
        // An address is not relative to a folder.
        is_path.then(|| if is_address(Path::new(arg)) { PathBuf::from(arg) } else { folder.join(arg) })
    };
    args.iter().enumerate().skip(1).filter_map(named).collect()
}

/// Returns the name by which a second start finds the first. There is one window per queue: a start with another data
/// folder is another application. (On the message bus of Linux; elsewhere there is one window per user.)
pub fn instance_name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    data.canonicalize().unwrap_or_else(|_| data.to_owned()).hash(&mut hasher);
    format!("app.spool.desktop.q{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_has_its_own_instance_name() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(instance_name(a.path()), instance_name(&a.path().join(".")));
        assert_ne!(instance_name(a.path()), instance_name(b.path()));
    }

    #[test]
    fn arguments_other_than_options_are_paths_relative_to_the_folder() {
        let args = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let named = paths(&args(&["spool", "a b.mp4", "--flag", "/x/c.mkv"]), Path::new("/home"));
        assert_eq!(named, [PathBuf::from("/home/a b.mp4"), "/x/c.mkv".into()]);
        let address = "smb://nas/share/a.mkv";
        assert_eq!(paths(&args(&["spool", address]), Path::new("/home")), [PathBuf::from(address)]);
        assert_eq!(
            paths(&args(&["spool", "--", "-odd.mp4"]), Path::new("/h")),
            [PathBuf::from("/h/-odd.mp4")]
        );
    }
}
