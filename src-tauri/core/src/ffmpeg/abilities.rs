//! What this ffmpeg can do: the codecs it decodes, from its list, and the encoders that work, by a test encode, because
//! lists include encoders whose library or device is missing.
//!
//! Answers are cached for the life of the process, per ffmpeg file: a changed file is tested again.

use super::locate::{Tools, ask};
use crate::plan::{Abilities, Encoder, HARDWARE, Pixels, hardware};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::ScopedJoinHandle;
use std::time::SystemTime;

type Once<T> = Arc<OnceLock<T>>;
type PerFile<T> = Mutex<Option<HashMap<(PathBuf, Option<SystemTime>, String), Once<T>>>>;

static TESTED: PerFile<bool> = Mutex::new(None);
static DECODERS: PerFile<Option<BTreeSet<String>>> = Mutex::new(None);

/// The cache slot of an answer about this ffmpeg, empty or filled.
fn slot<T>(answers: &PerFile<T>, tools: &Tools, about: &str) -> Once<T> {
    let key = (tools.ffmpeg.path.clone(), tools.ffmpeg.modified, about.to_owned());
    let mut known = answers.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(known.get_or_insert_default().entry(key).or_default())
}

/// What this ffmpeg can do; hardware encoders are tested only if `with_hardware`.
pub fn abilities(tools: &Tools, with_hardware: bool) -> Abilities {
    let decoders = slot(&DECODERS, tools, "").get_or_init(|| decoders(&tools.ffmpeg.path)).clone();
    let hardware = HARDWARE.iter().filter(|h| with_hardware && encoder_works(tools, Encoder::Hardware(h)));
    let hardware = hardware.collect();
    Abilities { decoders, hardware, early_opus: opus_is_early(&tools.ffmpeg.version) }
}

/// Up to version 5 ffmpeg writes the Opus delay into Matroska, which players subtract, but does not add it to the
/// timestamps.
fn opus_is_early(version: &str) -> bool {
    let major = version.trim_start_matches('n').split('.').next();
    major.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major < 6)
}

fn decoders(ffmpeg: &Path) -> Option<BTreeSet<String>> {
    let answer =
        ask(ffmpeg, &["-hide_banner".into(), "-codecs".into()]).ok().filter(|answer| answer.success)?;
    Some(listed(&answer.stdout)).filter(|codecs| !codecs.is_empty())
}

/// The codecs of `ffmpeg -codecs` that have a decoder: ` DEV.LS h264   H.264 / AVC ...`.
fn listed(text: &str) -> BTreeSet<String> {
    let decoded = |line: &str| {
        let mut words = line.split_whitespace();
        let flags = words.next().filter(|flags| flags.len() == 6 && flags.starts_with('D'))?;
        let name = words.next().filter(|name| *name != "=")?;
        flags.chars().all(|c| c == '.' || c.is_ascii_uppercase()).then(|| name.to_owned())
    };
    text.lines().filter_map(decoded).collect()
}

/// The first of these encoders that does not work here; all are tested in parallel.
pub fn missing_encoder(tools: &Tools, encoders: impl Iterator<Item = Encoder>) -> Option<Encoder> {
    std::thread::scope(|scope| {
        let tried: Vec<_> =
            encoders.map(|encoder| (encoder, scope.spawn(move || tried(tools, encoder)))).collect();
        let missing =
            |works: ScopedJoinHandle<'_, Option<bool>>| works.join().is_ok_and(|works| works == Some(false));
        tried.into_iter().find_map(|(encoder, works)| missing(works).then_some(encoder))
    })
}

/// Does this encoder work here? Encodes three frames (or a tenth of a second of audio) to the null muxer.
pub fn encoder_works(tools: &Tools, encoder: Encoder) -> bool {
    tried(tools, encoder) == Some(true)
}

/// Runs a test encode. `None` where ffmpeg gave no answer, for example under load or out of memory. A refusal counts
/// only when repeated, since jobs then wait for another ffmpeg.
fn tried(tools: &Tools, encoder: Encoder) -> Option<bool> {
    let known = slot(&TESTED, tools, encoder.name());
    if let Some(works) = known.get() {
        return Some(*works);
    }
    let args: Vec<OsString> = test_arguments(encoder).into_iter().map(OsString::from).collect();
    let answer = || ask(&tools.ffmpeg.path, &args).ok().filter(|a| a.signal.is_none()).map(|a| a.success);
    let works = answer().filter(|works| *works).or_else(answer)?;
    Some(*known.get_or_init(|| works))
}

/// Arguments of a test encode of three frames, or of a tenth of a second of audio, to the null muxer.
fn test_arguments(encoder: Encoder) -> Vec<String> {
    let (option, source) =
        if encoder.is_of_sound() { ("-c:a", "sine=d=0.1") } else { ("-c:v", "color=s=256x256:d=0.12:r=25") };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let set_up = encoder.hardware().map(hardware::set_up).unwrap_or_default();
    let upload = hardware::upload(encoder, Pixels::Eight).map(|filter| vec!["-vf".to_owned(), filter]);
    [
        owned(&["-v", "error", "-nostdin"]),
        owned(set_up),
        owned(&["-f", "lavfi", "-i", source]),
        upload.unwrap_or_default(),
        owned(&[option, encoder.name(), "-f", "null", "-"]),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_is_early_in_versions_before_6() {
        let old = ["5.1.9-0+deb12u1", "n5.1.2"].map(opus_is_early);
        let new = ["6.0", "n9.0.2-17-g2a571b6068-20260930", "N-121000-gabcdef", ""].map(opus_is_early);
        assert_eq!((old, new), ([true; 2], [false; 4]));
    }

    #[test]
    fn only_codecs_with_a_decoder_are_listed() {
        let text = "Codecs:\n D..... = Decoding supported\n -------\n DEV.LS h264                 H.264 / AVC\n \
                    .EV.L. libx                 no decoder\n DEA.L. aac                  AAC\n ..V.L. vvc     H.266\n";
        let expected = BTreeSet::from(["aac".to_owned(), "h264".to_owned()]);
        assert_eq!(listed(text), expected);
        assert_eq!(listed(&text.replace('\n', "\r\n")), expected, "on Windows");
    }
}
