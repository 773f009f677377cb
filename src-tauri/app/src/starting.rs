//! What a start names: the files to add, and the queue that the application is for. Pure but for the look at where the
//! data folder really lies.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The paths among the arguments of a start. `folder`: where relative ones begin.
pub fn paths(args: &[String], folder: &Path) -> Vec<PathBuf> {
    let options_end = args.iter().position(|a| a == "--").unwrap_or(args.len());
    let named = |(n, arg): (usize, &String)| {
        let is_path = n > options_end || (n < options_end && !arg.starts_with('-'));
        is_path.then(|| folder.join(arg))
    };
    args.iter().enumerate().skip(1).filter_map(named).collect()
}

/// The name under which a second start finds the first. One window per queue: a start with another data folder
/// is another application. (On the message bus of Linux; elsewhere there is one window per user.)
pub fn instance_name(data: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    data.canonicalize().unwrap_or_else(|_| data.to_owned()).hash(&mut hasher);
    format!("app.spool.desktop.q{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_has_a_window_of_its_own() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(instance_name(a.path()), instance_name(&a.path().join(".")));
        assert_ne!(instance_name(a.path()), instance_name(b.path()));
    }

    #[test]
    fn arguments_that_are_no_options_are_files_of_the_folder_they_were_named_in() {
        let args = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let named = paths(&args(&["spool", "a b.mp4", "--flag", "/x/c.mkv"]), Path::new("/home"));
        assert_eq!(named, [PathBuf::from("/home/a b.mp4"), "/x/c.mkv".into()]);
        assert_eq!(
            paths(&args(&["spool", "--", "-odd.mp4"]), Path::new("/h")),
            [PathBuf::from("/h/-odd.mp4")]
        );
    }
}
