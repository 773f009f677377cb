//! ffmpeg's inputs: the source, then files that Spool wrote, in a fixed order; and the input of each stream of the
//! result. Pure.

use super::{reading, words};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::plan::notes::{caption_files, chapter_file, lines_file, rewritten_files};
use crate::plan::{Clip, Plan, Planned, clip, rewritten};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Arguments that open the source.
pub(super) fn input(plan: &Plan, source: &Path) -> Vec<OsString> {
    let mut all = [reading(plan.hardware()), guard()].concat();
    let timing = &plan.timing;
    if timing.as_stored {
        all.extend(words(&["-copyts", "-start_at_zero"]));
    }
    if timing.generated {
        all.extend(words(&["-fflags", "+genpts"]));
    }
    all.extend(shift(plan));
    all.extend(reach_arguments(plan.reach).into_iter().map(OsString::from));
    all.push("-i".into());
    all.push(file_url(source));
    all
}

/// Timestamp offset, also for inputs that are not read from the source.
fn shift(plan: &Plan) -> Vec<OsString> {
    let seconds = plan.timing.shift.map(|seconds| format!("{seconds:.6}"));
    seconds.map(|seconds| words(&["-itsoffset", &seconds])).unwrap_or_default()
}

/// Further inputs, before the output's arguments: chapters, then subtitles that were extracted (they keep their times
/// although their first line comes late), then each track of captions, then rewritten subtitles.
pub(super) fn further(plan: &Plan, notes: &Path) -> Vec<OsString> {
    let input =
        |options: &[&str], file: PathBuf| [words(options), vec!["-i".into(), file_url(&file)]].concat();
    let chapters =
        chapter_file(plan, notes).map(|file| [shift(plan), input(&["-f", "ffmetadata"], file)].concat());
    let lines = lines_file(plan, notes).map(|file| input(&["-seek_timestamp", "1"], file));
    let own = |(format, file): (&str, PathBuf)| {
        [shift(plan), input(&["-f", format, "-seek_timestamp", "1"], file)].concat()
    };
    let captions = caption_files(plan, notes).map(|file| own(("srt", file)));
    let rewritten = rewritten_files(plan, notes).map(own);
    chapters.into_iter().chain(lines).chain(captions).chain(rewritten).flatten().collect()
}

/// Input and stream index that a stream of the result comes from.
pub(super) fn origin(plan: &Plan, stream: &Planned) -> String {
    let others = usize::from(plan.clip.is_some()) + usize::from(clip::set_apart(plan).next().is_some());
    let captions = || plan.kept().filter(|s| s.captions.is_some());
    if stream.captions.is_some() {
        let earlier = captions().filter(|s| s.input < stream.input).count();
        return format!("{}:0", 1 + others + earlier);
    }
    if let Some(earlier) = rewritten::streams(plan).position(|s| s.input == stream.input) {
        return format!("{}:0", 1 + others + captions().count() + earlier);
    }
    match clip::set_apart(plan).position(|s| s.input == stream.input) {
        Some(n) => format!("2:{n}"),
        None => format!("0:{}", stream.input),
    }
}

/// Bitstream filter for a copied subtitle or telemetry track: drops packets that begin after the end, and shortens
/// those that end after it.
pub(super) fn clipped(clip: &Clip) -> String {
    let seconds = clip.seconds;
    format!("noise=drop=gte(pts*tb\\,{seconds:.6}),setts=duration=min(DURATION\\,{seconds:.6}/TB-PTS)")
}

/// Extracts subtitles that are clipped before they are converted. `None`: there are none.
pub(in crate::plan) fn set_lines_apart(plan: &Plan, source: &Path, notes: &Path) -> Option<Vec<OsString>> {
    let (file, clip) = lines_file(plan, notes).zip(plan.clip.as_ref())?;
    let mut all = input(plan, source);
    for stream in clip::set_apart(plan) {
        all.extend(words(&["-map", &format!("0:{}", stream.input)]));
    }
    all.extend(words(&["-c", "copy", "-bsf:s", &clipped(clip), "-f", clip::lines_format(plan)]));
    all.push(file_url(&file));
    Some(all)
}
