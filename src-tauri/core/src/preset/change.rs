//! Changes settings of a preset for one job, as `--set` does, and lists the differences of two presets.
//!
//! Guarantees that the result is valid, and that an invalid change is refused by name.

use super::{Preset, fields, parse_error, validate};
use serde_json::{Map, Value};

const QUALITY: [&str; 3] = ["crf", "kbps", "sizeMb"];

/// Returns the preset with these fields changed. Each is a dotted name in JSON, such as `video.crf`, and a new value;
/// only the final result must be valid.
///
/// # Errors
/// One sentence naming the invalid field or value.
pub fn set(preset: &Preset, changes: &[(&str, &str)]) -> Result<Preset, String> {
    let put = |preset: Preset, (path, value): &(&str, &str)| match (
        *path,
        value.split_once(['x', 'X', '\u{d7}']),
    ) {
        (fields::BOX, Some((a, b))) => put_box(&preset, a, b),
        _ => put(&preset, path, value),
    };
    changes.iter().try_fold(preset.clone(), put).and_then(validate)
}

/// Sets both sides of the box, in any order.
fn put_box(preset: &Preset, a: &str, b: &str) -> Result<Preset, String> {
    let (Ok(a), Ok(b)) = (a.trim().parse::<u32>(), b.trim().parse::<u32>()) else {
        return Err(format!("{} is two sides in pixels, such as 1280x720, not \"{a}x{b}\"", fields::BOX));
    };
    let with = put(preset, "video.boxLong", &a.max(b).to_string())?;
    put(&with, "video.boxShort", &a.min(b).to_string())
}

/// The error for an unknown name, with suggestions.
fn unknown(path: &str) -> String {
    let meant = match &fields::near(fields::FIELDS, path)[..] {
        [] => "`spool presets fields` lists all".to_owned(),
        near => format!("you may mean {}", near.join(" or ")),
    };
    format!("\"{path}\" is not a setting; {meant}")
}

fn put(preset: &Preset, path: &str, value: &str) -> Result<Preset, String> {
    if matches!(path, "id" | "name" | "description") {
        return Err(format!("\"{path}\" names the preset and cannot be set for one job"));
    }
    let Some(known) = fields::find(path) else { return Err(unknown(path)) };
    let mut json = serde_json::to_value(preset).map_err(|e| e.to_string())?;
    let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
    let group = json.pointer_mut(&pointer).and_then(|v| v.as_object_mut());
    let group = group.ok_or_else(|| format!("the preset {} has no picture for {path}", preset.id))?;
    // Text that parses as JSON is that value: 23, true, null. Other text is a string.
    let value = fields::without_unit(known, value);
    let value = serde_json::from_str(&value).unwrap_or_else(|_| value.into());
    // Quality measures exclude each other.
    if QUALITY.contains(&field) {
        group.retain(|other, _| !QUALITY.contains(&other.as_str()));
    }
    group.insert(field.to_owned(), value);
    serde_json::from_value::<Preset>(json)
        .map_err(|e| format!("{path} cannot be set so: {}", parse_error::plain(&e)))
}

const NAMES: [&str; 3] = ["id", "name", "description"];

/// The settings in which `preset` differs from `base`, by the names that `set` accepts, each with its value; `None` if
/// only `base` has one. Names of the preset do not count.
pub fn differences(base: &Preset, preset: &Preset) -> Vec<(String, Option<Value>)> {
    let fields = |preset| match serde_json::to_value(preset) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let mut found = Vec::new();
    differ("", &fields(base), &fields(preset), &mut found);
    found.retain(|(path, _)| !NAMES.contains(&path.as_str()));
    found
}

fn differ(
    group: &str,
    base: &Map<String, Value>,
    own: &Map<String, Value>,
    found: &mut Vec<(String, Option<Value>)>,
) {
    let replaced = |key: &str| QUALITY.contains(&key) && QUALITY.iter().any(|other| own.contains_key(*other));
    for key in own.keys().chain(base.keys().filter(|key| !own.contains_key(*key))) {
        match (base.get(key), own.get(key)) {
            (Some(Value::Object(base)), Some(Value::Object(own))) => {
                differ(&format!("{group}{key}."), base, own, found);
            }
            (before, now) if before == now => {}
            // Quality measures exclude each other.
            (_, None) if replaced(key) => {}
            (_, now) => found.push((format!("{group}{key}"), now.cloned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::{Speed, find};

    #[test]
    fn settings_change_by_dotted_name_and_invalid_ones_are_refused_by_name() {
        let web = find("web-1080p").unwrap();
        let set = |path, value| set(web, &[(path, value)]);
        let picture = |preset: Result<Preset, String>| preset.unwrap().video.unwrap();
        assert_eq!(picture(set("video.crf", "30")).crf, Some(30));
        let rate = picture(set("video.kbps", "900"));
        assert_eq!((rate.kbps, rate.crf), (Some(900), None), "one measure replaces the other");
        assert_eq!(picture(set("video.speed", "ultrafast")).speed, Speed::Ultrafast);
        assert_eq!(picture(set("video.maxFps", "null")).max_fps, None);
        assert_eq!(picture(set("video.sizeMb", "25MB")).size_mb, Some(25));
        let boxed = picture(set("video.box", "720x1280"));
        assert_eq!((boxed.box_long, boxed.box_short), (Some(1280), Some(720)), "the box has no orientation");
        for (path, value, word) in [
            ("video.crf", "99", "0 to 51"),
            ("video.speed", "warp", "warp"),
            ("video.colour", "1", "colour"),
            ("nothing.here", "1", "nothing.here"),
            ("video.maxFps", "0", "at least 1"),
            ("video.kbps", "9", "50 to 500000"),
            ("video.hdr", "keep", "more than 8 bits"),
            ("crf", "20", "you may mean video.crf"),
            ("id", "mine", "names the preset"),
            ("video.box", "720", "you may mean video.boxLong or video.boxShort"),
            ("video.box", "bigxsmall", "such as 1280x720"),
            ("video.crf", "20MB", "not \"20MB\""),
            ("container", "m4a", "M4A holds no picture"),
        ] {
            let refusal = set(path, value).unwrap_err();
            assert!(refusal.contains(word), "{path}={value}: {refusal}");
        }
    }

    #[test]
    fn differences_use_the_names_that_set_accepts() {
        let base = find("web-1080p").unwrap();
        let found = |changes: &[(&str, &str)]| {
            let differences = differences(base, &set(base, changes).unwrap());
            let text =
                |(path, value): (String, Option<Value>)| format!("{path}={}", value.unwrap_or_default());
            differences.into_iter().map(text).collect::<Vec<_>>()
        };
        assert_eq!(found(&[]), [""; 0]);
        let crf = base.video.as_ref().and_then(|v| v.crf).unwrap().to_string();
        assert_eq!(found(&[("video.crf", &crf)]), [""; 0], "set to its old value");
        assert_eq!(found(&[("video.crf", "30"), ("salvage", "true")]), ["salvage=true", "video.crf=30"]);
        assert_eq!(found(&[("video.kbps", "900")]), ["video.kbps=900"], "one measure for another");
        assert_eq!(found(&[("video.maxFps", "null")]), ["video.maxFps=null"]);
        let sound = found(&[("container", "m4a"), ("video", "null")]);
        assert_eq!(sound, ["container=\"m4a\"", "video=null"], "not each field of the video");
        let other = Preset { id: "mine".into(), name: "Mine".into(), ..base.clone() };
        assert_eq!(differences(base, &other), []);
    }

    #[test]
    fn only_the_combined_changes_must_be_valid() {
        let sound = set(find("remux-mp4").unwrap(), &[("container", "m4a"), ("video", "null")]).unwrap();
        assert!(sound.video.is_none());
        let prores = [("container", "mov"), ("video.codec", "prores"), ("video.crf", "null")];
        set(find("small-hevc").unwrap(), &prores).unwrap();
        assert!(set(find("small-hevc").unwrap(), &prores[..2]).is_err());
    }
}
