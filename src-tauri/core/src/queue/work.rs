//! The identity of work: two jobs do the same work if the real source, the output folder, and the meaning of preset and
//! options are equal.
//!
//! Guarantees the same key for the same work across versions: the key is a hash of a canonical text, and a test fixes
//! its bytes. Pure; no I/O.

use crate::path_bytes::to_bytes;
use crate::preset;
use crate::spec::JobSpec;
use std::path::Path;
use uuid::Uuid;

/// The work of a job, as plain data: jobs with equal values do the same work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    source: Vec<u8>,
    root: Vec<u8>,
    preset: String,
    options: String,
}

/// The meaning of the preset and options of a spec. Computed once for all jobs of that spec, because it costs more than
/// their keys.
#[derive(Debug)]
pub(crate) struct Meaning {
    preset: String,
    options: String,
    earlier: Vec<&'static str>,
}

impl Meaning {
    pub(crate) fn of(spec: &JobSpec) -> Meaning {
        Meaning {
            preset: preset::meaning(&spec.preset),
            options: preset::meaning_of(&spec.options),
            earlier: preset::earlier_meanings(&spec.preset),
        }
    }
}

impl Work {
    /// Returns the work for `source`, the canonical path of the video, and `root`, the output folder.
    pub(crate) fn of(source: &Path, root: &Path, meaning: &Meaning) -> Work {
        Work {
            source: to_bytes(source),
            root: to_bytes(root),
            preset: meaning.preset.clone(),
            options: meaning.options.clone(),
        }
    }

    /// Returns the same work with the preset's meanings in earlier versions; work done then need not be done again.
    pub(crate) fn earlier(&self, meaning: &Meaning) -> Vec<Work> {
        let with = |earlier: &&str| Work { preset: (*earlier).to_owned(), ..self.clone() };
        meaning.earlier.iter().map(with).collect()
    }

    /// The hash, 16 bytes.
    pub(crate) fn key(&self) -> Vec<u8> {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.canonical()).as_bytes().to_vec()
    }

    /// The text that is hashed: each part with its name and length, because a path may contain any byte. Options are
    /// left out if all have their defaults, so that the key is the same as before options existed.
    fn canonical(&self) -> Vec<u8> {
        let mut text = b"spool work 1\n".to_vec();
        let parts = [
            ("source", self.source.as_slice()),
            ("root", self.root.as_slice()),
            ("preset", self.preset.as_bytes()),
            ("options", self.options.as_bytes()),
        ];
        for (name, bytes) in parts.into_iter().filter(|(name, bytes)| *name != "options" || !bytes.is_empty())
        {
            text.extend(format!("{name} {}\n", bytes.len()).into_bytes());
            text.extend(bytes);
            text.push(b'\n');
        }
        text
    }
}

/// Returns the key as schemas 1 to 3 computed it, from the preset with its name and description. `preset` is JSON in
/// the order of its fields.
pub(crate) fn former_key(source: &Path, root: &Path, preset: &str) -> Vec<u8> {
    let mut text = to_bytes(source);
    for part in [preset.as_bytes().to_vec(), to_bytes(root)] {
        text.push(0);
        text.extend(part);
    }
    Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(source: &str, root: &str, preset: &str) -> Work {
        let meaning = Meaning::of(&JobSpec::of(preset::find(preset).unwrap().clone()));
        Work::of(Path::new(source), Path::new(root), &meaning)
    }

    #[cfg(unix)]
    #[test]
    fn canonical_text_and_key_do_not_change() {
        let mut work = work("/v/a.mkv", "/out", "audio-m4a");
        let meaning = "audio.codec=\"aac\"\naudio.copy=\"whenFits\"\naudio.kbps=192\ncontainer=\"m4a\"\n";
        let text =
            format!("spool work 1\nsource 8\n/v/a.mkv\nroot 4\n/out\npreset {}\n{meaning}\n", meaning.len());
        assert_eq!(String::from_utf8(work.canonical()).unwrap(), text);
        assert_eq!(
            Uuid::from_slice(&work.key()).unwrap().to_string(),
            "9853cecc-3c16-5bf8-89ac-4735676dd45d"
        );
        work.options = "trim=1\n".into();
        assert_eq!(String::from_utf8(work.canonical()).unwrap(), format!("{text}options 7\ntrim=1\n\n"));
    }

    #[test]
    fn every_part_changes_the_key_and_parts_do_not_run_together() {
        let base = work("/v/a", "/out", "web-1080p");
        let others = [
            work("/v/a\n", "/out", "web-1080p"),
            work("/v/a", "/out/", "web-1080p"),
            work("/v/a\nroot 4\n/out", "", "web-1080p"),
            work("/v/a", "/out", "web-720p"),
            Work { options: "trim=1\n".into(), ..base.clone() },
        ];
        for other in others {
            assert_ne!(other.key(), base.key(), "{other:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn former_key_does_not_change() {
        let web = serde_json::to_string(preset::find("web-1080p").unwrap()).unwrap();
        let key = former_key(Path::new("/videos/a.mkv"), Path::new("/out"), &web);
        assert_eq!(Uuid::from_slice(&key).unwrap().to_string(), "5e4f3dd4-d4ab-51e9-9b25-d538a7cefee7");
    }
}
