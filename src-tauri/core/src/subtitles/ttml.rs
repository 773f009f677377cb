//! TTML documents, one per `stpp` sample: the texts of their paragraphs with times. <https://www.w3.org/TR/ttml1/>
//! for times.

use super::webvtt::unescaped;
use super::{Cue, Marks};

/// Maximum number of cues per document.
const MAX_CUES: usize = 50_000;

/// The rates that a document declares for times, per second.
struct Rates {
    frames: f64,
    ticks: f64,
}

/// A tag: its local name, and its attributes.
struct Tag<'a> {
    name: &'a str,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    fn read(inside: &'a str) -> Tag<'a> {
        let (name, rest) = inside.split_once(|c: char| c.is_whitespace()).unwrap_or((inside, ""));
        let name = name.trim_end_matches('/');
        let (closing, name) = name.strip_prefix('/').map_or((false, name), |name| (true, name));
        let local = name.rsplit(':').next().unwrap_or(name);
        let name = if closing { &inside[..1] } else { local };
        Tag { name, rest: if closing { local } else { rest } }
    }

    /// The value of an attribute, by its local name.
    fn value(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.rest;
        loop {
            let (key, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, after_value) = after[1..].split_once(quote)?;
            if key.trim().rsplit(':').next() == Some(name) {
                return Some(value);
            }
            rest = after_value;
        }
    }
}

/// The cues of a document that is shown from `from` to `to` seconds, and its formatting.
pub(super) fn cues(document: &str, from: f64, to: f64) -> (Vec<Cue>, Marks) {
    let (mut all, mut marks) = (Vec::new(), Marks::default());
    let mut rates = Rates { frames: 30.0, ticks: 1.0 };
    let mut paragraph: Option<Cue> = None;
    let mut rest = document;
    while let Some((before, tag)) = rest.split_once('<') {
        if let Some(cue) = &mut paragraph {
            add_text(&mut cue.text, before);
        }
        // A comment may hold tags.
        let end = if tag.starts_with("!--") { "-->" } else { ">" };
        let Some((inside, after)) = tag.split_once(end) else { break };
        rest = after;
        let tag = Tag::read(inside);
        match (tag.name, &mut paragraph) {
            ("tt", _) => rates.take(&tag),
            ("br", Some(cue)) => cue.text.push('\n'),
            ("p", None) if !inside.ends_with('/') => {
                add_marks(&mut marks, &tag);
                let (begin, end) = times(&tag, &rates, (from, to));
                paragraph = Some(Cue { begin, end, text: String::new() });
            }
            ("/", Some(_)) if tag.rest == "p" => {
                all.extend(paragraph.take().filter(|cue| all.len() < MAX_CUES && cue.begin < cue.end));
            }
            _ => add_marks(&mut marks, &tag),
        }
    }
    all.retain_mut(|cue| {
        let rows: Vec<&str> = cue.text.trim().lines().map(str::trim).collect();
        cue.text = rows.join("\n");
        !cue.text.is_empty()
    });
    (all, marks)
}

/// Line ends in a document are spaces.
fn add_text(text: &mut String, more: &str) {
    let words: Vec<&str> = more.split_whitespace().collect();
    if more.starts_with(char::is_whitespace) {
        text.push(' ');
    }
    text.push_str(&unescaped(&words.join(" ")).replace('<', "\u{2039}"));
    if !words.is_empty() && more.ends_with(char::is_whitespace) {
        text.push(' ');
    }
}

fn add_marks(marks: &mut Marks, tag: &Tag<'_>) {
    marks.colours |= tag.value("color").is_some_and(|c| !matches!(c, "white" | "#ffffff" | "#ffffffff"));
    marks.emphasis |= tag.value("fontStyle").is_some_and(|style| style != "normal")
        || tag.value("fontWeight").is_some_and(|weight| weight != "normal");
    marks.positions |= tag.name == "region" || tag.value("origin").is_some();
}

impl Rates {
    fn take(&mut self, tag: &Tag<'_>) {
        let number = |name| tag.value(name).and_then(|value| value.parse::<f64>().ok()).filter(|n| *n > 0.0);
        self.frames = number("frameRate").unwrap_or(self.frames);
        self.ticks = number("tickRate").unwrap_or(self.ticks);
    }

    /// `00:01:02.500`, `00:01:02:12`, `62.5s`, `500ms`, `30f`, `1000t`.
    fn seconds(&self, time: &str) -> Option<f64> {
        let parts: Vec<&str> = time.trim().split(':').collect();
        let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        if let [hours, minutes, seconds, frames @ ..] = &parts[..] {
            let frames = frames.first().map_or(Some(0.0), |n| number(n))? / self.frames;
            return Some(number(hours)? * 3600.0 + number(minutes)? * 60.0 + number(seconds)? + frames);
        }
        let units = [("ms", 0.001), ("h", 3600.0), ("m", 60.0), ("s", 1.0)];
        let units = units.into_iter().chain([("f", 1.0 / self.frames), ("t", 1.0 / self.ticks)]);
        units.into_iter().find_map(|(unit, of)| Some(number(time.trim().strip_suffix(unit)?)? * of))
    }
}

/// When a paragraph is shown: its times are those of the track, or relative to the sample.
fn times(tag: &Tag<'_>, rates: &Rates, (from, to): (f64, f64)) -> (f64, f64) {
    let of = |name: &str| tag.value(name).and_then(|time| rates.seconds(time));
    let begin = of("begin");
    let end = of("end").or_else(|| Some(begin.unwrap_or(0.0) + of("dur")?));
    let within = |a: f64, b: f64| (a.max(from), b.min(to));
    let (first, last) = (begin.unwrap_or(from), end.unwrap_or(to));
    let (a, b) = within(first, last);
    if a < b { (a, b) } else { within(first + from, last + from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_read_with_times_in_each_form() {
        let document = "<?xml version='1.0'?><tt xmlns='x' ttp:frameRate='25'><!-- <p>no</p> --><body><div>\
            <p begin=\"00:00:01.500\" end='00:00:02:05'>one<br/>two &amp;\n <span tts:color=\"red\">three</span></p>\
            <tt:p begin='3s' dur='500ms'>four</tt:p><p>always</p></div></body></tt>";
        let (cues, marks) = cues(document, 0.0, 10.0);
        let found: Vec<_> = cues.iter().map(|c| (c.begin, c.end, c.text.as_str())).collect();
        let expected = [(1.5, 2.2, "one\ntwo & three"), (3.0, 3.5, "four"), (0.0, 10.0, "always")];
        assert_eq!(found, expected);
        assert!(marks.colours && !marks.positions);
    }

    #[test]
    fn times_are_relative_to_the_track_or_the_sample() {
        let of = |begin: &str| {
            let found = cues(&format!("<p begin='{begin}' dur='1s'>a</p>"), 100.0, 110.0).0;
            (found[0].begin, found[0].end)
        };
        assert_eq!((of("101s"), of("1s")), ((101.0, 102.0), (101.0, 102.0)));
        for malformed in ["", "<", "<p", "<p begin=", "<p begin='x' end=>a", "<p>a", "</p>", "<p><p>a</p>"] {
            drop(cues(malformed, 0.0, 1.0));
        }
    }
}
