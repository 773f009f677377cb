//! Combinations of inputs and presets: containers, codecs, audio, subtitles, rotation, frame rates and colours. Each
//! result is checked by decoding it.
//!
//! Runs a sample by default, all combinations with `SPOOL_MATRIX=all`, and as many as a number given instead.

use spool_tests::env::TestEnv;
use spool_tests::judge::{self, Judged};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Number of combinations.
const ALL: usize = 180;
const SAMPLE: usize = 30;

struct Kind {
    name: &'static str,
    args: &'static [&'static str],
}

const fn kind(name: &'static str, args: &'static [&'static str]) -> Kind {
    Kind { name, args }
}

const PRESETS: [&str; 5] = ["web-1080p", "small-hevc", "archive-av1", "edit-prores", "remux-mp4"];

const CONTAINERS: [&str; 6] = ["mkv", "mp4", "mov", "ts", "avi", "webm"];

const VIDEO: [Kind; 6] = [
    kind("h264", &["-c:v", "libx264", "-preset", "ultrafast"]),
    kind("hevc", &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"]),
    kind("vp9", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
    kind("mpeg2", &["-c:v", "mpeg2video", "-q:v", "3"]),
    kind("mpeg4", &["-c:v", "mpeg4", "-q:v", "3"]),
    kind("prores", &["-c:v", "prores_ks", "-profile:v", "1"]),
];

const AUDIO: [Kind; 6] = [
    kind("silent", &[]),
    kind("aac", &["-c:a", "aac"]),
    kind("mp3", &["-c:a", "libmp3lame"]),
    kind("ac3-5.1", &["-c:a", "ac3", "-ac", "6"]),
    kind("opus", &["-c:a", "libopus"]),
    kind("pcm", &["-c:a", "pcm_s16le"]),
];

const SUBTITLES: [&str; 3] = ["none", "text", "none"];

const ROTATIONS: [i32; 4] = [0, 90, 180, 270];

const RATES: [Kind; 4] = [kind("25", &[]), kind("30000/1001", &[]), kind("uneven", &[]), kind("50", &[])];

const COLOURS: [Kind; 5] = [
    kind("plain", &["-pix_fmt", "yuv420p"]),
    kind("full", &["-pix_fmt", "yuvj420p", "-color_range", "pc"]),
    kind("444", &["-pix_fmt", "yuv444p"]),
    kind("10-bit", &["-pix_fmt", "yuv420p10le"]),
    kind("pq", &["-pix_fmt", "yuv420p10le"]),
];

struct Case {
    number: usize,
    preset: &'static str,
    container: &'static str,
    video: &'static Kind,
    audio: &'static Kind,
    text: bool,
    rotation: i32,
    rate: &'static Kind,
    colour: &'static Kind,
}

/// Returns the n-th combination. Codecs and formats that its container cannot hold are replaced by ones that it can.
fn case(number: usize) -> Case {
    let container = CONTAINERS[number % CONTAINERS.len()];
    let video = &VIDEO[(number / 6 + number * 5) % VIDEO.len()];
    let video = match (container, video.name) {
        ("webm", _) => &VIDEO[2],
        ("ts", "vp9" | "prores" | "mpeg4") | ("avi", "vp9" | "prores" | "hevc") | ("mp4", "prores") => {
            &VIDEO[0]
        }
        ("mov", "vp9") => &VIDEO[1],
        _ => video,
    };
    let audio = &AUDIO[(number / 3 + number * 7) % AUDIO.len()];
    let audio = match (container, audio.name) {
        ("webm", name) if name != "silent" => &AUDIO[4],
        ("ts" | "mp4", "pcm") | ("avi" | "ts" | "mov", "opus") => &AUDIO[1],
        _ => audio,
    };
    let colour = &COLOURS[(number / 2 + number * 3) % COLOURS.len()];
    let colour = match (video.name, colour.name) {
        ("mpeg2" | "mpeg4" | "prores", _) | ("vp9", "full") | ("h264", "pq") => &COLOURS[0],
        _ => colour,
    };
    let text =
        SUBTITLES[(number / 4) % SUBTITLES.len()] == "text" && matches!(container, "mkv" | "mp4" | "mov");
    let rotates = matches!(container, "mp4" | "mov");
    Case {
        number,
        preset: PRESETS[(number / 5 + number) % PRESETS.len()],
        container,
        video,
        audio,
        text,
        rotation: if rotates { ROTATIONS[(number / 7) % ROTATIONS.len()] } else { 0 },
        rate: &RATES[(number / 11 + number) % RATES.len()],
        colour,
    }
}

impl Case {
    fn name(&self) -> String {
        let (c, v, a) = (self.container, self.video.name, self.audio.name);
        let rate = self.rate.name.replace('/', "-");
        format!(
            "{:03}-{v}-{a}-{rate}-{}-{}{}.{c}",
            self.number,
            self.colour.name,
            self.rotation,
            if self.text { "-text" } else { "" }
        )
    }

    fn frames(&self) -> f64 {
        match self.rate.name {
            "25" => 25.0,
            "30000/1001" => 30.0,
            // Every third of 30 frames is dropped.
            "uneven" => 20.0,
            _ => 50.0,
        }
    }

    /// Creates a video of one second in the folder.
    fn make(&self, folder: &Path) -> PathBuf {
        let made = folder.join(self.name());
        let rate = if self.rate.name == "uneven" { "30" } else { self.rate.name };
        let format = self.colour.args[1];
        let mut graph = format!("testsrc2=s=320x180:r={rate}:d=1,format={format}");
        if self.rate.name == "uneven" {
            graph += ",select='mod(n\\,3)'";
        }
        if self.colour.name == "pq" {
            graph += ",setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc:range=tv";
        }
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", &graph]);
        if self.audio.name != "silent" {
            command.args(["-f", "lavfi", "-i", "sine=d=1:r=48000"]);
        }
        let srt = folder.join("../words.srt");
        if self.text {
            std::fs::write(&srt, "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
            command
                .arg("-i")
                .arg(&srt)
                .args(["-c:s", if self.container == "mkv" { "srt" } else { "mov_text" }]);
        }
        command.args(self.video.args).args(self.audio.args).args(["-fps_mode", "vfr"]);
        if self.colour.name == "pq" {
            let tags = ["-color_trc", "smpte2084", "-color_primaries", "bt2020", "-colorspace", "bt2020nc"];
            command.args(tags);
        }
        command.args(if self.video.name == "prores" {
            &["-pix_fmt", "yuv422p10le"]
        } else {
            self.colour.args
        });
        let output = command.arg(&made).output().unwrap();
        assert!(output.status.success(), "{}: {}", self.name(), String::from_utf8_lossy(&output.stderr));
        if self.rotation != 0 { rotate(&made, self.rotation) } else { made }
    }

    fn faults(&self, judged: &Judged) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut check = |holds: bool, what: String| {
            if !holds {
                wrong.push(format!("{} by {}: {what}", self.name(), self.preset));
            }
        };
        check(judged.decodes && judged.moving == 1, format!("{} video streams", judged.moving));
        check((judged.frames as f64 - self.frames()).abs() <= 1.0, format!("{} frames", judged.frames));
        check((judged.video_seconds - 1.0).abs() <= 0.3, format!("{} s", judged.video_seconds));
        let shown = if self.rotation % 180 == 90 { (180.0, 320.0) } else { (320.0, 180.0) };
        check(judged.display == shown, format!("shown as {:?}", judged.display));
        let tracks = usize::from(self.audio.name != "silent");
        check(judged.audio == tracks, format!("{} audio tracks", judged.audio));
        check(
            tracks == 0 || (judged.audio_seconds - 1.0).abs() <= 0.3,
            format!("audio {} s", judged.audio_seconds),
        );
        check(
            judged.text_subtitles == usize::from(self.text),
            format!("{} subtitles", judged.text_subtitles),
        );
        if self.preset == "web-1080p" {
            check(judged.pixel_format == "yuv420p", judged.pixel_format.clone());
        }
        if self.colour.name == "pq" {
            let kept = judged.ten_bits && judged.transfer == "smpte2084";
            check(
                kept || (judged.transfer == "bt709" && self.preset == "web-1080p"),
                format!("transfer {}", judged.transfer),
            );
        }
        wrong
    }
}

/// Sets the rotation of a video, in degrees. Old and new versions of ffmpeg expect it in different options.
fn rotate(video: &Path, degrees: i32) -> PathBuf {
    let made = video.with_extension(format!("turned.{}", video.extension().unwrap().to_str().unwrap()));
    let degrees = degrees.to_string();
    let run = |before: &[&str], after: &[&str]| {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y"]).args(before).arg("-i").arg(video);
        command.args(["-map", "0", "-c", "copy"]).args(after).arg(&made);
        command.output().is_ok_and(|o| o.status.success())
    };
    assert!(
        run(&["-display_rotation", &degrees], &[])
            || run(&[], &["-metadata:s:v:0", &format!("rotate={degrees}")])
    );
    std::fs::rename(&made, video).unwrap();
    video.to_owned()
}

#[test]
fn every_combination_is_converted_correctly() {
    let wanted = std::env::var("SPOOL_MATRIX").unwrap_or_default();
    let count = if wanted == "all" { ALL } else { wanted.parse().unwrap_or(SAMPLE).clamp(1, ALL) };
    // A stride that has no common factor with `ALL` visits each combination once.
    let cases: Vec<Case> = (0..count).map(|n| case(n * 77 % ALL)).collect();
    let env = TestEnv::new();
    let out = env.out();
    for case in &cases {
        let video = case.make(&env.videos());
        let mut add = vec!["add", "--preset", case.preset, "--output-dir", out.to_str().unwrap()];
        if !matches!(case.preset, "edit-prores" | "remux-mp4") {
            add.extend(["--set", "video.speed=ultrafast"]);
        }
        add.push(video.to_str().unwrap());
        assert_eq!(env.spool(&add).code, 0, "{}", case.name());
    }
    env.spool_slowly(&["run", "--until-idle"]);
    env.assert_all_planned();
    let jobs = env.jobs();
    let mut wrong = Vec::new();
    for case in &cases {
        let job = jobs.iter().find(|j| j["source"].as_str().unwrap().ends_with(&case.name())).unwrap();
        if job["state"] == "done" {
            wrong.extend(case.faults(&judge::judge(Path::new(job["output"].as_str().unwrap()))));
        } else {
            wrong.push(format!("{} by {}: {}", case.name(), case.preset, job["failure"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
