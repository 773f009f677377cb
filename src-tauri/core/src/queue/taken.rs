//! Names in use in the output folders, as plain data. Collected before a queue is called, because a queue does not
//! access the user's file systems.
//!
//! Guarantees that names which differ only in case or Unicode composition count as one, as on many drives. A name that
//! is missing here counts as free; even so, publishing never replaces a file. Pure; no I/O.

use super::key_of_path;
use std::collections::HashSet;
use std::path::Path;

/// Names in use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenNames {
    keys: HashSet<Vec<u8>>,
}

impl TakenNames {
    /// Is this name in use?
    pub fn has(&self, path: &Path) -> bool {
        self.has_key(&key_of_path(path))
    }

    /// Is the name with this key in use?
    pub(crate) fn has_key(&self, key: &[u8]) -> bool {
        self.keys.contains(key)
    }
}

impl<P: AsRef<Path>> Extend<P> for TakenNames {
    fn extend<I: IntoIterator<Item = P>>(&mut self, paths: I) {
        self.keys.extend(paths.into_iter().map(|path| key_of_path(path.as_ref())));
    }
}

impl<P: AsRef<Path>> FromIterator<P> for TakenNames {
    fn from_iter<I: IntoIterator<Item = P>>(paths: I) -> TakenNames {
        let mut taken = TakenNames::default();
        taken.extend(paths);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_case_or_composition_are_one() {
        let taken: TakenNames = ["/v/B.MP4", "/v/e\u{301}.mp4"].into_iter().collect();
        assert!(taken.has(Path::new("/v/b.mp4")) && taken.has(Path::new("/v/\u{c9}.mp4")));
        assert!(!taken.has(Path::new("/v/b (2).mp4")) && !taken.has(Path::new("/w/b.mp4")));
        assert_eq!(TakenNames::default(), [""; 0].into_iter().collect());
    }
}
