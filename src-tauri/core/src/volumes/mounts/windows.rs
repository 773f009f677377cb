//! Windows: each drive letter and each share is a volume. No table is read.

use super::Mount;
use std::path::{Path, PathBuf};

pub(super) fn read() -> Vec<Mount> {
    Vec::new()
}

/// The prefix and root: `C:\`.
pub(super) fn assumed(path: &Path) -> Option<PathBuf> {
    path.ancestors().last().map(Path::to_owned)
}

/// The system keeps no table of them.
pub(super) fn usual() -> Vec<PathBuf> {
    Vec::new()
}

/// Asks the drive.
pub(super) fn is_there(point: &Path) -> bool {
    point.exists()
}
