//! Metadata that controls presentation is kept: languages, default subtitles, attached files and the mark of 360-degree
//! video.

use crate::presets::guarantees::{QUICK, ffmpeg, output, work};
use serde_json::Value;
use spool_tests::clips;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use std::fs;
use std::path::PathBuf;

/// Creates a video with two subtitle tracks, none of them default, and languages in the forms that some programs write.
fn bilingual(env: &TestEnv) -> PathBuf {
    let at = |name: &str| env.videos().join(name).to_str().unwrap().to_owned();
    fs::write(at("b.srt"), "1\n00:00:00,100 --> 00:00:00,900\nHello\n").unwrap();
    let (srt, made) = (at("b.srt"), at("two.mkv"));
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=160x120:d=1", "-f", "lavfi", "-i", "sine=d=1", "-i", &srt];
    let maps = ["-map", "0", "-map", "1", "-map", "2", "-map", "2", "-c:v", "libx264", "-c:a", "aac"];
    let shown = ["-disposition:v:0", "default", "-disposition:a:0", "default", "-disposition:s", "0"];
    let languages = ["a:0", "s:0", "s:1"].map(|track| format!("-metadata:s:{track}"));
    let words = ["language=pt-BR", "language=swe", "language=de"];
    let tags: Vec<&str> =
        languages.iter().zip(words).flat_map(|(option, word)| [option.as_str(), word]).collect();
    ffmpeg(&[&inputs[..], &maps, &shown, &tags, &[&made]].concat());
    PathBuf::from(made)
}

/// Uses the statistics tags of mkvmerge, with and without the language that it adds to their names.
#[test]
fn statistics_tags_of_the_original_are_not_copied_to_an_encoded_stream() {
    let env = TestEnv::new();
    let video = env.videos().join("counted.mkv");
    let source =
        ["-f", "lavfi", "-i", "testsrc2=s=160x120:d=1", "-c:v", "libx264", "-metadata", "title=A film"];
    let mut tags = Vec::new();
    for tag in ["BPS", "BPS-eng", "NUMBER_OF_BYTES-eng", "_STATISTICS_TAGS-eng"] {
        tags.extend(["-metadata:s:v".to_owned(), format!("{tag}=1234")]);
    }
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    ffmpeg(&[&source[..], &tags, &[video.to_str().unwrap()]].concat());
    assert_eq!(facts(&video).to_string().matches("1234").count(), 4);
    let made = output(&work(&env, &video, "archive-av1", &QUICK));
    let tags_of_result = facts(&made).to_string();
    assert!(!tags_of_result.contains("1234") && tags_of_result.contains("A film"), "{tags_of_result}");
}

#[test]
fn the_default_flag_of_subtitles_is_kept() {
    let env = TestEnv::new();
    let hidden = bilingual(&env);
    let shown = env.videos().join("shown.mkv");
    let second = ["-map", "0", "-c", "copy", "-disposition:s:1", "default"];
    ffmpeg(&[&["-i", hidden.to_str().unwrap()], &second[..], &[shown.to_str().unwrap()]].concat());
    for preset in ["web-1080p", "edit-prores", "remux-mp4", "archive-av1"] {
        let more: &[&str] = if preset == "archive-av1" { &QUICK } else { &[] };
        for (video, expected) in [(&hidden, [0, 0]), (&shown, [0, 1])] {
            let made = facts(&output(&work(&env, video, preset, more)));
            let defaults: Vec<Value> =
                streams(&made, "subtitle").iter().map(|s| s["disposition"]["default"].clone()).collect();
            assert_eq!(defaults, expected, "{preset}: {made}");
        }
    }
}

#[test]
fn languages_keep_their_meaning_in_every_container() {
    let env = TestEnv::new();
    let video = bilingual(&env);
    let languages = |preset: &str| {
        let made = facts(&output(&work(&env, &video, preset, &["--set", "video.copy=never"])));
        let language = |s: &Value| s["tags"]["language"].as_str().unwrap_or("none").to_owned();
        ["audio", "subtitle"]
            .map(|kind| streams(&made, kind).iter().map(language).collect::<Vec<_>>())
            .concat()
    };
    assert_eq!(languages("web-1080p"), ["por", "swe", "deu"]);
    assert_eq!(
        languages("edit-prores"),
        ["por", "sve", "ger"],
        "the codes of ffmpeg for the language list of MOV"
    );
    assert_eq!(languages("archive-av1"), ["pt-BR", "swe", "de"]);
}

/// Creates a video with the mark of 360-degree video as cameras write it: a `uuid` box with XML at the end of the
/// track.
fn spherical(env: &TestEnv) -> PathBuf {
    const MARK: [u8; 16] = *b"\xff\xcc\x82\x63\xf8\x55\x4a\x93\x88\x14\x58\x7a\x02\x52\x1f\xdd";
    let element = |name: &str, value: &str| format!("<GSpherical:{name}>{value}</GSpherical:{name}>");
    let marks = [
        element("Spherical", "true"),
        element("Stitched", "true"),
        element("StitchingSoftware", "camera"),
        element("ProjectionType", "equirectangular"),
    ];
    let text = marks.concat();
    let mut mark = ((24 + text.len()) as u32).to_be_bytes().to_vec();
    mark.extend(b"uuid".iter().chain(&MARK).chain(text.as_bytes()));
    let made = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    let mut bytes = fs::read(clips::clip("sphere.mp4", 1.0, false, &made)).unwrap();
    let at = |bytes: &[u8], name: &[u8]| bytes.windows(4).position(|w| w == name).unwrap() - 4;
    let length = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let (moov, trak) = (at(&bytes, b"moov"), at(&bytes, b"trak"));
    let end = trak + length(&bytes, trak) as usize;
    for place in [moov, trak] {
        let grown = length(&bytes, place) + mark.len() as u32;
        bytes[place..place + 4].copy_from_slice(&grown.to_be_bytes());
    }
    bytes.splice(end..end, mark);
    let video = env.videos().join("sphere.mp4");
    fs::write(&video, bytes).unwrap();
    video
}

#[test]
fn spherical_video_stays_spherical() {
    let env = TestEnv::new();
    let video = spherical(&env);
    let is_sphere = |facts: &Value| facts.to_string().contains("\"Spherical Mapping\"");
    assert!(is_sphere(&facts(&video)));
    for (preset, more) in
        [("web-1080p", &["--set", "video.copy=never"][..]), ("web-720p", &[]), ("archive-av1", &QUICK)]
    {
        let made = facts(&output(&work(&env, &video, preset, more)));
        assert!(is_sphere(&made), "{preset}: {made}");
    }
}

/// Ogg stores the tags of the file with its streams.
#[test]
fn titles_of_an_ogg_file_and_of_its_tracks_are_distinguished() {
    let env = TestEnv::new();
    let at = |name: &str| env.videos().join(name).to_str().unwrap().to_owned();
    let (plain, tagged) = (at("plain.ogv"), at("film.ogv"));
    let inputs = ["-f", "lavfi", "-i", "testsrc2=s=320x240:d=1", "-f", "lavfi", "-i", "sine=d=1:r=48000"];
    let made = ["-map", "0", "-map", "1", "-map", "1", "-c:v", "libtheora", "-c:a", "libvorbis", "-ac", "2"];
    let tags = ["-metadata", "title=My Film", "-metadata", "artist=Me"];
    ffmpeg(&[&inputs[..], &made, &tags, &[&plain]].concat());
    let track = ["-metadata:s:2", "title=Comments", "-metadata:s:2", "language=fre"];
    ffmpeg(&[&["-i", &plain, "-map", "0", "-c", "copy"], &track[..], &[&tagged]].concat());
    for (preset, more) in [("web-1080p", &QUICK[..]), ("audio-m4a", &[]), ("archive-av1", &QUICK)] {
        let made = facts(&output(&work(&env, &PathBuf::from(&tagged), preset, more)));
        let lower = |tags: &Value| tags.to_string().to_lowercase();
        let (of_file, of_tracks) = (lower(&made["format"]["tags"]), lower(&made["streams"]));
        assert!(of_file.contains("my film") && of_file.contains("\"artist\":\"me\""), "{preset}: {made}");
        assert!(!of_tracks.contains("my film") && !of_tracks.contains("libtheora"), "{preset}: {made}");
        if preset != "audio-m4a" {
            let second = lower(&streams(&made, "audio")[1]["tags"]);
            assert!(second.contains("fre"), "{preset}: {made}");
            // MP4 has no field for track titles.
            assert_eq!(second.contains("comments"), preset == "archive-av1", "{preset}: {made}");
        }
    }
}

/// The lines of a sign and of dialogue overlap.
#[test]
fn subtitle_lines_that_mp4_cannot_show_at_the_same_time_are_warned_about() {
    let env = TestEnv::new();
    let at = |name: &str| env.videos().join(name).to_str().unwrap().to_owned();
    let (lines, video) = (at("sign.srt"), at("sign.mkv"));
    let cue = |n: u32, from: u32, to: u32| format!("{n}\n00:00:00,{from} --> 00:00:00,{to}\nLine\n\n");
    fs::write(&lines, [cue(1, 100, 900), cue(2, 100, 400), cue(3, 500, 700), cue(4, 890, 990)].concat())
        .unwrap();
    ffmpeg(&["-f", "lavfi", "-i", "testsrc2=s=160x120:d=1", "-i", &lines, "-c:v", "libx264", &video]);
    let warnings_of = |preset: &str, more: &[&str]| {
        let job = work(&env, &PathBuf::from(&video), preset, more);
        output(&job);
        job["warnings"].to_string()
    };
    for preset in ["web-1080p", "remux-mp4", "edit-prores"] {
        let warnings = warnings_of(preset, &[]);
        assert!(warnings.contains("2 lines of subtitles overlap others"), "{preset}: {warnings}");
    }
    assert!(!warnings_of("archive-av1", &QUICK).contains("overlap"));
    let notes = fs::read_dir(env.data().join("passes")).unwrap().count();
    assert_eq!(notes, 0, "notes are removed");
    fs::remove_dir(env.data().join("passes")).unwrap();
    fs::write(env.data().join("passes"), "in the way").unwrap();
    assert!(
        !warnings_of("web-720p", &[]).contains("overlap"),
        "a job does not fail if the warning cannot be determined"
    );
}

/// Creates a video with attached files, each given by name, MIME type and title.
fn attaching(env: &TestEnv, files: &[(&str, &str, &str)]) -> PathBuf {
    let at = |name: &str| env.videos().join(name).to_str().unwrap().to_owned();
    let (plain, made) = (at("../plain.mkv"), at("attached.mkv"));
    let encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&["-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=1"][..], &encoded, &[&plain]].concat());
    let mut words = vec!["-i".to_owned(), plain, "-map".into(), "0".into(), "-c".into(), "copy".into()];
    for (n, (name, kind, title)) in files.iter().enumerate() {
        let file = at(&format!("../{name}"));
        if kind.starts_with("image/") {
            ffmpeg(&[
                "-f",
                "lavfi",
                "-i",
                &format!("testsrc2=s=6{n}x64"),
                "-frames:v",
                "1",
                "-update",
                "1",
                &file,
            ]);
        } else {
            fs::write(&file, format!("This is {name}.")).unwrap();
        }
        words.extend(["-attach".into(), file]);
        for (tag, value) in [("filename", name), ("mimetype", kind), ("title", title)] {
            words.extend([format!("-metadata:s:t:{n}"), format!("{tag}={value}")]);
        }
    }
    words.push(made.clone());
    ffmpeg(&words.iter().map(String::as_str).collect::<Vec<_>>());
    PathBuf::from(made)
}

#[test]
fn attached_files_are_kept_byte_for_byte_with_their_names_and_titles() {
    let env = TestEnv::new();
    let files = [
        ("cover.jpg", "image/jpeg", "front"),
        ("small_cover.jpg", "image/jpeg", ""),
        ("cover_land.png", "image/png", "wide"),
        ("map.gif", "image/gif", "where"),
        ("scan.tiff", "image/tiff", "page 1"),
        ("still.bmp", "image/bmp", "still"),
        ("info.nfo", "text/plain", "notes"),
        ("a.ttf", "font/ttf", "hand"),
    ];
    let video = attaching(&env, &files);
    let job = work(&env, &video, "archive-av1", &QUICK);
    let made = fs::read(output(&job)).unwrap();
    assert!(!job["warnings"].to_string().contains("left out"), "{job}");
    let facts = facts(&output(&job));
    let all = facts["streams"].as_array().unwrap();
    for (name, kind, title) in files {
        let tags =
            &all.iter().find(|s| s["tags"]["filename"] == name).unwrap_or_else(|| panic!("{name}"))["tags"];
        assert_eq!(tags["mimetype"], kind, "{name}");
        assert_eq!(tags["title"].as_str().unwrap_or_default(), title, "{name}");
        let bytes = fs::read(env.videos().join("..").join(name)).unwrap();
        assert!(made.windows(bytes.len()).any(|window| window == bytes), "{name} is changed");
    }
}

#[test]
fn subtitles_that_cannot_be_written_are_left_out_without_failing_the_job() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    let two = bilingual(&env);
    let video = env.videos().join("fake-cue.mkv");
    fs::rename(two, &video).unwrap();
    let job = work(&env, &video, "web-1080p", &["--set", "video.speed=ultrafast"]);
    assert!(streams(&facts(&output(&job)), "subtitle").is_empty());
    let warnings = job["warnings"].to_string();
    assert!(warnings.contains("Tracks 2, 3 were left out: ffmpeg could not write it."), "{warnings}");
    assert_eq!(job["attempt"], 1, "{job}");
}
