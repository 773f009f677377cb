//! Target sizes: a video that is already below the target is copied if the copy is below it too.

use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::{clips, judge};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the video with the preset `fit-size`. Returns its job and what `spool show` prints of it.
fn fitted(env: &TestEnv, more: &[&str]) -> (Value, String) {
    let out = env.out();
    let add = ["add", "--preset", "fit-size", "--flat", "--output-dir", out.to_str().unwrap(), "videos"];
    assert_eq!(env.spool(&[&add[..], more].concat()).code, 0);
    env.spool(&["run", "--until-idle"]);
    (env.jobs().remove(0), env.spool(&["show", "1", "--json"]).stdout)
}

#[test]
fn a_playable_video_below_the_target_size_is_copied_with_a_remark() {
    let env = TestEnv::new();
    let codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-profile:v", "main"];
    env.video(&clips::clip("fits.mkv", 2.0, true, &codec), "fits.mkv");
    let (job, shown) = fitted(&env, &[]);
    let remarks = serde_json::to_string(&job["warnings"]).unwrap();
    assert_eq!(job["state"], "done", "{job}");
    assert!(remarks.contains("is below 18 MB already, so it was copied"), "{job}");
    assert!(!shown.contains("-pass:v:0") && shown.contains(r#""-c:v:0","copy""#), "{shown}");
}

/// Makes a Matroska file with many small frames, just below a megabyte: the tables of MP4 need more bytes per frame.
fn nearly_a_megabyte(env: &TestEnv) -> PathBuf {
    let rate = ["-b:v", "105k", "-maxrate", "105k", "-bufsize", "50k", "-vf", "scale=160:120,fps=60"];
    let h264 = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-pix_fmt", "yuv420p"];
    let long = clips::clip("many-small-frames.mkv", 80.0, false, &[&h264[..], &rate].concat());
    let video = env.videos().join("film.mkv");
    let mut frames = 80 * 60;
    while !video.exists() || size(&video) > 995_000 {
        let mut cut = Command::new("ffmpeg");
        cut.args(["-v", "error", "-y", "-i"]).arg(&long);
        let cut = cut.args(["-c", "copy", "-frames:v", &frames.to_string()]).arg(&video);
        assert!(cut.status().unwrap().success());
        frames -= frames / 100;
    }
    video
}

fn size(path: &Path) -> u64 {
    path.metadata().unwrap().len()
}

#[test]
fn a_video_whose_copy_exceeds_the_target_size_is_encoded_with_a_remark() {
    let env = TestEnv::new();
    let video = nearly_a_megabyte(&env);
    assert!((900_000..=1_000_000).contains(&size(&video)), "{}", size(&video));
    let (job, shown) = fitted(&env, &["--set", "video.sizeMb=1", "--set", "video.speed=ultrafast"]);
    assert_eq!(job["state"], "done", "{job}");
    let remarks = serde_json::to_string(&job["warnings"]).unwrap();
    assert!(remarks.contains("A copy was larger than the target, so the picture was converted."), "{job}");
    assert!(!remarks.contains("so it was copied"), "{job}");
    assert!(shown.contains(r#""-c:v:0","copy""#), "the copy was tried: {shown}");
    let result = Path::new(job["output"].as_str().unwrap());
    assert!(size(result) <= 1_000_000 && judge::decodes(result), "{} bytes", size(result));
    assert_eq!(job["attempt"], 1);
    assert_eq!(env.results(), ["film.mp4"]);
}
