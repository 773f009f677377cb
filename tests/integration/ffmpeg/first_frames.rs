//! Properties that only the first frames of a file show: the first probe finds them, and falls back to the headers if
//! the frames cannot be decoded.

use crate::presets::guarantees::{ffmpeg, work};
use spool_core::ffmpeg::{Tools, locate, probe};
use spool_core::media::{MediaInfo, Picture};
use spool_core::policy::Policy;
use spool_tests::engine::places;
use spool_tests::env::TestEnv;
use spool_tests::hdr::{self, Form};
use std::path::Path;

fn tools() -> Tools {
    locate(&places()).unwrap()
}

/// Probes a file.
fn probe_source(path: &Path) -> MediaInfo {
    probe::source(&tools(), path, &Policy::default(), None).unwrap().unwrap()
}

fn picture(info: &MediaInfo) -> Picture {
    info.video().unwrap().video.clone().unwrap()
}

#[test]
fn a_probe_finds_what_the_first_frames_show() {
    let env = TestEnv::new();
    let message = picture(&probe_source(&hdr::film(&env.videos(), Form::HlgByMessage, "mkv")));
    assert_eq!((message.transfer.as_str(), message.seen), ("arib-std-b67", true));
    let plus = picture(&probe_source(&hdr::film(&env.videos(), Form::Plus, "ts")));
    assert!(plus.hdr10_plus && plus.mastering.is_some() && plus.light == Some((900, 300)), "{plus:?}");
}

#[test]
fn video_after_much_audio_or_between_two_keyframes_is_probed_again() {
    let env = TestEnv::new();
    let source = hdr::film(&env.videos(), Form::HlgByMessage, "ts");
    let (source, late) = (source.to_str().unwrap(), env.videos().join("late.mkv"));
    let first = ["-itsoffset", "1", "-i", source, "-f", "lavfi", "-i", "sine=r=48000:d=1.4"];
    let streams = ["-map", "1", "-map", "1", "-map", "0:v", "-c:v", "copy", "-c:a", "aac"];
    ffmpeg(&[&first[..], &streams, &[late.to_str().unwrap()]].concat());
    let between = env.videos().join("between.ts");
    let bytes = std::fs::read(source).unwrap();
    // The tables of streams, then frames from the second one on.
    let packets: Vec<&[u8]> = bytes.chunks(188).collect();
    let second =
        packets.iter().enumerate().filter(|(_, p)| p[1] & 0x5f == 0x41 && p[2] == 0).nth(1).unwrap().0;
    std::fs::write(
        &between,
        packets[..3].iter().chain(&packets[second..]).copied().collect::<Vec<_>>().concat(),
    )
    .unwrap();
    for path in [late, between] {
        let mut info = probe_source(&path);
        assert!(!picture(&info).seen, "{}", path.display());
        probe::frames(&tools(), &path, &Policy::default(), None, &mut info);
        let picture = picture(&info);
        assert_eq!((picture.transfer.as_str(), picture.seen), ("arib-std-b67", true), "{}", path.display());
    }
}

#[test]
fn a_file_whose_first_frames_cannot_be_decoded_is_still_a_video() {
    let env = TestEnv::new();
    let source = hdr::film(&env.videos(), Form::Pq, "mp4");
    let mut bytes = std::fs::read(&source).unwrap();
    let data = bytes.windows(4).position(|four| four == b"mdat").unwrap() + 4;
    bytes[data..data + 3000].fill(0x55);
    std::fs::write(&source, bytes).unwrap();
    let picture = picture(&probe_source(&source));
    assert_eq!((picture.width, picture.transfer.as_str(), picture.seen), (320, "smpte2084", false));
}

/// Returns tools whose ffprobe runs `end` if it has to decode frames.
#[cfg(unix)]
fn broken(env: &TestEnv, end: &str) -> Tools {
    let ffprobe = env.videos().join("ffprobe");
    let real = tools().ffprobe.path;
    spool_tests::env::script(
        &ffprobe,
        &format!("case \"$*\" in *-show_frames*) {end};; esac\nexec {} \"$@\"", real.display()),
    );
    locate(&spool_core::ffmpeg::ToolPlaces { ffprobe: Some(ffprobe), ..places() }).unwrap()
}

#[test]
#[cfg(unix)]
fn if_decoding_frames_hangs_or_crashes_ffprobe_only_the_headers_are_read() {
    let env = TestEnv::new();
    let source = hdr::film(&env.videos(), Form::Pq, "mp4");
    for end in ["exec sleep 600", "kill -SEGV $$"] {
        let policy = Policy { probe_limit: std::time::Duration::from_secs(6), ..Policy::default() };
        let probed = probe::source(&broken(&env, end), &source, &policy, None);
        let picture = picture(&probed.unwrap().unwrap());
        assert_eq!((picture.transfer.as_str(), picture.seen), ("smpte2084", false), "{end}");
    }
}

#[test]
fn eight_bit_video_marked_as_hdr_is_copied_with_a_remark_or_tone_mapped() {
    let env = TestEnv::new();
    let made = env.videos().join("eight.mp4");
    let source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.4,format=yuv420p"];
    let marked = ["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "transfer=arib-std-b67"];
    ffmpeg(&[&source[..], &marked, &[made.to_str().unwrap()]].concat());
    let remarks = |preset: &str| work(&env, &made, preset, &[])["warnings"].to_string();
    let copied = remarks("remux-mp4");
    assert!(copied.contains("has only 8 bits"), "{copied}");
    let mapped = remarks("web-1080p");
    assert!(!mapped.contains("8 bits") && mapped.contains("standard range"), "{mapped}");
}
