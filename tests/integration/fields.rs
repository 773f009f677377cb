//! Frames of two fields and frames that only say so: what was taken progressively stays as it is, what was taken in fields
//! becomes whole pictures, or stays in fields for editors, the first field first.

use crate::field_streams::{at, made, work_all};
use crate::presets::{commands, ffmpeg, output};
use spool_tests::env::TestEnv;
use spool_tests::judge::streams;
use std::path::Path;
use std::process::Command;

const MPEG: [&str; 6] = ["-c:v", "mpeg2video", "-b:v", "6M", "-flags", "+ildct+ilme"];
const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

/// One second and a half of pictures that move, through this filter, flagged as fields of this order.
fn flagged(env: &TestEnv, name: &str, (rate, filter): (&str, &str), top_first: bool) {
    let (source, made) = (format!("testsrc2=s=720x576:r={rate}:d=1.5"), at(env, name));
    let input = ["-f", "lavfi", "-i", &source, "-vf", filter];
    let (top, order) = if top_first { ("1", "tff=1") } else { ("0", "bff=1") };
    let mpeg = [&MPEG[..], &["-top", top]].concat();
    let coded = match name.rsplit_once('.').unwrap().1 {
        "mp4" => [&H264[..], &["-x264-params", order]].concat(),
        "mov" => ["-c:v", "prores_ks", "-profile:v", "0", "-flags", "+ildct"].to_vec(),
        _ => mpeg,
    };
    ffmpeg(&[&input[..], &coded, &[&made]].concat());
}

/// Frames that look woven with the upper field first, with the lower one first, and not woven.
fn looks(path: &Path) -> [u32; 3] {
    let args = ["-hide_banner", "-nostdin", "-i", path.to_str().unwrap(), "-map", "0:V:0"];
    let judge = ["-vf", "format=gray,idet=intl_thres=1.2", "-f", "null", "-"];
    let said = Command::new("ffmpeg").args(args).args(judge).output().unwrap().stderr;
    let said = String::from_utf8_lossy(&said).into_owned();
    let line = said.lines().rfind(|l| l.contains("Multi frame detection")).unwrap();
    ["TFF:", "BFF:", "Progressive:"]
        .map(|word| line.split(word).nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap())
}

#[test]
fn a_progressive_film_that_is_flagged_as_fields_stays_progressive() {
    let env = TestEnv::new();
    for name in ["a.ts", "b.mpg", "c.mxf", "d.mp4"] {
        flagged(&env, name, ("25", "null"), true);
    }
    for preset in ["web-1080p", "edit-prores"] {
        for (name, job) in work_all(&env, preset) {
            let picture = streams(&made(&job), "video").remove(0);
            assert_eq!(picture["field_order"], "progressive", "{preset} {name}: {job}");
            assert!(!commands(&env, &job).concat().contains("bwdif"), "{preset} {name}");
        }
    }
}

/// `tt` and `bb` where each field is coded by itself, `tb` and `bt` where their lines are.
#[test]
fn fields_become_whole_pictures_and_stay_fields_for_editors_the_first_one_first() {
    let env = TestEnv::new();
    let woven = ["tinterlace=interleave_top,setfield=tff", "tinterlace=interleave_bottom,setfield=bff"];
    for name in ["top.ts", "top.mov", "bottom.mp4", "bottom.mxf", "bottom.mov"] {
        let top = name.starts_with("top");
        flagged(&env, name, ("50", woven[usize::from(!top)]), top);
    }
    for (name, job) in work_all(&env, "web-1080p") {
        let [top, bottom, progressive] = looks(&output(&job));
        assert!(top + bottom < 8 && progressive > 28, "{name}: {top}, {bottom}, {progressive}");
    }
    for (name, job) in work_all(&env, "edit-prores") {
        let (order, [top, bottom, _]) =
            (streams(&made(&job), "video").remove(0)["field_order"].clone(), looks(&output(&job)));
        let (want, first, second) =
            if name.starts_with("top") { ("tb", top, bottom) } else { ("bt", bottom, top) };
        assert!(order == want && first > 30 && second == 0, "{name}: {order}, {top}, {bottom}: {job}");
    }
}

#[test]
fn films_that_became_television_and_pictures_that_stand_still_are_taken_as_flagged() {
    let env = TestEnv::new();
    let telecined = "scale=720:480,telecine=first_field=top:pattern=23,setfield=tff";
    flagged(&env, "telecined.ts", ("24000/1001", telecined), true);
    flagged(&env, "still.ts", ("25", "trim=end_frame=1,loop=36:1,setpts=N/25/TB"), true);
    for (name, job) in work_all(&env, "web-1080p") {
        output(&job);
        assert!(commands(&env, &job).concat().contains("bwdif"), "{name}: {job}");
    }
}

/// As copies into Matroska have it: `ProRes` would tell of each frame what its flag says.
#[test]
fn prores_of_what_the_header_calls_progressive_is_progressive() {
    let env = TestEnv::new();
    let film = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"];
    ffmpeg(
        &[&film[..], &H264, &["-flags", "+ildct+ilme", "-x264-params", "bff=1", &at(&env, "a.mkv")]].concat(),
    );
    let (_, job) = work_all(&env, "edit-prores").remove(0);
    assert_eq!(streams(&made(&job), "video")[0]["field_order"], "progressive", "{job}");
}
