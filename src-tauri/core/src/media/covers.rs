//! Detects what a cover holds beside its picture: camera metadata (EXIF, XMP, IPTC), or a video after the still.
//!
//! Pure. Guarantees that a JPEG or PNG called bare holds its picture and nothing else. Must not interpret the
//! metadata.

use super::location;

/// True if this JPEG or PNG holds anything beside the picture and its colours. Other formats count as such.
pub fn holds_more(bytes: &[u8]) -> bool {
    bytes.strip_prefix(PNG).map_or_else(|| !is_bare_jpeg(bytes), |chunks| !is_bare_png(chunks))
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks of a picture, its colours, and the frames of an animation.
const PICTURE_CHUNKS: [&[u8; 4]; 22] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD",
    b"hIST", b"pHYs", b"sPLT", b"tIME", b"cICP", b"mDCV", b"cLLI", b"mDCv", b"acTL", b"fcTL", b"fdAT",
];

fn is_bare_png(mut chunks: &[u8]) -> bool {
    while let Some((length, kind)) = chunks.first_chunk::<4>().zip(chunks.get(4..8)) {
        // A four-byte checksum follows the content.
        let end = (u32::from_be_bytes(*length) as usize).saturating_add(12);
        let Some(rest) = chunks.get(end..).filter(|_| PICTURE_CHUNKS.iter().any(|known| known[..] == *kind))
        else {
            return false;
        };
        if kind == b"IEND" {
            return is_padding(rest);
        }
        chunks = rest;
    }
    false
}

fn is_padding(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const APP0: u8 = 0xe0;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const LAST_APP: u8 = 0xef;
const COMMENT: u8 = 0xfe;

fn is_bare_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    if !bytes.starts_with(&[0xff, SOI]) {
        return false;
    }
    while let Some((marker, begin)) = marker(bytes, at) {
        if marker == EOI {
            return is_padding(bytes.get(begin..).unwrap_or_default());
        }
        let Some(size) = bytes.get(begin..).and_then(|rest| rest.first_chunk::<2>()) else { return false };
        at = begin + usize::from(u16::from_be_bytes(*size));
        let content = bytes.get(begin + 2..at).unwrap_or_default();
        if !is_of_picture(marker, content) {
            return false;
        }
    }
    false
}

/// The next marker at or after `at`, and the start of what follows it. Skips coded data, in which 0xff is followed by
/// a zero or one of eight restart markers.
fn marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let pairs = bytes.get(at..)?.windows(2).enumerate();
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff | 0xd0..=0xd7);
    pairs.into_iter().find(|(_, pair)| is_marker(pair)).map(|(n, pair)| (pair[1], at + n + 2))
}

fn is_of_picture(marker: u8, content: &[u8]) -> bool {
    match marker {
        APP0 | APP14 => true,
        APP2 => content.starts_with(b"ICC_PROFILE\0"),
        APP0..=LAST_APP => false,
        // Encoders write their name in comments.
        COMMENT => !location::runs::bytes_tell(content),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOS: u8 = 0xda;

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        [&[0xff, marker][..], &(content.len() as u16 + 2).to_be_bytes(), content].concat()
    }

    fn jpeg(more: &[u8], trailing: &[u8]) -> Vec<u8> {
        let scan = [&segment(SOS, b"\x01\x01\0\0\x3f\0")[..], b"\x12\xff\x00\x34\xff\xd0\x56"].concat();
        let head = segment(APP0, b"JFIF\0\x01\x02");
        [&[0xff, SOI][..], &head, more, &segment(0xdb, b"table"), &scan, &[0xff, EOI], trailing].concat()
    }

    #[test]
    fn a_jpeg_with_metadata_or_trailing_data_is_not_bare() {
        let profile = segment(APP2, b"ICC_PROFILE\0\x01\x01..");
        let name = segment(COMMENT, b"Lavc59.37.100");
        assert!(!holds_more(&jpeg(&[profile, name].concat(), b"")) && !holds_more(&jpeg(b"", &[0; 4])));
        for more in [
            segment(0xe1, b"Exif\0\0MM"),
            segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
            segment(0xed, b"Photoshop 3.0\0"),
            segment(APP2, b"MPF\0"),
            segment(COMMENT, b"+48.8577+002.295/"),
        ] {
            assert!(holds_more(&jpeg(&more, b"")), "{more:?}");
        }
        assert!(holds_more(&jpeg(b"", b"\0\0\0\x18ftypmp42")), "a video after it");
        let whole = jpeg(b"", b"");
        (0..whole.len()).for_each(|end| assert!(holds_more(&whole[..end]), "cut at {end}"));
    }

    #[test]
    fn a_png_with_metadata_or_trailing_data_is_not_bare() {
        let chunk = |kind: &[u8], content: &[u8]| {
            [&(content.len() as u32).to_be_bytes()[..], kind, content, b"crc!"].concat()
        };
        let png = |more: &[u8], trailing: &[u8]| {
            let head = chunk(b"IHDR", b"0123456789abc");
            [PNG, &head, more, &chunk(b"IDAT", b"..."), &chunk(b"IEND", b""), trailing].concat()
        };
        assert!(!holds_more(&png(&chunk(b"gAMA", b"1234"), b"")));
        for kind in [b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"caBX"] {
            assert!(holds_more(&png(&chunk(kind, b"..."), b"")));
        }
        assert!(holds_more(&png(b"", b"more")) && holds_more(&png(b"", b"")[..40]) && holds_more(b""));
    }
}
