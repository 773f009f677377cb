//! The meaning of a preset, independent of its name: presets of the same meaning produce the same result.
//!
//! Guarantees one text for one meaning, whatever the order of fields in memory, and that a field added later does not
//! change the text while it has its default. The text is hashed into a job's key (`queue::keys`), so its bytes must not
//! change.

use super::{Preset, built_in};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

/// Fields for the name or format of a preset, which do not change its effect.
const NAMING: [&str; 4] = ["id", "name", "description", "version"];

/// One line for each field that is not at its default, `video.crf=21`, sorted by dotted name; values as compact JSON.
pub fn meaning(preset: &Preset) -> String {
    let mut fields = BTreeMap::new();
    // Serialising our own types cannot fail; fields at their default are skipped.
    flatten(String::new(), serde_json::to_value(preset).unwrap_or_default(), &mut fields);
    fields.retain(|name, _| !NAMING.contains(&name.as_str()));
    lines(&fields)
}

/// As [`meaning`], for any other value, such as a job's options; empty if all fields are at their default.
pub(crate) fn meaning_of(value: &impl serde::Serialize) -> String {
    let mut fields = BTreeMap::new();
    flatten(String::new(), serde_json::to_value(value).unwrap_or_default(), &mut fields);
    lines(&fields)
}

fn flatten(path: String, value: Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(inner) => {
            for (name, value) in inner {
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                flatten(path, value, fields);
            }
        }
        value => drop(fields.insert(path, value.to_string())),
    }
}

fn lines(fields: &BTreeMap<String, String>) -> String {
    fields.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name}={value}");
        text
    })
}

/// Meanings of built-in presets in earlier versions, by id. A change of a built-in preset must add the text that
/// [`meaning`] returned before, so that finished work still counts as done.
const EARLIER: &[(&str, &str)] = &[
    (
        "web-1080p",
        "audio.codec=\"aac\"\naudio.copy=\"never\"\naudio.kbps=160\ncontainer=\"mp4\"\n\
         video.boxLong=1920\nvideo.boxShort=1080\nvideo.codec=\"h264\"\nvideo.copy=\"never\"\n\
         video.crf=21\nvideo.depth=\"eight\"\nvideo.maxFps=60\nvideo.speed=\"medium\"\n",
    ),
    (
        "web-720p",
        "audio.codec=\"aac\"\naudio.copy=\"never\"\naudio.kbps=128\ncontainer=\"mp4\"\n\
         video.boxLong=1280\nvideo.boxShort=720\nvideo.codec=\"h264\"\nvideo.copy=\"never\"\n\
         video.crf=22\nvideo.depth=\"eight\"\nvideo.maxFps=60\nvideo.speed=\"medium\"\n",
    ),
    (
        "small-hevc",
        "audio.codec=\"aac\"\naudio.copy=\"never\"\naudio.kbps=128\ncontainer=\"mp4\"\n\
         video.codec=\"hevc\"\nvideo.copy=\"never\"\nvideo.crf=25\nvideo.depth=\"source\"\n\
         video.speed=\"medium\"\n",
    ),
    (
        "fit-size",
        "audio.channels=2\naudio.codec=\"aac\"\naudio.copy=\"never\"\naudio.kbps=96\ncontainer=\"mp4\"\n\
         video.boxLong=1920\nvideo.boxShort=1080\nvideo.codec=\"h264\"\nvideo.copy=\"never\"\n\
         video.depth=\"eight\"\nvideo.maxFps=60\nvideo.sizeMb=25\nvideo.speed=\"medium\"\n",
    ),
];

/// Meanings of the built-in presets, by id; cached, as they are needed for each row of an earlier schema.
static MEANINGS: LazyLock<Vec<(&str, String)>> =
    LazyLock::new(|| built_in().iter().map(|p| (p.id.as_str(), meaning(p))).collect());

/// Earlier meanings of this preset, if it equals a built-in one.
pub fn earlier_meanings(preset: &Preset) -> Vec<&'static str> {
    earlier_in(EARLIER, preset)
}

fn earlier_in<'a>(table: &[(&str, &'a str)], preset: &Preset) -> Vec<&'a str> {
    let own = meaning(preset);
    let alike: Vec<&str> = MEANINGS.iter().filter(|(_, m)| *m == own).map(|(id, _)| *id).collect();
    table.iter().filter(|(id, _)| alike.contains(id)).map(|(_, earlier)| *earlier).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::{find, read};

    #[test]
    fn bytes_of_a_meaning_do_not_change() {
        let web = "audio.codec=\"aac\"\naudio.copy=\"whenFits\"\naudio.kbps=160\ncontainer=\"mp4\"\n\
                   video.boxLong=1920\nvideo.boxShort=1080\nvideo.codec=\"h264\"\nvideo.copy=\"whenFits\"\n\
                   video.crf=21\nvideo.depth=\"eight\"\nvideo.maxFps=60\nvideo.speed=\"medium\"\n";
        assert_eq!(meaning(find("web-1080p").unwrap()), web);
        let sound = "audio.codec=\"aac\"\naudio.copy=\"whenFits\"\naudio.kbps=192\ncontainer=\"m4a\"\n";
        assert_eq!(meaning(find("audio-m4a").unwrap()), sound);
    }

    #[test]
    fn names_and_defaults_do_not_affect_the_meaning_and_other_fields_do() {
        let web = find("web-1080p").unwrap();
        let text = serde_json::to_string(web).unwrap();
        let renamed = text.replace("web-1080p", "mine").replace("Web 1080p", "Mine").replace("Plays", "Runs");
        assert_eq!(meaning(&read(&renamed).unwrap()), meaning(web));
        let explicit = text.replace("\"container\"", "\"subtitles\":\"keep\",\"metadata\":\"keep\",\"bigger\":\"keep\",\"salvage\":false,\"container\"");
        let explicit =
            explicit.replace("\"crf\"", "\"hdr\":\"toneMap\",\"hardware\":\"off\",\"kbps\":null,\"crf\"");
        let explicit = explicit.replace("\"kbps\":160", "\"kbps\":160,\"channels\":null,\"tracks\":\"all\"");
        assert_ne!(explicit, text);
        assert_eq!(meaning(&read(&explicit).unwrap()), meaning(web));
        for (path, value) in [
            ("video.crf", "22"),
            ("video.hardware", "auto"),
            ("subtitles", "drop"),
            ("metadata", "stripLocation"),
            ("bigger", "useOriginal"),
            ("salvage", "true"),
            ("audio.channels", "2"),
            ("audio.tracks", "first"),
            ("video.maxFps", "null"),
        ] {
            let changed = crate::preset::set(web, &[(path, value)]).unwrap();
            assert_ne!(meaning(&changed), meaning(web), "{path}={value}");
        }
    }

    #[test]
    fn built_in_presets_differ_in_meaning() {
        let all: std::collections::BTreeSet<_> = built_in().iter().map(meaning).collect();
        assert_eq!(all.len(), built_in().len());
    }

    #[test]
    fn earlier_meanings_belong_to_unchanged_built_in_presets() {
        let table = [("web-1080p", "old=1\n"), ("web-720p", "old=2\n"), ("web-1080p", "older=1\n")];
        let web = find("web-1080p").unwrap();
        assert_eq!(earlier_in(&table, web), ["old=1\n", "older=1\n"]);
        let renamed = Preset { id: "mine".into(), ..web.clone() };
        assert_eq!(earlier_in(&table, &renamed), ["old=1\n", "older=1\n"]);
        let changed = crate::preset::set(web, &[("video.crf", "30")]).unwrap();
        assert!(earlier_in(&table, &changed).is_empty());
    }
}
