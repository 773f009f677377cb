//! Channel layouts: audio in a layout that the encoder does not support keeps its tones and their level, and a downmix
//! never clips.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::ffmpeg;
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use std::f64::consts::PI;
use std::path::Path;
use std::process::Command;

/// Samples per second.
const RATE: f64 = 48_000.0;
/// Peak amplitude of each tone; full scale is 1.
const PEAK: f64 = 0.12;

/// The frequency of a speaker's tone in Hz, the same in every layout.
fn tone(speaker: &str) -> f64 {
    let all = [
        "LFE", "FL", "FR", "FC", "BL", "BR", "SL", "SR", "BC", "FLC", "FRC", "DL", "DR", "TFL", "TFC", "TFR",
        "TBL", "TBC", "TBR", "WL", "WR",
    ];
    60.0 + 140.0 * all.iter().position(|name| *name == speaker).unwrap() as f64
}

/// A lavfi source of a layout with these speakers, each with its tone.
fn tones_of(layout: &str, speakers: &str) -> String {
    let tones: Vec<String> =
        speakers.split('+').map(|name| format!("{PEAK}*sin(2*PI*{}*t)", tone(name))).collect();
    format!("aevalsrc='{}':c={layout}:s=48000:d=1", tones.join("|"))
}

/// The audio tracks of the test video: layout and speakers.
const TRACKS: [(&str, &str); 14] = [
    ("FL", "FL"),
    ("LFE", "LFE"),
    ("2.1", "FL+FR+LFE"),
    ("3.1", "FL+FR+FC+LFE"),
    ("4.0", "FL+FR+FC+BC"),
    ("4.1", "FL+FR+FC+LFE+BC"),
    ("quad(side)", "FL+FR+SL+SR"),
    ("6.0", "FL+FR+FC+BC+SL+SR"),
    ("hexagonal", "FL+FR+FC+BL+BR+BC"),
    ("7.1(wide)", "FL+FR+FC+LFE+BL+BR+FLC+FRC"),
    ("downmix", "DL+DR"),
    ("FC+LFE", "FC+LFE"),
    ("octagonal", "FL+FR+FC+BL+BR+BC+SL+SR"),
    ("hexadecagonal", "FL+FR+FC+BL+BR+BC+SL+SR+TFL+TFC+TFR+TBL+TBC+TBR+WL+WR"),
];

fn video(env: &TestEnv, name: &str, sources: &[String], more: &[&str]) {
    let color = "color=s=64x64:r=25:d=1";
    let inputs = std::iter::once(color).chain(sources.iter().map(String::as_str));
    let inputs: Vec<&str> = inputs.flat_map(|source| ["-f", "lavfi", "-i", source]).collect();
    let indices: Vec<String> = (0..=sources.len()).map(|n| n.to_string()).collect();
    let maps: Vec<&str> = indices.iter().flat_map(|n| ["-map", n]).collect();
    let encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&inputs[..], &maps, &encoder, more, &[&at(env, name)]].concat());
}

/// The decoded samples of a track, per channel.
fn samples(file: &Path, track: usize, channels: usize) -> Vec<Vec<f64>> {
    let map = format!("0:a:{track}");
    let args = ["-v", "error", "-i", file.to_str().unwrap(), "-map", &map, "-f", "f32le", "-"];
    let bytes = Command::new("ffmpeg").args(args).output().unwrap().stdout;
    let all: Vec<f64> =
        bytes.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap()))).collect();
    (0..channels).map(|c| all.iter().skip(c).step_by(channels).copied().collect()).collect()
}

/// Amplitude of a tone (in Hz) in the middle of a channel.
fn level(samples: &[f64], tone: f64) -> f64 {
    let middle = &samples[19_200..28_800];
    let (mut re, mut im) = (0.0, 0.0);
    for (n, sample) in middle.iter().enumerate() {
        let phase = 2.0 * PI * tone * n as f64 / RATE;
        re += sample * phase.cos();
        im += sample * phase.sin();
    }
    re.hypot(im) * 2.0 / middle.len() as f64
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

/// Checks that each tone keeps its level, summed over the channels that carry it. Top and wide speakers, which only
/// layouts of eight or more channels have, may lose up to 6.5 dB.
fn assert_levels(file: &Path, track: usize, stream: &Value, (layout, speakers): (&str, &str)) {
    let channels = stream["channels"].as_u64().unwrap() as usize;
    let samples = samples(file, track, channels);
    for name in speakers.split('+') {
        let levels: Vec<f64> = samples.iter().map(|channel| level(channel, tone(name)) / PEAK).collect();
        let total = decibels(levels.iter().map(|level| level * level).sum::<f64>().sqrt());
        let least = if name.starts_with(['T', 'W']) { -6.5 } else { -0.5 };
        assert!((least..0.5).contains(&total), "{layout}: {name} by {total:.1} dB in {levels:.2?}: {stream}");
    }
}

#[test]
fn every_layout_keeps_its_tones_and_their_level() {
    let env = TestEnv::new();
    let sources: Vec<String> = TRACKS.iter().map(|(layout, speakers)| tones_of(layout, speakers)).collect();
    video(&env, "all.mov", &sources, &["-c:a", "pcm_s16le"]);
    for preset in ["web-1080p", "archive-av1", "remux-mp4", "edit-prores"] {
        let (_, job) = work_all(&env, preset).remove(0);
        let made = made(&job);
        let tracks = streams(&made, "audio");
        assert_eq!(tracks.len(), TRACKS.len(), "{preset}: {made}");
        let file = Path::new(job["output"].as_str().unwrap());
        for (n, (stream, track)) in tracks.iter().zip(TRACKS).enumerate() {
            assert_levels(file, n, stream, track);
            assert_ne!(stream["channel_layout"], Value::Null, "{preset}: {stream}");
        }
    }
}

/// Each layout that a plan may choose is accepted by the encoder and read back from the file.
#[test]
fn encoders_accept_the_layouts_that_plans_choose() {
    let env = TestEnv::new();
    let (aac, opus) = (
        ["mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1"].as_slice(),
        ["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"].as_slice(),
    );
    for (encoder, layouts) in [("aac", aac), ("libopus", opus)] {
        let sources: Vec<String> = layouts.iter().map(|name| format!("anullsrc=cl={name}:d=0.1")).collect();
        video(&env, "layouts.mkv", &sources, &["-c:a", encoder]);
        let found = spool_tests::judge::facts(Path::new(&at(&env, "layouts.mkv")));
        let found: Vec<Value> =
            streams(&found, "audio").iter().map(|s| s["channel_layout"].clone()).collect();
        assert_eq!(found, layouts, "{encoder}");
    }
}

/// The peak and the samples of the only audio track of a job's result.
fn decoded_samples(job: &Value) -> (f64, Vec<Vec<f64>>) {
    let made = made(job);
    let channels = streams(&made, "audio")[0]["channels"].as_u64().unwrap() as usize;
    let samples = samples(Path::new(job["output"].as_str().unwrap()), 0, channels);
    (samples.iter().flatten().fold(0.0, |peak: f64, sample| peak.max(sample.abs())), samples)
}

/// A lavfi source of six channels at this peak, each with its tone, silent before `from` seconds.
fn six(peak: &str, from: f64) -> String {
    let tones = ["FL", "FR", "FC", "LFE", "BL", "BR"];
    let tones = tones.map(|name| format!("{peak}*sin(2*PI*{}*t)*gte(t,{from})", tone(name)));
    format!("aevalsrc='{}':c=5.1:s=48000:d=1", tones.join("|"))
}

#[test]
fn a_downmix_has_common_levels_and_never_exceeds_full_scale() {
    let env = TestEnv::new();
    video(&env, "loud.mov", &[six("1", 0.0)], &["-c:a", "pcm_s16le"]);
    video(&env, "louder.mov", &[six("4", 0.0)], &["-c:a", "pcm_f32le"]);
    video(&env, "quiet.mov", &[six("0.12", 0.0)], &["-c:a", "ac3", "-b:a", "640k"]);
    video(&env, "late.mov", &[six("1", 0.5)], &["-c:a", "pcm_s24le"]);
    for (name, job) in work_all(&env, "fit-size") {
        let (peak, samples) = decoded_samples(&job);
        assert!(peak < 1.0, "{name}: {peak}");
        if name == "quiet.mov" {
            for (tone_of, least) in [("FL", 0.0), ("FC", -3.0), ("BL", -3.0)] {
                let level = decibels(level(&samples[0], tone(tone_of)) / PEAK);
                assert!((level - least).abs() < 0.5, "{tone_of} by {level:.1} dB");
            }
        }
        if name == "late.mov" {
            let begin = samples[0].iter().position(|sample| sample.abs() > 0.3).unwrap() as f64 / RATE;
            assert!((begin - 0.5).abs() < 0.003, "the audio begins at {begin} s");
        }
    }
}

#[test]
fn lossless_samples_stay_exact() {
    let env = TestEnv::new();
    for (name, codec) in [
        ("a.mov", "pcm_f32be"),
        ("b.mkv", "pcm_f64le"),
        ("c.mov", "pcm_s32le"),
        ("d.mov", "pcm_s24be"),
        ("e.mkv", "flac"),
    ] {
        video(&env, name, &[six("3", 0.0)], &["-c:a", codec]);
    }
    video(&env, "f.mkv", &[six("3", 0.0)], &["-c:a", "wavpack", "-sample_fmt:a", "fltp"]);
    for (name, job) in work_all(&env, "edit-prores") {
        let codec = streams(&made(&job), "audio")[0]["codec_name"].clone();
        let want = match &name[..1] {
            "a" | "f" => "pcm_f32le",
            "b" => "pcm_f64le",
            "c" => "pcm_s32le",
            _ => "pcm_s24le",
        };
        let source = samples(Path::new(job["source"].as_str().unwrap()), 0, 6);
        assert_eq!(codec, want, "{name}");
        assert!(decoded_samples(&job).1 == source, "{name}: the samples differ");
    }
    for (name, job) in work_all(&env, "web-1080p") {
        let (peak, samples) = decoded_samples(&job);
        let level = decibels(level(&samples[0], tone("FL")));
        // Integer samples are clipped at full scale: there an encoder adds to the peak.
        let clipped = !matches!(&name[..1], "a" | "b" | "f");
        assert!((clipped || peak < 1.5) && (-1.5..1.5).contains(&level), "{name}: {peak}, {level:.1} dB");
    }
}
