//! `WebVTT` samples in MP4 (`wvtt`), and merging of cues that are split over several samples.
//! <https://www.w3.org/TR/webvtt1/> for the texts.

use super::Cue;
use super::text::TextDecoder;

/// Maximum seconds between two pieces of a cue.
const GAP: f64 = 0.002;
/// Maximum number of cues shown at the same time.
const MAX_AT_ONCE: usize = 16;

/// The boxes of a sample (type and content), as far as they fit.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
        let (whole, rest) = bytes.split_at_checked(size)?;
        let found = (whole.get(4..8)?, &whole[8..]);
        bytes = rest;
        Some(found)
    })
}

/// The texts that a sample shows, as lines of `SubRip`, each with its settings.
pub(super) fn texts(decoder: &mut TextDecoder, sample: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (_, cue) in boxes(sample).filter(|(kind, _)| *kind == b"vttc") {
        let mut of = |name: &[u8]| {
            let content = boxes(cue).find(|(kind, _)| *kind == name).map(|(_, content)| content);
            content.map(|content| decoder.text(content)).unwrap_or_default()
        };
        let (text, settings) = (to_subrip(&of(b"payl")), of(b"sttg"));
        if !text.trim().is_empty() {
            all.push((text, settings));
        }
    }
    all
}

/// True if these settings set a position.
pub(super) fn sets_position(settings: &str) -> bool {
    ["line:", "position:", "region:", "vertical:"].iter().any(|name| settings.contains(name))
}

/// Converts a `WebVTT` text to one with the tags that `SubRip` knows.
fn to_subrip(text: &str) -> String {
    let (mut kept, mut rest) = (String::new(), text);
    while let Some((before, tag)) = rest.split_once('<') {
        let Some((tag, after)) = tag.split_once('>') else { break };
        kept.push_str(&unescaped(before));
        let name = tag.split(['.', ' ', '\t']).next().unwrap_or_default();
        if matches!(name, "b" | "i" | "u" | "/b" | "/i" | "/u") {
            kept.extend(["<", name, ">"]);
        }
        rest = after;
    }
    kept + &unescaped(rest)
}

/// Replaces character references; none becomes a tag or a mark of ASS.
pub(super) fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "\u{2039}").replace("&gt;", ">").replace("&nbsp;", "\u{a0}");
    let text = text.replace("&quot;", "\"").replace("&apos;", "'").replace("&lrm;", "").replace("&rlm;", "");
    text.replace("&amp;", "&").replace('\\', "\u{2216}")
}

/// Merges consecutive pieces of a cue.
pub(super) fn joined(pieces: Vec<Cue>) -> Vec<Cue> {
    let mut all: Vec<Cue> = Vec::new();
    for piece in pieces {
        let follows = |cue: &&mut Cue| cue.text == piece.text && (piece.begin - cue.end).abs() < GAP;
        match all.iter_mut().rev().take(MAX_AT_ONCE).find(follows) {
            Some(cue) => cue.end = piece.end,
            None => all.push(piece),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_the_tags_that_subrip_knows() {
        assert_eq!(to_subrip("<v Ann><i.big>a</i> &amp; <c.red>b</c>"), "<i>a</i> & b");
        assert_eq!(to_subrip("1 &lt; 2<00:01.000>"), "1 \u{2039} 2");
        assert_eq!(to_subrip("1 <"), "1 <");
    }

    #[test]
    fn pieces_of_a_cue_are_merged_beside_others() {
        let cue = |begin, end, text: &str| Cue { begin, end, text: text.into() };
        let pieces = vec![cue(0.0, 1.0, "a"), cue(0.5, 1.0, "b"), cue(1.0, 2.0, "a"), cue(3.0, 4.0, "a")];
        let whole = [cue(0.0, 2.0, "a"), cue(0.5, 1.0, "b"), cue(3.0, 4.0, "a")];
        assert_eq!(joined(pieces), whole);
    }
}
