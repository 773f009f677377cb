//! Data folders shared by several users: in a folder that its group may write to, new files are writable for that group
//! too; and errors name the owner where this user may not write.
//!
//! Guarantees that access is extended only to the group of the folder. On Windows permissions are inherited.

use crate::error::{Error, Result};
use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
use std::path::Path;

/// Makes a file or folder of this user writable for the group of its folder, if that group may write to the folder.
#[cfg(unix)]
pub fn as_its_folder(path: &Path) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let (Some(Ok(folder)), Ok(own)) = (path.parent().map(Path::metadata), path.symlink_metadata()) else {
        return;
    };
    let wanted = if own.is_dir() { 0o070 } else { 0o060 };
    let is_shared = folder.mode() & 0o020 != 0;
    if !is_shared || own.is_symlink() || own.uid() != rustix::process::geteuid().as_raw() {
        return;
    }
    // A user outside that group cannot set it; the file then keeps its permissions.
    let has_group = own.gid() == folder.gid() || chown(path, None, Some(folder.gid())).is_ok();
    if has_group && own.mode() & wanted != wanted {
        let mode = std::fs::Permissions::from_mode(own.mode() & 0o7777 | wanted);
        if let Err(cause) = std::fs::set_permissions(path, mode) {
            tracing::debug!(%cause, path = %path.display(), "not made writable for its group");
        }
    }
}

#[cfg(not(unix))]
#[expect(missing_docs, reason = "nothing to do")]
pub fn as_its_folder(_path: &Path) {}

/// Checks that this user may write to these files of a queue, as far as they exist. Does not open them: closing one
/// would release the locks of this process.
pub(crate) fn may_write<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    paths.into_iter().try_for_each(|path| access(path).map_err(refused("Cannot write", path)))
}

#[cfg(unix)]
fn access(path: &Path) -> std::io::Result<()> {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    match accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS) {
        Err(rustix::io::Errno::NOENT) => Ok(()),
        answer => Ok(answer?),
    }
}

#[cfg(not(unix))]
fn access(path: &Path) -> std::io::Result<()> {
    let read_only = path.metadata().is_ok_and(|m| m.permissions().readonly());
    if read_only { Err(PermissionDenied.into()) } else { Ok(()) }
}

/// For `map_err`, like `Error::io`: names the owner if the file belongs to another user and access was denied.
pub(crate) fn refused<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> Error + 'a {
    move |cause| {
        let denied = matches!(cause.kind(), PermissionDenied | ReadOnlyFilesystem);
        match other_owner(path).filter(|_| denied) {
            Some(owner) => Error::NotYours { folder: path.parent().unwrap_or(path).to_owned(), owner },
            None => Error::io(what, path)(cause),
        }
    }
}

/// The owner of the file, or of its nearest existing folder, if it is not this user.
#[cfg(unix)]
fn other_owner(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let owner = path.ancestors().find_map(|p| p.metadata().ok())?.uid();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    (owner != rustix::process::geteuid().as_raw()).then(|| name_of(&users, owner))
}

#[cfg(not(unix))]
fn other_owner(_path: &Path) -> Option<String> {
    None
}

/// Looks up `name:x:1000:...` in `/etc/passwd`; users stored elsewhere are shown by number.
#[cfg(unix)]
fn name_of(users: &str, owner: u32) -> String {
    let number = owner.to_string();
    let is_owner = |line: &&str| line.split(':').nth(2) == Some(&number);
    let name = users.lines().find(is_owner).and_then(|line| line.split(':').next());
    name.map_or_else(|| format!("the user with the number {number}"), str::to_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_in_a_shared_folder_get_its_group_and_others_are_unchanged() {
        let dir = tempfile::tempdir().unwrap();
        let (file, folder) = (dir.path().join("file"), dir.path().join("folder"));
        write(&file, "").unwrap();
        std::fs::create_dir(&folder).unwrap();
        let modes = || [&file, &folder].map(|p| p.metadata().unwrap().permissions().mode() & 0o777);
        for (of_parent, expected) in [(0o755, [0o604, 0o705]), (0o775, [0o664, 0o775])] {
            set_permissions(dir.path(), Permissions::from_mode(of_parent)).unwrap();
            set_permissions(&file, Permissions::from_mode(0o604)).unwrap();
            set_permissions(&folder, Permissions::from_mode(0o705)).unwrap();
            as_its_folder(&file);
            as_its_folder(&folder);
            assert_eq!(modes(), expected, "{of_parent:o}");
        }
        as_its_folder(&dir.path().join("gone"));
    }

    #[test]
    fn owners_are_shown_by_name_or_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n";
        assert_eq!(name_of(users, 1000), "anna");
        assert_eq!(name_of(users, 7), "the user with the number 7");
    }
}
