//! The mark by which a result is known as one, also by another queue: a constant and a hash of what its preset means. No
//! path, no name, no time.
//!
//! MP4 and MOV carry it in a box of their own behind everything else, Matroska as a tag, for ffmpeg writes no boxes of
//! others and keeps no such tag in MP4 beside a cover. Guarantees that a file is only read here. Must not know queues.

use super::MediaInfo;
use crate::preset::{Preset, meaning};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use uuid::Uuid;

/// The tag of Matroska.
pub(crate) const TAG: &str = "SPOOL_RESULT";

/// Names our box among those of others.
const BOX: Uuid = Uuid::from_u128(0x4c3b_52d1_7a0e_5f66_9f1d_8b1b_6f0a_2e47);

/// Bytes of the box: size, type, name, and the text.
const SIZE: usize = 8 + 16 + TEXT;
const TEXT: usize = 2 + 32;

/// What is said of results of this preset: the version of the mark, and the hash.
pub(crate) fn of(preset: &Preset) -> String {
    format!("1 {}", Uuid::new_v5(&Uuid::NAMESPACE_OID, meaning(preset).as_bytes()).simple())
}

/// The box that says so.
pub(crate) fn boxed(mark: &str) -> Vec<u8> {
    let size = (8 + 16 + mark.len()) as u32;
    [&size.to_be_bytes()[..], b"uuid", BOX.as_bytes(), mark.as_bytes()].concat()
}

/// Does this file carry the mark of any preset? What cannot be read carries none.
pub(crate) fn is_result(path: &Path, info: &MediaInfo) -> bool {
    info.tags.keys().any(|tag| tag.eq_ignore_ascii_case(TAG)) || in_box(path).unwrap_or(false)
}

/// Is our box the last of this file?
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
    fn the_mark_tells_what_a_preset_means_and_not_what_it_is_called() {
        let web = preset::find("web-1080p").unwrap();
        let renamed = Preset { name: "Mine".into(), ..web.clone() };
        let other = preset::find("web-720p").unwrap();
        assert_eq!(of(web), of(&renamed));
        assert_ne!(of(web), of(other));
        assert_eq!(boxed(&of(web)).len(), SIZE);
    }

    #[test]
    fn a_file_is_a_result_where_our_box_is_its_last() {
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
