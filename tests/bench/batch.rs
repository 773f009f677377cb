//! A batch of twelve clips: `spool run --workers auto` compared with bare ffmpeg with the same arguments, one, two and
//! four at a time. Rounds are interleaved and medians compared. Also measures the memory of spool itself.
//!
//! `SPOOL_BENCH_ROUNDS` sets the rounds (default 5).

use crate::{Figures, keep, median};
use serde_json::Value;
use spool_tests::env::TestEnv;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

const CLIPS: usize = 12;

/// Parallel ffmpeg processes of the bare runs; a round is one run of spool and one of each of these.
const AT_A_TIME: [usize; 3] = [1, 2, 4];

pub(crate) fn measure(figures: &mut Figures) {
    let rounds = std::env::var("SPOOL_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let clip = clip();
    let first = environment(&clip);
    let mut memory: f64 = 0.0;
    // The first run of spool also provides the commands of the bare runs.
    let mut spool = |env: &TestEnv| {
        let (seconds, megabytes) = run_spool(env);
        memory = memory.max(megabytes);
        seconds
    };
    let mut seconds = vec![vec![spool(&first)], Vec::new(), Vec::new(), Vec::new()];
    let commands = commands(&first);
    for round in 0..rounds {
        for turn in 0..seconds.len() {
            // Each round starts with another run, so that none is always the first.
            let one = (round + turn) % seconds.len();
            match one {
                0 if round == 0 => {}
                0 => seconds[0].push(spool(&environment(&clip))),
                bare => seconds[bare].push(run_bare(&commands, AT_A_TIME[bare - 1])),
            }
        }
        let last: Vec<f64> = seconds.iter().filter_map(|s| s.last().copied()).collect();
        println!("round {}: spool, bare ffmpeg 1, 2, 4 at a time: {last:.1?} s", round + 1);
    }
    let medians: Vec<f64> = seconds.into_iter().map(median).collect();
    keep(figures, "batch of 12 by spool --workers auto, median", medians[0], "s");
    for (n, seconds) in AT_A_TIME.iter().zip(&medians[1..]) {
        keep(figures, &format!("the same by bare ffmpeg, {n} at a time, median"), *seconds, "s");
    }
    let best = medians[1..].iter().copied().fold(f64::INFINITY, f64::min);
    keep(figures, "spool to the best of bare ffmpeg", medians[0] / best, "(limit 1.03)");
    keep(figures, "peak memory of the spool process", memory, "MB (limit 60)");
}

/// A clip with noise and movement that takes two cores about 15 s to encode, made once.
pub(crate) fn clip() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/clips/bench.mkv");
    if !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let unfinished = path.with_extension("new.mkv");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=7.2"])
            .args([
                "-f",
                "lavfi",
                "-i",
                "sine=d=7.2",
                "-vf",
                "noise=alls=12:allf=t",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
            ])
            .args(["-crf", "20", "-c:a", "aac"])
            .arg(&unfinished)
            .status();
        assert!(made.unwrap().success());
        std::fs::rename(unfinished, &path).unwrap();
    }
    path
}

fn environment(clip: &Path) -> TestEnv {
    let env = TestEnv::new();
    for n in 0..CLIPS {
        env.video(clip, &format!("{n}.mkv"));
    }
    let out = env.out();
    for n in 0..CLIPS {
        let source = env.videos().join(format!("{n}.mkv"));
        assert_eq!(
            env.spool(&[
                "add",
                "--set",
                "video.copy=never",
                "--output-dir",
                out.to_str().unwrap(),
                source.to_str().unwrap()
            ])
            .code,
            0
        );
    }
    env
}

/// Wall-clock seconds of the whole run, and the peak memory in megabytes.
fn run_spool(env: &TestEnv) -> (f64, f64) {
    let started = Instant::now();
    let mut run = env.start(&["run", "--until-idle", "--workers", "auto"]);
    let mut peak: f64 = 0.0;
    while !run.has_ended() {
        peak = peak.max(peak_memory(run.id()));
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(run.answer().code, 0);
    (seconds, peak)
}

/// Peak resident memory according to the kernel, in megabytes; 0 if unknown.
fn peak_memory(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.0) / 1000.0
}

/// The commands that spool ran, with other output files.
fn commands(env: &TestEnv) -> Vec<Vec<String>> {
    let command = |job: &Value| {
        let shown = env.spool(&["show", &job["id"].to_string(), "--json"]).json().remove(0);
        let words = shown["attempts"][0]["commands"][0].as_array().unwrap().iter();
        let mut words: Vec<String> = words.map(|w| w.as_str().unwrap().to_owned()).collect();
        *words.last_mut().unwrap() =
            format!("file:{}", env.out().join(format!("bare-{}.mp4", job["id"])).display());
        words
    };
    env.jobs().iter().map(command).collect()
}

/// Wall-clock seconds of all commands, `n` at a time.
fn run_bare(commands: &[Vec<String>], n: usize) -> f64 {
    let left: Mutex<VecDeque<&Vec<String>>> = Mutex::new(commands.iter().collect());
    let work = || {
        loop {
            let next = left.lock().unwrap().pop_front();
            let Some(command) = next else { return };
            let mut ffmpeg = Command::new(&command[0]);
            ffmpeg.args(&command[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            assert!(ffmpeg.status().unwrap().success());
        }
    };
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..n {
            scope.spawn(work);
        }
    });
    started.elapsed().as_secs_f64()
}
