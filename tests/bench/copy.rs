//! Smart copy: a minute of video that already is what the preset wants, copied and, for comparison, encoded again.

use crate::{Figures, keep, median};
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::time::Instant;

const ROUNDS: usize = 3;

pub(crate) fn measure(figures: &mut Figures) {
    let film = ["-vf", "scale=1280:720,setsar=1,noise=alls=6:allf=t", "-pix_fmt", "yuv420p"];
    let coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "30"];
    let clip = clips::clip("bench-square.mp4", 60.0, true, &[&film[..], &coding].concat());
    let mut seconds = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for (n, copy) in ["whenFits", "never"].into_iter().enumerate() {
            // Encoding once is enough to know it: it is the slow one.
            if n == 1 && round > 0 {
                continue;
            }
            let env = TestEnv::new();
            let video = env.video(&clip, "minute.mp4");
            let (out, copy) = (env.out(), format!("video.copy={copy}"));
            let add = ["add", "--set", &copy, "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
            assert_eq!(env.spool(&add).code, 0);
            let begun = Instant::now();
            assert_eq!(env.spool_slowly(&["run", "--until-idle"]).code, 0);
            seconds[n].push(begun.elapsed().as_secs_f64());
        }
    }
    let [copied, encoded] = seconds.map(median);
    keep(figures, "a minute of 720p copied and checked, median", copied, "s");
    keep(figures, "the same encoded", encoded, "s");
    keep(figures, "encoding to copying", encoded / copied, "(limit 20)");
}
