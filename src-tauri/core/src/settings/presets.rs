//! The presets of a data folder: the built-in ones, adjusted by the settings, and the user's own in `presets.json`.
//!
//! Guarantees that a file with a mistake is refused with its location and never overwritten, and that built-in presets
//! keep their meaning: an imported preset with a built-in id gets another id.

use super::{Settings, lock, read, write};
use crate::error::{Error, Result};
use crate::preset::{self, Preset};
use std::path::Path;

/// The built-in presets, adjusted by the settings, and the user's own from `presets.json` of a data folder.
pub fn presets(data: &Path, settings: &Settings) -> Result<Vec<Preset>> {
    let path = data.join("presets.json");
    let own: Vec<Preset> = read(&path)?.unwrap_or_default();
    let refuse = |cause: String| Error::Settings { path: path.clone(), cause };
    let checked = |preset: Preset| {
        let id = preset.id.clone();
        preset::validate(preset).map_err(|why| refuse(format!("preset \"{id}\": {why}")))
    };
    let own = own.into_iter().map(checked).collect::<Result<Vec<_>>>()?;
    let sized = |preset: &Preset| sized(preset, settings.fit_size_mb);
    Ok(preset::built_in().iter().map(sized).chain(own).collect())
}

/// The preset of this id.
///
/// # Errors
/// `Preset` if there is none, and the errors of reading.
pub fn preset(data: &Path, settings: &Settings, id: &str) -> Result<Preset> {
    let all = presets(data, settings)?;
    let known: Vec<String> = all.iter().map(|p| p.id.clone()).collect();
    let missing = || format!("There is no preset \"{id}\"; choose one of {}", known.join(", "));
    all.into_iter().find(|p| p.id == id).ok_or_else(|| Error::Preset(missing()))
}

fn sized(preset: &Preset, size_mb: u32) -> Preset {
    let mut preset = preset.clone();
    if let Some(video) = preset.video.as_mut().filter(|v| v.size_mb.is_some()) {
        video.size_mb = Some(size_mb);
    }
    preset
}

/// An imported preset.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The stored preset.
    pub preset: Preset,
    /// Its id before the import, if that is a built-in preset's.
    pub instead_of: Option<String>,
}

/// Imports presets of the user; each replaces an earlier one of the same id. All or none are imported.
///
/// # Errors
/// `Preset` if one is invalid.
pub fn import(data: &Path, text: &str) -> Result<Vec<Imported>> {
    let new = preset::read_all(text).map_err(Error::Preset)?;
    let _lock = lock(data)?;
    let path = data.join("presets.json");
    let mut own: Vec<Preset> = read(&path)?.unwrap_or_default();
    let imported: Vec<Imported> = new.into_iter().map(|preset| keep(&mut own, preset)).collect();
    write(&path, &own)?;
    Ok(imported)
}

/// Adds or replaces a preset.
fn keep(own: &mut Vec<Preset>, new: Preset) -> Imported {
    let built_in = preset::find(&new.id).is_some();
    let instead_of = built_in.then(|| new.id.clone());
    let preset = if built_in { renamed(own, &new) } else { new };
    match own.iter_mut().find(|p| p.id == preset.id) {
        Some(earlier) => *earlier = preset.clone(),
        None => own.push(preset.clone()),
    }
    Imported { preset, instead_of }
}

/// With the next free number, or that of an equal preset imported before.
fn renamed(own: &[Preset], new: &Preset) -> Preset {
    let numbered =
        |n: u32| Preset { id: format!("{}-{n}", new.id), name: format!("{} {n}", new.name), ..new.clone() };
    let free = |preset: &Preset| own.iter().all(|p| p.id != preset.id || p == preset);
    (2..u32::MAX).map(numbered).find(free).unwrap_or_else(|| new.clone())
}

/// Removes presets of the user; jobs added with them keep their meaning. All or none are removed.
///
/// # Errors
/// `Preset` for one that is built in, does not exist, or is named in the settings.
pub fn remove(data: &Path, ids: &[String]) -> Result<()> {
    let _lock = lock(data)?;
    let path = data.join("presets.json");
    let mut own: Vec<Preset> = read(&path)?.unwrap_or_default();
    let chosen = super::load(data)?.preset;
    for id in ids {
        if preset::find(id).is_some() {
            return Err(Error::Preset(format!("\"{id}\" comes with Spool and cannot be removed")));
        }
        if *id == chosen {
            let why =
                format!("\"{id}\" is the preset that the settings name; choose another one there first");
            return Err(Error::Preset(why));
        }
        let before = own.len();
        own.retain(|p| p.id != *id);
        if own.len() == before {
            return Err(Error::Preset(format!("There is no preset \"{id}\" of your own")));
        }
    }
    write(&path, &own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(id: &str) -> String {
        serde_json::to_string(preset::find(id).unwrap()).unwrap()
    }

    fn ids(data: &Path) -> Vec<String> {
        let all = presets(data, &Settings::default()).unwrap();
        all.into_iter().skip(preset::built_in().len()).map(|p| p.id).collect()
    }

    #[test]
    fn concurrent_imports_are_not_lost() {
        let dir = tempfile::tempdir().unwrap();
        let web = text("web-1080p");
        std::thread::scope(|scope| {
            for n in 0..16 {
                let text = web.replace("web-1080p", &format!("mine-{n}"));
                let data = dir.path();
                scope.spawn(move || import(data, &text).unwrap());
            }
        });
        assert_eq!(ids(dir.path()).len(), 16);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "no temporary file is left");
    }

    #[test]
    fn imported_built_in_preset_gets_a_new_id_once_per_meaning() {
        let dir = tempfile::tempdir().unwrap();
        let first = import(dir.path(), &text("web-1080p")).unwrap().remove(0);
        assert_eq!((first.preset.id.as_str(), first.preset.name.as_str()), ("web-1080p-2", "Web 1080p 2"));
        assert_eq!(first.instead_of.as_deref(), Some("web-1080p"));
        assert_eq!(import(dir.path(), &text("web-1080p")).unwrap(), [first], "nothing new");
        let changed = text("web-1080p").replace("\"crf\":21", "\"crf\":30");
        assert_eq!(import(dir.path(), &changed).unwrap()[0].preset.id, "web-1080p-3");
        assert_eq!(ids(dir.path()), ["web-1080p-2", "web-1080p-3"]);
    }

    #[test]
    fn lists_are_imported_completely_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let mine = |id: &str| text("web-1080p").replace("web-1080p", id);
        let (a, b) = (mine("a"), mine("b"));
        for text in [format!("[{a}, {b}]"), format!("{a}\n{b}\n"), format!("[{a}]\n[{b}]")] {
            import(dir.path(), &text).unwrap();
            assert_eq!(ids(dir.path()), ["a", "b"]);
        }
        let wrong = mine("c").replace("\"crf\":21", "\"crf\":99");
        let refusal = import(dir.path(), &format!("[{}, {wrong}]", mine("d"))).unwrap_err().to_string();
        assert!(refusal.contains("preset \"c\": video.crf must be 0 to 51"), "{refusal}");
        for (text, expected) in
            [("[5]", "preset 1 of 1: it must be an object"), ("[]", "no preset"), ("[[]]", "an object")]
        {
            let refusal = import(dir.path(), text).unwrap_err().to_string();
            assert!(refusal.contains(expected) && !refusal.contains("struct"), "{text}: {refusal}");
        }
        assert_eq!(ids(dir.path()), ["a", "b"]);
    }

    #[test]
    fn user_preset_is_found_replaced_and_removed_and_a_broken_file_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let all = presets(dir.path(), &Settings { fit_size_mb: 10, ..Settings::default() }).unwrap();
        let fit = all.iter().find(|p| p.id == "fit-size").unwrap();
        assert_eq!(fit.video.as_ref().unwrap().size_mb, Some(10));
        let mine = text("web-1080p").replace("web-1080p", "mine");
        import(dir.path(), &mine).unwrap();
        let found = |id: &str| preset(dir.path(), &Settings::default(), id);
        assert_eq!(found("mine").unwrap().id, "mine");
        let gone = found("gone").unwrap_err().to_string();
        assert!(gone.starts_with("There is no preset \"gone\"; choose one of web-1080p"), "{gone}");
        for (id, why) in [("web-1080p", "comes with Spool"), ("gone", "of your own")] {
            let refusal = remove(dir.path(), &["mine".into(), id.into()]).unwrap_err().to_string();
            assert!(refusal.contains(why), "{refusal}");
        }
        crate::settings::change(dir.path(), |settings| settings.preset = "mine".into()).unwrap();
        assert!(remove(dir.path(), &["mine".into()]).unwrap_err().to_string().contains("the settings name"));
        crate::settings::change(dir.path(), |settings| settings.preset = "web-1080p".into()).unwrap();
        let path = dir.path().join("presets.json");
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, whole.replace("\"kbps\": 160", "\"kbps\": 2")).unwrap();
        let refusal = found("mine").unwrap_err().to_string();
        assert!(refusal.contains("preset \"mine\": audio.kbps must be 8 to 1024"), "{refusal}");
        std::fs::write(&path, whole).unwrap();
        remove(dir.path(), &["mine".into()]).unwrap();
        assert!(ids(dir.path()).is_empty());
    }
}
