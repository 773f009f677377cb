//! Decodes the bytes of subtitles as text.

use super::{Marks, code_page};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Decodes the texts of a track, with a code page as fallback.
pub(super) struct TextDecoder {
    page: &'static Encoding,
    used: bool,
}

impl TextDecoder {
    pub(super) fn new(language: Option<&str>) -> TextDecoder {
        TextDecoder { page: code_page::of(language), used: false }
    }

    /// The code page, if it was needed.
    pub(super) fn code_page(&self) -> Option<String> {
        self.used.then(|| self.page.name().to_owned())
    }

    /// The text of these bytes, without a byte order mark and without terminators.
    pub(super) fn text(&mut self, bytes: &[u8]) -> String {
        let wide = match bytes {
            [0xfe, 0xff, ..] => Some(UTF_16BE),
            [0xff, 0xfe, ..] => Some(UTF_16LE),
            _ => None,
        };
        let text = match (wide, std::str::from_utf8(bytes)) {
            (Some(wide), _) => wide.decode_with_bom_removal(bytes).0.into_owned(),
            (None, Ok(text)) => text.to_owned(),
            (None, Err(_)) => {
                self.used = true;
                self.page.decode_without_bom_handling(bytes).0.into_owned()
            }
        };
        let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\0', '\n', '\r']);
        text.replace("\r\n", "\n").replace(['\r', '\0'], "\n")
    }
}

/// Formatting of the default style in a timed text description (`tx3g`, 3GPP TS 26.245, 5.16).
pub(super) fn default_style(description: &[u8]) -> Marks {
    // After fields of 26 bytes: first and last letter, font, face, size, colour.
    let style = description.get(26..38).unwrap_or_default();
    Marks {
        emphasis: style.get(6).is_some_and(|face| *face != 0),
        colours: style.get(8..11).is_some_and(|colour| colour != [255; 3]),
        ..Marks::default()
    }
}

/// Parses a sample of timed text (`tx3g`): its text, and the formatting in the boxes after it.
pub(super) fn timed(decoder: &mut TextDecoder, sample: &[u8]) -> (String, Marks) {
    let Some((length, rest)) = sample.split_first_chunk::<2>() else { return Default::default() };
    let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
    let (text, mut boxes) = rest.split_at(length);
    let mut marks = Marks::default();
    while let Some((size, kind)) = boxes.first_chunk::<4>().zip(boxes.get(4..8)) {
        let size = u32::from_be_bytes(*size) as usize;
        let Some(content) = boxes.get(8..size) else { break };
        marks.positions |= kind == b"tbox";
        marks.effects |= kind == b"krok";
        if kind == b"styl" {
            // After the number of records: first and last letter, font, face, size, colour.
            for record in content.get(2..).unwrap_or_default().chunks_exact(12) {
                marks.emphasis |= record[6] != 0;
                marks.colours |= record[8..11] != [255; 3];
            }
        }
        boxes = &boxes[size..];
    }
    (decoder.text(text), marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_style_counts_if_it_is_complete() {
        let mut description = [0; 46];
        description[32..38].copy_from_slice(&[1, 16, 255, 255, 255, 255]);
        let of = |bytes: &[u8]| (default_style(bytes).emphasis, default_style(bytes).colours);
        assert_eq!(of(&description), (true, false));
        description[32] = 0;
        description[35] = 0;
        assert_eq!(
            (of(&description), of(&description[..30]), of(&[])),
            ((false, true), (false, false), (false, false))
        );
    }
}
