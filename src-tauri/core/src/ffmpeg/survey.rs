//! Second probe of a source: reads packets where the headers leave a question open.
//!
//! Guarantees the bounds of the first probe. Without an answer the values of the headers stay.

use super::capture::{Bounds, capture_by};
use super::probe::{self, MEMORY, PATIENCE};
use super::{Controls, Tools, pipe};
use crate::input_guard::{GUARD, file_url, reach_arguments};
use crate::media::{Learned, MediaInfo, Survey, SurveyRequest};
use crate::policy::Policy;
use std::ffi::OsString;
use std::path::Path;

/// Adds to `info` what only the packets of the source show.
pub fn survey(tools: &Tools, path: &Path, policy: &Policy, orders: Option<&Controls>, info: &mut MediaInfo) {
    let bounds =
        Bounds { limit: policy.probe_limit * PATIENCE, memory: Some(MEMORY), orders, nice: policy.nice };
    if let Some(question) = SurveyRequest::of(info)
        && let Some((survey, to_the_end)) = read(tools, path, &bounds, question.clone())
    {
        let again = |reach| probe::with_reach(tools, path, policy, orders, reach);
        if let Some(known) = survey.reach(&question).and_then(again) {
            *info = known;
        }
        info.surveyed(&survey, to_the_end);
        info.learn(&Learned {
            dense: survey.misplaced(&question).into_iter().collect(),
            ..Learned::default()
        });
    }
    info.take_stills_for_covers();
}

/// Reads packets until the question is answered. The flag is true at the end of the file.
fn read(tools: &Tools, path: &Path, bounds: &Bounds<'_>, question: SurveyRequest) -> Option<(Survey, bool)> {
    let arguments = arguments(path, question.reach());
    let read = move |stdout| {
        let mut survey = Survey::default();
        let all = pipe::lines_while(stdout, |line| survey.take(line, &question));
        (survey, all)
    };
    // Closing the pipe ends ffprobe.
    let answer = capture_by(&tools.ffprobe.path, &arguments, bounds, read).ok()?;
    let (survey, all) = answer.stdout;
    Some((survey, all && answer.success))
}

fn arguments(path: &Path, reach: Option<u64>) -> Vec<OsString> {
    let fixed =
        ["-v", "quiet", "-of", "compact=p=0:nk=1", "-show_entries", "packet=stream_index,pts_time,pos,flags"];
    let mut all: Vec<OsString> = fixed.iter().chain(&GUARD).map(OsString::from).collect();
    all.extend(reach_arguments(reach).into_iter().map(OsString::from));
    all.extend(["-i".into(), file_url(path)]);
    all
}
