//! Parses one line of ffmpeg's log into component, level and text.
//!
//! Matches by shape, because builds differ: an address is `0x55d0c7a0` on most systems and `000001F2A3B4C5D0` on
//! Windows. Guarantees that an unknown level counts as an error, and that text without a level (of a library, or a
//! further line of a text) gets none. Must not know what a text means.

use std::borrow::Cow;

/// Level of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Also fatal, panic and unknown levels.
    Error,
    Warning,
    Info,
    Verbose,
    /// Quiet, debug and trace, which are not requested.
    Other,
}

/// The parts of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Name of the component without its address: `h264`, `in#0/mov,mp4`; the first of several. `None` where the
    /// program itself writes.
    pub(super) component: Option<&'a str>,
    /// `None` for text without a level.
    pub(super) level: Option<Level>,
    /// The level has a colour. ffmpeg replaces escape characters in all texts, so a file cannot forge one.
    pub(super) coloured: bool,
    /// The component has a colour, as it has at every level.
    pub(super) component_coloured: bool,
    /// The rest, without colours.
    pub(super) text: Cow<'a, str>,
}

/// Parses a line: `[aist#0:1/aac @ 0x55d0] [dec:aac @ 0x55e0] [error] Error submitting packet to decoder: ...`.
pub(super) fn read(line: &str) -> Line<'_> {
    let (mut component, mut component_coloured, mut rest) = (None, false, line);
    loop {
        let (coloured, start) = skip_colours(rest);
        let Some((inside, after)) = bracket(start) else {
            return Line { component, level: None, coloured, component_coloured, text: plain(start) };
        };
        if let Some(name) = name_in(inside) {
            component_coloured |= coloured && component.is_none();
            component = component.or(Some(name));
            rest = after;
            continue;
        }
        let level = level(inside, component.is_some());
        let text = if level.is_some() { after } else { start };
        return Line { component, level, coloured, component_coloured, text: plain(text) };
    }
}

/// `None` where the bracket is part of the text. A level is one word in lower case; ffmpeg leaves it empty where it has
/// no word for the number.
fn level(word: &str, follows_component: bool) -> Option<Level> {
    Some(match word {
        "error" | "fatal" | "panic" => Level::Error,
        "warning" => Level::Warning,
        "info" => Level::Info,
        "verbose" => Level::Verbose,
        "quiet" | "debug" | "trace" => Level::Other,
        _ if follows_component || word.bytes().all(|b| b.is_ascii_lowercase()) => Level::Error,
        _ => return None,
    })
}

/// The name in `NAME @ ADDRESS`.
fn name_in(inside: &str) -> Option<&str> {
    let (name, address) = inside.rsplit_once(" @ ")?;
    let digits = address.strip_prefix("0x").or_else(|| address.strip_prefix("0X")).unwrap_or(address);
    let is_hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hex || matches!(address, "(nil)" | "(null)")).then_some(name)
}

/// The content of the leading bracket, and the text after it and a space. Nested brackets belong to it.
fn bracket(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('[')?;
    let mut open = 1;
    let closes = |c| {
        open += i32::from(c == '[') - i32::from(c == ']');
        open == 0
    };
    let end = inside.find(closes).or_else(|| inside.find("] "))?;
    Some((&inside[..end], inside[end + 1..].strip_prefix(' ')?))
}

/// The text after its leading colour codes, and whether a colour is active there.
fn skip_colours(mut text: &str) -> (bool, &str) {
    let mut coloured = false;
    while let Some((code, after)) = colour(text) {
        (coloured, text) = (!matches!(code, "" | "0"), after);
    }
    (coloured, text)
}

/// The leading colour code, `1;31`, and the text after it.
fn colour(text: &str) -> Option<(&str, &str)> {
    let (code, after) = text.strip_prefix("\x1b[")?.split_once('m')?;
    code.bytes().all(|b| b.is_ascii_digit() || b == b';').then_some((code, after))
}

/// The text without colour codes.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("\x1b[") {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        plain.push_str(&rest[..at]);
        rest = if let Some((_, after)) = colour(&rest[at..]) {
            after
        } else {
            plain.push('\x1b');
            &rest[at + 1..]
        };
    }
    plain.push_str(rest);
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// glibc and macOS, a fixed address, Windows with two libraries, upper case, and null in three libraries.
    const ADDRESSES: [&str; 8] = [
        "0x55d0c7a0",
        "0x295a8600",
        "000001F2A3B4C5D0",
        "00007fffff3a7400",
        "0X55D0C7A0",
        "(nil)",
        "0000000000000000",
        "0x0",
    ];

    const NAMES: [&str; 13] = [
        "h264",
        "NULL",
        "mov,mp4,m4a,3gp,3g2,mj2",
        "in#0/matroska,webm",
        "vost#0:0/libx264",
        "graph 0 input from stream 0:0",
        "graph_-1_in_0:1",
        "format_out_#0:1",
        "Parsed_scale_0",
        "vist#0:1/[0][0][0][0]",
        "odd [name",
        "me @ home",
        "[error] ",
    ];

    const LEVELS: [(&str, Level); 14] = [
        ("error", Level::Error),
        ("fatal", Level::Error),
        ("panic", Level::Error),
        ("warning", Level::Warning),
        ("info", Level::Info),
        ("verbose", Level::Verbose),
        ("quiet", Level::Other),
        ("debug", Level::Other),
        ("trace", Level::Other),
        // ffmpeg has no word for a level between two others.
        ("", Level::Error),
        ("critical", Level::Error),
        ("ERROR", Level::Error),
        ("level 7", Level::Error),
        ("[42]", Level::Error),
    ];

    const TEXT: &str = "a [b] text @ 0x1: [info] c";

    /// A line as ffmpeg writes it with 16 or 256 colours.
    fn in_colours(parts: &[String], level: &str, code: &str) -> String {
        let part = |text: &str| format!("\x1b[{code}m{text}\x1b[0m");
        let components: Vec<String> = parts.iter().map(|p| part(p)).collect();
        let (level, text) = (format!("[{level}] "), format!("{TEXT}\n"));
        // The colour reset follows the line break, so it is on the next line.
        let line = match level.as_str() {
            "[info] " => [level, text].concat(),
            _ => [part(&level), part("a [b]"), part(&text[5..])].concat(),
        };
        format!("\x1b[0m{}{}", components.concat(), line.lines().next().unwrap())
    }

    #[test]
    fn component_and_level_are_read_for_every_address_format() {
        for (word, level) in LEVELS {
            for name in NAMES {
                for address in ADDRESSES {
                    let outer = format!("[{name} @ {address}] ");
                    for parts in [vec![outer.clone()], vec![outer.clone(), format!("[dec:aac @ {address}] ")]]
                    {
                        let expected = |coloured, component_coloured| Line {
                            component: Some(name),
                            level: Some(level),
                            coloured,
                            component_coloured,
                            text: TEXT.into(),
                        };
                        let plain = format!("{}[{word}] {TEXT}", parts.concat());
                        assert_eq!(read(&plain), expected(false, false), "{plain}");
                        for code in ["1;31", "48;5;0m\x1b[38;5;196"] {
                            let line = in_colours(&parts, word, code);
                            assert_eq!(read(&line), expected(word != "info", true), "{line:?}");
                            assert_eq!(super::plain(&line), plain);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn line_of_ffmpeg_itself_has_a_level_and_no_component() {
        for (word, level) in LEVELS.into_iter().filter(|(w, _)| w.bytes().all(|b| b.is_ascii_lowercase())) {
            let plain = format!("[{word}] {TEXT}");
            let expected = |coloured| Line {
                component: None,
                level: Some(level),
                coloured,
                component_coloured: false,
                text: TEXT.into(),
            };
            assert_eq!(read(&plain), expected(false), "{plain}");
            assert_eq!(read(&in_colours(&[], word, "1;31")), expected(word != "info"), "{plain}");
        }
    }

    #[test]
    fn text_without_a_level_has_none() {
        for text in [
            "",
            "[",
            "[]",
            "[error",
            "[error]",
            "[ERROR]_KEY: value",
            "                    : [error] No space left on device",
            "    Last message repeated 3 times",
            "x265 [info]: HEVC encoder version 3.5",
            "x265 [error]: could not do it",
            "Svt[warn]: Failed to set thread priority: Invalid argument",
            "Svt[info]: [asm level on system : up to avx512]",
            "encoded 101 frames in 0.36s (282.36 fps), 218.75 kb/s, Avg QP:34.65",
            "libva info: VA-API version 1.17.0",
            "[Loader Message] Code 0 : no driver",
            "[OpenH264] this = 0x55d0, Error: odd",
            "[1732] odd",
            "Fontconfig error: Cannot load default config file",
            "terminate called after throwing an instance of 'std::bad_alloc'",
        ] {
            let none = Line {
                component: None,
                level: None,
                coloured: false,
                component_coloured: false,
                text: text.into(),
            };
            assert_eq!(read(text), none);
        }
        // A library wrote between two parts of a line; the level is on the next line.
        assert_eq!(read("[h264 @ 0x55d0c7a0] Svt[info]: SVT").level, None);
        assert_eq!(read("\x1b[0m[info] a\x1b[31mb\x1b[0m").text, "ab");
        assert_eq!(plain("a\x1b[31;mb\x1b[Kc\x1bd\x1b["), "ab\x1b[Kc\x1bd\x1b[");
    }
}
