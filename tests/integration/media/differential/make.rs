//! Makes the files of the differential test: each kind of stream in each container that supports it, assembled byte by
//! byte where ffmpeg cannot write it. Each comes with its expected content.

use super::kinds::{Kind, Source, Want};
use spool_tests::boxes::{self, Edit, shows};
use spool_tests::damage::damage;
use spool_tests::film::{Part, SAMPLES, SIZE, Shown, Sound};
use spool_tests::flv;
use spool_tests::judge::decodes;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Video and audio codecs as phones and recorders use them.
const H264: &[&str] = &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-c:a", "aac"];
const HEVC: &[&str] =
    &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:keyint=25", "-c:a", "aac"];
const MPEG2: &[&str] = &["-c:v", "mpeg2video", "-q:v", "3", "-g", "12", "-c:a", "mp2"];
const MPEG4: &[&str] = &["-c:v", "mpeg4", "-q:v", "3", "-c:a", "libmp3lame"];
const VP9: &[&str] =
    &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-c:a", "libopus"];

fn codecs(container: &str) -> &'static [&'static str] {
    match container {
        "vob" => MPEG2,
        "avi" => MPEG4,
        "webm" => VP9,
        _ => H264,
    }
}

/// The folder and the path in which one source is made.
pub(super) struct Bench<'a> {
    pub(super) folder: &'a Path,
    pub(super) to: PathBuf,
}

impl Bench<'_> {
    fn at(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// Runs ffmpeg with the video and audio of a part of the numbered test video as its first two inputs.
    fn encode(&self, part: Part, args: &[&str]) {
        let (frames, samples) = part.write(self.folder);
        let (size, rate) = (format!("{}x{}", SIZE.0, SIZE.1), SAMPLES.to_string());
        let video = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", &size, "-r", "25", "-i"];
        let audio = ["-f", "s16le", "-ar", &rate, "-ac", "1", "-i"];
        let inputs =
            [&video[..], &[frames.to_str().unwrap()], &audio[..], &[samples.to_str().unwrap()]].concat();
        ffmpeg(&[&inputs[..], args].concat());
    }

    /// Encodes a part of the test video to a file of this name and returns its bytes.
    fn part(&self, name: &str, part: Part, codecs: &[&str], more: &[&str]) -> Vec<u8> {
        let to = self.at(name);
        self.encode(part, &[codecs, &["-pix_fmt", "yuv420p"], more, &[&to]].concat());
        fs::read(&to).unwrap()
    }

    fn save(&self, bytes: &[u8]) {
        fs::write(&self.to, bytes).unwrap();
    }

    fn target(&self) -> &str {
        self.to.to_str().unwrap()
    }
}

fn ffmpeg(args: &[&str]) {
    let output = Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Makes the file and returns the expectations on its result.
pub(super) fn make(source: &Source, bench: &Bench<'_>) -> Want {
    let container = source.container;
    match source.kind {
        Kind::Plain => plain(bench, container),
        Kind::TwoTracks => two_tracks(bench),
        Kind::Uneven => uneven(bench),
        Kind::OtherHeader => joined(bench, container, &["-profile:v", "baseline", "-bf", "0"], None),
        Kind::OtherSize => joined(bench, container, &[], Some("scale=320:192")),
        Kind::OtherLayout => joined(bench, container, &["-ac", "6"], None),
        Kind::NewClock => new_clock(bench, container),
        Kind::SecondSegment => second_segment(bench),
        Kind::Head => edited(bench, &[shows(0.8, 2.0)]),
        Kind::Middle => edited(bench, &[shows(0.0, 1.2), shows(2.2, 1.6)]),
        Kind::Tail => edited(bench, &[shows(0.0, 2.2)]),
        Kind::Reordered => edited(bench, &[shows(2.0, 2.0), shows(0.0, 2.0)]),
        Kind::Repeated => edited(bench, &[shows(0.0, 2.0), shows(1.0, 2.0)]),
        Kind::Empty => edited(bench, &[Edit { from: None, seconds: 1.0, rate: 1.0 }, shows(0.0, 4.0)]),
        Kind::Faster => edited(bench, &[Edit { from: Some(0.0), seconds: 2.0, rate: 2.0 }]),
        Kind::LateSound => late_audio(bench, container),
        Kind::LatePicture => late_video(bench),
        Kind::MidPicture => between_keyframes(bench),
        Kind::EmptySound => empty_audio(bench, container),
        Kind::Chapters => chapters_beyond(bench),
        Kind::Cues => cues_beyond(bench, container),
        Kind::Still => still_first(bench, container),
        Kind::Programmes => programmes(bench),
        Kind::Gap => gap(bench),
        Kind::Animation => animation(bench),
        Kind::Cut => cut(bench, container),
        Kind::DamagedH264 => damaged(bench, container, H264, "v:0"),
        Kind::DamagedHevc => damaged(bench, container, HEVC, "v:0"),
        Kind::DamagedSound => damaged(bench, container, H264, "a:0"),
    }
}

const LINES: &str = "1\n00:00:00,500 --> 00:00:01,500\nOne\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n";

fn lines() -> Vec<(f64, f64, String)> {
    vec![(0.5, 1.5, "One".to_owned()), (2.0, 3.0, "Two".to_owned())]
}

fn chapters(marks: &[(u32, u32, &str)]) -> String {
    let one = |(from, to, title): &(u32, u32, &str)| {
        format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={from}\nEND={to}\ntitle={title}\n")
    };
    format!(";FFMETADATA1\n{}", marks.iter().map(one).collect::<String>())
}

/// Adds subtitles and chapters where the container supports them.
fn plain(bench: &Bench<'_>, container: &str) -> Want {
    let mut shown = Part::first(4.0).shown();
    let mut more = vec!["-c:s", if container == "mkv" { "srt" } else { "mov_text" }];
    let (srt, marks) = (bench.at("lines.srt"), bench.at("marks.txt"));
    fs::write(&srt, LINES).unwrap();
    fs::write(&marks, chapters(&[(0, 2000, "A"), (2000, 4000, "B")])).unwrap();
    if matches!(container, "mkv" | "mp4" | "mov") {
        let inputs = ["-i", &srt, "-i", &marks, "-map", "0", "-map", "1", "-map", "2", "-map_chapters", "3"];
        more.splice(0..0, inputs);
        shown.cues = lines();
        shown.chapters = vec![(0.0, 2.0, "A".to_owned()), (2.0, 4.0, "B".to_owned())];
    } else {
        more.clear();
    }
    let args = [&more[..], codecs(container), &["-pix_fmt", "yuv420p", bench.target()]].concat();
    bench.encode(Part::first(4.0), &args);
    Want::done(shown)
}

fn two_tracks(bench: &Bench<'_>) -> Want {
    let maps = ["-map", "0", "-map", "1", "-map", "1", "-filter:a:1", "adelay=500"];
    bench.encode(Part::first(4.0), &[&maps[..], H264, &["-pix_fmt", "yuv420p", bench.target()]].concat());
    let mut shown = Part::first(4.0).shown();
    let mut second = shown.clone().later(0.5).tracks.remove(0);
    second.from = 0.0;
    shown.tracks.push(second);
    Want::done(shown)
}

/// Drops every third frame; the others keep their times.
fn uneven(bench: &Bench<'_>) -> Want {
    let select = ["-vf", "select='mod(n\\,3)'", "-fps_mode", "vfr"];
    bench.encode(Part::first(4.0), &[&select[..], H264, &["-pix_fmt", "yuv420p", bench.target()]].concat());
    let mut shown = Part::first(4.0).shown();
    shown.frames.retain(|(_, n)| n % 3 != 0);
    Want::done(shown)
}

/// Joins two recordings of two seconds, the second with other parameters.
fn joined(bench: &Bench<'_>, container: &str, other: &[&str], filter: Option<&str>) -> Want {
    let (a, b) = (Part::first(2.0), Part { from: 2.0, seconds: 2.0 });
    let turned: Vec<&str> = filter.into_iter().flat_map(|f| ["-vf", f]).collect();
    let silent = container == "mp4";
    let exact: &[&str] =
        if silent { &["-an", "-bf", "0", "-video_track_timescale", "12800"] } else { &["-bf", "0"] };
    let name = |n: u8| format!("{n}.{container}");
    let first = bench.part(&name(1), a, H264, exact);
    let shift: &[&str] = if container == "ts" { &["-output_ts_offset", "2"] } else { &[] };
    let second = bench.part(&name(2), b, H264, &[exact, other, &turned, shift].concat());
    let both = match container {
        "flv" => flv::joined(&first, &second, 2000),
        "mp4" => boxes::joined(&first, &second, 512),
        _ => [first, second].concat(),
    };
    bench.save(&both);
    let mut shown = a.shown().then(b.shown(), 2.0);
    if silent {
        shown.tracks.clear();
    }
    Want { no_sound: silent, ..Want::done(shown) }
}

/// Joins two parts of a broadcast; the timestamps of the second start again.
fn new_clock(bench: &Bench<'_>, container: &str) -> Want {
    let (a, b) = (Part::first(3.0), Part { from: 3.0, seconds: 3.0 });
    let name = |n: u8| format!("{n}.{container}");
    let piece = |n, part| bench.part(&name(n), part, codecs(container), &["-muxdelay", "0"]);
    bench.save(&[piece(1, a), piece(2, b)].concat());
    Want::done(a.shown().then(b.shown(), 3.0)).saying("joined")
}

fn second_segment(bench: &Bench<'_>) -> Want {
    let piece = |n: u8, part| bench.part(&format!("{n}.mkv"), part, H264, &[]);
    bench.save(&[piece(1, Part::first(2.0)), piece(2, Part { from: 2.0, seconds: 2.0 })].concat());
    Want::refused(&["source_truncated"])
}

fn edited(bench: &Bench<'_>, edits: &[Edit]) -> Want {
    let file = bench.part("whole.mp4", Part::first(4.0), H264, &["-video_track_timescale", "12800"]);
    bench.save(&boxes::edited(&file, edits));
    let whole = Part::first(4.0).shown();
    let (mut shown, mut at) = (Shown { tracks: vec![Sound::default()], ..Shown::default() }, 0.0);
    for edit in edits {
        if let Some(from) = edit.from {
            if (edit.rate - 1.0).abs() > 1e-9 {
                return Want::refused(&["plan_refused"]);
            }
            let begins = shown.frames.is_empty();
            shown = shown.then(whole.between(from, edit.seconds), at);
            if begins {
                shown.tracks[0].from = at;
            }
        }
        at += edit.seconds;
    }
    Want::done(shown)
}

fn late_audio(bench: &Bench<'_>, container: &str) -> Want {
    let later = ["-filter:a", "atrim=9,asetpts=PTS", "-muxdelay", "0"];
    bench.encode(
        Part::first(11.0),
        &[codecs(container), &["-pix_fmt", "yuv420p"], &later, &[bench.target()]].concat(),
    );
    let mut shown = Part::first(11.0).shown();
    shown.tracks[0].from = 9.0;
    shown.tracks[0].beeps.retain(|(at, _)| *at >= 9.0);
    Want::done(shown)
}

fn late_video(bench: &Bench<'_>) -> Want {
    let later = ["-filter:v", "trim=9,setpts=PTS", "-fps_mode", "passthrough", "-muxdelay", "0"];
    bench
        .encode(Part::first(11.0), &[H264, &["-pix_fmt", "yuv420p"], &later[..], &[bench.target()]].concat());
    let mut shown = Part::first(11.0).shown();
    shown.frames.retain(|(at, _)| *at >= 8.99);
    Want::done(shown)
}

/// A capture that starts after a keyframe; the next keyframe is at 6 s.
fn between_keyframes(bench: &Bench<'_>) -> Want {
    let rare = ["-g", "150", "-keyint_min", "150", "-sc_threshold", "0", "-bf", "0"];
    let again = ["-x264-params", "repeat-headers=1:keyint=150:min-keyint=150", "-muxdelay", "0"];
    let whole = bench.part("whole.ts", Part::first(9.0), H264, &[&rare[..], &again].concat());
    let packets = whole.len() / 188;
    let cut = packets / 9 * 188;
    bench.save(&[&whole[..3 * 188], &whole[cut..]].concat());
    let mut shown = Part::first(9.0).shown();
    shown.frames.retain(|(at, _)| *at > 5.99);
    shown.tracks[0].beeps.retain(|(at, _)| *at > 1.0);
    shown.tracks[0].from = 1.0;
    Want::done(shown)
}

fn empty_audio(bench: &Bench<'_>, container: &str) -> Want {
    let (full, part) = (bench.at("full.mp4"), Part::first(3.0));
    let codecs: &[&str] = if container == "avi" { MPEG4 } else { H264 };
    bench.part("full.mp4", part, codecs, &["-bf", "0"]);
    let fragments: &[&str] =
        if matches!(container, "mp4" | "mov") { &["-movflags", "+empty_moov+frag_keyframe"] } else { &[] };
    let silent = ["-i", &full, "-map", "0", "-c", "copy", "-bsf:a", "noise=drop=1"];
    ffmpeg(&[&silent[..], fragments, &[bench.target()]].concat());
    let mut shown = part.shown();
    shown.tracks.clear();
    Want { no_sound: true, ..Want::done(shown).saying("is empty") }
}

fn chapters_beyond(bench: &Bench<'_>) -> Want {
    let marks = bench.at("marks.txt");
    fs::write(&marks, chapters(&[(0, 2000, "A"), (2000, 900_000, "B"), (900_000, 3_600_000, "C")])).unwrap();
    let with = ["-i", &marks, "-map", "0", "-map", "1", "-map_chapters", "2"];
    bench.encode(Part::first(3.0), &[&with[..], H264, &["-pix_fmt", "yuv420p", bench.target()]].concat());
    let mut shown = Part::first(3.0).shown();
    shown.chapters = vec![(0.0, 2.0, "A".to_owned()), (2.0, 3.0, "B".to_owned())];
    Want::done(shown).saying("begins after")
}

fn cues_beyond(bench: &Bench<'_>, container: &str) -> Want {
    let srt = bench.at("lines.srt");
    fs::write(&srt, format!("{LINES}\n3\n00:09:00,000 --> 00:09:05,000\nLate\n")).unwrap();
    let text = ["-i", &srt, "-map", "0", "-map", "1", "-map", "2", "-c:s"];
    let codec = if container == "mkv" { "srt" } else { "mov_text" };
    bench.encode(
        Part::first(4.0),
        &[&text[..], &[codec], H264, &["-pix_fmt", "yuv420p", bench.target()]].concat(),
    );
    let mut shown = Part::first(4.0).shown();
    shown.cues = lines();
    Want::done(shown)
}

fn still_first(bench: &Bench<'_>, container: &str) -> Want {
    let still = ["-f", "lavfi", "-i", "color=red:s=200x300:r=25:d=0.04"];
    let maps = ["-map", "2", "-map", "0", "-map", "1", "-c:v:0", "mjpeg", "-pix_fmt:v:0", "yuvj420p"];
    let codecs: &[&str] = if container == "avi" {
        &["-c:v:1", "mpeg4", "-q:v:1", "3", "-c:a", "libmp3lame"]
    } else {
        &["-c:v:1", "libx264", "-preset:v:1", "ultrafast", "-c:a", "aac"]
    };
    let plain = ["-pix_fmt:v:1", "yuv420p", bench.target()];
    bench.encode(Part::first(3.0), &[&still[..], &maps, codecs, &plain].concat());
    Want::done(Part::first(3.0).shown())
}

/// A second programme with another frame size and its own audio.
fn programmes(bench: &Bench<'_>) -> Want {
    let small = ["-f", "lavfi", "-i", "color=gray:s=80x48:r=25:d=4", "-f", "lavfi", "-i", "sine=d=4"];
    let small = [&small[..], &["-map", "0", "-map", "1", "-map", "2", "-map", "3"]].concat();
    let named = ["-program", "title=One:st=0:st=1", "-program", "title=Two:st=2:st=3"];
    bench.encode(
        Part::first(4.0),
        &[&small[..], H264, &["-pix_fmt", "yuv420p"], &named, &[bench.target()]].concat(),
    );
    Want::done(Part::first(4.0).shown())
}

/// Audio with a gap from 1 s to 3 s.
fn gap(bench: &Bench<'_>) -> Want {
    let hole = ["-filter:a", "aselect='not(between(t,1,3))'"];
    bench.encode(Part::first(5.0), &[H264, &["-pix_fmt", "yuv420p"], &hole[..], &[bench.target()]].concat());
    let mut shown = Part::first(5.0).shown();
    shown.tracks[0].beeps.retain(|(at, _)| !(1.0..3.0).contains(at));
    Want::done(shown)
}

/// Five frames per second; the last one lasts two seconds.
fn animation(bench: &Bench<'_>) -> Want {
    let slow =
        ["-map", "0", "-vf", "select='not(mod(n,5))*lt(n,50)'", "-fps_mode", "vfr", "-final_delay", "200"];
    bench.encode(Part::first(2.0), &[&slow[..], &[bench.target()]].concat());
    let mut shown = Part::first(2.0).shown();
    shown.frames.retain(|(_, n)| n % 5 == 0);
    shown.tracks.clear();
    Want { no_sound: true, last: Some(2.0), ..Want::done(shown) }
}

fn cut(bench: &Bench<'_>, container: &str) -> Want {
    let more: &[&str] = if container == "mp4" { &["-movflags", "+faststart"] } else { &[] };
    let whole = bench.part(&format!("whole.{container}"), Part::first(6.0), codecs(container), more);
    bench.save(&whole[..whole.len() / 2]);
    // A transport stream does not declare its size.
    if container == "ts" {
        // The packet at the cut is copied as it is.
        let damaged = !decodes(&bench.to);
        let want = Want { short: true, damaged, ..Want::done(Part::first(6.0).shown()) };
        return if damaged { want.saying("damaged") } else { want };
    }
    Want::refused(&["source_truncated"])
}

fn damaged(bench: &Bench<'_>, container: &str, codecs: &[&str], stream: &str) -> Want {
    let more: &[&str] = if codecs == HEVC && container == "mp4" { &["-tag:v", "hvc1"] } else { &[] };
    bench.part(&format!("whole.{container}"), Part::first(4.0), codecs, more);
    fs::copy(bench.at(&format!("whole.{container}")), &bench.to).unwrap();
    damage(&bench.to, stream, 3);
    let spare = if stream == "v:0" { (30, 0) } else { (0, 2) };
    let want = Want { spare, damaged: true, ..Want::done(Part::first(4.0).shown()) };
    // Decoders do not detect all damage.
    if decodes(&bench.to) { want } else { want.saying("damaged") }
}
