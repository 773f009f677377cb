//! High dynamic range, judged on generated grey patches of known luminance and on mastering metadata.

use serde_json::Value;
use spool_tests::env::TestEnv;
use spool_tests::judge::{facts, streams};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Luminance of the patches, in cd/m2.
const NITS: [f64; 10] = [1.0, 10.0, 50.0, 100.0, 203.0, 400.0, 600.0, 800.0, 1000.0, 2000.0];
const PATCH: usize = 32;

/// PQ (SMPTE ST 2084): the signal, 0 to 1, of this luminance.
fn pq(nits: f64) -> f64 {
    let (m1, m2) = (2610.0 / 16384.0, 2523.0 / 4096.0 * 128.0);
    let (c1, c2, c3) = (3424.0 / 4096.0, 2413.0 / 4096.0 * 32.0, 2392.0 / 4096.0 * 32.0);
    let light = (nits / 10_000.0).powf(m1);
    ((c1 + c2 * light) / (1.0 + c3 * light)).powf(m2)
}

/// HLG (ITU-R BT.2100) on a display of 1,000 cd/m2: inverts the system gamma of 1.2, then applies the OETF.
fn hlg(nits: f64) -> f64 {
    let scene = (nits / 1000.0).min(1.0).powf(1.0 / 1.2);
    let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
    if scene <= 1.0 / 12.0 { (3.0 * scene).sqrt() } else { a * (12.0 * scene - b).ln() + c }
}

/// Makes a lossless clip of grey patches side by side, in 10 bits of limited range.
fn patches(env: &TestEnv, transfer: &str, signal: impl Fn(f64) -> f64) -> PathBuf {
    let levels = NITS.iter().map(|nits| (64.0 + 876.0 * signal(*nits)).round());
    let luma = levels.enumerate().fold(String::from("64"), |rest, (n, level)| {
        format!("if(between(X,{},{}),{level},{rest})", n * PATCH, (n + 1) * PATCH - 1)
    });
    let made = env.videos().join(format!("{transfer}.mkv"));
    let size = format!("{}x{PATCH}", NITS.len() * PATCH);
    let tags = format!("setparams=color_trc={transfer}:color_primaries=bt2020:colorspace=bt2020nc:range=tv");
    let graph =
        format!("nullsrc=s={size}:d=0.2:r=25,format=yuv420p10le,geq=lum='{luma}':cb=512:cr=512,{tags}");
    let status = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-nostdin",
            "-y",
            "-f",
            "lavfi",
            "-i",
            &graph,
            "-c:v",
            "ffv1",
            "-color_trc",
            transfer,
        ])
        .args(["-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-color_range", "tv"])
        .arg(&made)
        .status();
    assert!(status.unwrap().success());
    made
}

fn work(env: &TestEnv, preset: &str) -> Vec<Value> {
    let out = env.out();
    let add = [
        "add",
        "--preset",
        preset,
        "--set",
        "video.crf=1",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "videos",
    ];
    assert_eq!(env.spool(&add).code, 0);
    env.spool(&["run", "--until-idle"]);
    env.jobs()
}

/// Luma, 0 to 255, at the centre of each patch in the first frame.
fn luma(path: &Path) -> Vec<u8> {
    let args = ["-v", "error", "-nostdin", "-i", path.to_str().unwrap()];
    let raw = ["-frames:v", "1", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"];
    let output = Command::new("ffmpeg").args(args).args(raw).output().unwrap();
    let width = NITS.len() * PATCH;
    (0..NITS.len()).map(|n| output.stdout[PATCH / 2 * width + n * PATCH + PATCH / 2]).collect()
}

fn transfer(path: &Path) -> (String, String) {
    let video = streams(&facts(path), "video")[0].clone();
    let word = |name: &str| video[name].as_str().unwrap_or_default().to_owned();
    (word("color_transfer"), word("pix_fmt"))
}

#[test]
fn tone_mapping_keeps_the_order_of_levels_and_white_bright() {
    let env = TestEnv::new();
    patches(&env, "smpte2084", pq);
    patches(&env, "arib-std-b67", hlg);
    for job in work(&env, "web-1080p") {
        let made = PathBuf::from(job["output"].as_str().unwrap());
        assert_eq!(job["state"], "done", "{job}");
        assert_eq!(transfer(&made), ("bt709".into(), "yuv420p".into()));
        let levels = luma(&made);
        // HLG ends at 1,000 cd/m2.
        let most = if made.ends_with("smpte2084.mp4") { NITS.len() } else { NITS.len() - 1 };
        assert!(levels[..most].windows(2).all(|pair| pair[0] < pair[1]), "{}: {levels:?}", made.display());
        assert!((170..=235).contains(&levels[4]), "reference white: {levels:?}");
        assert!(levels.iter().all(|level| *level <= 236), "{levels:?}");
    }
}

#[test]
fn preserved_hdr_keeps_its_signal_tags_and_bit_depth() {
    let env = TestEnv::new();
    patches(&env, "smpte2084", pq);
    for (preset, name) in
        [("small-hevc", "smpte2084.mp4"), ("archive-av1", "smpte2084.mkv"), ("edit-prores", "smpte2084.mov")]
    {
        let out = env.out();
        let add = ["add", "--preset", preset, "--flat", "--output-dir", out.to_str().unwrap(), "videos"];
        env.spool(&add);
        env.spool(&["run", "--until-idle"]);
        let made = out.join(name);
        let (transfer, format) = transfer(&made);
        assert!(transfer == "smpte2084" && format.contains("p10"), "{preset}: {transfer} {format}");
        // Compared in 8 of the 10 bits: reference white is at 58 % of PQ.
        assert!(luma(&made)[4].abs_diff(143) <= 3, "{preset}: {:?}", luma(&made));
    }
}

#[test]
fn mastering_metadata_survives_an_encode() {
    let env = TestEnv::new();
    let made = env.videos().join("mastered.mp4");
    let params = "log-level=error:hdr-opt=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:\
                  master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=900,300";
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=s=320x240:d=0.4,format=yuv420p10le,setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc"])
        .args([
            "-c:v",
            "libx265",
            "-pix_fmt",
            "yuv420p10le",
            "-color_trc",
            "smpte2084",
            "-x265-params",
            params,
        ])
        .args(["-color_primaries", "bt2020", "-colorspace", "bt2020nc"])
        .arg(&made)
        .status();
    assert!(status.unwrap().success());
    for (preset, extension) in [("small-hevc", "mp4"), ("archive-av1", "mkv")] {
        let out = env.out();
        env.spool(&["add", "--preset", preset, "--flat", "--output-dir", out.to_str().unwrap(), "videos"]);
        env.spool(&["run", "--until-idle"]);
        let args =
            ["-v", "error", "-show_frames", "-read_intervals", "%+#1", "-select_streams", "v", "-of", "json"];
        let output = Command::new("ffprobe")
            .args(args)
            .arg(out.join(format!("mastered.{extension}")))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            text.contains("Mastering display metadata") && text.contains("\"max_content\": 900"),
            "{preset}: {text}"
        );
    }
}
