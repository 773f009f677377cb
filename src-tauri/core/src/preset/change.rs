//! A preset with some of its settings changed for one job, as `--set` asks for.
//!
//! Guarantees that what comes out is valid, and that a change that does not fit is refused by its name.

use super::{Preset, validate, words};

const QUALITY: [&str; 3] = ["crf", "kbps", "sizeMb"];

/// The preset with these fields changed, which only together need make sense: each by its dotted name in JSON, such as
/// `video.crf`, and its new value.
///
/// # Errors
/// One sentence naming the field or value that does not fit.
pub fn set(preset: &Preset, changes: &[(&str, &str)]) -> Result<Preset, String> {
    let put = |preset: Preset, (path, value): &(&str, &str)| put(&preset, path, value);
    changes.iter().try_fold(preset.clone(), put).and_then(validate)
}

fn put(preset: &Preset, path: &str, value: &str) -> Result<Preset, String> {
    if matches!(path, "id" | "name" | "description") {
        return Err(format!("\"{path}\" names the preset and cannot be set for one job"));
    }
    let mut json = serde_json::to_value(preset).map_err(|e| e.to_string())?;
    let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
    let group = json.pointer_mut(&pointer).and_then(|v| v.as_object_mut());
    let group = group.ok_or_else(|| format!("\"{path}\" is not a setting of the preset {}", preset.id))?;
    // A word is a string, anything else that parses is itself: 23, true, null.
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    // One measure of quality takes the place of another.
    if QUALITY.contains(&field) {
        group.retain(|other, _| !QUALITY.contains(&other.as_str()));
    }
    group.insert(field.to_owned(), value);
    serde_json::from_value::<Preset>(json)
        .map_err(|e| format!("{path} cannot be set so: {}", words::plain(&e)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::{Speed, find};

    #[test]
    fn a_setting_is_changed_by_its_dotted_name_and_nonsense_is_refused_by_name() {
        let web = find("web-1080p").unwrap();
        let set = |path, value| set(web, &[(path, value)]);
        let picture = |preset: Result<Preset, String>| preset.unwrap().video.unwrap();
        assert_eq!(picture(set("video.crf", "30")).crf, Some(30));
        let rate = picture(set("video.kbps", "900"));
        assert_eq!((rate.kbps, rate.crf), (Some(900), None), "one measure replaces the other");
        assert_eq!(picture(set("video.speed", "ultrafast")).speed, Speed::Ultrafast);
        assert_eq!(picture(set("video.maxFps", "null")).max_fps, None);
        for (path, value, word) in [
            ("video.crf", "99", "0 to 51"),
            ("video.speed", "warp", "warp"),
            ("video.colour", "1", "colour"),
            ("nothing.here", "1", "nothing.here"),
            ("video.maxFps", "0", "at least 1"),
            ("video.kbps", "9", "50 to 500000"),
            ("video.hdr", "keep", "more than 8 bits"),
            ("container", "m4a", "M4A holds no picture"),
        ] {
            let refusal = set(path, value).unwrap_err();
            assert!(refusal.contains(word), "{path}={value}: {refusal}");
        }
    }

    #[test]
    fn changes_need_make_sense_together_only() {
        let sound = set(find("remux-mp4").unwrap(), &[("container", "m4a"), ("video", "null")]).unwrap();
        assert!(sound.video.is_none());
        let prores = [("container", "mov"), ("video.codec", "prores"), ("video.crf", "null")];
        set(find("small-hevc").unwrap(), &prores).unwrap();
        assert!(set(find("small-hevc").unwrap(), &prores[..2]).is_err());
    }
}
