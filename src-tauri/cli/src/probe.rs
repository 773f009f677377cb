//! `spool probe`: shows what a file contains and, with a preset, how it would be converted.

use crate::add::find_preset;
use crate::args::Probe;
use crate::context::{Answer, Context, Failed, absolute, json_line};
use crate::text;
use serde_json::json;
use spool_app::view::{Why, with_messages};
use spool_core::captions::{Captions, Service};
use spool_core::clock::SystemClock;
use spool_core::failure::{Failure, Reason};
use spool_core::ffmpeg::{self, CaptionRequest, Tools, probe as look};
use spool_core::intake::{self, AddOptions, VolumeAccess};
use spool_core::ledger::{Difference, Property};
use spool_core::media::{Kind, MediaInfo, Programme, Stream};
use spool_core::path_bytes;
use spool_core::plan::{self, Action, Plan, Planned};
use spool_core::policy::Policy;
use spool_core::preset::{self, Hardware, Preset};
use spool_core::queue::{self, memory::MemoryQueue};
use spool_core::spec::JobSpec;
use spool_core::subtitles;
use spool_core::words::{self as english, differences, reason, stream_reason};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A probed file, and the plan for it.
struct Probed {
    path: PathBuf,
    info: MediaInfo,
    planned: Option<Planning>,
}

/// The plan for a file.
struct Planning {
    plan: Plan,
    preset: Preset,
    /// The path that its result would get now.
    output: Option<PathBuf>,
}

pub(crate) fn probe(context: &Context, args: &Probe) -> Answer {
    let tools = ffmpeg::locate(&context.tool_places())?;
    let preset = chosen_preset(context, args)?;
    let mut complete = true;
    for path in &args.paths {
        let path = absolute(path)?;
        if args.paths.len() > 1 {
            context.say(text::line(format!("{}:", path.display())))?;
        }
        match probe_one(context, &tools, &path, preset.as_ref(), args) {
            Ok(probed) if context.json => json_line(&as_json(&probed))?,
            Ok(probed) => print(context, &probed)?,
            Err(failure) => complete &= refused(context, &path, &failure)?,
        }
    }
    Ok(complete)
}

/// Returns the preset that `add` would use; `None` if neither a preset, a setting nor a folder was given.
fn chosen_preset(context: &Context, args: &Probe) -> Result<Option<Preset>, Failed> {
    if args.preset.is_none() && args.set.is_empty() && args.output_dir.is_none() {
        return Ok(None);
    }
    let found = find_preset(context, args.preset.as_deref().unwrap_or(&context.settings.preset))?;
    let changes = args.set.iter().map(|change| crate::add::pair(change)).collect::<Result<Vec<_>, _>>()?;
    preset::set(&found, &changes).map(Some).map_err(|e| Failed::Usage(format!("{e}.")))
}

/// Returns why the path is not a file to probe. ffprobe would wait for data from a pipe or device.
fn no_file(path: &Path) -> Option<Failure> {
    let shown = path.display().to_string();
    let reason = match path.metadata() {
        Ok(metadata) if metadata.is_file() => return None,
        Ok(metadata) if metadata.is_dir() => Reason::IsFolder { path: shown },
        Ok(_) => Reason::NotAFile { path: shown },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Reason::NoSuchFile { path: shown },
        Err(_) => return None,
    };
    Some(reason.into())
}

fn probe_one(
    context: &Context,
    tools: &Tools,
    path: &Path,
    preset: Option<&Preset>,
    args: &Probe,
) -> Result<Probed, Failure> {
    if let Some(failure) = no_file(path) {
        return Err(failure);
    }
    let policy = Policy::default();
    let mut info = look::source(tools, path, &policy, None)?.unwrap_or_default();
    ffmpeg::survey(tools, path, &policy, None, &mut info);
    look::frames(tools, path, &policy, None, &mut info);
    look::ends(tools, path, &policy, None, &mut info);
    info.captions = captions(tools, &policy, path, &info, preset.is_some());
    let Some(preset) = preset else { return Ok(Probed { path: path.to_owned(), info, planned: None }) };
    if preset.size_mb().is_some() {
        look::length(tools, path, &policy, None, &mut info);
    }
    subtitles::add(path, &mut info);
    let hardware = preset.video.as_ref().is_some_and(|v| v.hardware == Hardware::Auto);
    let plan = plan::plan(&info, &JobSpec::of(preset.clone()), &ffmpeg::abilities(tools, hardware))?;
    let output = output(context, path, preset, args);
    Ok(Probed {
        path: path.to_owned(),
        info,
        planned: Some(Planning { plan, preset: preset.clone(), output }),
    })
}

/// Returns the path of the result as it would be claimed now. Creates no folder.
fn output(context: &Context, path: &Path, preset: &Preset, args: &Probe) -> Option<PathBuf> {
    let folder = args.output_dir.as_deref().or(context.settings.output_dir.as_deref());
    let options = AddOptions {
        folder: folder.map(absolute).transpose().ok()?,
        ..AddOptions::of(JobSpec::of(preset.clone()), &context.settings)
    };
    // In memory, because probing a file creates no queue.
    let queue = MemoryQueue::new(Arc::new(SystemClock::default()));
    let asking = VolumeAccess::of(&context.volumes);
    let found = intake::scan(asking, &[path.to_owned()], &options, &queue).ok()?;
    let taken = intake::taken(asking, &found.jobs, &queue).ok()?;
    let job = found.jobs.first()?;
    let (extension, longest) = (preset.container.extension(), job.naming.longest);
    let name = |n| queue::candidate(&job.folder, &job.stem, extension, n, longest);
    (1..u32::MAX).map(name).find(|name| !taken.has(name))
}

fn as_json(probed: &Probed) -> serde_json::Value {
    let planned = probed.planned.as_ref();
    let mut json = json!({
        "path": probed.path.to_string_lossy(),
        "media": probed.info,
        "plan": planned.map(|p| with_messages(json!(p.plan))),
        "output": planned.and_then(|p| p.output.as_deref()).map(Path::to_string_lossy),
    });
    let bytes = path_bytes::percent(&probed.path).map(|bytes| ("pathBytes", bytes));
    let output =
        planned.and_then(|p| path_bytes::percent(p.output.as_deref()?)).map(|bytes| ("outputBytes", bytes));
    for (name, bytes) in bytes.into_iter().chain(output) {
        json[name] = bytes.into();
    }
    json
}

/// Bytes searched for captions if there is no plan: a minute or more of television.
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
    let asked = CaptionRequest { tools, policy, orders: None, notes: &notes, beside: &beside, within };
    Some(ffmpeg::captions(asked, path, info))
}

fn refused(context: &Context, path: &Path, failure: &Failure) -> Answer {
    if context.json {
        let mut json = json!({
            "path": path.to_string_lossy(),
            "failure": Why::from(&failure.reason),
        });
        if let Some(bytes) = path_bytes::percent(path) {
            json["pathBytes"] = bytes.into();
        }
        json_line(&json)?;
    } else if no_file(path).is_some() {
        // The reason already states what to do.
        eprintln!("spool: {}", text::line(reason(&failure.reason)));
    } else {
        eprintln!("spool: {}", text::line(english::failure(failure)));
    }
    Ok(false)
}

/// A broadcast channel with its streams: `programme 1, One: 0, 1`.
fn programme_line(programme: &Programme) -> String {
    let name = programme.name.as_ref().map_or(String::new(), |name| format!(", {name}"));
    let streams: Vec<String> = programme.streams.iter().map(usize::to_string).collect();
    format!("programme {}{name}: {}", programme.number, streams.join(", "))
}

fn print(context: &Context, Probed { info, planned, .. }: &Probed) -> Result<(), Failed> {
    let length = info.length().map_or_else(|| "unknown length".into(), |s| text::duration(s.round() as u64));
    let size = info.size.map_or(String::new(), |bytes| format!(", {}", text::size(bytes)));
    context.say(format!(
        "{}, {length}{size}, {}",
        info.container,
        text::count(info.chapters.len() as u64, "chapter", "chapters")
    ))?;
    for programme in info.programmes.iter().filter(|_| info.programmes.len() > 1) {
        context.say(text::line(programme_line(programme)))?;
    }
    for captions in info.captions.iter().flatten() {
        context.say(captions_line(captions))?;
    }
    match planned {
        Some(planning) => {
            planned_lines(info, planning).iter().try_for_each(|line| context.say(text::line(line)))
        }
        None => info.streams.iter().try_for_each(|s| context.say(text::line(stream_line(s)))),
    }
}

/// The path of the result, then the plan for the file.
fn planned_lines(info: &MediaInfo, Planning { plan, preset, output }: &Planning) -> Vec<String> {
    let name = output.iter().map(|path| format!("result: {}", path.display()));
    let of = |planned: &Planned| {
        let stream = info.streams.iter().find(|s| s.index == planned.input);
        let line = stream.map_or_else(|| format!("{:>3}", planned.input), stream_line);
        format!("{line}: {}{}", action(planned), size(info, preset, planned))
    };
    name.chain(plan.streams.iter().map(of)).chain(change_lines(plan)).collect()
}

/// The frame size of a converted video stream, and the box of the preset if it reduces the size.
fn size(info: &MediaInfo, preset: &Preset, planned: &Planned) -> String {
    let main = info.video().is_some_and(|s| s.index == planned.input);
    if !main || !planned.action.converts() {
        return String::new();
    }
    let sides = preset.video.as_ref().and_then(|v| v.box_long.zip(v.box_short));
    match (plan::within(info, preset), sides) {
        (Some((width, height, true)), Some((long, short))) => {
            format!(", {width}x{height} (within {long}x{short}, its shape kept)")
        }
        (Some((width, height, _)), _) => format!(", {width}x{height}"),
        (None, _) => String::new(),
    }
}

fn captions_line(captions: &Captions) -> String {
    let service = match captions.service {
        Service::Channel(n) => format!("CC{n} (CEA-608)"),
        Service::Digital(n) => format!("service {n} (CEA-708)"),
    };
    let lines = text::count(captions.lines.len() as u64, "line", "lines");
    format!("captions inside the picture: {service}, {lines}")
}

fn stream_line(stream: &Stream) -> String {
    let kind = format!("{:?}", stream.kind).to_lowercase();
    let codec = if stream.codec.is_empty() { "unknown" } else { &stream.codec };
    let video = stream.video.as_ref();
    let size = video.map(|p| format!(" {}x{}", p.width, p.height)).unwrap_or_default();
    let pace = video.and_then(|p| p.rate).map(|rate| format!(" {} fps", rounded(rate))).unwrap_or_default();
    let channels = stream.channels.map(|n| format!(" {}", text::count(n.into(), "channel", "channels")));
    let channels = channels.unwrap_or_default();
    let samples = stream.sample_rate.map(|rate| format!(" {rate} Hz")).unwrap_or_default();
    let bits = stream.bit_rate.map(|bits| format!(" {} kbit/s", bits / 1000)).unwrap_or_default();
    // "und" means that the language is unknown.
    let language = stream.language.as_deref().filter(|l| *l != "und");
    let language = language.map(|l| format!(" ({l})")).unwrap_or_default();
    format!("{:>3}  {kind} {codec}{size}{pace}{channels}{samples}{bits}{language}", stream.index)
}

/// At most three decimals: 25, 29.97.
fn rounded(rate: f64) -> String {
    let text = format!("{rate:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What else would change or be lost, as far as it is worth mentioning.
fn change_lines(plan: &Plan) -> Vec<String> {
    let beside = |change: &&Difference| change.property != Property::Stream && change.is_worth_saying();
    differences(plan.changes.iter().filter(beside)).iter().map(ToString::to_string).collect()
}

/// One line for each stream, with what the plan does with it.
pub(crate) fn stream_lines(plan: &Plan) -> Vec<String> {
    let line = |s: &Planned| {
        let kind = format!("{:?}", s.kind).to_lowercase();
        let codec = if s.codec.is_empty() { "unknown" } else { &s.codec };
        format!("{:>3}  {kind} {codec}: {}", s.input, action(s))
    };
    plan.streams.iter().map(line).collect()
}

fn action(planned: &Planned) -> String {
    match &planned.action {
        Action::Copy { .. } => "copied".to_owned(),
        Action::Convert(spec) => match &spec.instead {
            None => format!("converted to {}", spec.codec),
            Some(why) => format!("converted to {}: {}", spec.codec, stream_reason(why)),
        },
        Action::Drop { reason: why, .. } => format!("left out: {}", stream_reason(why)),
    }
}
