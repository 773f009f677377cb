//! The mark by which any queue recognises a result: a constant and a hash of what its preset means. It holds no path,
//! name or time.
//!
//! MP4 and MOV carry it in a box after everything else, Matroska as a tag, because ffmpeg writes no custom boxes and
//! drops such a tag in MP4 beside a cover. Guarantees that files are only read here. Must not know queues.

use super::MediaInfo;
use crate::preset::{Preset, meaning};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use uuid::Uuid;

/// Name of the Matroska tag.
pub(crate) const TAG: &str = "SPOOL_RESULT";

/// UUID of our box.
const BOX: Uuid = Uuid::from_u128(0x4c3b_52d1_7a0e_5f66_9f1d_8b1b_6f0a_2e47);

/// Bytes of the box: size, type, UUID, and the text.
const SIZE: usize = 8 + 16 + TEXT;
const TEXT: usize = 2 + 32;

/// The mark for results of this preset: the version of the mark, and the hash.
pub(crate) fn of(preset: &Preset) -> String {
    format!("1 {}", Uuid::new_v5(&Uuid::NAMESPACE_OID, meaning(preset).as_bytes()).simple())
}

/// The mark as an MP4 box.
pub(crate) fn boxed(mark: &str) -> Vec<u8> {
    let size = (8 + 16 + mark.len()) as u32;
    [&size.to_be_bytes()[..], b"uuid", BOX.as_bytes(), mark.as_bytes()].concat()
}

/// True if this file carries the mark of any preset; false if it cannot be read.
pub(crate) fn is_result(path: &Path, info: &MediaInfo) -> bool {
    info.tags.keys().any(|tag| tag.eq_ignore_ascii_case(TAG)) || in_box(path).unwrap_or(false)
}

/// True if our box is the last of this file.
pub(crate) fn in_box(path: &Path) -> io::Result<bool> {
    let (mut file, mut end) = (File::open(path)?, [0; SIZE]);
    file.seek(SeekFrom::End(-(SIZE as i64)))?;
    file.read_exact(&mut end)?;
    Ok(end[..4] == (SIZE as u32).to_be_bytes() && end[4..8] == *b"uuid" && end[8..24] == *BOX.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;

    #[test]
    fn the_mark_depends_on_what_a_preset_means_not_on_its_name() {
        let web = preset::find("web-1080p").unwrap();
        let renamed = Preset { name: "Mine".into(), ..web.clone() };
        let other = preset::find("web-720p").unwrap();
        assert_eq!(of(web), of(&renamed));
        assert_ne!(of(web), of(other));
        assert_eq!(boxed(&of(web)).len(), SIZE);
    }

    #[test]
    fn a_file_is_a_result_if_our_box_is_last() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.mp4");
        let ours = boxed(&of(preset::find("web-1080p").unwrap()));
        let is = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            is_result(&path, &MediaInfo::default())
        };
        assert!(is(&[&[0; 500][..], &ours].concat()));
        assert!(!is(&[&ours[..], &[0; 500]].concat()) && !is(b"") && !is(&ours[1..]));
        let tags = [("spool_result".to_owned(), "1 x".to_owned())].into();
        assert!(is_result(&path, &MediaInfo { tags, ..MediaInfo::default() }));
    }
}
