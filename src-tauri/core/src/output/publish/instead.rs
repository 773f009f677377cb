//! Replacement names for a result whose name the file system refuses although its type and the part file did not show
//! it. Pure.

use crate::failure::name_of;
use crate::job::JobId;
use crate::output::naming::Rules;
use crate::queue::{Longest, candidate};
use crate::remark::Remark;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The refused name adapted to the rules of Windows and to 255 bytes, then a name that every file system accepts.
pub(super) fn names(refused: &Path, id: JobId) -> Vec<PathBuf> {
    let folder = refused.parent().unwrap_or(refused);
    let extension = refused.extension().unwrap_or_default().to_string_lossy();
    let stem = Rules::of_kind("").held_stem(refused.file_stem().unwrap_or_default(), &extension);
    let plain = format!("video-{id}");
    let stems = [stem.as_os_str(), OsStr::new(&plain)];
    let mut names = stems.map(|stem| candidate(folder, stem, &extension, 1, Longest::Bytes)).to_vec();
    names.retain(|name| name != refused);
    names
}

/// The remark that the result has another name than the claimed one.
pub(super) fn remark(refused: &Path) -> Remark {
    Remark::NameRefused { name: name_of(refused) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instead(name: &str) -> Vec<PathBuf> {
        names(&Path::new("/out").join(name), JobId(7))
    }

    #[test]
    fn adapted_name_comes_first_and_plain_name_last() {
        assert_eq!(instead("con.mp4"), [Path::new("/out/con_.mp4"), Path::new("/out/video-7.mp4")]);
        assert_eq!(instead("a:b.mp4")[0], Path::new("/out/a_b.mp4"));
        assert_eq!(instead("a.mp4"), [Path::new("/out/video-7.mp4")], "not the refused one again");
        let long = instead(&format!("{}.mp4", "\u{e9}".repeat(200)));
        assert!(long[0].file_name().unwrap().len() <= 255);
    }

    #[test]
    fn remark_names_the_refused_name() {
        let name = "con.mp4".to_owned();
        assert_eq!(remark(Path::new("/out/con.mp4")), Remark::NameRefused { name });
    }
}
