//! Reads the content of a file from its decoded frames and samples (see `film`), and compares it with the expected
//! content.

use crate::film::{SAMPLES, SIZE, Shown, Sound, luma, number_on};
use crate::judge;
use std::path::Path;
use std::process::Command;

/// A decoded file.
#[derive(Debug)]
pub struct Seen {
    /// Its content, without damaged frames.
    pub shown: Shown,
    /// Frames that decode.
    pub frames: usize,
    /// Frames whose number cannot be read or that do not look like the frame of that number, plus the difference
    /// between the frames that ffmpeg decodes and those that ffprobe lists.
    pub damaged: usize,
    /// Everything decodes without an error.
    pub clean: bool,
    /// Duration in the header, in seconds.
    pub seconds: f64,
    /// Start time of the file, in seconds.
    pub begin: f64,
}

/// Tolerance for the time of frames and beeps, in seconds.
const TOLERANCE: f64 = 0.0405;
/// Tolerance for the times of subtitles and chapters, in seconds.
const MARK_TOLERANCE: f64 = 0.06;

fn output(program: &str, args: &[&str]) -> Vec<u8> {
    Command::new(program).args(args).output().unwrap().stdout
}

fn text(program: &str, args: &[&str]) -> String {
    String::from_utf8_lossy(&output(program, args)).into_owned()
}

/// Decodes a file and reads its content.
pub fn see(path: &Path) -> Seen {
    let facts = judge::facts(path);
    let begin = judge::number(&facts["format"]["start_time"]);
    let begin = if begin.is_finite() { begin } else { 0.0 };
    let moving = judge::streams(&facts, "video").iter().any(|s| s["disposition"]["attached_pic"] != 1);
    let (frames, numbers) = if moving { frames(path) } else { (0, Vec::new()) };
    let times = frame_times(path);
    let mut shown = Shown::default();
    for (at, number) in times.iter().zip(&numbers) {
        shown.frames.extend(number.map(|number| (at - begin, number)));
    }
    let tracks = judge::streams(&facts, "audio").len();
    shown.tracks = (0..tracks).map(|n| audio(path, n, begin)).collect();
    if !judge::streams(&facts, "subtitle").is_empty() {
        shown.cues = cues(path);
    }
    let chapter = |c: &serde_json::Value| {
        let at = |end: &str| judge::number(&c[end]) - begin;
        (at("start_time"), at("end_time"), c["tags"]["title"].as_str().unwrap_or_default().to_owned())
    };
    shown.chapters = facts["chapters"].as_array().into_iter().flatten().map(chapter).collect();
    let damaged = numbers.iter().filter(|number| number.is_none()).count() + frames.abs_diff(times.len());
    let seconds = judge::number(&facts["format"]["duration"]);
    Seen { shown, frames, damaged, clean: judge::decodes(path), seconds, begin }
}

/// Returns how many frames decode, and the number of each; `None` for a damaged one.
fn frames(path: &Path) -> (usize, Vec<Option<u32>>) {
    let scale = format!("scale={}:{}:flags=bicubic,format=gray", SIZE.0, SIZE.1);
    let raw = ["-fps_mode", "passthrough", "-f", "rawvideo", "-"];
    let args = ["-v", "quiet", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:V:0", "-vf", &scale];
    let bytes = output("ffmpeg", &[&args[..], &raw].concat());
    let all: Vec<Option<u32>> = bytes
        .chunks_exact(SIZE.0 * SIZE.1)
        .map(|frame| number_on(frame).filter(|number| noise(frame, &luma(*number)) < MOST_NOISE))
        .collect();
    (all.len(), all)
}

/// Maximum mean squared error of a frame: a PSNR of 20 dB, far more noise than an encoder leaves.
const MOST_NOISE: f64 = 650.0;

/// Returns the mean squared error of a frame.
fn noise(frame: &[u8], original: &[u8]) -> f64 {
    let sum: f64 = frame.iter().zip(original).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    sum / frame.len() as f64
}

fn frame_times(path: &Path) -> Vec<f64> {
    let entries = ["-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0"];
    let args = ["-v", "quiet", "-select_streams", "V:0"];
    let listed = text("ffprobe", &[&args[..], &entries, &[path.to_str().unwrap()]].concat());
    listed.lines().filter_map(|line| line.split(',').next()?.parse().ok()).collect()
}

/// Reads an audio stream from the start of the file on; missing samples count as silence.
fn audio(path: &Path, track: usize, begin: f64) -> Sound {
    let map = format!("0:a:{track}");
    let filter = "aresample=async=1:min_hard_comp=0.02:first_pts=0";
    let rate = SAMPLES.to_string();
    let raw = ["-ac", "1", "-ar", &rate, "-f", "s16le", "-"];
    let args = ["-v", "quiet", "-nostdin", "-i", path.to_str().unwrap(), "-map", &map, "-af", filter];
    let bytes = output("ffmpeg", &[&args[..], &raw].concat());
    let read = |b: &[u8]| f64::from(i16::from_le_bytes([b[0], b[1]]));
    // The downmix of many channels is quieter.
    let peak = bytes.chunks_exact(2).map(|b| read(b).abs()).fold(1.0, f64::max);
    let samples: Vec<f64> = bytes.chunks_exact(2).map(|b| read(b) / peak * 0.5).collect();
    let from = first_time(path, track).map_or(0.0, |at| at - begin);
    Sound { from, to: samples.len() as f64 / SAMPLES as f64, beeps: beeps(&samples) }
}

fn first_time(path: &Path, track: usize) -> Option<f64> {
    let stream = format!("a:{track}");
    let entries = ["-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0"];
    let args = ["-v", "quiet", "-select_streams", &stream];
    let listed = text("ffprobe", &[&args[..], &entries, &[path.to_str().unwrap()]].concat());
    listed.lines().find_map(|line| line.split(',').next()?.parse().ok())
}

/// Samples per step of the beep detection: 5 ms.
const STEP: usize = SAMPLES / 200;
/// Samples of a beep from which its pitch is measured: 50 ms.
const WAVES: usize = STEP * 10;

/// Returns the start and pitch of each beep. A beep differs from the hum by the steepness of its wave; its pitch is
/// half the rate of zero crossings.
fn beeps(samples: &[f64]) -> Vec<(f64, f64)> {
    let swing = |part: &[f64]| part.windows(2).map(|w| (w[1] - w[0]).abs()).sum::<f64>() / part.len() as f64;
    let loud: Vec<bool> = samples.chunks(STEP).map(|part| swing(part) > 0.01).collect();
    let mut all: Vec<(f64, f64)> = Vec::new();
    for step in (1..loud.len()).filter(|n| loud[*n] && !loud[n - 1]) {
        let (at, inside) = (step as f64 * STEP as f64 / SAMPLES as f64, (step + 2) * STEP);
        let Some(part) = samples.get(inside..inside + WAVES) else { continue };
        let crossings = part.windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
        if all.last().is_none_or(|(before, _)| at - before > 0.09) {
            all.push((at, crossings as f64 / 2.0 * SAMPLES as f64 / WAVES as f64));
        }
    }
    all
}

fn cues(path: &Path) -> Vec<(f64, f64, String)> {
    let srt =
        text("ffmpeg", &["-v", "quiet", "-i", path.to_str().unwrap(), "-map", "0:s:0", "-f", "srt", "-"]);
    let time = |word: &str| {
        let mut fields = word.split([':', ',']).map(|f| f.trim().parse::<f64>().unwrap_or(f64::NAN));
        let mut next = || fields.next().unwrap_or(0.0);
        next() * 3600.0 + next() * 60.0 + next() + next() / 1000.0
    };
    let cue = |block: &str| {
        let (_, rest) = block.split_once('\n')?;
        let (times, words) = rest.split_once('\n')?;
        let (from, to) = times.split_once(" --> ")?;
        Some((time(from), time(to), words.trim().to_owned()))
    };
    srt.split("\n\n").filter_map(|block| cue(block.trim())).collect()
}

/// Returns the differences from the expected content. `spare` is how many frames and how many beeps may be missing or
/// damaged.
pub fn differences(want: &Shown, seen: &Seen, spare: (usize, usize)) -> Vec<String> {
    let got = &seen.shown;
    let mut wrong = Vec::new();
    if seen.damaged > spare.0 {
        wrong.push(format!("{} of {} frames are damaged", seen.damaged, seen.frames));
    }
    let shift = shift(want, got);
    wrong.extend(frame_faults(want, got, shift, spare.0));
    if got.tracks.len() != want.tracks.len() {
        wrong.push(format!("{} audio tracks instead of {}", got.tracks.len(), want.tracks.len()));
    }
    for (want, got) in want.tracks.iter().zip(&got.tracks) {
        wrong.extend(audio_faults(want, got, shift, spare.1));
    }
    wrong.extend(mark_faults("subtitles", &want.cues, &got.cues, shift));
    wrong.extend(mark_faults("chapters", &want.chapters, &got.chapters, shift));
    let ends = want.frames.iter().map(|(at, _)| at + 0.04).chain(want.tracks.iter().map(|t| t.to));
    let begins = want.frames.iter().map(|(at, _)| *at).chain(want.tracks.iter().map(|t| t.from));
    let duration = ends.fold(0.0, f64::max) - begins.fold(f64::INFINITY, f64::min).max(-shift).min(0.0);
    // The duration counts from time 0 in some containers, and from the first stream in others. The last frame counts as
    // 0.04 s here; the caller checks a longer one.
    if [0.0, seen.begin].iter().all(|begin| (seen.seconds - begin - duration - shift).abs() > 0.25) {
        wrong.push(format!("the file lasts {:.2} s instead of {:.2}", seen.seconds, duration + shift));
    }
    wrong
}

/// Returns by how many seconds the whole content is late: a file may start at another time.
fn shift(want: &Shown, got: &Shown) -> f64 {
    if let Some((at, number)) = got.frames.first()
        && let Some((wanted, _)) = want.frames.iter().find(|(_, n)| n == number)
    {
        return at - wanted;
    }
    let first = |shown: &Shown| shown.tracks.first().and_then(|t| t.beeps.first().copied());
    first(got).zip(first(want)).map_or(0.0, |(got, want)| got.0 - want.0)
}

fn frame_faults(want: &Shown, got: &Shown, shift: f64, spare: usize) -> Option<String> {
    let mut left = want.frames.iter().peekable();
    let (mut missing, mut moved, mut extra, mut farthest) = (0, 0, 0, 0.0_f64);
    for (at, number) in &got.frames {
        let before = left.clone().take_while(|(_, n)| n != number).count();
        let Some((wanted, _)) = left.clone().nth(before) else {
            extra += 1;
            continue;
        };
        let offset = at - wanted - shift;
        moved += usize::from(offset.abs() > TOLERANCE);
        farthest = if offset.abs() > farthest.abs() { offset } else { farthest };
        missing += before;
        left.nth(before);
    }
    missing += left.count();
    let text = format!(
        "{missing} frames of {} missing, {moved} at another time (up to {farthest:.3} s), {extra} extra",
        want.frames.len()
    );
    (missing > spare || moved > 0 || extra > spare.saturating_sub(1)).then_some(text)
}

fn audio_faults(want: &Sound, got: &Sound, shift: f64, spare: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let same = |(at, pitch): &(f64, f64), (wanted, right): &(f64, f64)| {
        (at - wanted - shift).abs() <= TOLERANCE && (pitch / right - 1.0).abs() < 0.05
    };
    let missing = want.beeps.iter().filter(|beep| !got.beeps.iter().any(|other| same(other, beep))).count();
    let extra = got.beeps.len().saturating_sub(want.beeps.len());
    if missing > spare || extra > spare {
        wrong.push(format!("beeps {:.2?} instead of {:.2?} + {shift:.2}", got.beeps, want.beeps));
    }
    if (got.to - want.to - shift).abs() > 0.15 || (got.from - want.from - shift).abs() > 0.15 {
        let (from, to) = (want.from + shift, want.to + shift);
        wrong.push(format!("audio from {:.2} to {:.2} s instead of {from:.2} to {to:.2}", got.from, got.to));
    }
    wrong
}

fn mark_faults(
    what: &str,
    want: &[(f64, f64, String)],
    got: &[(f64, f64, String)],
    shift: f64,
) -> Option<String> {
    let near = |a: f64, b: f64| (a - b - shift).abs() <= MARK_TOLERANCE;
    let same = want.len() == got.len()
        && want.iter().zip(got).all(|(w, g)| near(g.0, w.0) && near(g.1, w.1) && g.2 == w.2);
    (!same).then(|| format!("{what} {got:.2?} instead of {want:.2?} + {shift:.2}"))
}
