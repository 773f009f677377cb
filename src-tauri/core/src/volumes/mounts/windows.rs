//! Windows: each drive letter and each share is a volume. There is no table.

use super::Mount;
use std::path::{Path, PathBuf};

pub(super) fn read() -> Vec<Mount> {
    Vec::new()
}

/// Returns prefix and root: `C:\`.
pub(super) fn assumed(path: &Path) -> Option<PathBuf> {
    path.ancestors().last().map(Path::to_owned)
}

/// The system has no table of configured mount points.
pub(super) fn usual() -> Vec<PathBuf> {
    Vec::new()
}

/// Accesses the drive.
pub(super) fn is_there(point: &Path) -> bool {
    point.exists()
}
