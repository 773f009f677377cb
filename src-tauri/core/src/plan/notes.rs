//! Names of the files that Spool and its steps write for other steps. Each begins with the attempt's prefix. Pure.

use super::{Action, Encoder, Plan, Planned, clip, rewritten};
use std::path::{Path, PathBuf};

fn with_suffix(prefix: &Path, end: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The cover with index `n` among the attached ones.
pub(super) fn cover_file(prefix: &Path, n: usize) -> PathBuf {
    with_suffix(prefix, &format!(".cover{n}"))
}

/// Where the timestamps of subtitles are noted that become a format with one cue at a time. `None`: there are none.
pub fn cue_file(plan: &Plan, prefix: &Path) -> Option<PathBuf> {
    one_at_a_time(plan).next().map(|_| with_suffix(prefix, ".cues"))
}

/// Subtitles that become a format with one cue at a time.
pub(super) fn one_at_a_time(plan: &Plan) -> impl Iterator<Item = &Planned> {
    let single = |s: &Planned| matches!(&s.action, Action::Convert(spec) if spec.encoder == Encoder::MovText);
    plan.kept().filter(move |s| plan.count_cues && single(s))
}

/// The clipped chapters.
pub fn chapter_file(plan: &Plan, prefix: &Path) -> Option<PathBuf> {
    plan.clip.as_ref().map(|_| with_suffix(prefix, ".chapters"))
}

/// The subtitles that are extracted and clipped.
pub(super) fn lines_file(plan: &Plan, prefix: &Path) -> Option<PathBuf> {
    clip::set_apart(plan).next().map(|_| with_suffix(prefix, ".lines"))
}

/// The captions with index `n`.
pub fn caption_file(prefix: &Path, n: usize) -> PathBuf {
    with_suffix(prefix, &format!(".captions{n}.srt"))
}

/// Files of all caption tracks, in track order.
pub(super) fn caption_files(plan: &Plan, prefix: &Path) -> impl Iterator<Item = PathBuf> {
    plan.kept().filter_map(|stream| stream.captions).map(move |n| caption_file(prefix, n))
}

/// The rewritten cues of input stream `input`.
pub fn rewritten_file(prefix: &Path, input: usize) -> PathBuf {
    with_suffix(prefix, &format!(".rewritten{input}"))
}

/// Files of all rewritten subtitles with their formats, in input order.
pub(super) fn rewritten_files<'a>(
    plan: &'a Plan,
    prefix: &'a Path,
) -> impl Iterator<Item = (&'a str, PathBuf)> {
    rewritten::streams(plan)
        .map(|s| (s.rewritten.as_deref().unwrap_or_default(), rewritten_file(prefix, s.input)))
}
