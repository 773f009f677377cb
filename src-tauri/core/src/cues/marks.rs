//! Formatting in subtitle texts: emphasis, colours, positions, drawings.

use serde::{Deserialize, Serialize};

/// Formatting found in the texts of a track.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Marks {
    /// Bold, italic or underlined words.
    pub emphasis: bool,
    /// Words in colours other than white.
    pub colours: bool,
    /// Positions other than the default, at the bottom.
    pub positions: bool,
    /// Fonts, sizes, movement and anything else.
    pub effects: bool,
    /// Number of cues that are drawn, not written.
    pub drawings: usize,
}

impl Marks {
    /// Combines both.
    #[must_use]
    pub fn with(self, other: Marks) -> Marks {
        Marks {
            emphasis: self.emphasis || other.emphasis,
            colours: self.colours || other.colours,
            positions: self.positions || other.positions,
            effects: self.effects || other.effects,
            drawings: self.drawings + other.drawings,
        }
    }

    /// Adds the formatting of ASS styles.
    pub(crate) fn add_styles(&mut self, header: &str) {
        let mut fields: Vec<String> = Vec::new();
        let (names, styles) = ("Format:", "Style:");
        let lines = header.lines().map(str::trim).take_while(|line| !line.eq_ignore_ascii_case("[events]"));
        for line in lines {
            let split =
                |rest: &str| rest.split(',').map(|field| field.trim().to_lowercase()).collect::<Vec<_>>();
            if let Some(rest) = line.strip_prefix(names) {
                fields = split(rest);
            } else if let Some(rest) = line.strip_prefix(styles) {
                let values = split(rest);
                let of = |name: &str| {
                    let place = fields.iter().position(|field| field == name)?;
                    values.get(place).map(String::as_str)
                };
                let set = |name: &str| of(name).is_some_and(|value| value != "0");
                self.emphasis |= set("bold") || set("italic") || set("underline");
                self.colours |= of("primarycolour").is_some_and(|colour| !is_white(colour));
                self.positions |= of("alignment").is_some_and(|place| place != "2");
            }
        }
    }
}

/// `&H00FFFFFF`, with or without a transparency, or the same as a number.
fn is_white(colour: &str) -> bool {
    colour.trim_end_matches('&').ends_with("ffffff") || colour == "16777215"
}

/// Splits a text into pairs of plain text and the override block in braces after it; the last block is empty.
fn parts(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let block = text.find('{').and_then(|from| Some((from, from + text[from..].find('}')?)));
        let Some((from, to)) = block else {
            rest = None;
            return Some((text, ""));
        };
        rest = Some(&text[to + 1..]);
        Some((&text[..from], &text[from + 1..to]))
    })
}

/// The tags of an override block: `an8`, `pos(320,20)`.
fn tags(block: &str) -> impl Iterator<Item = &str> {
    block.split('\\').skip(1).map(str::trim)
}

/// True if this block starts a drawing, false if it ends one; `None` if it does neither.
fn begins_drawing(block: &str) -> Option<bool> {
    let levels = tags(block).filter_map(|tag| tag.strip_prefix('p')).filter(|n| n.starts_with(is_digit));
    levels.last().map(|level| !level.starts_with('0'))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// True if this text holds a drawing.
pub(super) fn draws(text: &str) -> bool {
    let mut drawn = false;
    parts(text).any(|(before, block)| {
        let found = drawn && !before.trim().is_empty();
        drawn = begins_drawing(block).unwrap_or(drawn);
        found
    })
}

/// The text without drawings; override blocks stay.
pub(super) fn without_drawings(text: &str) -> String {
    let (mut drawn, mut kept) = (false, String::new());
    for (before, block) in parts(text) {
        if !drawn {
            kept.push_str(before);
        }
        if !block.is_empty() {
            kept.extend(["{", block, "}"]);
        }
        drawn = begins_drawing(block).unwrap_or(drawn);
    }
    kept
}

/// The text without override blocks and drawings; marks of line ends become newlines.
pub(super) fn without_overrides(text: &str) -> String {
    let kept: String = {
        let text = without_drawings(text);
        parts(&text).map(|(before, _)| before).collect()
    };
    kept.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
}

/// The formatting of an ASS text, by its override blocks.
pub(super) fn of_ass(text: &str) -> Marks {
    let mut marks = Marks { drawings: usize::from(draws(text)), ..Marks::default() };
    for tag in parts(text).flat_map(|(_, block)| tags(block)) {
        let name = tag.trim_start_matches(is_digit);
        let name: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
        let off = tag.ends_with('0');
        match name.as_str() {
            "an" | "a" => marks.positions |= !matches!(tag, "an2" | "a2"),
            "pos" | "move" | "org" => marks.positions = true,
            "c" | "alpha" => marks.colours = true,
            "b" | "i" | "u" | "s" => marks.emphasis |= !off,
            "p" | "r" | "q" | "" => {}
            _ => marks.effects = true,
        }
    }
    marks
}

/// The formatting of a `SubRip` text, by its tags and by override blocks, which are those of ASS.
pub(super) fn of_lines(text: &str) -> Marks {
    let mut marks = of_ass(text);
    for tag in text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        let tag = tag.to_lowercase();
        let (name, more) = tag.split_once(' ').unwrap_or((&tag, ""));
        match name {
            "b" | "i" | "u" | "s" => marks.emphasis = true,
            "font" => {
                marks.colours |= more.contains("color") && !more.contains("#ffffff");
                marks.effects |= more.contains("face") || more.contains("size");
            }
            _ => marks.colours |= name.starts_with("c."),
        }
    }
    marks
}

/// The text without what looks like a tag.
pub(super) fn without_tags(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(from) = rest.find('<') {
        let (before, tag) = rest.split_at(from);
        kept.push_str(before);
        let opens = tag[1..].starts_with(|c: char| c.is_alphabetic() || c == '/');
        if let Some(to) = tag.find('>').filter(|_| opens) {
            rest = &tag[to + 1..];
        } else {
            kept.push('<');
            rest = &tag[1..];
        }
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_removed_and_text_after_them_stays() {
        for (text, kept) in [
            ("{\\p1}m 0 0 l 100 0{\\p0}", ""),
            ("{\\an7\\pos(0,0)\\p1}m 1 1{\\p0}text after", "text after"),
            ("before{\\p4}m 1 1", "before"),
            ("{\\pos(1,1)}\\pbo{\\pbo3}text", "\\pbotext"),
            ("{unclosed", "{unclosed"),
        ] {
            assert_eq!(without_overrides(text), kept, "{text}");
        }
        assert!(draws("{\\p1}m 0 0") && !draws("{\\p1}{\\p0}text") && !draws("{\\pos(1,2)}text"));
    }

    #[test]
    fn formatting_is_recognised() {
        let of = |text: &str| {
            let Marks { emphasis, colours, positions, effects, drawings } = of_lines(text);
            (emphasis, colours, positions, effects, drawings)
        };
        assert_eq!(of("plain 5 < 6 & <unknown>"), (false, false, false, false, 0));
        assert_eq!(of("<i>a</i>"), (true, false, false, false, 0));
        assert_eq!(of("{\\an8}a"), (false, false, true, false, 0));
        assert_eq!(of("{\\an2}a"), (false, false, false, false, 0));
        assert_eq!(of("<font color=\"#ff0000\">a</font>"), (false, true, false, false, 0));
        assert_eq!(of("{\\fad(1,2)\\1c&H00&}{\\p1}m 1{\\p0}"), (false, true, false, true, 1));
        assert_eq!(without_tags("<i>a</i> 1 < 2 <b"), "a 1 < 2 <b");
    }

    #[test]
    fn styles_are_read_by_field_names() {
        let of = |style: &str| {
            let mut marks = Marks::default();
            marks.add_styles(&format!(
                "[V4+ Styles]\nFormat: Name, PrimaryColour, Bold, Italic, Alignment\nStyle: {style}\n"
            ));
            (marks.emphasis, marks.colours, marks.positions)
        };
        assert_eq!(of("Default,&H00FFFFFF,0,0,2"), (false, false, false));
        assert_eq!(of("Default,&H0000FFFF,-1,0,8"), (true, true, true));
    }
}
