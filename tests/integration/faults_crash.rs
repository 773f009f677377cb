//! kill -9 of the engine at a chosen step of a job, rather than at random (see `crash.rs`): its processes end,
//! the part goes, the job is done by the next engine, once.

use spool_tests::env::{TestEnv, binary};
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::path::Path;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// Tools at work on files of this world.
fn tools(env: &TestEnv) -> Vec<String> {
    let world = env.out().parent().unwrap().to_string_lossy().into_owned();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.map(|e| fs::read(e.path().join("cmdline")).unwrap_or_default());
    let words = lines.map(|l| String::from_utf8_lossy(&l).into_owned());
    words.filter(|l| l.contains(&world) && l.split('\0').next().unwrap().contains("ff")).collect()
}

/// Adds this video, starts an engine, and kills it once `moment` has come; then the next does the job.
fn killed_when(env: &TestEnv, video: &Path, moment: impl Fn(&TestEnv) -> bool, mend: impl Fn(&TestEnv)) {
    let out = env.out();
    let add = ["add", "--output-dir", out.to_str().unwrap(), video.to_str().unwrap()];
    assert_eq!(env.spool(&add).code, 0);
    let run = env.start(&["run"]);
    wait_until("the moment", SOON, || moment(env));
    run.crash();
    wait_until("its tools to end", Duration::from_secs(5), || tools(env).is_empty());
    mend(env);
    let ran = env.spool(&["run", "--until-idle"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let job = env.jobs().remove(0);
    assert_eq!((&job["state"], &job["attempt"]), (&"done".into(), &1.into()));
    assert_eq!(env.results().len(), 1, "one result, no part file: {:?}", env.results());
    assert!(judge::decodes(Path::new(job["output"].as_str().unwrap())));
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_while_a_source_is_looked_at_costs_nothing() {
    let env = TestEnv::new();
    env.settings(&serde_json::json!({ "ffprobe": binary("fake-ffprobe") }));
    let video = env.video(&clips::ordinary(), "fake-probeslow.mkv");
    let looked_at = |env: &TestEnv| tools(env).iter().any(|l| l.contains("fake-probeslow"));
    killed_when(&env, &video, looked_at, |env| env.settings(&serde_json::json!({})));
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_while_a_result_is_verified_leaves_one_result_in_the_end() {
    let env = TestEnv::new();
    env.settings(&serde_json::json!({ "ffprobe": binary("fake-ffprobe") }));
    let sign = env.out().parent().unwrap().join("slow-verify");
    fs::write(&sign, "").unwrap();
    let video = env.video(&clips::ordinary(), "a.mkv");
    let verified = |env: &TestEnv| {
        tools(env).iter().any(|l| l.contains("fake-ffprobe") && l.contains(".part"))
            && env.results().len() == 1
    };
    killed_when(&env, &video, verified, |_| fs::remove_file(&sign).unwrap());
}
