//! `metadata=stripLocation`: a result contains no recording location in any form, and everything else is kept. Without
//! the option everything is kept that the container can hold.

use crate::presets::guarantees::{QUICK, ffmpeg, output, work};
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use spool_tests::places::{self, locations_in};
use std::path::{Path, PathBuf};

const STRIP: [&str; 2] = ["--set", "metadata=stripLocation"];

/// Creates a MOV or MP4 video with the locations of a phone, a drone and a `GoPro`.
fn phone(env: &TestEnv, name: &str) -> PathBuf {
    let (folder, video) = (env.videos(), env.videos().join(name));
    let (cover, spoken, log) = (places::jpeg(&folder), places::spoken(&folder), places::log(&folder));
    let tags = [
        "-metadata",
        "location=+48.8577+002.295/",
        "-metadata",
        "comment=seen from 48.8577, 2.2950",
        "-metadata",
        "title=Tower",
    ];
    let codecs = ["-c:v:1", "copy", "-disposition:v:1", "attached_pic", "-c:s", "mov_text"];
    places::film(&video, &[&cover, &spoken, &log, &log], &[&codecs[..], &tags].concat());
    places::with_data(&video, b"gpmd");
    video
}

/// Creates a Matroska file with locations in tags of the file, a track and a chapter, in attached files, subtitles and
/// a cover.
fn matroska(env: &TestEnv) -> PathBuf {
    let (folder, video) = (env.videos(), env.videos().join("all.mkv"));
    let (cover, spoken, log) = (places::png(&folder), places::spoken(&folder), places::log(&folder));
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    let points = file("a.gpx", "<gpx><trkpt lat=\"48.8577\" lon=\"2.2950\"/></gpx>");
    let font = file("a.ttf", "not really a font");
    let chapters = ";FFMETADATA1\nRECORDING_LOCATION=Montmartre\nLatitude=48.8577\nxmp=<x exif\\:GPSLatitude\\=\"4\"/>\n\
        [CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=+48.8577+002.295/\n\
        [CHAPTER]\nTIMEBASE=1/1000\nSTART=900\nEND=2000\ntitle=Two\nLOCATION=Montmartre\n";
    let chapters = PathBuf::from(file("a.txt", chapters));
    let attach = ["-attach", &font, "-attach", &points, "-attach", cover.to_str().unwrap()];
    let kinds = ["ttf:application/x-truetype-font", "gpx:application/gpx+xml", "png:image/png"];
    let mut args: Vec<String> = attach.map(str::to_owned).into();
    for (n, (name, kind)) in kinds.iter().filter_map(|kind| kind.split_once(':')).enumerate() {
        let of = format!("-metadata:s:t:{n}");
        args.extend([of.clone(), format!("mimetype={kind}"), of, format!("filename=a.{name}")]);
    }
    let tags = ["-c:s", "copy", "-map_metadata", "4", "-metadata:s:a:0", "GPSCoordinates=47.1234, 2.2950"];
    args.extend(tags.map(str::to_owned));
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    places::film(&video, &[&spoken, &log, &chapters], &args);
    video
}

fn kinds(made: &Path) -> Vec<(String, bool)> {
    let facts = facts(made);
    let all = facts["streams"].as_array().unwrap();
    let kind =
        |s: &Value| (s["codec_type"].as_str().unwrap().to_owned(), s["disposition"]["attached_pic"] == 1);
    all.iter().map(kind).collect()
}

fn count(made: &Path, kind: &str, cover: bool) -> usize {
    kinds(made).iter().filter(|(k, c)| k == kind && *c == cover).count()
}

fn stripped(env: &TestEnv, video: &Path, preset: &str, more: &[&str]) -> (PathBuf, String) {
    let job = work(env, video, preset, &[&STRIP[..], more].concat());
    (output(&job), job["warnings"].to_string())
}

#[test]
fn a_stripped_phone_video_contains_no_location() {
    let env = TestEnv::new();
    let video = phone(&env, "phone.mp4");
    assert_eq!(locations_in(&video).len(), 6, "{:?}", locations_in(&video));
    let mkv = ["--set", "container=mkv"];
    for (preset, more, covers) in
        [("remux-mp4", &[][..], 1), ("remux-mp4", &mkv, 1), ("edit-prores", &[], 0), ("audio-m4a", &[], 1)]
    {
        let (made, warnings) = stripped(&env, &video, preset, more);
        assert_eq!(locations_in(&made), Vec::<String>::new(), "{preset} {more:?}");
        assert_eq!(facts(&made)["format"]["tags"]["title"], "Tower");
        assert_eq!(count(&made, "video", true), covers, "{preset} {more:?}");
        if preset != "audio-m4a" {
            assert_eq!(
                count(&made, "subtitle", false),
                1,
                "subtitles without a location are kept: {preset} {more:?}"
            );
            assert!(warnings.contains("its lines reveal where this was recorded"), "{warnings}");
        }
        assert!(warnings.contains("Telemetry (GoPro, track 4) was left out"), "{warnings}");
    }
}

#[test]
fn a_stripped_matroska_file_contains_no_location() {
    let env = TestEnv::new();
    let video = matroska(&env);
    assert_eq!(locations_in(&video).len(), 8, "{:?}", locations_in(&video));
    for more in [&[][..], &["--set", "container=mkv"]] {
        let (made, warnings) = stripped(&env, &video, "remux-mp4", more);
        assert_eq!(locations_in(&made), Vec::<String>::new(), "{more:?}");
        assert_eq!((count(&made, "video", true), count(&made, "subtitle", false)), (1, 1));
        let chapters = facts(&made)["chapters"].as_array().unwrap().clone();
        assert_eq!((chapters.len(), &chapters[1]["tags"]["title"]), (2, &"Two".into()));
        if !more.is_empty() {
            assert_eq!(count(&made, "attachment", false), 1, "the font");
            assert!(warnings.contains("only fonts are kept"), "{warnings}");
        }
    }
}

#[test]
fn without_the_option_everything_is_kept_that_the_container_can_hold() {
    let env = TestEnv::new();
    let video = phone(&env, "phone.mp4");
    let job = work(&env, &video, "remux-mp4", &[]);
    let made = output(&job);
    assert_eq!(locations_in(&made), locations_in(&video));
    assert_eq!(job["warnings"], serde_json::json!([]), "{job}");
    let log = places::packets(&video, "gpmd");
    assert!(log.len() > 50 && places::packets(&made, "gpmd") == log);
    let job = work(&env, &video, "archive-av1", &QUICK);
    let missing = "Telemetry (GoPro, track 4) was left out: MKV cannot hold it.";
    assert!(job["warnings"].to_string().contains(missing), "{job}");
    assert!(
        locations_in(&output(&job)).contains(&"45.6721".to_owned()),
        "the subtitles of the drone are kept"
    );
}

#[test]
fn telemetry_that_no_container_can_hold_is_reported_as_left_out() {
    let env = TestEnv::new();
    for (letters, writer) in
        [(b"camm", "camera motion"), (b"djmd", "DJI"), (b"rtmd", "Sony"), (b"mebx", "Apple")]
    {
        let video = env.videos().join(format!("{}.mp4", String::from_utf8_lossy(letters)));
        let log = places::log(&env.videos());
        places::film(&video, &[&log], &["-c:s", "mov_text"]);
        places::with_data(&video, letters);
        let job = work(&env, &video, "remux-mp4", &[]);
        let missing = format!("Telemetry ({writer}, track 2) was left out: MP4 cannot hold it.");
        assert_eq!(job["warnings"], serde_json::json!([missing]), "{job}");
        assert_eq!(locations_in(&output(&job)), Vec::<String>::new());
    }
}

/// Sony's cameras store the time code only in their telemetry.
#[test]
fn the_time_code_of_a_telemetry_track_that_is_left_out_is_kept() {
    let env = TestEnv::new();
    let video = env.videos().join("sony.mp4");
    places::film(&video, &[&places::log(&env.videos())], &["-c:s", "mov_text"]);
    places::with_data(&video, b"rtmd");
    places::with_clock(&video, b"F/2.8, SS", [10, 20, 30, 0, 12]);
    assert_eq!(timecode(&video).as_deref(), Some("10:20:30:12"));
    for preset in ["remux-mp4", "web-1080p", "edit-prores", "archive-av1"] {
        let job = work(&env, &video, preset, &[]);
        assert_eq!(timecode(&output(&job)).as_deref(), Some("10:20:30:12"), "{job}");
        assert!(!job["warnings"].to_string().contains("time code"), "{job}");
        env.assert_all_planned();
    }
}

fn timecode(path: &Path) -> Option<String> {
    let facts = facts(path);
    let streams = facts["streams"].as_array().unwrap().iter();
    let tags = streams.map(|stream| &stream["tags"]).chain([&facts["format"]["tags"]]);
    let codes = tags.filter_map(|tags| tags["timecode"].as_str().or(tags["TIMECODE"].as_str()));
    codes.map(str::to_owned).next()
}

/// A `GoPro` stops its telemetry some time after the video.
#[test]
fn telemetry_beyond_the_end_of_the_video_is_left_out() {
    let env = TestEnv::new();
    let video = env.videos().join("long.mp4");
    let log = places::lines(&env.videos(), "long.srt", &["GPS (9.0526, 45.6721, 18)"; 8]);
    places::film(&video, &[&log], &["-c:s", "mov_text"]);
    places::with_data(&video, b"gpmd");
    let job = work(&env, &video, "remux-mp4", &[]);
    let (before, after) = (places::packets(&video, "gpmd"), places::packets(&output(&job), "gpmd"));
    assert!(!after.is_empty() && before.starts_with(&after) && after.len() < before.len());
    let warning = "Telemetry (GoPro, track 2) beyond the end of the video was left out.";
    assert_eq!(job["warnings"], serde_json::json!([warning]), "{job}");
}

#[test]
fn camera_data_in_frames_is_not_copied_when_stripping() {
    let env = TestEnv::new();
    let (plain, video) = (env.videos().join("plain.mp4"), env.videos().join("camera.mp4"));
    places::film(&plain, &[], &[]);
    let message = "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+at48.8577N";
    let copy = ["-i", plain.to_str().unwrap(), "-c", "copy", "-bsf:v", message, video.to_str().unwrap()];
    ffmpeg(&copy);
    assert_eq!(locations_in(&video), ["48.8577"]);
    let job = work(&env, &video, "remux-mp4", &STRIP);
    assert_eq!(locations_in(&output(&job)), Vec::<String>::new());
    assert!(job["warnings"].to_string().contains("its frames carry camera data"), "{job}");
    let kept = work(&env, &video, "remux-mp4", &[]);
    assert_eq!(locations_in(&output(&kept)), ["48.8577"], "without the option it is a copy");
    let clean = work(&env, &plain, "remux-mp4", &STRIP);
    assert_eq!(
        clean["warnings"],
        serde_json::json!([]),
        "the encoder's own user data is not a location: {clean}"
    );
}

/// Theora streams contain tags of their own, as does Vorbis written by other programs.
#[test]
fn video_with_tags_in_the_stream_is_encoded_again_and_audio_is_copied() {
    let env = TestEnv::new();
    let (theora, video) = (env.videos().join("film.ogv"), env.videos().join("theora.mkv"));
    let input = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-c:v", "libtheora"];
    let tag = ["-metadata:s:v", "LOCATION=+48.8577+002.295/", theora.to_str().unwrap()];
    ffmpeg(&[&input[..], &tag].concat());
    places::film(&video, &[&theora], &["-map", "-0", "-c:v:0", "copy"]);
    let job = work(&env, &video, "remux-mp4", &[&STRIP[..], &["--set", "container=mkv"]].concat());
    assert_eq!(locations_in(&output(&job)), Vec::<String>::new());
    let warnings = job["warnings"].to_string();
    assert!(warnings.contains("The picture could not") && !warnings.contains("The sound"), "{warnings}");
}

/// ffmpeg cannot remove a tag with an equals sign in its name.
#[test]
fn a_result_that_still_contains_a_location_is_refused() {
    let env = TestEnv::new();
    let (tags, video) = (env.videos().join("tags.txt"), env.videos().join("odd.mkv"));
    std::fs::write(&tags, ";FFMETADATA1\na\\=b=+48.8577+002.295/\n").unwrap();
    places::film(&video, &[&tags], &["-map_metadata", "2"]);
    let mkv = ["--set", "container=mkv"];
    let job = work(&env, &video, "remux-mp4", &[&STRIP[..], &mkv].concat());
    assert_eq!(
        (&job["state"], &job["failure"]["code"]),
        (&"failed".into(), &"verification_failed".into()),
        "{job}"
    );
    let message = job["failure"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("The result may still reveal where it was recorded, by its tag"),
        "{message}"
    );
    assert!(env.results().is_empty(), "{:?}", env.results());
}

#[test]
fn the_creation_date_of_a_flash_video_is_kept() {
    let env = TestEnv::new();
    let video = env.videos().join("a.flv");
    places::film(&video, &[], &["-ar", "44100", "-metadata", "creationdate=Tue May 31 17:01:35 2016"]);
    assert!(facts(&video)["format"]["tags"]["creation_time"].is_null());
    let made = facts(&output(&work(&env, &video, "remux-mp4", &[])));
    assert_eq!(made["format"]["tags"]["creation_time"], "2016-05-31T17:01:35.000000Z");
    assert_eq!(streams(&made, "video").len(), 1);
}
