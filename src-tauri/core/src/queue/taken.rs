//! Which names are in use where results are to go, as plain data: read before a queue is asked, which touches no file system
//! of a user.
//!
//! Guarantees that names which differ in case or composition alone count as one, as many drives have it. What it does not
//! hold counts as free; publishing replaces no file all the same. Pure; touches no disk.

use super::key_of_path;
use std::collections::HashSet;
use std::path::Path;

/// Names in use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    keys: HashSet<Vec<u8>>,
}

impl Taken {
    /// Is this name in use?
    pub fn has(&self, path: &Path) -> bool {
        self.has_key(&key_of_path(path))
    }

    /// The same for its key.
    pub(crate) fn has_key(&self, key: &[u8]) -> bool {
        self.keys.contains(key)
    }
}

impl<P: AsRef<Path>> Extend<P> for Taken {
    fn extend<I: IntoIterator<Item = P>>(&mut self, paths: I) {
        self.keys.extend(paths.into_iter().map(|path| key_of_path(path.as_ref())));
    }
}

impl<P: AsRef<Path>> FromIterator<P> for Taken {
    fn from_iter<I: IntoIterator<Item = P>>(paths: I) -> Taken {
        let mut taken = Taken::default();
        taken.extend(paths);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_or_composition_alone_are_one() {
        let taken: Taken = ["/v/B.MP4", "/v/e\u{301}.mp4"].into_iter().collect();
        assert!(taken.has(Path::new("/v/b.mp4")) && taken.has(Path::new("/v/\u{c9}.mp4")));
        assert!(!taken.has(Path::new("/v/b (2).mp4")) && !taken.has(Path::new("/w/b.mp4")));
        assert_eq!(Taken::default(), [""; 0].into_iter().collect());
    }
}
