//! Causes of a failed ffprobe, from its messages and the first bytes of the file.

use super::*;

fn code(path: &str, boxes: Boxes, stderr: &str) -> Option<FailureCode> {
    reason(Path::new(path), boxes, stderr).map(|reason| reason.code())
}

#[test]
fn causes_are_read_from_the_messages_of_each_system_and_never_from_names() {
    for (words, expected) in [
        ("Permission denied", FailureCode::SourceUnreadable),
        ("Input/output error", FailureCode::IoError),
        ("I/O error", FailureCode::IoError),
        ("Transport endpoint is not connected", FailureCode::VolumeSilent),
        ("Stale file handle", FailureCode::VolumeSilent),
        ("No such file or directory", FailureCode::SourceGone),
        ("Cannot allocate memory", FailureCode::ProbeTimeout),
        ("Out of memory", FailureCode::ProbeTimeout),
    ] {
        for folder in ["/v/", "/v/two\nlines ", r"C:\v\", r"\\?\C:\v\", r"\\server\share\"] {
            let path = format!("{folder}{words}.mp4");
            let found = |words: &str| code(&path, Boxes::None, &format!("file:{path}: {words}\r\n"));
            assert_eq!(found(words), Some(expected), "{path}");
            assert_eq!(found("Invalid data found when processing input"), None, "{path}");
        }
    }
}

#[test]
fn file_that_ends_within_its_header_is_no_drive_error() {
    for words in ["[matroska,webm @ 0x5] File ended prematurely\n", "Truncating packet of size 82 to 69\n"] {
        let found = |words: &str| {
            code("/v/a.mkv", Boxes::None, &format!("{words}file:/v/a.mkv: Input/output error\n"))
        };
        assert_eq!(found(words), None, "{words}");
        assert_eq!(found("[matroska,webm @ 0x5] Read error\n"), Some(FailureCode::IoError));
    }
}

#[test]
fn animated_webp_is_recognised_by_its_header() {
    let mut header = *b"RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x12";
    assert!(animates(&header));
    header[20] = 0x10;
    assert!(!animates(&header), "transparent and not animated");
}

#[test]
fn missing_index_and_copy_protection_are_recognised_by_boxes() {
    let stderr = "[mov,mp4,m4a,3gp,3g2,mj2 @ 000001F2A3B4C5D0] moov atom not found\r\n";
    assert_eq!(code("/v/a.mp4", Boxes::CutShort, stderr), Some(FailureCode::SourceTruncated));
    assert_eq!(code("/v/a.mp4", Boxes::None, stderr), None);
    assert_eq!(code("/v/a.mp4", Boxes::Protected, stderr), Some(FailureCode::DrmProtected));
}
