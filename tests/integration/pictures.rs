//! What pictures are and when they are shown, whatever a container claims of them: their rate, their size, their shape and
//! their colours come out as a player shows the original.

use crate::presets::{QUICK, commands, ffmpeg, output, work};
use spool_tests::boxes;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A clip of this picture and a tone, made by ffmpeg with these further words.
fn clip(env: &TestEnv, name: &str, picture: &str, more: &[&str]) -> PathBuf {
    let path = env.videos().join(name);
    fs::create_dir_all(env.videos()).unwrap();
    let input = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=d=2", "-shortest"];
    ffmpeg(&[&input[..], more, &[path.to_str().unwrap()]].concat());
    path
}

/// The same with another default duration of its pictures, in billionths of a second.
fn claiming(env: &TestEnv, of: &Path, name: &str, nanos: u64) -> PathBuf {
    let mut film = fs::read(of).unwrap();
    let at = film.windows(3).position(|id| id == [0x23, 0xe3, 0x83]).expect("a default duration") + 3;
    let bytes = usize::from(film[at] & 0x0f);
    film[at + 1..=at + bytes].copy_from_slice(&nanos.to_be_bytes()[8 - bytes..]);
    let path = env.videos().join(name);
    fs::write(&path, film).unwrap();
    path
}

/// When each picture is shown, in milliseconds after the first.
fn times(path: &Path) -> Vec<f64> {
    let args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time"];
    let asked = Command::new("ffprobe").args(args).args(["-of", "csv=p=0"]).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&asked.stdout).replace(',', "");
    let all: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    all.iter().map(|at| (at - all[0]) * 1000.0).collect()
}

/// The first moving picture as ffprobe tells it.
fn picture(path: &Path) -> serde_json::Value {
    streams(&facts(path), "video").remove(0)
}

const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"];

#[test]
fn pictures_stay_where_they_are_shown_whatever_rate_a_header_claims() {
    let env = TestEnv::new();
    let fast = clip(&env, "fast.mkv", "testsrc2=s=160x120:r=50:d=2", &H264);
    let cadence =
        "testsrc2=s=160x120:r=24000/1001:d=2,settb=1/1000,setpts='(floor(N/2)*5+mod(N,2)*2)*1001/60'";
    let cadence = clip(&env, "film.mkv", cadence, &[&H264[..], &["-fps_mode", "passthrough"]].concat());
    let slow = claiming(&env, &fast, "claims-25.mkv", 40_000_000);
    let told = claiming(&env, &cadence, "claims-2997.mkv", 33_366_667);
    // Without sound nothing is read of it before it is encoded.
    let silent = env.videos().join("silent.mkv");
    ffmpeg(&["-i", fast.to_str().unwrap(), "-an", "-c", "copy", silent.to_str().unwrap()]);
    let silent = claiming(&env, &silent, "silent-25.mkv", 40_000_000);
    for (video, preset) in [
        (&slow, "edit-prores"),
        (&slow, "web-1080p"),
        (&told, "edit-prores"),
        (&told, "small-hevc"),
        (&silent, "edit-prores"),
    ] {
        let job = work(&env, video, preset, &["--set", "video.copy=never", QUICK[0], QUICK[1]]);
        let (before, after) = (times(video), times(&output(&job)));
        let moved = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(before.len() == after.len() && moved <= 2.0, "{moved} ms: {job}");
        let again = job["warnings"].to_string().contains("a second time");
        assert_eq!(again, video == &silent, "{job}");
    }
}

/// Matroska rounds to milliseconds, and its claim is right.
#[test]
fn a_constant_rate_stays_exact() {
    let env = TestEnv::new();
    for rate in ["24000/1001", "30000/1001"] {
        let name = format!("at-{}.mkv", rate.replace('/', "-"));
        let film = clip(&env, &name, &format!("testsrc2=s=160x120:r={rate}:d=2"), &H264);
        let job = work(&env, &film, "edit-prores", &[]);
        let made = picture(&output(&job));
        assert_eq!(
            (made["r_frame_rate"].as_str(), made["avg_frame_rate"].as_str()),
            (Some(rate), Some(rate))
        );
        assert!(!commands(&env, &job).concat().contains("enc_time_base"), "{job}");
    }
}

/// Red, green and blue as a player shows them at these shares of the width, halfway down.
fn colours_at(path: &Path, shares: &[f64]) -> Vec<[u8; 3]> {
    let stream = picture(path);
    let side = |name: &str| stream[name].as_u64().unwrap() as usize;
    let (width, height) = (side("width"), side("height"));
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-frames:v", "1"];
    let raw = ["-vf", "scale=flags=accurate_rnd", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"];
    let all = Command::new("ffmpeg").args(args).args(raw).output().unwrap().stdout;
    let at = |share: &f64| (height / 2 * width + (share * width as f64) as usize) * 3;
    shares.iter().map(|share| [0, 1, 2].map(|n| all[at(share) + n])).collect()
}

/// Bars of black, white, red and blue.
const BARS: &str = "color=black:s=160x120:r=25:d=1,format=gbrp,geq=r='255*between(X,40,119)':g='255*between(X,40,79)':b='255*(between(X,40,79)+gte(X,120))'";

#[test]
fn red_green_and_blue_keep_their_colours_and_high_dynamic_range() {
    let env = TestEnv::new();
    let like = |pixels: &'static str, codec: &'static str| ["-pix_fmt", pixels, "-c:v", codec];
    let pq = "log-level=error:lossless=1:colorprim=bt2020:transfer=smpte2084:colormatrix=gbr";
    let of = |name: &str, words: &[&str]| clip(&env, name, BARS, words);
    let raw = of("raw.avi", &like("bgr24", "rawvideo"));
    let few = of("few.avi", &like("rgb555le", "rawvideo"));
    let hdr = of("hdr.mkv", &[&like("gbrp10le", "libx265")[..], &["-x265-params", pq]].concat());
    let bars = [[0; 3], [255; 3], [255, 0, 0], [0, 0, 255]];
    for (film, preset, matrix) in [
        (&raw, "web-1080p", "bt709"),
        (&few, "web-1080p", "bt709"),
        (&few, "edit-prores", "bt709"),
        (&hdr, "edit-prores", "bt2020nc"),
        (&hdr, "small-hevc", "bt2020nc"),
    ] {
        let job = work(&env, film, preset, &QUICK);
        let made = output(&job);
        let seen = colours_at(&made, &[0.125, 0.375, 0.625, 0.875]);
        let far = seen.as_flattened().iter().zip(bars.as_flattened()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(far < Some(4), "{preset}: {seen:?} {job}");
        let stream = picture(&made);
        assert_eq!(stream["color_space"], matrix, "{preset}: {stream}");
        assert_eq!(stream["color_transfer"] == "smpte2084", film == &hdr, "{stream}");
    }
}

/// A picture of gray whose 40 upper and 50 lower rows are white, of which 320x150 is to be shown.
fn cropped(env: &TestEnv, name: &str, more: &[&str]) -> PathBuf {
    let source =
        "color=gray:s=320x240:r=25:d=1,format=yuv420p,geq=lum='if(lt(Y,40)+gte(Y,190),235,80)':cb=128:cr=128";
    let whole = env.videos().join(format!("whole-{name}"));
    fs::create_dir_all(env.videos()).unwrap();
    ffmpeg(&[&["-f", "lavfi", "-i", source][..], &H264, &[whole.to_str().unwrap()]].concat());
    let turned = env.videos().join(format!("turned-{name}"));
    ffmpeg(&[&["-i", whole.to_str().unwrap(), "-c", "copy"], more, &[turned.to_str().unwrap()]].concat());
    let aperture: [i32; 8] = [320, 1, 150, 1, 0, 1, -5, 1];
    let content = aperture.map(i32::to_be_bytes);
    let film = boxes::described(&fs::read(turned).unwrap(), b"clap", content.as_flattened());
    let path = env.videos().join(name);
    fs::write(&path, film).unwrap();
    path
}

/// How much of a picture, as a player shows it, is white.
fn whites(path: &Path) -> usize {
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap(), "-frames:v", "1"];
    let raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"];
    let luma = Command::new("ffmpeg").args(args).args(raw).output().unwrap().stdout;
    luma.iter().filter(|value| **value > 180).count()
}

#[test]
fn what_a_container_hides_of_a_picture_stays_hidden_where_it_is_converted() {
    let env = TestEnv::new();
    let film = cropped(&env, "cropped.mp4", &[]);
    let turned = cropped(&env, "cropped-and-turned.mp4", &["-metadata:s:v:0", "rotate=90"]);
    let upright = picture(&turned)["side_data_list"][0]["rotation"].is_null();
    for (film, preset, size) in [
        (&film, "web-1080p", (320, 150)),
        (&film, "edit-prores", (320, 150)),
        (&turned, "web-1080p", if upright { (320, 150) } else { (150, 320) }),
    ] {
        let job = work(&env, film, preset, &QUICK);
        let made = output(&job);
        let stream = picture(&made);
        assert_eq!(
            (stream["width"].as_u64(), stream["height"].as_u64()),
            (Some(size.0), Some(size.1)),
            "{job}"
        );
        assert_eq!(whites(&made), 0, "{job}");
    }
}

/// As programs of old left it in Matroska: no player turns the picture for it.
#[test]
fn a_picture_that_is_not_turned_keeps_its_shape_whatever_a_tag_says() {
    let env = TestEnv::new();
    let more = [&H264[..], &["-metadata:s:v:0", "turn_it=90"]].concat();
    let film = clip(&env, "tagged.mkv", "testsrc2=s=320x180:r=25:d=1", &more);
    let mut bytes = fs::read(&film).unwrap();
    let at = bytes.windows(7).position(|word| word == b"TURN_IT").expect("the tag");
    // One letter less, so the tag gets a byte that ends its name.
    bytes[at..at + 7].copy_from_slice(b"rotate\0");
    fs::write(&film, bytes).unwrap();
    assert!(picture(&film)["tags"]["rotate"] == "90", "{}", picture(&film));
    let job = work(&env, &film, "edit-prores", &[]);
    let made = picture(&output(&job));
    assert_eq!((made["width"].as_u64(), made["height"].as_u64()), (Some(320), Some(180)), "{job}");
    assert!(!job["warnings"].to_string().contains("second time"), "{job}");
}

/// As time-lapse recorders and lectures keep them: five seconds hold too few pictures to tell their order.
#[test]
fn a_picture_every_few_seconds_is_copied_as_it_is() {
    let env = TestEnv::new();
    fs::create_dir_all(env.videos()).unwrap();
    let uneven = ["-enc_time_base", "1:90000", "-fps_mode", "vfr"];
    for (name, rate, more) in [("lapse.mkv", "1/5", &[][..]), ("lecture.mkv", "1/2", &uneven[..])] {
        let film = env.videos().join(name);
        let source = format!("testsrc2=s=160x120:r={rate}:d=40");
        let codec = ["-c:v", "libx264", "-bf", "3"];
        ffmpeg(&[&["-f", "lavfi", "-i", &source], &codec[..], more, &[film.to_str().unwrap()]].concat());
        let job = work(&env, &film, "remux-mp4", &[]);
        assert_eq!(times(&output(&job)), times(&film), "{job}");
        let said = job["warnings"].to_string();
        assert!(!said.contains("encoded again") && !said.contains("damaged"), "{job}");
    }
}

#[test]
fn a_picture_of_an_extreme_shape_keeps_it() {
    let env = TestEnv::new();
    let film = clip(&env, "pole.mkv", "testsrc2=s=16x4096:r=25:d=1", &H264);
    for preset in ["web-1080p", "small-hevc"] {
        let job = work(&env, &film, preset, &["--set", "video.copy=never", QUICK[0], QUICK[1]]);
        let made = picture(&output(&job));
        let (width, height) = (made["width"].as_f64().unwrap(), made["height"].as_f64().unwrap());
        let (a, b) = made["sample_aspect_ratio"].as_str().unwrap_or("1:1").split_once(':').unwrap();
        let pixel = a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap();
        let shape = width * pixel / height * 4096.0 / 16.0;
        assert!((shape - 1.0).abs() < 0.02, "{width}x{height}, {a}:{b}: {job}");
    }
}

#[test]
fn pictures_a_second_that_a_preset_lowers_are_told() {
    let env = TestEnv::new();
    let fast = clip(&env, "slow-motion.mkv", "testsrc2=s=160x120:r=240:d=1", &H264);
    let calm = clip(&env, "film.mkv", "testsrc2=s=160x120:r=25:d=1", &H264);
    for (film, said) in [(&fast, "240 pictures a second became 60"), (&calm, "")] {
        let job = work(&env, film, "web-1080p", &["--set", "video.copy=never", QUICK[0], QUICK[1]]);
        let all = job["warnings"].to_string();
        assert!(all.contains(said) && all.contains("a second") != said.is_empty(), "{job}");
    }
    env.assert_all_planned();
}

/// As phones make them in the dark: every tenth picture was never taken.
#[test]
fn a_clean_recording_of_uneven_rate_is_copied_without_a_word_of_damage() {
    let env = TestEnv::new();
    let uneven = ["-vf", "select='mod(n,10)',settb=1/90000", "-fps_mode", "passthrough"];
    let more = [&H264[..], &["-c:a", "aac", "-g", "60", "-enc_time_base", "1:90000"], &uneven].concat();
    for name in ["dark.mp4", "dark.mkv"] {
        let film = clip(&env, name, "testsrc2=s=160x120:r=30:d=6", &more);
        let job = work(&env, &film, "remux-mp4", &[]);
        assert!(job["verified"] == true && !job["warnings"].to_string().contains("damaged"), "{job}");
        let moved = times(&output(&job)).into_iter().zip(times(&film)).any(|(a, b)| (a - b).abs() > 2.0);
        assert!(!moved, "{job}");
    }
}
