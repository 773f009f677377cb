//! Data folders of several users: what is made in a folder that its group may write to is the group's to write to as
//! well; and where this user may not write, whose the folder is.
//!
//! Guarantees that nothing is opened to anybody but the group of its folder. Windows hands the rights of a folder down by
//! itself.

use crate::error::{Error, Result};
use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
use std::path::Path;

/// Opens a file or folder of this user's to the group of its folder, where that may write there.
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
    // Who is not of that group cannot give it; the file is its user's alone then, as it was.
    let given = own.gid() == folder.gid() || chown(path, None, Some(folder.gid())).is_ok();
    if given && own.mode() & wanted != wanted {
        let mode = std::fs::Permissions::from_mode(own.mode() & 0o7777 | wanted);
        if let Err(cause) = std::fs::set_permissions(path, mode) {
            tracing::debug!(%cause, path = %path.display(), "not opened to its group");
        }
    }
}

#[cfg(not(unix))]
#[expect(missing_docs, reason = "nothing is to be done")]
pub fn as_its_folder(_path: &Path) {}

/// May this user write to these files of a queue? Those that are not there count as such. None is opened: closing one would
/// take the locks from under this process.
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

/// For `map_err`, as `Error::io`: where it is another user's and closed to this one, that user is named.
pub(crate) fn refused<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> Error + 'a {
    move |cause| {
        let closed = matches!(cause.kind(), PermissionDenied | ReadOnlyFilesystem);
        match other_owner(path).filter(|_| closed) {
            Some(owner) => Error::NotYours { folder: path.parent().unwrap_or(path).to_owned(), owner },
            None => Error::io(what, path)(cause),
        }
    }
}

/// Whose the file is, or the nearest folder of it that can be seen, where that is not this user.
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

/// By the lines of `/etc/passwd`, `name:x:1000:...`; who is kept elsewhere has a number.
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
    fn what_lies_in_a_folder_of_a_group_is_the_groups_and_elsewhere_stays_as_it_is() {
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
    fn owners_have_names_or_numbers() {
        let users = "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n";
        assert_eq!(name_of(users, 1000), "anna");
        assert_eq!(name_of(users, 7), "the user with the number 7");
    }
}
