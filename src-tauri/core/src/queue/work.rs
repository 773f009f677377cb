//! What makes two jobs the same work: the real source, the folder of the results, and what preset and options mean.
//!
//! Guarantees one key for the same work across versions: the key is a hash of an explicit text, whose bytes a test
//! holds. Pure; touches no disk.

use crate::path_bytes::to_bytes;
use crate::preset;
use crate::spec::JobSpec;
use std::path::Path;
use uuid::Uuid;

/// A job's identity, as plain data: two jobs with equal values are the same work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    source: Vec<u8>,
    root: Vec<u8>,
    preset: String,
    options: String,
}

/// What preset and options of a spec mean. Made once for all jobs of that spec, for it costs more than their keys.
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
    /// `source`: the canonical path of the video. `root`: the folder of the results.
    pub(crate) fn of(source: &Path, root: &Path, meaning: &Meaning) -> Work {
        Work {
            source: to_bytes(source),
            root: to_bytes(root),
            preset: meaning.preset.clone(),
            options: meaning.options.clone(),
        }
    }

    /// The same with what the preset meant in earlier versions: done then, it need not be done again.
    pub(crate) fn earlier(&self, meaning: &Meaning) -> Vec<Work> {
        let with = |earlier: &&str| Work { preset: (*earlier).to_owned(), ..self.clone() };
        meaning.earlier.iter().map(with).collect()
    }

    /// Its hash, 16 bytes.
    pub(crate) fn key(&self) -> Vec<u8> {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, &self.canonical()).as_bytes().to_vec()
    }

    /// Each part under its name with its length, for a path may hold any byte. Options that are all at their default
    /// are left out, so that a job has the same key as before there were any.
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

/// The key as it was up to schema 3: it hashed the preset with its name and description. `preset`: as JSON in the
/// order of its fields.
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
    fn the_bytes_of_the_canonical_form_and_the_key_do_not_change() {
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
    fn every_part_counts_and_none_runs_into_the_next() {
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
    fn the_former_key_stays_what_it_was() {
        let web = serde_json::to_string(preset::find("web-1080p").unwrap()).unwrap();
        let key = former_key(Path::new("/videos/a.mkv"), Path::new("/out"), &web);
        assert_eq!(Uuid::from_slice(&key).unwrap().to_string(), "5e4f3dd4-d4ab-51e9-9b25-d538a7cefee7");
    }
}
