//! Smart copy: a minute of video that already meets the preset, copied and, for comparison, encoded again. The check of
//! a copy decodes every frame, so two profiles are measured: Baseline, which cameras write and which decodes quickly,
//! and High with CABAC, which editing programs write and which takes twice as long.

use crate::{Figures, keep, median};
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::path::{Path, PathBuf};
use std::time::Instant;

const ROUNDS: usize = 3;

pub(crate) fn measure(figures: &mut Figures) {
    for profile in ["baseline", "high"] {
        let clip = clip(profile);
        let copied = median((0..ROUNDS).map(|_| seconds(&clip, "whenFits")).collect());
        // Encoded only once, because it is slow.
        let encoded = seconds(&clip, "never");
        keep(figures, &format!("a minute of 1080p, {profile}, copied and checked"), copied, "s, median");
        keep(figures, "the same encoded", encoded, "s");
        keep(figures, &format!("encoding to copying, {profile}"), encoded / copied, "(limit 20)");
    }
}

/// A minute of 1080p at 8 Mbit/s, with the noise that cameras have.
fn clip(profile: &str) -> PathBuf {
    let filters = ["-vf", "scale=1920:1080,setsar=1,noise=alls=8:allf=t,fps=30", "-pix_fmt", "yuv420p"];
    let coding = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", profile, "-bf", "0", "-b:v", "8M"];
    clips::clip(&format!("bench-{profile}.mp4"), 60.0, true, &[&filters[..], &coding].concat())
}

/// Wall-clock seconds of the whole run of one job.
fn seconds(clip: &Path, copy: &str) -> f64 {
    let env = TestEnv::new();
    let video = env.video(clip, "minute.mp4");
    let (out, copy) = (env.out(), format!("video.copy={copy}"));
    let add = ["add", "--set", &copy, "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
    assert_eq!(env.spool(&add).code, 0);
    let started = Instant::now();
    assert_eq!(env.spool_slowly(&["run", "--until-idle"]).code, 0);
    started.elapsed().as_secs_f64()
}
