//! `spool probe`: what a file is and, with a preset, what would become of it.

use crate::add::find_preset;
use crate::context::{Answer, Context, Failed, absolute, json_line};
use crate::words;
use serde_json::json;
use spool_core::captions::{Captions, Service};
use spool_core::failure::{Failure, FailureCode};
use spool_core::ffmpeg::{self, Asked, Tools, probe as look};
use spool_core::ledger::{self, Difference, Property};
use spool_core::media::{Kind, MediaInfo, Programme, Stream};
use spool_core::plan::{self, Action, Plan};
use spool_core::policy::Policy;
use spool_core::preset::Hardware;
use spool_core::spec::JobSpec;
use spool_core::subtitles;
use std::io::ErrorKind;
use std::path::Path;

pub(crate) fn probe(context: &Context, path: &Path, preset: Option<&str>) -> Answer {
    let tools = ffmpeg::locate(&context.tool_places())?;
    let path = absolute(path)?;
    if path.symlink_metadata().is_err_and(|cause| cause.kind() == ErrorKind::NotFound) {
        // Nothing was queued that could have gone.
        let message = format!("{} does not exist.", path.display());
        return told(context, FailureCode::SourceGone, &message, &message);
    }
    if path.metadata().is_ok_and(|m| !m.is_file()) {
        // ffprobe would wait for what comes out of a pipe or device.
        let message = format!("{} is not a file.", path.display());
        return refused(context, &Failure::new(FailureCode::SourceUnreadable, message));
    }
    let policy = Policy::default();
    let mut info = match look::source(&tools, &path, &policy, None) {
        Ok(info) => info.unwrap_or_default(),
        Err(failure) => return refused(context, &failure),
    };
    ffmpeg::survey(&tools, &path, &policy, None, &mut info);
    look::frames(&tools, &path, &policy, None, &mut info);
    look::ends(&tools, &path, &policy, None, &mut info);
    info.captions = captions(&tools, &policy, &path, &info, preset.is_some());
    let planned = preset.map(|id| find_preset(context, id)).transpose()?.map(|preset| {
        if preset.size_mb().is_some() {
            look::length(&tools, &path, &policy, None, &mut info);
        }
        subtitles::add(&path, &mut info);
        let hardware = preset.video.as_ref().is_some_and(|v| v.hardware == Hardware::Auto);
        plan::plan(&info, &JobSpec::of(preset), &ffmpeg::abilities(&tools, hardware))
    });
    let plan = match planned {
        Some(Err(failure)) => return refused(context, &failure),
        Some(Ok(plan)) => Some(plan),
        None => None,
    };
    if context.json {
        json_line(&json!({ "media": info, "plan": plan }))?;
    } else {
        tell(context, &info, plan.as_ref())?;
    }
    Ok(true)
}

/// Bytes in which captions are looked for where nothing is planned: a minute or more of television.
const NEAR: u64 = 64 << 20;

fn captions(
    tools: &Tools,
    policy: &Policy,
    path: &Path,
    info: &MediaInfo,
    all: bool,
) -> Option<Vec<Captions>> {
    let scratch = tempfile::tempdir().ok()?;
    let notes = scratch.path().join("probe");
    let timed =
        |s: &&Stream| matches!(s.kind, Kind::Video | Kind::Audio | Kind::Subtitle) && !s.attached_picture;
    let beside: Vec<usize> = info.streams.iter().filter(timed).map(|s| s.index).collect();
    let within = if all { u64::MAX } else { NEAR };
    let asked = Asked { tools, policy, orders: None, notes: &notes, beside: &beside, within };
    Some(ffmpeg::captions(asked, path, info))
}

fn refused(context: &Context, failure: &Failure) -> Answer {
    told(context, failure.code, &failure.message, &failure.to_string())
}

fn told(context: &Context, code: FailureCode, message: &str, sentence: &str) -> Answer {
    if context.json {
        json_line(&json!({ "failure": { "code": code, "message": message } }))?;
    } else {
        eprintln!("spool: {}", words::line(sentence));
    }
    Ok(false)
}

/// A channel with its streams: `programme 1, One: 0, 1`.
fn programme_line(programme: &Programme) -> String {
    let name = programme.name.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let streams: Vec<String> = programme.streams.iter().map(usize::to_string).collect();
    format!("programme {}{name}: {}", programme.number, streams.join(", "))
}

fn tell(context: &Context, info: &MediaInfo, plan: Option<&Plan>) -> Result<(), Failed> {
    let length = info.length().map_or_else(|| "unknown length".into(), |s| words::duration(s.round() as u64));
    let size = info.size.map_or(String::new(), |bytes| format!(", {}", words::size(bytes)));
    context.say(format!(
        "{}, {length}{size}, {}",
        info.container,
        words::count(info.chapters.len() as u64, "chapter", "chapters")
    ))?;
    for programme in info.programmes.iter().filter(|_| info.programmes.len() > 1) {
        context.say(words::line(&programme_line(programme)))?;
    }
    for captions in info.captions.iter().flatten() {
        context.say(captions_line(captions))?;
    }
    match plan {
        Some(plan) => {
            let lines = [stream_lines(plan), change_lines(plan)].concat();
            lines.iter().try_for_each(|line| context.say(words::line(line)))
        }
        None => info.streams.iter().try_for_each(|s| context.say(words::line(&stream_line(s)))),
    }
}

fn captions_line(captions: &Captions) -> String {
    let service = match captions.service {
        Service::Channel(n) => format!("CC{n} (CEA-608)"),
        Service::Digital(n) => format!("service {n} (CEA-708)"),
    };
    let lines = words::count(captions.lines.len() as u64, "line", "lines");
    format!("captions inside the picture: {service}, {lines}")
}

fn stream_line(stream: &Stream) -> String {
    let kind = format!("{:?}", stream.kind).to_lowercase();
    let picture = stream.video.as_ref().map(|p| format!(" {}x{}", p.width, p.height)).unwrap_or_default();
    let channels = stream.channels.map(|n| format!(" {n} channels")).unwrap_or_default();
    let language = stream.language.as_deref().map(|l| format!(" ({l})")).unwrap_or_default();
    format!("{:>3}  {kind} {}{picture}{channels}{language}", stream.index, stream.codec)
}

/// What else of the file would be changed or lost, as far as its owner would miss it.
fn change_lines(plan: &Plan) -> Vec<String> {
    let beside =
        |change: &&Difference| change.property != Property::Stream && ledger::is_worth_saying(change);
    ledger::sentences(plan.changes.iter().filter(beside))
}

/// What becomes of each stream, one line each.
pub(crate) fn stream_lines(plan: &Plan) -> Vec<String> {
    let line = |s: &plan::Planned| {
        let kind = format!("{:?}", s.kind).to_lowercase();
        let codec = if s.codec.is_empty() { "unknown" } else { &s.codec };
        let fate = match &s.action {
            Action::Copy { .. } => "copied".to_owned(),
            Action::Convert { codec, instead: None, .. } => format!("converted to {codec}"),
            Action::Convert { codec, instead: Some(why), .. } => format!("converted to {codec}: {why}"),
            Action::Drop { reason, .. } => format!("left out: {reason}"),
        };
        format!("{:>3}  {kind} {codec}: {fate}", s.input)
    };
    plan.streams.iter().map(line).collect()
}
