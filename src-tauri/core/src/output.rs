//! Output files: part files, the volumes they are on, the identity of a file's content, and publishing.
//!
//! Guarantees that no existing file is ever replaced and that a part file is never mistaken for a result. Must not know
//! ffmpeg.

pub mod naming;
mod publish;
mod refused;

use crate::failure::{Failure, Reason, shown};
use crate::media::{boxes, declared, marker};
use crate::queue::{LONGEST, Longest, shortened};
use crate::system::message;
use crate::volumes::{self, Trouble, mounts};
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub use publish::{PublishError, Published, publish, published};

/// Path of the part file of one claim: beside its target, so on the same volume. The epoch keeps a surviving ffmpeg of
/// an earlier claim from writing into it; the stem shows early whether the volume can hold such a name.
pub fn part_path(output: &Path, uid: Uuid, epoch: i64) -> PathBuf {
    let mut name = OsString::from(format!(".{uid}.{epoch}."));
    // Some file systems have a lower limit: a part file must fit wherever the result's name fits.
    let most = output.file_name().unwrap_or_default().len().clamp(SHORTEST_LIMIT, LONGEST);
    let room = most - name.len() - PART.len();
    let stem = output.file_stem().unwrap_or_default();
    let text = if stem.len() > room { OsString::from(&*stem.to_string_lossy()) } else { stem.to_owned() };
    name.push(shortened(&text, room, Longest::Bytes));
    name.push(PART);
    output.with_file_name(name)
}

/// Path of the part file in the format of earlier versions.
pub fn former_part_path(output: &Path, uid: Uuid, epoch: i64) -> PathBuf {
    output.with_file_name(format!(".{uid}.{epoch}{PART}"))
}

const PART: &str = ".part";
/// Most bytes of a name on encrypting file systems (eCryptfs, also on shares).
const SHORTEST_LIMIT: usize = 143;

/// Is this the name of a part file, of this version or an earlier one?
pub fn is_part(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let inner = name.strip_prefix('.').and_then(|n| n.strip_suffix(PART));
    inner.and_then(|n| n.split_once('.')).is_some_and(|(uid, rest)| {
        let epoch = rest.split_once('.').map_or(rest, |(epoch, _)| epoch);
        Uuid::try_parse(uid).is_ok() && !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Creates the part file of `output`, so that a problem with the folder or the name shows before an encoder starts. A
/// missing folder is created if its volume is mounted; otherwise nothing is written, because the mount point would be
/// on another disk. `announce` gets the folders about to be created, each before its parent; the list is empty if all
/// exist.
pub fn create_part(
    part: &Path,
    output: &Path,
    volume: Option<&Path>,
    announce: &dyn Fn(&[PathBuf]),
) -> Result<(), Failure> {
    refused::check_length(output)?;
    let folder = part.parent().unwrap_or(part);
    if !volume.is_none_or(mounts::is_mounted) {
        return Err(write_failure(&io::ErrorKind::NotFound.into(), folder));
    }
    let create = || {
        // A folder that cannot be examined may exist already, and must not be removed later.
        let is_missing = |folder: &&Path| matches!(folder.try_exists(), Ok(false));
        announce(&folder.ancestors().take_while(is_missing).map(Path::to_owned).collect::<Vec<_>>());
        std::fs::create_dir_all(folder)?;
        File::create(part).map(drop)
    };
    // Another job may just have removed the folder that it had created in vain.
    let created = create().or_else(|e| if e.kind() == io::ErrorKind::NotFound { create() } else { Err(e) });
    created.map_err(|e| {
        if folder.is_dir() { creation_failure(&e, output, volume) } else { write_failure(&e, folder) }
    })
}

/// The failure for an error in creating the part file of `output`.
fn creation_failure(error: &io::Error, output: &Path, volume: Option<&Path>) -> Failure {
    let folder = output.parent().unwrap_or(output);
    let reachable = || folder.is_dir() && volume.is_none_or(mounts::is_mounted);
    let is_of_name = refused::is_of_name(error, reachable);
    if is_of_name { refused::failure(error, output) } else { write_failure(error, folder) }
}

/// Fails if the part file is gone together with its folder or volume; that failure takes precedence over others.
pub fn check_folder(part: &Path, volume: Option<&Path>) -> Result<(), Failure> {
    let folder = part.parent().unwrap_or(part);
    if is_taken(part) || (folder.exists() && volume.is_none_or(mounts::is_mounted)) {
        return Ok(());
    }
    Err(absent(folder, volume))
}

/// The failure for a missing `folder`.
fn absent(folder: &Path, volume: Option<&Path>) -> Failure {
    match volume.filter(|volume| !mounts::is_mounted(volume)) {
        Some(volume) => Reason::ResultDriveAway { drive: shown(volume) }.into(),
        None => write_failure(&io::ErrorKind::NotFound.into(), folder),
    }
}

/// Disables the subtitles of a part file in place: one bit for each track.
pub fn hide_subtitles(part: &Path) -> io::Result<()> {
    let mut file = open_part(part)?;
    for at in boxes::subtitle_switches(&mut file)? {
        let mut flags = [0];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut flags)?;
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&[flags[0] & !1])?;
    }
    Ok(())
}

/// Overwrites the Dolby Vision declarations of a Matroska part file with void elements, in place.
pub fn undeclare_dolby_vision(part: &Path) -> io::Result<()> {
    let mut file = open_part(part)?;
    for (at, bytes) in declared::dolby_vision(&mut file)? {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(&declared::void(bytes))?;
    }
    Ok(())
}

/// Marks an MP4 or MOV part file as a result of Spool, at its end.
pub fn mark(part: &Path, mark: &str) -> io::Result<()> {
    if marker::in_box(part).unwrap_or(false) {
        return Ok(());
    }
    let mut file = open_part(part)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(&marker::boxed(mark))
}

/// Opens a part file for changes in place; refuses any other file.
fn open_part(part: &Path) -> io::Result<File> {
    if !part.file_name().is_some_and(is_part) {
        return Err(io::ErrorKind::InvalidFilename.into());
    }
    OpenOptions::new().read(true).write(true).open(part)
}

/// Deletes a part file, if it exists and its volume is mounted.
pub fn delete_part(part: &Path) {
    if let Err(cause) = std::fs::remove_file(part)
        && cause.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(part = %part.display(), %cause, "a part file could not be deleted");
    }
}

/// Does the path exist, even as a dangling symlink?
pub(crate) fn is_taken(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Bytes of head and of tail that are hashed.
const SAMPLE: u64 = 64 * 1024;

/// Size in bytes and identity of a file's content: a hash of size, head and tail. It survives a rename and a remount
/// (inodes do not, on exFAT and network volumes), and two encodes never share it: a container's head or tail holds the
/// index of all frames.
pub fn identity(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut sample = size.to_le_bytes().to_vec();
    (&mut file).take(SAMPLE).read_to_end(&mut sample)?;
    file.seek(SeekFrom::Start(size.saturating_sub(SAMPLE)))?;
    file.take(SAMPLE).read_to_end(&mut sample)?;
    Ok((size, Uuid::new_v5(&Uuid::NAMESPACE_OID, &sample).to_string()))
}

/// Flushes a file's content to the disk.
fn flush(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Flushes a folder, so that a name in it survives a power cut. Windows does this by default.
fn flush_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The failure of a job whose drive, mounted at `place`, does not respond.
pub fn silent(place: &Path) -> Failure {
    Reason::DriveSilent { drive: shown(place) }.into()
}

/// The failure of a job whose drive, mounted at `place`, lost its connection.
pub fn lost(place: &Path) -> Failure {
    Reason::ConnectionLost { drive: Some(shown(place)) }.into()
}

/// The failure for an error in writing to `folder`.
pub fn write_failure(error: &io::Error, folder: &Path) -> Failure {
    use io::ErrorKind as Kind;
    if volumes::trouble(error) == Trouble::Lost {
        return lost(&mounts::point_of(folder).unwrap_or_else(|| folder.to_owned()));
    }
    let folder = shown(folder);
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => Reason::DiskFull { folder: Some(folder) },
        Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Reason::FolderReadOnly { folder: Some(folder) },
        Kind::NotFound | Kind::NotADirectory => Reason::FolderMissing { folder },
        Kind::InvalidFilename => Reason::NameTooLong { folder },
        _ => Reason::WriteFailed { folder, cause: message(error) },
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_part_names_are_recognised_as_such() {
        let part = part_path(Path::new("/v/a.mp4"), Uuid::now_v7(), 3);
        assert_eq!(part.parent(), Some(Path::new("/v")));
        assert!(is_part(part.file_name().unwrap()));
        assert!(part.to_str().unwrap().ends_with(".3.a.part"), "{}", part.display());
        let former = former_part_path(Path::new("/v/a.mp4"), Uuid::now_v7(), 3);
        assert!(is_part(former.file_name().unwrap()) && former.to_str().unwrap().ends_with(".3.part"));
        let uid = Uuid::now_v7();
        let others = [format!(".{uid}.part"), format!(".{uid}..a.part"), format!(".{uid}.a.3.part")];
        for name in others.iter().map(String::as_str).chain(["a.part", ".a.1.part", ".part", "..part"]) {
            assert!(!is_part(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn part_name_fits_for_every_result_name() {
        for stem in ["n".repeat(251), "n".repeat(139), "\u{1f600}".repeat(120), "a. .b".into(), "..".into()] {
            let part = part_path(&Path::new("/v").join(format!("{stem}.mp4")), Uuid::now_v7(), i64::MAX);
            let name = part.file_name().unwrap();
            let result = stem.len() + ".mp4".len();
            assert!(
                name.len() <= result.clamp(SHORTEST_LIMIT, LONGEST) && is_part(name),
                "{}",
                part.display()
            );
        }
    }

    #[test]
    fn identity_follows_the_content_not_the_name() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, vec![7; 300_000]).unwrap();
        let before = identity(&a).unwrap();
        std::fs::rename(&a, &b).unwrap();
        assert_eq!(identity(&b).unwrap(), before);
        std::fs::write(&b, [vec![7; 299_999], vec![8]].concat()).unwrap();
        assert_ne!(identity(&b).unwrap(), before, "the tail counts");
    }
}
