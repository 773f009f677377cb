//! macOS: reads the kernel's table with `getfsstat`, without waiting for any file system. Uses `unsafe`, as the call
//! fills a buffer.
#![allow(unsafe_code)]

use super::Mount;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Extra rows for file systems mounted between the two calls.
const MORE: usize = 16;

pub(super) fn read() -> Vec<Mount> {
    // SAFETY: without a buffer the call only counts.
    let count = unsafe { libc::getfsstat(std::ptr::null_mut(), 0, libc::MNT_NOWAIT) };
    let mut rows: Vec<libc::statfs> = Vec::with_capacity(usize::try_from(count).unwrap_or(0) + MORE);
    let bytes =
        libc::c_int::try_from(rows.capacity() * size_of::<libc::statfs>()).unwrap_or(libc::c_int::MAX);
    // SAFETY: the buffer has `bytes` bytes, and the kernel writes whole rows into it and returns their number.
    let filled = unsafe { libc::getfsstat(rows.as_mut_ptr(), bytes, libc::MNT_NOWAIT) };
    let filled = usize::try_from(filled).unwrap_or(0).min(rows.capacity());
    // SAFETY: `filled` rows were written.
    unsafe { rows.set_len(filled) };
    rows.iter().map(mount).collect()
}

fn mount(row: &libc::statfs) -> Mount {
    // SAFETY: the kernel terminates all three names with a zero byte within their arrays.
    let (point, kind, device) = unsafe {
        (
            CStr::from_ptr(row.f_mntonname.as_ptr()),
            CStr::from_ptr(row.f_fstypename.as_ptr()),
            CStr::from_ptr(row.f_mntfromname.as_ptr()),
        )
    };
    Mount {
        point: OsStr::from_bytes(point.to_bytes()).into(),
        kind: kind.to_string_lossy().into_owned(),
        device: device.to_string_lossy().into_owned(),
    }
}

/// Without a table, one file system is assumed.
pub(super) fn assumed(path: &Path) -> Option<PathBuf> {
    path.ancestors().last().filter(|root| root.has_root()).map(Path::to_owned)
}

/// The system has no table of configured mount points.
pub(super) fn usual() -> Vec<PathBuf> {
    Vec::new()
}

pub(super) fn is_there(point: &Path) -> bool {
    point == Path::new("/")
}
