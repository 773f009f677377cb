//! Probes files with ffprobe. Files are untrusted: time, memory and picture size are bounded, and network and playlists
//! are disabled.

use super::capture::{Bounds, Output, capture, capture_by};
use super::names::Names;
use super::untrusted::json_arguments;
use super::{Controls, ProbeContext, Tools, classify, first_frames, interlacing, pipe};
use crate::failure::{Failure, FailureCode, Reason, name_of};
use crate::input_guard::{GUARD, file_url, reach_arguments};
use crate::media::boxes::{self, Boxes};
use crate::media::headers::{self, Differ};
use crate::media::track_labels::{self, TrackLabels};
use crate::media::{self, Dense, Kind, Measured, Measuring, MediaInfo, Stated};
use crate::media::{crop, segments, sizes, speed, stated};
use crate::policy::Policy;
use crate::system::message;
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// Largest address space of ffprobe, in bytes.
pub(super) const MEMORY: u64 = 2 << 30;

/// Probes a source. `None` where an order interrupted it.
pub fn source(
    tools: &Tools,
    path: &Path,
    policy: &Policy,
    orders: Option<&Controls>,
) -> Result<Option<MediaInfo>, Failure> {
    let Some(mut info) = look_inside(tools, path, policy, orders, &[])? else { return Ok(None) };
    if info.streams.is_empty() {
        return Err(not_media(path, ""));
    }
    read_container(path, &mut info);
    info.reach = info.is_slow().then_some(REACH);
    Ok(Some(info))
}

/// Bytes that ffmpeg reads by default to find the streams of a file, unless it reaches five seconds first.
const REACH: u64 = 5_000_000;

/// Adds what ffprobe does not report of the container.
fn read_container(path: &Path, info: &mut MediaInfo) {
    info.second_recording = has_second(path, &info.container);
    info.other_speed = has_other_speed(path, &info.container);
    info.take_words(words(path, &info.container).unwrap_or_default());
    if info.container.starts_with("mov") {
        let listed = std::fs::File::open(path).and_then(|mut file| sizes::listed(&mut file));
        info.take_sizes(listed.unwrap_or_default());
    }
    info.take_stated(stated_by(path));
    let declared = std::fs::File::open(path).and_then(|mut file| crop::declared(&info.container, &mut file));
    info.take_declared(&declared.unwrap_or_default());
}

/// The size and length that the container declares.
fn stated_by(path: &Path) -> Stated {
    std::fs::File::open(path).and_then(|mut file| stated::stated(&mut file)).unwrap_or_default()
}

/// Texts about tracks in the container that ffprobe does not report.
fn words(path: &Path, container: &str) -> io::Result<Vec<TrackLabels>> {
    let mut file = std::fs::File::open(path)?;
    match container {
        mov if mov.starts_with("mov") => track_labels::of_mp4(&mut file),
        matroska if matroska.starts_with("matroska") => track_labels::of_matroska(&mut file),
        _ => Ok(Vec::new()),
    }
}

/// Probes a source again, reading `reach` bytes of it. `None` where that takes too long.
pub(super) fn with_reach(
    tools: &Tools,
    path: &Path,
    policy: &Policy,
    orders: Option<&Controls>,
    reach: u64,
) -> Option<MediaInfo> {
    let patient = Policy { probe_limit: policy.probe_limit * PATIENCE, ..policy.clone() };
    let more = reach_arguments(Some(reach));
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let mut info = look_inside(tools, path, &patient, orders, &more).ok().flatten()?;
    info.reach = Some(reach);
    read_container(path, &mut info);
    Some(info)
}

/// Adds what only frames of the video show, if the first probe did not decode them: colours and mastering data that no
/// container names, fields that no header declares. Without an answer nothing is added.
pub fn frames(tools: &Tools, path: &Path, policy: &Policy, orders: Option<&Controls>, info: &mut MediaInfo) {
    let bounds = Bounds { limit: policy.probe_limit, memory: Some(MEMORY), orders, nice: policy.nice };
    first_frames::add(tools, path, &bounds, info);
    let (Some(stream), reach) = (info.video().cloned(), info.reach) else { return };
    let picture = info.streams.iter_mut().find(|s| s.index == stream.index).and_then(|s| s.video.as_mut());
    let Some(picture) = picture else { return };
    if interlacing::may_be_interlaced(&stream)
        && let Some(order) = interlacing::detected_order(tools, path, &stream, reach, &bounds)
    {
        picture.field_order = order.into();
    }
    if interlacing::may_be_flagged_falsely(&stream)
        && interlacing::looks_progressive(tools, path, &stream, reach, &bounds)
    {
        (picture.field_order, picture.false_fields) = ("progressive".into(), true);
    }
}

/// Only Matroska files can be concatenated so; an unreadable file counts as having none.
fn has_second(path: &Path, container: &str) -> bool {
    let look = || segments::has_second(&mut std::fs::File::open(path)?);
    container.starts_with("matroska") && look().unwrap_or(false)
}

/// Only MP4 and MOV have edit lists; an unreadable file counts as having none.
fn has_other_speed(path: &Path, container: &str) -> bool {
    let look = || speed::is_changed(&mut std::fs::File::open(path)?);
    container.starts_with("mov") && look().unwrap_or(false)
}

/// Measures the duration from packets when the header has none, or one that the file size makes implausible. Without an
/// answer `info` stays as it is.
pub fn length(tools: &Tools, path: &Path, policy: &Policy, orders: Option<&Controls>, info: &mut MediaInfo) {
    if info.length().is_none()
        && let Some(measured) = packets(tools, path, policy, orders)
    {
        info.believe(&measured);
    }
}

/// Adds to each stream what its packets show: how much of it is displayed, and whether its header changes. Reads the
/// whole file. Without an answer nothing is added.
pub fn shown(tools: &Tools, path: &Path, policy: &Policy, orders: Option<&Controls>, info: &mut MediaInfo) {
    let Some(mut measured) = packets(tools, path, policy, orders) else { return };
    if measured.streams.values().any(|span| span.headers > 0) {
        let differ = headers_differ(path, &info.container);
        for stream in &info.streams {
            let another = if stream.kind == Kind::Video { differ.picture } else { differ.sound };
            measured.streams.entry(stream.index).and_modify(|span| span.headers *= u64::from(another));
        }
    }
    info.keep(&measured);
}

/// A repeated header is not a changed one. A header that cannot be compared counts as changed.
fn headers_differ(path: &Path, container: &str) -> Differ {
    let compared = std::fs::File::open(path).and_then(|mut file| headers::differ(container, &mut file));
    compared.unwrap_or(Differ { picture: true, sound: true })
}

/// Would an encoder's default time base, one tick per frame at one of these rates, drop or move frames of this stream?
/// Reads the whole file. False without an answer; the encode shows it then.
pub(crate) fn is_dense(asking: ProbeContext<'_>, path: &Path, stream: usize, rates: Vec<f64>) -> bool {
    let ProbeContext { tools, policy, orders } = asking;
    let index = stream.to_string();
    let args = packet_arguments(path, &["-select_streams", &index, "-show_entries", "packet=pts_time,flags"]);
    let limit = policy.probe_limit * PATIENCE;
    let bounds = Bounds { limit, memory: Some(MEMORY), orders: Some(orders), nice: policy.nice };
    let measure = move |stdout| {
        let mut dense = Dense::new(rates);
        pipe::each_line(stdout, |line| {
            let (time, flags) = line.split_once('|').unwrap_or((line, ""));
            let shown = media::decimal(time).filter(|_| !flags.contains('D'));
            if let Some(at) = shown {
                dense.take(at);
            }
        });
        dense.misplaces()
    };
    capture_by(&tools.ffprobe.path, &args, &bounds, measure).is_ok_and(|answer| answer.stdout)
}

/// Measures from packets where a file ends that seems to declare more than it shows.
pub fn ends(tools: &Tools, path: &Path, policy: &Policy, orders: Option<&Controls>, info: &mut MediaInfo) {
    if info.may_overrun()
        && let Some(measured) = packets(tools, path, policy, orders)
    {
        info.take_ends(&measured);
    }
}

/// Measures where the packets of each stream begin and end, and where some are missing, for sources whose header is
/// wrong. Reads the whole file. `None` where that fails.
pub fn packets(tools: &Tools, path: &Path, policy: &Policy, orders: Option<&Controls>) -> Option<Measured> {
    let entries = "packet=stream_index,pts_time,dts_time,duration_time,flags:packet_side_data=side_data_type";
    let args = packet_arguments(path, &["-show_entries", entries]);
    let bounds =
        Bounds { limit: policy.probe_limit * PATIENCE, memory: Some(MEMORY), orders, nice: policy.nice };
    let measure = |stdout| {
        let mut measuring = Measuring::default();
        pipe::each_line(stdout, |line| measuring.take(line));
        measuring.done()
    };
    Some(capture_by(&tools.ffprobe.path, &args, &bounds, measure).ok()?.stdout)
}

/// Lists the packets of a file, one per line, with fields separated by bars: a locale may write numbers with a comma.
fn packet_arguments(path: &Path, asked: &[&str]) -> Vec<OsString> {
    let fixed = ["-v", "quiet", "-of", "compact=p=0:nk=1"];
    let mut all: Vec<OsString> = fixed.iter().chain(&GUARD).chain(asked).map(OsString::from).collect();
    all.extend(["-i".into(), file_url(path)]);
    all
}

/// Time limit for reading a whole file, as a multiple of `Policy::probe_limit`: a large file on a slow disk takes long.
pub(super) const PATIENCE: u32 = 40;

/// Probes a result and decodes its first frames. `counted`: count its packets, which is not needed where they are
/// measured.
pub fn output(
    tools: &Tools,
    path: &Path,
    policy: &Policy,
    orders: Option<&Controls>,
    counted: bool,
) -> Result<Option<MediaInfo>, Failure> {
    let patient = Policy { probe_limit: policy.probe_limit * PATIENCE, ..policy.clone() };
    // One call cannot read all packets and decode frames of a few.
    let info = if counted {
        look(tools, path, &patient, orders, &["-count_packets"])?
    } else {
        look_inside(tools, path, &patient, orders, &[])?
    };
    let Some(mut info) = info else { return Ok(None) };
    let bounds = Bounds { limit: policy.probe_limit, memory: Some(MEMORY), orders, nice: policy.nice };
    first_frames::add(tools, path, &bounds, &mut info);
    read_container(path, &mut info);
    Ok(Some(info))
}

/// Wraps the failure of probing a result.
pub fn not_read_back(failure: Failure) -> Failure {
    if failure.code() == FailureCode::KilledBySignal {
        return failure;
    }
    Failure { reason: Reason::NotReadBack { because: Box::new(failure.reason) }, ..failure }
}

/// Probes headers and first frames. Frames only add to headers: where decoding them takes too long or crashes ffprobe,
/// only the headers are probed.
fn look_inside(
    tools: &Tools,
    path: &Path,
    policy: &Policy,
    orders: Option<&Controls>,
    more: &[&str],
) -> Result<Option<MediaInfo>, Failure> {
    let quick = Policy { probe_limit: policy.probe_limit / 3, ..policy.clone() };
    match look(tools, path, &quick, orders, &[more, &first_frames::arguments()].concat()) {
        Err(failure) if matches!(failure.code(), FailureCode::ProbeTimeout | FailureCode::KilledBySignal) => {
            look(tools, path, policy, orders, more)
        }
        decided => decided,
    }
}

fn look(
    tools: &Tools,
    path: &Path,
    policy: &Policy,
    orders: Option<&Controls>,
    more: &[&str],
) -> Result<Option<MediaInfo>, Failure> {
    let bounds = Bounds { limit: policy.probe_limit, memory: Some(MEMORY), orders, nice: policy.nice };
    match capture(&tools.ffprobe.path, &arguments(path, more), &bounds) {
        Ok(output) if output.success => {
            media::read(&output.stdout).map(Some).map_err(|e| not_media(path, &e))
        }
        Ok(Output { signal: Some(signal), .. }) => Err(classify::killed("ffprobe", signal)),
        Ok(output) => Err(refused(path, &output)),
        Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::TimedOut => Err(too_slow(path, policy)),
        Err(e) => Err(Reason::NotStarted { tool: "ffprobe".into(), cause: message(&e) }.into()),
    }
}

fn arguments(path: &Path, more: &[&str]) -> Vec<OsString> {
    json_arguments(
        path,
        &[&["-show_format", "-show_programs", "-show_streams", "-show_chapters"], more].concat(),
    )
}

fn too_slow(path: &Path, policy: &Policy) -> Failure {
    Reason::LookTooSlow { name: name_of(path), seconds: policy.probe_limit.as_secs() }.into()
}

fn not_media(path: &Path, detail: &str) -> Failure {
    Failure { log_tail: detail.to_owned(), ..Reason::NotMedia { name: name_of(path) }.into() }
}

/// ffprobe takes any file named `.mp4` for an MP4 without an end, so the boxes decide.
fn boxes_of(path: &Path) -> Boxes {
    std::fs::File::open(path).and_then(|mut file| boxes::look(&mut file)).unwrap_or(Boxes::None)
}

/// ffmpeg supports only still `WebP`: of an animation it shows nothing, or only the first frame.
fn is_animated_webp(path: &Path) -> bool {
    let mut begin = [0; 21];
    let read = std::fs::File::open(path).and_then(|mut file| io::Read::read_exact(&mut file, &mut begin));
    read.is_ok() && animates(&begin)
}

/// The extended header of `WebP`, with its flag for animations.
fn animates(begin: &[u8; 21]) -> bool {
    &begin[..4] == b"RIFF" && &begin[8..16] == b"WEBPVP8X" && begin[20] & 2 != 0
}

/// The failure behind a file that ffprobe could not open.
fn refused(path: &Path, output: &Output) -> Failure {
    let reason = match reason(path, boxes_of(path), &output.stderr) {
        _ if is_animated_webp(path) => Reason::AnimatedWebp { name: name_of(path) },
        Some(reason) => reason,
        None if is_cut(path) => Reason::NothingReadable,
        None => return not_media(path, &output.stderr),
    };
    Failure { log_tail: output.stderr.clone(), ..reason.into() }
}

/// Does the container declare more than the file holds?
fn is_cut(path: &Path) -> bool {
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    size > 0 && stated_by(path).is_cut(size) == Some(true)
}

/// Messages for a file that ends within what is being read; a demuxer may also report that as an I/O error.
const TRUNCATED: &[&str] = &["File ended prematurely", "Truncating packet of size"];

/// The cause, by the boxes of the file and the message of ffprobe without the file name; `None` if unknown.
fn reason(path: &Path, boxes: Boxes, stderr: &str) -> Option<Reason> {
    let (name, text) = (name_of(path), Names::of(&[file_url(path)]).remove(stderr));
    let has = |phrases: &[&str]| classify::contains_any(&text, phrases);
    Some(if boxes == Boxes::Protected {
        Reason::CopyProtected { name: Some(name) }
    } else if boxes == Boxes::CutShort && has(&["moov atom not found"]) {
        Reason::IndexMissing { name: Some(name) }
    } else if has(&["Permission denied"]) {
        Reason::Forbidden { name }
    } else if has(classify::DRIVE) && !has(TRUNCATED) {
        Reason::ReadFailed { name }
    } else if has(classify::LOST) {
        Reason::ConnectionLost { drive: None }
    } else if has(&["No such file or directory"]) {
        Reason::SourceGone { name }
    } else if has(classify::MEMORY) {
        Reason::LookTooBig { name }
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests;
