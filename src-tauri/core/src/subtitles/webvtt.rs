//! Samples of `WebVTT` in MP4 (`wvtt`), and cues that several samples hold, piece by piece.
//! <https://www.w3.org/TR/webvtt1/> for the texts.

use super::Cue;
use super::text::Reading;

/// Seconds between two pieces of a cue.
const GAP: f64 = 0.002;
/// Cues that are shown at the same time.
const MOST_AT_ONCE: usize = 16;

/// The boxes of a sample, as far as they fit.
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
pub(super) fn texts(reading: &mut Reading, sample: &[u8]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (_, cue) in boxes(sample).filter(|(kind, _)| *kind == b"vttc") {
        let mut of = |name: &[u8]| {
            let content = boxes(cue).find(|(kind, _)| *kind == name).map(|(_, content)| content);
            content.map(|content| reading.text(content)).unwrap_or_default()
        };
        let (text, settings) = (line(&of(b"payl")), of(b"sttg"));
        if !text.trim().is_empty() {
            all.push((text, settings));
        }
    }
    all
}

/// Do these settings name a place?
pub(super) fn places(settings: &str) -> bool {
    ["line:", "position:", "region:", "vertical:"].iter().any(|name| settings.contains(name))
}

/// A text of `WebVTT` with the tags that `SubRip` knows.
fn line(text: &str) -> String {
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

/// Letters for their names; none of them becomes a tag or a mark of ASS.
pub(super) fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "\u{2039}").replace("&gt;", ">").replace("&nbsp;", "\u{a0}");
    let text = text.replace("&quot;", "\"").replace("&apos;", "'").replace("&lrm;", "").replace("&rlm;", "");
    text.replace("&amp;", "&").replace('\\', "\u{2216}")
}

/// Pieces of a cue that follow on each other become one.
pub(super) fn joined(pieces: Vec<Cue>) -> Vec<Cue> {
    let mut all: Vec<Cue> = Vec::new();
    for piece in pieces {
        let follows = |cue: &&mut Cue| cue.text == piece.text && (piece.begin - cue.end).abs() < GAP;
        match all.iter_mut().rev().take(MOST_AT_ONCE).find(follows) {
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
    fn a_text_keeps_the_tags_that_lines_know() {
        assert_eq!(line("<v Ann><i.big>a</i> &amp; <c.red>b</c>"), "<i>a</i> & b");
        assert_eq!(line("1 &lt; 2<00:01.000>"), "1 \u{2039} 2");
        assert_eq!(line("1 <"), "1 <");
    }

    #[test]
    fn pieces_of_a_cue_become_one_beside_others() {
        let cue = |begin, end, text: &str| Cue { begin, end, text: text.into() };
        let pieces = vec![cue(0.0, 1.0, "a"), cue(0.5, 1.0, "b"), cue(1.0, 2.0, "a"), cue(3.0, 4.0, "a")];
        let whole = [cue(0.0, 2.0, "a"), cue(0.5, 1.0, "b"), cue(3.0, 4.0, "a")];
        assert_eq!(joined(pieces), whole);
    }
}
