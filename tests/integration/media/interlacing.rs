//! Interlaced video, and progressive video that is flagged as interlaced: progressive video stays as it is, interlaced
//! video is deinterlaced, or kept interlaced with its field order for editors.

use crate::media::recorders::{at, made, work_all};
use crate::presets::guarantees::{commands, ffmpeg, output};
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use std::path::Path;
use std::process::Command;

const MPEG: [&str; 6] = ["-c:v", "mpeg2video", "-b:v", "6M", "-flags", "+ildct+ilme"];
const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

/// Makes 1.5 seconds of moving video through this filter, flagged as interlaced with this field order.
fn flagged(env: &TestEnv, name: &str, (rate, filter): (&str, &str), top_first: bool) {
    let (source, path) = (format!("testsrc2=s=720x576:r={rate}:d=1.5"), at(env, name));
    let input = ["-f", "lavfi", "-i", &source, "-vf", filter];
    let (top, order) = if top_first { ("1", "tff=1") } else { ("0", "bff=1") };
    let mpeg = [&MPEG[..], &["-top", top]].concat();
    let coded = match name.rsplit_once('.').unwrap().1 {
        "mp4" => [&H264[..], &["-x264-params", order]].concat(),
        "mov" => ["-c:v", "prores_ks", "-profile:v", "0", "-flags", "+ildct"].to_vec(),
        _ => mpeg,
    };
    ffmpeg(&[&input[..], &coded, &[&path]].concat());
}

/// Counts the frames that look interlaced with the top field first, with the bottom field first, and progressive.
fn count_frames(path: &Path) -> [u32; 3] {
    let args = ["-hide_banner", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:V:0"];
    let judge = ["-vf", "format=gray,idet=intl_thres=1.2", "-f", "null", "-"];
    let log = Command::new("ffmpeg").args(args).args(judge).output().unwrap().stderr;
    let log = String::from_utf8_lossy(&log).into_owned();
    let line = log.lines().rfind(|l| l.contains("Multi frame detection")).unwrap();
    ["TFF:", "BFF:", "Progressive:"]
        .map(|word| line.split(word).nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap())
}

#[test]
fn progressive_video_flagged_as_interlaced_stays_progressive() {
    let env = TestEnv::new();
    for name in ["a.ts", "b.mpg", "c.mxf", "d.mp4"] {
        flagged(&env, name, ("25", "null"), true);
    }
    for preset in ["web-1080p", "edit-prores"] {
        for (name, job) in work_all(&env, preset) {
            let stream = streams(&made(&job), "video").remove(0);
            assert_eq!(stream["field_order"], "progressive", "{preset} {name}: {job}");
            assert!(!commands(&env, &job).concat().contains("bwdif"), "{preset} {name}");
        }
    }
}

/// `tt` and `bb` mean fields that are coded separately, `tb` and `bt` fields whose lines are interleaved.
#[test]
fn interlaced_video_is_deinterlaced_or_keeps_its_field_order_for_editors() {
    let env = TestEnv::new();
    let filters = ["tinterlace=interleave_top,setfield=tff", "tinterlace=interleave_bottom,setfield=bff"];
    for name in ["top.ts", "top.mov", "bottom.mp4", "bottom.mxf", "bottom.mov"] {
        let top = name.starts_with("top");
        flagged(&env, name, ("50", filters[usize::from(!top)]), top);
    }
    for (name, job) in work_all(&env, "web-1080p") {
        let [top, bottom, progressive] = count_frames(&output(&job));
        assert!(top + bottom < 8 && progressive > 28, "{name}: {top}, {bottom}, {progressive}");
    }
    for (name, job) in work_all(&env, "edit-prores") {
        let (order, [top, bottom, _]) =
            (streams(&made(&job), "video").remove(0)["field_order"].clone(), count_frames(&output(&job)));
        let (want, first, second) =
            if name.starts_with("top") { ("tb", top, bottom) } else { ("bt", bottom, top) };
        assert!(order == want && first > 30 && second == 0, "{name}: {order}, {top}, {bottom}: {job}");
    }
}

#[test]
fn telecined_video_and_still_video_are_treated_as_flagged() {
    let env = TestEnv::new();
    let telecined = "scale=720:480,telecine=first_field=top:pattern=23,setfield=tff";
    flagged(&env, "telecined.ts", ("24000/1001", telecined), true);
    flagged(&env, "still.ts", ("25", "trim=end_frame=1,loop=36:1,setpts=N/25/TB"), true);
    for (name, job) in work_all(&env, "web-1080p") {
        output(&job);
        assert!(commands(&env, &job).concat().contains("bwdif"), "{name}: {job}");
    }
}

/// As in copies into Matroska, only the frames are flagged as interlaced: `ProRes` would store the flag of each frame.
#[test]
fn prores_of_video_that_the_header_declares_progressive_is_progressive() {
    let env = TestEnv::new();
    let clip = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"];
    ffmpeg(
        &[&clip[..], &H264, &["-flags", "+ildct+ilme", "-x264-params", "bff=1", &at(&env, "a.mkv")]].concat(),
    );
    let (_, job) = work_all(&env, "edit-prores").remove(0);
    assert_eq!(streams(&made(&job), "video")[0]["field_order"], "progressive", "{job}");
}
