//! Files of our own that steps leave to each other and that the result is made with: their names, each beginning with
//! the prefix that the attempt gives. Pure.

use super::{Action, Encoder, Plan, Planned, clip, rewritten};
use std::path::{Path, PathBuf};

fn named(prefix: &Path, end: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The cover at place `n` of those that are attached.
pub(super) fn cover_file(prefix: &Path, n: usize) -> PathBuf {
    named(prefix, &format!(".cover{n}"))
}

/// Where the times of subtitles are noted that go where only one line is shown at a time.
pub fn cue_file(plan: &Plan, prefix: &Path) -> Option<PathBuf> {
    one_at_a_time(plan).next().map(|_| named(prefix, ".cues"))
}

/// Those subtitles.
pub(super) fn one_at_a_time(plan: &Plan) -> impl Iterator<Item = &Planned> {
    let alone = |s: &Planned| matches!(&s.action, Action::Convert(spec) if spec.encoder == Encoder::MovText);
    plan.kept().filter(move |s| plan.count_cues && alone(s))
}

/// The clipped chapters.
pub fn chapter_file(plan: &Plan, prefix: &Path) -> Option<PathBuf> {
    plan.clip.as_ref().map(|_| named(prefix, ".chapters"))
}

/// The subtitles that are clipped before they are converted.
pub(super) fn lines_file(plan: &Plan, prefix: &Path) -> Option<PathBuf> {
    clip::set_apart(plan).next().map(|_| named(prefix, ".lines"))
}

/// The captions at place `n`.
pub fn caption_file(prefix: &Path, n: usize) -> PathBuf {
    named(prefix, &format!(".captions{n}.srt"))
}

/// Those, in the order of the tracks.
pub(super) fn caption_files(plan: &Plan, prefix: &Path) -> impl Iterator<Item = PathBuf> {
    plan.kept().filter_map(|stream| stream.captions).map(move |n| caption_file(prefix, n))
}

/// The cues of input stream `input`.
pub fn rewritten_file(prefix: &Path, input: usize) -> PathBuf {
    named(prefix, &format!(".rewritten{input}"))
}

/// Those, with their formats, in the order of the inputs.
pub(super) fn rewritten_files<'a>(
    plan: &'a Plan,
    prefix: &'a Path,
) -> impl Iterator<Item = (&'a str, PathBuf)> {
    rewritten::streams(plan)
        .map(|s| (s.rewritten.as_deref().unwrap_or_default(), rewritten_file(prefix, s.input)))
}
