//! Does a copy show what the original shows? Judged by the result itself: its packets against those of the original that
//! are shown, and what decoding it gave.
//!
//! Pure. Guarantees that a copy which hides, adds or damages anything is refused by the number of its stream, so that it
//! can be converted instead.

use super::verification::{Decoded, Measure, Side};
use super::{Case, Copies, Pair, Refusal, decoded, length, matched, wrong};
use crate::ffmpeg::run::Report;
use crate::ffmpeg::statistics::InputStats;
use crate::media::{CopyFault, Kind, Span};
use crate::plan::{Action, Planned};
use std::collections::BTreeMap;

/// What was found of a faithful copy.
pub(super) struct Copy {
    pub(super) seconds: Measure<f64>,
    pub(super) frames: Measure<u64>,
    pub(super) decoded: Option<Decoded>,
    /// Its packets are those of the original.
    pub(super) compared: bool,
    /// To be said of it.
    pub(super) remark: Option<String>,
}

/// Refuses copies of which it is known before the streams are compared.
pub(super) fn refuse_faulty(case: &Case<'_>) -> Result<(), Refusal> {
    let picture = case.plan.copies().find(|s| s.kind == Kind::Video);
    if let Some(picture) = picture.filter(|_| case.report.guessed) {
        return Err(refused(case, "The time stamps of the picture are damaged.", picture, CopyFault::Times));
    }
    let Some(copies) = case.copies else { return Ok(()) };
    let report = &copies.decoded;
    if !report.saw_end {
        let failure = wrong("The copied streams could not be decoded to their end.", report);
        let all = case.plan.copies().map(|s| (s.input, CopyFault::Damaged)).collect();
        return Err(Refusal::Unfaithful(failure, all));
    }
    let other: BTreeMap<usize, CopyFault> = copies
        .equal
        .iter()
        .filter(|(_, equal)| !**equal)
        .map(|(input, _)| (*input, CopyFault::Differs))
        .collect();
    if !other.is_empty() {
        return Err(Refusal::Unfaithful(wrong("Copied packets differ from the original's.", report), other));
    }
    // An original that decodes better than its copy is not what is damaged.
    let fault = if copies.original.is_some() { CopyFault::Differs } else { CopyFault::Damaged };
    let damaged: BTreeMap<usize, CopyFault> =
        damaged(case, report).into_iter().map(|input| (input, fault)).collect();
    if damaged.is_empty() || is_damaged_alike(copies) {
        return Ok(());
    }
    Err(Refusal::Unfaithful(wrong("What was copied cannot be decoded everywhere.", report), damaged))
}

/// Did decoding the original meet as many errors? A few more come from where ffmpeg begins to decode within a file.
pub(super) fn is_damaged_alike(copies: &Copies) -> bool {
    let errors = copies.decoded.errors.len();
    copies.original.as_ref().is_some_and(|original| errors <= original.errors.len() * 5 / 4)
}

/// The streams of the source whose copies met errors, by the components that wrote them: decoders are named after their
/// codec, and newer versions name the stream too. Errors of which that cannot be told count against all.
fn damaged(case: &Case<'_>, report: &Report) -> Vec<usize> {
    if report.errors.is_empty() {
        return Vec::new();
    }
    let pairs = matched(case).unwrap_or_default().into_iter();
    let is_copy = |planned: &Planned| case.plan.copies().any(|copy| copy.input == planned.input);
    let copies: Vec<(&Planned, usize)> = pairs
        .filter(|(planned, _)| is_copy(planned))
        .map(|(planned, found)| (planned, found.index))
        .collect();
    let is_of = |component: &String, (planned, index): &(&Planned, usize)| match component.split_once('#') {
        Some((_, name)) => {
            name.split_once('/').is_some_and(|(place, _)| place.ends_with(&format!(":{index}")))
        }
        None => component.contains(planned.codec.as_str()),
    };
    let named = copies.iter().filter(|copy| report.complained.iter().any(|component| is_of(component, copy)));
    let named: Vec<usize> = named.map(|(planned, _)| planned.input).collect();
    let told = report.complained.iter().all(|component| copies.iter().any(|copy| is_of(component, copy)));
    if named.is_empty() || !told { copies.iter().map(|(planned, _)| planned.input).collect() } else { named }
}

fn refused(case: &Case<'_>, message: &str, stream: &Planned, fault: CopyFault) -> Refusal {
    Refusal::Unfaithful(wrong(message, case.report), BTreeMap::from([(stream.input, fault)]))
}

/// Seconds by which a copy may differ: the last packet of some containers has no length of its own.
const TOLERANCE: f64 = 0.5;
/// Packets of sound at the beginning that only prepare a decoder: some containers hide them, others do not.
const PRIMING: u64 = 3;

/// Compares a copied stream with its original by their packets; nothing where it was not copied, or the packets of
/// either could not be measured.
pub(super) fn check(pair: &Pair<'_>, case: &Case<'_>) -> Result<Option<Copy>, Refusal> {
    let copied = matches!(pair.planned.action, Action::Copy { .. });
    let spans = pair.input.span.as_ref().zip(pair.found.span.as_ref());
    let Some((original, copy)) = spans.filter(|_| copied) else { return Ok(None) };
    let what = if pair.planned.kind == Kind::Video { "picture" } else { "sound" };
    let remark = length::shorter_than_declared(pair, case, copy.seconds)?;
    let expected = joined(original, copy);
    if (copy.seconds - expected).abs() > TOLERANCE {
        let message = format!("The copied {what} lasts {:.1} s instead of {expected:.1} s.", copy.seconds);
        return Err(refused(case, &message, pair.planned, CopyFault::Differs));
    }
    let spare = if pair.planned.kind == Kind::Video { 1 } else { PRIMING };
    if copy.packets.abs_diff(original.packets) > spare {
        let message =
            format!("The copied {what} has {} packets instead of {}.", copy.packets, original.packets);
        return Err(refused(case, &message, pair.planned, CopyFault::Differs));
    }
    let whole = case.copies.filter(|copies| !copies.at_places);
    let stats = whole.and_then(|c| c.decoded.inputs.iter().find(|s| s.index == pair.found.index));
    too_few_decoded(pair, case, copy, stats)?;
    Ok(Some(Copy {
        seconds: Measure { expected: Some(expected), found: Some(copy.seconds) },
        frames: Measure { expected: Some(original.packets), found: Some(copy.packets) },
        decoded: match case.copies {
            Some(_) if whole.is_none() => Some(Decoded::at(case.plan.places.len())),
            _ => stats.and_then(|stats| decoded(stats, Side::Result)),
        },
        compared: case.copies.is_some_and(|c| c.equal.contains_key(&pair.planned.input)),
        remark: remark.or_else(|| closes_jump(original, case).then(|| length::JOINED.to_owned())),
    }))
}

/// Was a jump of the clock closed that people would see in the original?
fn closes_jump(original: &Span, case: &Case<'_>) -> bool {
    original.joined.is_some() && length::joins(case.source)
}

/// Where the clock of the original jumps, its parts are put together.
fn joined(original: &Span, copy: &Span) -> f64 {
    let joined = original.joined.filter(|joined| (copy.seconds - joined).abs() <= TOLERANCE);
    joined.unwrap_or(original.seconds)
}

/// A picture of which fewer frames come out than are shown.
fn too_few_decoded(
    pair: &Pair<'_>,
    case: &Case<'_>,
    copy: &Span,
    stats: Option<&InputStats>,
) -> Result<(), Refusal> {
    let frames = stats.and_then(|s| s.frames).filter(|_| pair.planned.kind == Kind::Video);
    match frames {
        Some(frames) if frames + (copy.packets / 100).max(1) < copy.packets => {
            let message = format!("Of {} copied pictures only {frames} can be decoded.", copy.packets);
            Err(refused(case, &message, pair.planned, CopyFault::Damaged))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffmpeg::run::Ended;
    use crate::media::{MediaInfo, Picture, Stream};
    use crate::plan::{Abilities, Plan, plan};
    use crate::preset;
    use crate::progress::Progress;
    use crate::spec::JobSpec;
    use crate::verify::{Copies, Verdict, verify};
    use std::collections::BTreeSet;

    fn report() -> Report {
        let stats = |index| InputStats { index, packets: 250, frames: Some(250), samples: None };
        Report {
            ended: Ended::Exited(0),
            saw_end: true,
            inputs: vec![stats(0), stats(1)],
            errors: Vec::new(),
            complained: BTreeSet::new(),
            cut_short: false,
            dropped: 0,
            guessed: false,
            log_tail: String::new(),
            progress: Progress::default(),
        }
    }

    fn film(seconds: f64) -> MediaInfo {
        let span =
            Span { seconds, last: seconds - 0.04, packets: (seconds * 25.0) as u64, ..Span::default() };
        let picture = Picture { width: 640, height: 360, pixel_aspect: 1.0, bits: 8, ..Picture::default() };
        let picture = Picture { rate: Some(25.0), pixel_format: "yuv420p".into(), ..picture };
        let of = |index, kind, codec: &str| Stream {
            index,
            kind,
            codec: codec.into(),
            seconds: Some(seconds),
            channels: Some(2),
            sample_rate: Some(48_000),
            level: Some(30),
            bit_rate: Some(900_000),
            span: Some(span.clone()),
            ..Stream::default()
        };
        let video = Stream { video: Some(picture), ..of(0, Kind::Video, "h264") };
        let audio = Stream { bit_rate: Some(128_000), ..of(1, Kind::Audio, "aac") };
        let (container, size) = ("mov,mp4".into(), Some(5_000_000));
        MediaInfo {
            container,
            size,
            seconds: Some(seconds),
            streams: vec![video, audio],
            ..MediaInfo::default()
        }
    }

    fn planned() -> Plan {
        let web = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let plan = plan(&film(10.0), &web, &Abilities::default()).unwrap();
        assert_eq!(plan.copies().count(), 2);
        plan
    }

    /// Judges a copy of ten seconds, changed by `change`.
    fn judged(change: impl FnOnce(&mut MediaInfo, &mut Report, &mut Copies)) -> Result<Verdict, Refusal> {
        let (plan, source, mut output, mut written) = (planned(), film(10.0), film(10.0), report());
        let mut copies =
            Copies { decoded: report(), original: None, equal: BTreeMap::new(), at_places: false };
        change(&mut output, &mut written, &mut copies);
        let (report, output, copies) = (&written, &output, Some(&copies));
        verify(&Case { plan: &plan, source: &source, report, output, measured: None, copies, salvage: false })
    }

    fn faults(judged: Result<Verdict, Refusal>) -> Vec<(usize, CopyFault)> {
        match judged {
            Err(Refusal::Unfaithful(_, faults)) => faults.into_iter().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_faithful_copy_passes_with_what_was_measured() {
        let verdict = judged(|_, _, _| {}).unwrap();
        let video = &verdict.verification.streams[0];
        assert_eq!((video.frames.expected, video.frames.found), (Some(250), Some(250)));
        assert_eq!(video.decoded.map(|d| (d.of, d.frames)), Some((Side::Result, Some(250))));
        assert!(verdict.remarks.is_empty() && !video.compared);
    }

    #[test]
    fn a_copy_that_shows_more_or_less_is_refused_by_its_stream() {
        use CopyFault::{Damaged, Differs, Times};
        let longer = judged(|output, _, _| output.streams[0].span.as_mut().unwrap().seconds = 10.6);
        assert_eq!(faults(longer), [(0, Differs)]);
        let fewer = judged(|output, _, _| output.streams[0].span.as_mut().unwrap().packets = 248);
        assert_eq!(faults(fewer), [(0, Differs)]);
        let silent = judged(|output, _, _| output.streams[1].span.as_mut().unwrap().packets = 246);
        assert_eq!(faults(silent), [(1, Differs)]);
        let primed = judged(|output, _, _| output.streams[1].span.as_mut().unwrap().packets = 252);
        assert!(primed.is_ok(), "packets that only prepare a decoder");
        assert_eq!(
            faults(judged(|_, _, copies| copies.decoded.inputs[0].frames = Some(240))),
            [(0, Damaged)]
        );
        let other = judged(|_, _, copies| {
            copies.equal.insert(1, false);
        });
        assert_eq!(faults(other), [(1, Differs)]);
        assert_eq!(faults(judged(|_, written, _| written.guessed = true)), [(0, Times)]);
        let broken = judged(|_, _, copies| copies.decoded.saw_end = false);
        assert_eq!(faults(broken), [(0, Damaged), (1, Damaged)]);
    }

    #[test]
    fn damage_counts_against_the_stream_whose_decoder_complained() {
        let of = |components: &[&str]| {
            let complained: BTreeSet<String> = components.iter().map(|c| (*c).to_owned()).collect();
            let errors = vec!["error while decoding MB 3 9".to_owned()];
            let damaged = judged(|_, _, copies| {
                (copies.decoded.errors, copies.decoded.complained) = (errors, complained);
            });
            faults(damaged).into_iter().map(|(input, _)| input).collect::<Vec<_>>()
        };
        assert_eq!(of(&["h264"]), [0]);
        assert_eq!(of(&["aac"]), [1]);
        assert_eq!(of(&["vist#0:0/h264"]), [0]);
        assert_eq!(of(&["aist#0:1/aac"]), [1]);
        assert_eq!(of(&["h264", "aac"]), [0, 1]);
        assert_eq!(of(&[]), [0, 1], "nothing says which");
        assert_eq!(of(&["h264", "mov,mp4"]), [0, 1], "not of decoders alone");
    }

    #[test]
    fn damage_that_the_original_has_at_the_same_places_is_a_remark() {
        let verdict = judged(|_, _, copies| {
            copies.decoded.errors = vec!["error while decoding MB 3 9".into()];
            copies.original = Some(Report { errors: copies.decoded.errors.clone(), ..report() });
        });
        let verdict = verdict.unwrap();
        assert_eq!((verdict.verification.damaged, verdict.remarks.len()), (1, 1), "{:?}", verdict.remarks);
    }

    #[test]
    fn a_copy_that_is_damaged_more_than_its_original_is_refused() {
        let worse = judged(|_, _, copies| {
            copies.decoded.errors = vec!["channel element 1.0 is not allocated".into(); 20];
            copies.decoded.complained = BTreeSet::from(["aac".to_owned()]);
            copies.original = Some(Report { errors: vec!["channel element".into()], ..report() });
        });
        assert_eq!(faults(worse), [(1, CopyFault::Differs)]);
    }

    #[test]
    fn a_source_that_was_cut_is_refused_also_where_its_copy_is_whole() {
        let (plan, mut source, mut output) = (planned(), film(5.0), film(5.0));
        source.streams.iter_mut().for_each(|s| s.seconds = Some(10.0));
        output.streams.iter_mut().for_each(|s| s.seconds = Some(5.0));
        let report = Report { cut_short: true, ..report() };
        let copies = Copies {
            decoded: super::tests::report(),
            original: None,
            equal: BTreeMap::new(),
            at_places: false,
        };
        let case = Case {
            plan: &plan,
            source: &source,
            report: &report,
            output: &output,
            measured: None,
            copies: Some(&copies),
            salvage: false,
        };
        let Err(Refusal::Failed(failure)) = verify(&case) else { panic!("refused") };
        assert!(failure.message.contains("0:05 of 0:10 can be read"), "{}", failure.message);
        let Ok(verdict) = verify(&Case { salvage: true, ..case }) else { panic!("salvaged") };
        assert!(verdict.remarks[0].starts_with("Partial: 0:05 of 0:10"), "{:?}", verdict.remarks);
    }
}
