//! `metadata=stripLocation`: nothing of a result tells where it was recorded, whatever form the place had; everything else
//! stays. Without the option all stays that the container can hold.

use crate::presets::{QUICK, ffmpeg, output, work};
use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use spool_tests::places::{self, told};
use std::path::{Path, PathBuf};

const STRIP: [&str; 2] = ["--set", "metadata=stripLocation"];

/// A film of a phone, a drone and a `GoPro` at once, in this container of Apple's family.
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

/// A Matroska file that tells a place by tags of the film, a track and a chapter, by attached files and by a cover.
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
fn nothing_of_a_phones_film_tells_where_it_was_recorded() {
    let env = TestEnv::new();
    let video = phone(&env, "phone.mp4");
    assert_eq!(told(&video).len(), 6, "{:?}", told(&video));
    let mkv = ["--set", "container=mkv"];
    for (preset, more, covers) in
        [("remux-mp4", &[][..], 1), ("remux-mp4", &mkv, 1), ("edit-prores", &[], 0), ("audio-m4a", &[], 1)]
    {
        let (made, said) = stripped(&env, &video, preset, more);
        assert_eq!(told(&made), Vec::<String>::new(), "{preset} {more:?}");
        assert_eq!(facts(&made)["format"]["tags"]["title"], "Tower");
        assert_eq!(count(&made, "video", true), covers, "{preset} {more:?}");
        if preset != "audio-m4a" {
            assert_eq!(count(&made, "subtitle", false), 1, "the film's lines stay: {preset} {more:?}");
            assert!(said.contains("its lines reveal where this was recorded"), "{said}");
        }
        assert!(said.contains("Telemetry (GoPro, track 4) was left out"), "{said}");
    }
}

#[test]
fn nothing_of_a_matroska_file_tells_where_it_was_recorded() {
    let env = TestEnv::new();
    let video = matroska(&env);
    assert_eq!(told(&video).len(), 8, "{:?}", told(&video));
    for more in [&[][..], &["--set", "container=mkv"]] {
        let (made, said) = stripped(&env, &video, "remux-mp4", more);
        assert_eq!(told(&made), Vec::<String>::new(), "{more:?}");
        assert_eq!((count(&made, "video", true), count(&made, "subtitle", false)), (1, 1));
        let chapters = facts(&made)["chapters"].as_array().unwrap().clone();
        assert_eq!((chapters.len(), &chapters[1]["tags"]["title"]), (2, &"Two".into()));
        if !more.is_empty() {
            assert_eq!(count(&made, "attachment", false), 1, "the font");
            assert!(said.contains("only fonts are kept"), "{said}");
        }
    }
}

#[test]
fn without_the_option_all_stays_that_the_container_can_hold() {
    let env = TestEnv::new();
    let video = phone(&env, "phone.mp4");
    let job = work(&env, &video, "remux-mp4", &[]);
    let made = output(&job);
    assert_eq!(told(&made), told(&video));
    assert_eq!(job["warnings"], serde_json::json!([]), "{job}");
    let log = places::packets(&video, "gpmd");
    assert!(log.len() > 50 && places::packets(&made, "gpmd") == log);
    let job = work(&env, &video, "archive-av1", &QUICK);
    let missing = "Telemetry (GoPro, track 4) was left out: MKV cannot hold it.";
    assert!(job["warnings"].to_string().contains(missing), "{job}");
    assert!(told(&output(&job)).contains(&"45.6721".to_owned()), "the subtitles of the drone stay");
}

#[test]
fn telemetry_that_no_container_can_hold_is_said_to_be_missing() {
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
        assert_eq!(told(&output(&job)), Vec::<String>::new());
    }
}

/// Sony's cameras tell the time code in their telemetry alone.
#[test]
fn a_time_code_of_a_track_that_is_left_out_is_kept() {
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

/// A `GoPro` stops its log some time after the picture.
#[test]
fn telemetry_that_goes_on_after_the_film_ends_with_it() {
    let env = TestEnv::new();
    let video = env.videos().join("long.mp4");
    let log = places::lines(&env.videos(), "long.srt", &["GPS (9.0526, 45.6721, 18)"; 8]);
    places::film(&video, &[&log], &["-c:s", "mov_text"]);
    places::with_data(&video, b"gpmd");
    let job = work(&env, &video, "remux-mp4", &[]);
    let (before, after) = (places::packets(&video, "gpmd"), places::packets(&output(&job), "gpmd"));
    assert!(!after.is_empty() && before.starts_with(&after) && after.len() < before.len());
    let said = "Telemetry (GoPro, track 2) beyond the end of the film was left out.";
    assert_eq!(job["warnings"], serde_json::json!([said]), "{job}");
}

#[test]
fn data_of_the_camera_between_frames_is_not_copied() {
    let env = TestEnv::new();
    let (plain, video) = (env.videos().join("plain.mp4"), env.videos().join("camera.mp4"));
    places::film(&plain, &[], &[]);
    let message = "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+at48.8577N";
    let copy = ["-i", plain.to_str().unwrap(), "-c", "copy", "-bsf:v", message, video.to_str().unwrap()];
    ffmpeg(&copy);
    assert_eq!(told(&video), ["48.8577"]);
    let job = work(&env, &video, "remux-mp4", &STRIP);
    assert_eq!(told(&output(&job)), Vec::<String>::new());
    assert!(job["warnings"].to_string().contains("its frames carry camera data"), "{job}");
    let kept = work(&env, &video, "remux-mp4", &[]);
    assert_eq!(told(&output(&kept)), ["48.8577"], "without the option it is a copy");
    let clean = work(&env, &plain, "remux-mp4", &STRIP);
    assert_eq!(
        clean["warnings"],
        serde_json::json!([]),
        "what the encoder says of itself is no place: {clean}"
    );
}

/// Theora brings its own tags along, and so does Vorbis as other programs write it.
#[test]
fn a_picture_that_has_tags_of_its_own_is_encoded_again_and_the_sound_copied() {
    let env = TestEnv::new();
    let (film, video) = (env.videos().join("film.ogv"), env.videos().join("theora.mkv"));
    let picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", "-c:v", "libtheora"];
    let tag = ["-metadata:s:v", "LOCATION=+48.8577+002.295/", film.to_str().unwrap()];
    ffmpeg(&[&picture[..], &tag].concat());
    places::film(&video, &[&film], &["-map", "-0", "-c:v:0", "copy"]);
    let job = work(&env, &video, "remux-mp4", &[&STRIP[..], &["--set", "container=mkv"]].concat());
    assert_eq!(told(&output(&job)), Vec::<String>::new());
    let said = job["warnings"].to_string();
    assert!(said.contains("The picture could not") && !said.contains("The sound"), "{said}");
}

/// ffmpeg cannot take out a tag that has a sign of equality in its name.
#[test]
fn a_result_that_still_tells_a_place_is_refused() {
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
fn the_date_of_a_flash_film_is_kept() {
    let env = TestEnv::new();
    let video = env.videos().join("a.flv");
    places::film(&video, &[], &["-ar", "44100", "-metadata", "creationdate=Tue May 31 17:01:35 2016"]);
    assert!(facts(&video)["format"]["tags"]["creation_time"].is_null());
    let made = facts(&output(&work(&env, &video, "remux-mp4", &[])));
    assert_eq!(made["format"]["tags"]["creation_time"], "2016-05-31T17:01:35.000000Z");
    assert_eq!(streams(&made, "video").len(), 1);
}
