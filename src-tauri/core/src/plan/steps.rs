//! Splits a plan into steps: their order, which of them writes the result, and their share of the time.
//!
//! Pure. Guarantees that what is made is checked afterwards, and that at most one step writes the result. Must not
//! know how a step is run; `render` makes the arguments.

use super::render::checks::{decode_converted, decode_copies, decode_originals, read_source};
use super::render::{encode, first_pass, second_pass, set_lines_apart, take_covers};
use super::{Action, Encoder, Plan};
use crate::preset::Speed;
use std::ffi::OsString;
use std::path::Path;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Extracts the covers to attach from the source.
    Covers,
    /// Extracts and clips subtitles that are converted afterwards.
    Lines,
    /// Collects statistics for the second pass.
    FirstPass,
    /// Writes the result, using the statistics of the first pass.
    SecondPass,
    /// Writes the result.
    Encode,
    /// Decodes the copied streams of the result.
    DecodeCopies,
    /// Probes the result.
    Check,
    /// Reads all packets of source and result, where the check was inconclusive.
    Measure,
    /// Reads the source as the encode did, to check an existing result.
    ReadSource,
    /// Decodes the converted streams of an existing result.
    DecodeResult,
}

impl StepKind {
    /// Its name in logs.
    pub fn name(self) -> &'static str {
        match self {
            StepKind::Covers => "covers",
            StepKind::Lines => "subtitles",
            StepKind::FirstPass => "first pass",
            StepKind::SecondPass => "second pass",
            StepKind::Encode => "encode",
            StepKind::DecodeCopies => "decoding what was copied",
            StepKind::Check => "check",
            StepKind::Measure => "measure",
            StepKind::ReadSource => "reading the original",
            StepKind::DecodeResult => "decoding the result",
        }
    }
}

/// One step of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it does.
    pub what: StepKind,
    /// Estimated time, relative to writing the result (1).
    pub weight: f64,
    /// Whether it writes the result.
    pub writes: bool,
    /// ffmpeg's arguments; empty where ffmpeg is not run.
    pub arguments: Vec<OsString>,
}

/// Covers are at the beginning of a file: extracting them is quick.
const COVERS: f64 = 0.01;
/// Counting the packets of half a minute at 480p took 0.08 s, encoding it 7 s.
const CHECK: f64 = 0.01;
/// Reading all packets of source and result took five times as long as counting those of a result.
const MEASURE: f64 = 0.05;

/// The steps of `plan`. `notes`: prefix of the names of files that steps leave for each other (statistics of the
/// first pass, covers, subtitle times).
pub fn steps(plan: &Plan, source: &Path, part: &Path, notes: &Path) -> Vec<Step> {
    let mut all = Vec::new();
    if let Some(arguments) = take_covers(plan, source, notes) {
        all.push(Step { what: StepKind::Covers, weight: COVERS, writes: false, arguments });
    }
    if let Some(arguments) = set_lines_apart(plan, source, notes) {
        all.push(Step { what: StepKind::Lines, weight: MEASURE, writes: false, arguments });
    }
    let writing = |what, arguments| Step { what, weight: 1.0, writes: true, arguments };
    let copied = plan.picture().is_some_and(|picture| matches!(picture.action, Action::Copy { .. }));
    if plan.limit.is_some() && !copied {
        let arguments = first_pass(plan, source, notes);
        all.push(Step {
            what: StepKind::FirstPass,
            weight: first_pass_weight(plan),
            writes: false,
            arguments,
        });
        all.push(writing(StepKind::SecondPass, second_pass(plan, source, part, notes)));
    } else {
        all.push(writing(StepKind::Encode, encode(plan, source, part, notes)));
    }
    all.extend(checking(plan, part));
    all
}

/// The steps that check a result.
fn checking(plan: &Plan, result: &Path) -> Vec<Step> {
    let mut all = vec![reading(StepKind::Check, CHECK)];
    if plan.copies().next().is_some() {
        let (weight, arguments) = (decoding_weight(plan), decode_copies(plan, result));
        all.push(Step { what: StepKind::DecodeCopies, weight, writes: false, arguments });
    }
    all
}

/// The steps that check an existing result; none writes anything. Reading the source again replaces the report of the
/// encode, and converted streams are decoded too.
pub fn steps_of_check(plan: &Plan, source: &Path, result: &Path) -> Vec<Step> {
    let step = |what, weight, arguments| Step { what, weight, writes: false, arguments };
    let decoded = decode_converted(plan, result);
    let weight = if decoded.is_some() { 1.0 } else { MEASURE };
    let mut all = vec![step(StepKind::ReadSource, weight, read_source(plan, source))];
    all.extend(checking(plan, result));
    all.extend(decoded.map(|arguments| step(StepKind::DecodeResult, 1.0, arguments)));
    all
}

/// A minute of 1080p at 8 Mbit/s was copied in 0.3 s and decoded in 3 s; decoding copied audio takes next to nothing
/// compared with encoding video.
fn decoding_weight(plan: &Plan) -> f64 {
    if !plan.places.is_empty() {
        return 1.0;
    }
    if plan.picture().is_none_or(|p| matches!(p.action, Action::Copy { .. })) { 10.0 } else { 0.02 }
}

/// The step that decodes the copies of a result completely, where decoding them at some positions is not enough.
pub fn decode_whole(plan: &Plan, result: &Path) -> Step {
    let plan = Plan { places: Vec::new(), ..plan.clone() };
    let arguments = decode_copies(&plan, result);
    Step { what: StepKind::DecodeCopies, weight: decoding_weight(&plan), writes: false, arguments }
}

/// The step that decodes the same parts of the original as were decoded of its copies. Its time counts as theirs.
pub fn decode_source(plan: &Plan, source: &Path) -> Step {
    let arguments = decode_originals(plan, source);
    Step { what: StepKind::DecodeCopies, weight: 0.0, writes: false, arguments }
}

/// The step that follows an inconclusive check.
pub fn measure() -> Step {
    reading(StepKind::Measure, MEASURE)
}

fn reading(what: StepKind, weight: f64) -> Step {
    Step { what, weight, writes: false, arguments: Vec::new() }
}

/// Time of x264's first pass relative to its second, by speed: the slower the speed, the more of it ffmpeg's fast
/// first pass skips. Measured with x264 164 and ffmpeg 5.1 on two cores, by wall and CPU time. `medium`: seven clips
/// from 272p to 720p at the rate of their source gave 0.28 to 0.46, with a mean of 0.38; 4K scaled to 1080p gave
/// 0.42, and 1080p with grain 0.37. The other speeds: two clips each.
fn first_pass_weight(plan: &Plan) -> f64 {
    match speed(plan) {
        Some(Speed::Ultrafast | Speed::Superfast | Speed::Veryfast) => 1.0,
        Some(Speed::Faster) => 0.57,
        Some(Speed::Fast) => 0.42,
        Some(Speed::Slow) => 0.25,
        Some(Speed::Slower | Speed::Veryslow) => 0.18,
        Some(Speed::Medium) | None => 0.38,
    }
}

fn speed(plan: &Plan) -> Option<Speed> {
    let spec = plan.picture()?.action.encoded()?;
    matches!(spec.encoder, Encoder::X264 | Encoder::X265).then(|| spec.picture().map(|p| p.speed))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Kind, MediaInfo, Picture, Stream};
    use crate::plan::{Abilities, plan};
    use crate::preset::{self, Preset};
    use crate::spec::JobSpec;

    fn list(preset: &Preset, more: Vec<Stream>) -> Vec<Step> {
        let picture = Picture { width: 640, height: 360, bits: 8, ..Picture::default() };
        let video = Stream {
            kind: Kind::Video,
            codec: "h264".into(),
            seconds: Some(60.0),
            video: Some(picture),
            ..Stream::default()
        };
        let info = MediaInfo { streams: [vec![video], more].concat(), ..MediaInfo::default() };
        let plan = plan(&info, &JobSpec::of(preset.clone()), &Abilities::default()).unwrap();
        steps(&plan, Path::new("/v/x.mkv"), Path::new("/o/.part"), Path::new("/d/notes"))
    }

    fn kinds(steps: &[Step]) -> Vec<(StepKind, bool)> {
        steps.iter().map(|step| (step.what, step.writes)).collect()
    }

    #[test]
    fn result_is_written_once_and_checked_last() {
        let find = |id| preset::find(id).unwrap();
        assert_eq!(
            kinds(&list(find("web-1080p"), vec![])),
            [(StepKind::Encode, true), (StepKind::Check, false)]
        );
        let two = [(StepKind::FirstPass, false), (StepKind::SecondPass, true), (StepKind::Check, false)];
        assert_eq!(kinds(&list(find("fit-size"), vec![])), two);
        let picture = Picture { width: 64, height: 64, bits: 8, ..Picture::default() };
        let cover = Stream {
            index: 1,
            kind: Kind::Video,
            codec: "mjpeg".into(),
            attached_picture: true,
            video: Some(picture),
            ..Stream::default()
        };
        let all = list(find("archive-av1"), vec![cover]);
        assert_eq!(
            kinds(&all),
            [(StepKind::Covers, false), (StepKind::Encode, true), (StepKind::Check, false)]
        );
        assert!(all.iter().all(|step| step.arguments.is_empty() == (step.what == StepKind::Check)));
    }

    #[test]
    fn faster_speeds_spend_a_larger_share_on_the_first_pass() {
        let fit = preset::find("fit-size").unwrap();
        let weight = |speed| list(&preset::set(fit, &[("video.speed", speed)]).unwrap(), vec![])[0].weight;
        let all: Vec<f64> = ["veryslow", "slow", "medium", "fast", "faster", "veryfast"].map(weight).into();
        assert!(all.is_sorted_by(|slow, fast| slow < fast) && all[5] <= 1.0, "{all:?}");
    }
}
