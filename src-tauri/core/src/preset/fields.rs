//! The settings of a preset that can be changed for one job, with values and meaning: the table behind help, refusals
//! and suggestions.
//!
//! Guarantees, by a test against the real types, that the table lists every such setting and every value it accepts.

use serde::Serialize;

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Field {
    /// Its dotted name in JSON: `video.crf`.
    pub key: &'static str,
    /// Allowed values, for display.
    pub values: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Other common names.
    #[serde(skip)]
    pub called: &'static [&'static str],
    /// Units that may follow its number, with their factors.
    #[serde(skip)]
    pub units: &'static [(&'static str, u32)],
}

pub(crate) const fn field(key: &'static str, values: &'static str, meaning: &'static str) -> Field {
    Field { key, values, meaning, called: &[], units: &[] }
}

impl Field {
    pub(crate) const fn called(self, called: &'static [&'static str]) -> Field {
        Field { called, ..self }
    }

    pub(crate) const fn units(self, units: &'static [(&'static str, u32)]) -> Field {
        Field { units, ..self }
    }
}

const KBPS: &[(&str, u32)] =
    &[("kbit/s", 1), ("kbps", 1), ("kb/s", 1), ("k", 1), ("mbit/s", 1000), ("mbps", 1000), ("m", 1000)];
pub(crate) const MB: &[(&str, u32)] = &[("mb", 1), ("m", 1), ("gb", 1000), ("g", 1000)];
const PIXELS: &[(&str, u32)] = &[("pixels", 1), ("px", 1), ("p", 1)];

/// All settings, in display order.
pub const FIELDS: &[Field] = &[
    field("container", "mp4, mkv, mov, m4a", "Kind of file that is written").called(&["format", "extension"]),
    field("video", "null", "No picture: only the sound is kept, in an m4a").called(&["picture"]),
    field("video.codec", "h264, hevc, av1, prores", "Codec of the picture where it is converted")
        .called(&["vcodec", "encoder", "codec"]),
    field(
        "video.crf",
        "0 to 51, with av1 0 to 63; null",
        "Quality of the picture: less is better and bigger",
    )
    .called(&["quality", "cq", "qp", "rf"]),
    field("video.kbps", "50 to 500000 kbit/s; null", "Mean rate of the picture, in place of crf or sizeMb")
        .called(&["bitrate", "rate", "vb", "videobitrate"])
        .units(KBPS),
    field(
        "video.sizeMb",
        "from 1 MB, with h264; null",
        "Largest size of the whole result, in place of crf or kbps",
    )
    .called(&["size", "filesize", "maxsize"])
    .units(MB),
    field(
        "video.speed",
        "ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow",
        "Effort of the encoder: slower makes the result smaller",
    )
    .called(&["preset", "effort"]),
    field(
        "video.boxLong",
        "from 16 pixels; null: any",
        "The longer side stays within this; nothing is enlarged or cut",
    )
    .called(&["box", "width", "long", "resolution", "maxwidth"])
    .units(PIXELS),
    field(
        "video.boxShort",
        "from 16 pixels; null: any",
        "The shorter side stays within this; the shape is kept",
    )
    .called(&["box", "height", "short", "resolution", "maxheight"])
    .units(PIXELS),
    field("video.maxFps", "from 1 a second; null: any", "Frames above this rate are dropped; none are added")
        .called(&["fps", "framerate", "frames"])
        .units(&[("fps", 1), ("hz", 1)]),
    field(
        "video.depth",
        "eight, source, ten",
        "Bits of each sample; source: ten where the original has more than eight",
    )
    .called(&["bits", "bitdepth"]),
    field("video.hdr", "toneMap, keep", "High dynamic range mapped to what every screen shows, or kept"),
    field("video.hardware", "off, auto", "Graphics hardware may encode: faster, with larger results")
        .called(&["gpu", "hwaccel", "nvenc"]),
    field(
        "video.copy",
        "never, whenFits, whenHeld",
        "The picture is copied where it is as wanted, or where the container holds it",
    ),
    field("audio.codec", "aac, opus, pcm", "Codec of the sound where it is converted")
        .called(&["acodec", "codec"]),
    field("audio.kbps", "8 to 1024 kbit/s", "Rate of stereo sound; more channels take more")
        .called(&["bitrate", "ab", "audiobitrate"])
        .units(KBPS),
    field("audio.channels", "1 to 8; null: any", "More channels are mixed down").called(&["mono", "stereo"]),
    field("audio.tracks", "all, first", "Tracks of sound that are kept"),
    field(
        "audio.copy",
        "never, whenFits, whenHeld",
        "Sound is copied where it is as wanted, or where the container holds it",
    ),
    field("subtitles", "keep, drop", "Kept as far as the container holds them, or left out")
        .called(&["subs"]),
    field("metadata", "keep, stripLocation", "All tags are kept, or all that do not tell a place")
        .called(&["tags", "location", "gps"]),
    field("bigger", "keep, useOriginal", "A result that is bigger than its original is kept, or discarded"),
    field("salvage", "true, false", "What can be read of a damaged original is enough"),
];

/// Both sides in one value: `1280x720`.
pub(super) const BOX: &str = "video.box";

/// The setting of this name.
pub(super) fn find(key: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.key == key)
}

/// Converts a value with a matching unit to a plain number; other values stay as they are.
pub(crate) fn without_unit(field: &Field, value: &str) -> String {
    let text = value.trim().to_ascii_lowercase();
    let number = |(unit, times): &(&str, u32)| {
        let number = text.strip_suffix(unit)?.trim_end().parse::<f64>().ok()?;
        let whole = number * f64::from(*times);
        (whole.fract().abs() < 1e-9 && (0.0..=f64::from(u32::MAX)).contains(&whole))
            .then(|| format!("{whole:.0}"))
    };
    field.units.iter().find_map(number).unwrap_or_else(|| value.to_owned())
}

/// Settings with names similar to an unknown one, the most likely first.
pub(crate) fn near(fields: &'static [Field], key: &str) -> Vec<&'static str> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_'], "");
    let wanted = plain(key);
    let last = |text: &str| text.rsplit('.').next().map(plain).unwrap_or_default();
    let distance = |field: &Field| {
        let own = plain(field.key);
        let called = || field.called.iter().any(|name| plain(name) == last(key));
        match () {
            () if own == wanted => 0,
            () if last(field.key) == last(key) || called() => 1,
            () => 1 + edit_distance(&own, &wanted).min(edit_distance(&last(field.key), &last(key)).max(1)),
        }
    };
    let allowed = 1 + (last(key).len() / 3).clamp(1, 2);
    let all = || fields.iter().map(|field| (distance(field), field));
    let best = all().map(|(distance, _)| distance).min().unwrap_or(usize::MAX);
    // Of equal matches, prefer the named group.
    let group = key.split_once('.').map(|(group, _)| format!("{group}."));
    let mut near: Vec<_> = all().filter(|(distance, _)| *distance == best && best <= allowed).collect();
    let in_group = |field: &Field| group.as_ref().is_some_and(|group| field.key.starts_with(group.as_str()));
    if near.iter().any(|(_, field)| in_group(field)) {
        near.retain(|(_, field)| in_group(field));
    }
    near.into_iter().map(|(_, field)| field.key).collect()
}

/// Edit distance (Levenshtein).
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, letter) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = n + 1;
        for (m, other) in b.iter().enumerate() {
            let changed = before + usize::from(letter != *other);
            before = row[m + 1];
            row[m + 1] = changed.min(before + 1).min(row[m] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::{self, Preset, Tracks};
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// A preset without defaults, so that every setting is serialised.
    fn everything() -> Preset {
        let mut preset = preset::find("web-1080p").unwrap().clone();
        let video = preset.video.as_mut().unwrap();
        (video.kbps, video.size_mb) = (Some(1), Some(1));
        (video.hdr, video.hardware) = (preset::Hdr::Keep, preset::Hardware::Auto);
        (preset.audio.channels, preset.audio.tracks) = (Some(2), Tracks::First);
        (preset.subtitles, preset.metadata) = (preset::Subtitles::Drop, preset::Metadata::StripLocation);
        (preset.bigger, preset.salvage) = (preset::Bigger::UseOriginal, true);
        preset
    }

    fn keys(prefix: &str, value: &Value, into: &mut BTreeSet<String>) {
        for (name, value) in value.as_object().unwrap() {
            let key = format!("{prefix}{name}");
            if value.is_object() {
                keys(&format!("{key}."), value, into);
            } else {
                into.insert(key);
            }
        }
    }

    #[test]
    fn table_lists_every_setting_of_a_preset_and_nothing_else() {
        let mut real = BTreeSet::new();
        keys("", &serde_json::to_value(everything()).unwrap(), &mut real);
        for naming in ["id", "name", "description"] {
            assert!(real.remove(naming));
        }
        real.insert("video".into());
        let named: BTreeSet<String> = FIELDS.iter().map(|field| field.key.to_owned()).collect();
        assert_eq!(named, real);
    }

    /// Compares with the values that the types list in their error.
    #[test]
    fn table_lists_every_value_of_a_setting() {
        let web = preset::find("web-1080p").unwrap();
        for field in FIELDS
            .iter()
            .filter(|field| !field.values.contains(char::is_whitespace) || field.values.contains(", "))
        {
            let refusal = preset::set(web, &[(field.key, "nonsense")]).unwrap_err();
            let Some((_, known)) = refusal.split_once("choose among ") else { continue };
            assert_eq!(known.replace('"', "").replace(" or ", ", "), field.values, "{}", field.key);
        }
        for field in FIELDS.iter().filter(|field| field.values.contains("null") && field.key != "video") {
            let json = serde_json::to_value(web).unwrap();
            let pointer = format!("/{}", field.key.replace('.', "/"));
            let mut without = json.clone();
            if let Some(value) = without.pointer_mut(&pointer) {
                *value = Value::Null;
            }
            serde_json::from_value::<Preset>(without).unwrap_or_else(|e| panic!("{}: {e}", field.key));
        }
    }

    #[test]
    fn common_units_are_accepted() {
        let taken = |key, value| without_unit(find(key).unwrap(), value);
        for (key, value, number) in [
            ("video.sizeMb", "25MB", "25"),
            ("video.sizeMb", "1.5 GB", "1500"),
            ("video.kbps", "2.5M", "2500"),
            ("video.kbps", "800kbit/s", "800"),
            ("audio.kbps", "128k", "128"),
            ("video.boxShort", "720p", "720"),
            ("video.maxFps", "30fps", "30"),
            ("video.sizeMb", "25", "25"),
            ("video.sizeMb", "0.3 MB", "0.3 MB"),
            ("video.crf", "20MB", "20MB"),
        ] {
            assert_eq!(taken(key, value), number, "{key}={value}");
        }
    }

    #[test]
    fn unknown_name_gives_suggestions() {
        for (key, meant) in [
            ("crf", &["video.crf"][..]),
            ("video.CRF", &["video.crf"]),
            ("video.crff", &["video.crf"]),
            ("kbps", &["video.kbps", "audio.kbps"]),
            ("audio.bitrate", &["audio.kbps"]),
            ("codec", &["video.codec", "audio.codec"]),
            ("size", &["video.sizeMb"]),
            ("video.size-mb", &["video.sizeMb"]),
            ("fps", &["video.maxFps"]),
            ("video.height", &["video.boxShort"]),
            ("resolution", &["video.boxLong", "video.boxShort"]),
            ("preset", &["video.speed"]),
            ("subtitels", &["subtitles"]),
            ("colour", &[]),
            ("id", &[]),
            ("", &[]),
        ] {
            assert_eq!(near(FIELDS, key), meant, "{key}");
        }
    }
}
