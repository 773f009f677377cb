//! Arguments of ffmpeg runs that only check: they decode the copies of a result or their originals and, when an
//! existing result is checked, read the source as the encode did and decode all of the result. Pure.
//!
//! Guarantees that each input is guarded like a source: a copy's content is as untrusted as the original's.

use super::picture::CLOCK;
use super::{reading, words};
use crate::input_guard::{file_url, guard, reach_arguments};
use crate::media::Kind;
use crate::plan::{Action, PLACE, Plan};
use std::ffi::OsString;
use std::path::Path;

/// Decodes the copied streams of the result, completely or at the plan's positions, without output.
pub(in crate::plan) fn decode_copies(plan: &Plan, result: &Path) -> Vec<OsString> {
    let streams: Vec<String> = plan.copies().map(|s| plan.specifier(s)).collect();
    decode((result, None), &plan.places, &streams)
}

/// Decodes the originals of the copied streams: damage in them is not the copy's.
pub(in crate::plan) fn decode_originals(plan: &Plan, source: &Path) -> Vec<OsString> {
    let streams: Vec<String> = plan.copies().map(|s| s.input.to_string()).collect();
    decode((source, plan.reach), &plan.places, &streams)
}

/// Decodes the converted streams of the result completely. `None`: there are none.
pub(in crate::plan) fn decode_converted(plan: &Plan, result: &Path) -> Option<Vec<OsString>> {
    let streams: Vec<String> = plan.converted().map(|s| plan.specifier(s)).collect();
    (!streams.is_empty()).then(|| decode((result, None), &[], &streams))
}

/// Reads the source as the encode did: decodes converted streams, drops frames with duplicate timestamps, and counts
/// the packets of all other streams.
pub(in crate::plan) fn read_source(plan: &Plan, source: &Path) -> Vec<OsString> {
    let mut all = [reading(None), guard(), words(&LIGHT)].concat();
    all.extend(reach_arguments(plan.reach).into_iter().map(OsString::from));
    all.extend(["-i".into(), file_url(source)]);
    for (n, stream) in plan.timed().enumerate() {
        all.extend(words(&["-map", &format!("0:{}", stream.input)]));
        match &stream.action {
            // With the finest time base, whatever the encoder's was: only frames with the same timestamp are dropped.
            Action::Convert(_) if stream.kind == Kind::Video => {
                let (clock, finest) = CLOCK;
                all.extend(words(&[&format!("-fps_mode:{n}"), "vfr", &format!("-{clock}:{n}"), finest]));
            }
            Action::Convert(_) if stream.kind == Kind::Audio => {}
            _ => all.extend(words(&[&format!("-c:{n}"), "copy"])),
        }
    }
    all.extend(words(&["-f", "null", "-"]));
    all
}

/// Skips rotation and deblocking: damage shows without them.
const LIGHT: [&str; 3] = ["-noautorotate", "-skip_loop_filter", "all"];

/// `reach`: as `MediaInfo::reach`, of the file.
fn decode((file, reach): (&Path, Option<u64>), places: &[f64], streams: &[String]) -> Vec<OsString> {
    let mut all = reading(None);
    let mut open = |more: &[&str]| {
        all.extend(guard());
        all.extend(reach_arguments(reach).into_iter().map(OsString::from));
        all.extend(words(&LIGHT));
        all.extend(words(more));
        all.push("-i".into());
        all.push(file_url(file));
    };
    for at in places {
        open(&["-ss", &format!("{at:.3}"), "-t", &format!("{PLACE}")]);
    }
    if places.is_empty() {
        open(&[]);
    }
    for input in 0..places.len().max(1) {
        for stream in streams {
            all.extend(words(&["-map", &format!("{input}:{stream}")]));
        }
    }
    all.extend(words(&["-fps_mode", "passthrough", "-f", "null", "-"]));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{MediaInfo, Picture, Stream};
    use crate::plan::{Abilities, plan};
    use crate::preset;
    use crate::spec::JobSpec;

    fn video_plan() -> Plan {
        let picture = Picture { width: 640, height: 360, bits: 8, ..Picture::default() };
        let video =
            Stream { kind: Kind::Video, codec: "h264".into(), video: Some(picture), ..Stream::default() };
        let reach = Some(50_000_000);
        let info = MediaInfo { streams: vec![video], seconds: Some(60.0), reach, ..MediaInfo::default() };
        let remux = JobSpec::of(preset::find("remux-mp4").unwrap().clone());
        plan(&info, &remux, &Abilities::default()).unwrap()
    }

    fn count(arguments: &[OsString], word: &str) -> usize {
        arguments.iter().filter(|argument| *argument == word).count()
    }

    #[test]
    fn originals_are_probed_as_far_as_their_streams_need_and_results_are_not() {
        let (plan, file) = (video_plan(), Path::new("/v/a.ts"));
        assert_eq!(plan.places.len(), 7);
        let originals = decode_originals(&plan, file);
        assert_eq!((count(&originals, "-i"), count(&originals, "-probesize")), (7, 7));
        assert_eq!(count(&decode_copies(&plan, file), "-probesize"), 0);
        assert_eq!(count(&read_source(&plan, file), "-probesize"), 1);
    }
}
