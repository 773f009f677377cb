//! The command line: exit codes, plain errors, stable JSON.

use serde_json::{Value, json};
use spool_tests::clips;
use spool_tests::env::{Answer, TestEnv};
use std::fs;

/// An environment with three queued videos.
pub(crate) fn queued() -> TestEnv {
    let env = TestEnv::new();
    for name in ["a.mkv", "b.mkv", "c.mkv"] {
        env.video(&clips::ordinary(), name);
    }
    let out = env.out();
    let added = env.spool(&[
        "add",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "--set",
        "video.copy=never",
        "videos",
    ]);
    assert_eq!(added.code, 0, "{added:?}");
    env
}

pub(crate) fn states(env: &TestEnv) -> Vec<String> {
    env.jobs().iter().map(|j| j["state"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn says(answer: &Answer, code: i32, words: &str) {
    assert_eq!(answer.code, code, "{answer:?}");
    let all = format!("{}{}", answer.stdout, answer.stderr);
    assert!(all.contains(words), "\"{words}\" is missing: {answer:?}");
    assert!(!all.contains("Err(") && !all.contains("Some("), "a debug print: {answer:?}");
}

#[test]
fn add_reports_each_file() {
    let env = queued();
    let again = env.spool(&[
        "add",
        "--output-dir",
        env.out().to_str().unwrap(),
        "--set",
        "video.copy=never",
        "--json",
        "videos/a.mkv",
        "videos/no.mkv",
    ]);
    assert_eq!(again.code, 1);
    let lines = again.json();
    assert_eq!((lines[0]["outcome"].as_str(), lines[0]["id"].as_i64()), (Some("duplicate"), Some(1)));
    assert_eq!(lines[1]["outcome"], "refused");
    assert!(lines[1]["reason"].as_str().unwrap().ends_with("no.mkv does not exist."));
}

#[test]
fn a_done_video_is_queued_again_only_on_request() {
    let env = queued();
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 0);
    let out = env.out();
    let add = ["add", "--output-dir", out.to_str().unwrap(), "--set", "video.copy=never", "videos/a.mkv"];
    says(&env.spool(&add), 0, "a.mkv was done before; --again converts it again");
    assert_eq!(env.spool(&[&add[..], &["--again"]].concat()).code, 0);
    assert_eq!(env.jobs().iter().filter(|job| job["state"] == "queued").count(), 1);
}

#[test]
fn other_spellings_of_a_path_and_links_to_a_file_are_duplicates() {
    let env = queued();
    #[cfg(unix)]
    std::os::unix::fs::symlink(env.videos().join("a.mkv"), env.videos().join("link.mkv")).unwrap();
    let out = env.out();
    let other = format!("{}/./b.mkv", env.videos().display());
    let link = format!("{}/link.mkv", env.videos().display());
    let again = env.spool(&[
        "add",
        "--output-dir",
        out.to_str().unwrap(),
        "--set",
        "video.copy=never",
        "--json",
        &other,
        &link,
    ]);
    assert!(again.json().iter().all(|line| line["outcome"] == "duplicate"), "{again:?}");
}

#[test]
fn bad_usage_is_refused_with_a_plain_sentence_and_changes_nothing() {
    let env = queued();
    says(
        &env.spool(&["add", "--preset", "webb", "videos"]),
        2,
        "There is no preset \"webb\"; choose one of web-1080p",
    );
    says(&env.spool(&["add", "--set", "video.crf", "videos"]), 2, "--set takes KEY=VALUE");
    says(&env.spool(&["add", "--set", "video.crf=99", "videos"]), 2, "0 to 51");
    says(&env.spool(&["add", "--output-dir", "videos/a.mkv", "videos"]), 2, "a.mkv is not a folder");
    says(&env.spool(&["list", "--state", "status"]), 2, "is not a state");
    says(&env.spool(&["retry", "seven"]), 2, "such as 19-24");
    says(&env.spool(&["watch", "3-5"]), 2, "use the number of one job");
    says(&env.spool(&["run", "--workers", "0"]), 2, "from 1 to 64");
    says(&env.spool(&["remove"]), 2, "required");
    assert_eq!(states(&env), ["queued", "queued", "queued"]);
}

#[test]
fn commands_change_jobs_and_report_those_that_they_cannot_change() {
    let env = queued();
    says(&env.spool(&["hold", "1-2"]), 0, "2 jobs on hold.");
    says(&env.spool(&["release", "1"]), 0, "Job 1 released.");
    says(&env.spool(&["cancel", "2"]), 0, "Job 2 cancelled.");
    says(&env.spool(&["retry", "2", "3"]), 1, "Job 3 is queued, so this does not apply to it.");
    says(&env.spool(&["move", "3", "--top"]), 0, "Job 3 moved to the top.");
    let order: Vec<i64> = env.jobs().iter().map(|j| j["id"].as_i64().unwrap()).collect();
    assert_eq!(order, [3, 1, 2]);
    assert_eq!(env.spool(&["show", "2-3", "--json"]).json().len(), 2);
    says(&env.spool(&["remove", "--state", "queued"]), 0, "3 jobs removed.");
    says(&env.spool(&["show", "1"]), 1, "There is no job 1.");
    let missing = env.spool(&["hold", "7-9", "11"]);
    assert_eq!((missing.code, missing.stderr.as_str()), (1, "spool: There are no jobs 7-9, 11.\n"));
    says(&env.spool(&["retry", "--all"]), 0, "There was nothing to do.");
}

#[test]
fn a_run_of_a_paused_or_held_queue_exits_with_1_and_reports_the_jobs_left() {
    let env = queued();
    says(&env.spool(&["pause"]), 0, "paused");
    says(&env.spool(&["run", "--until-idle"]), 1, "3 videos paused.\nThe queue is paused; `spool resume`");
    env.spool(&["resume"]);
    env.spool(&["hold", "1"]);
    says(&env.spool(&["run", "--until-idle"]), 1, "2 videos done, 1 video on hold \u{b7} ");
    assert_eq!(env.results().len(), 2);
}

#[test]
fn a_run_reports_that_its_only_job_was_cancelled() {
    let env = TestEnv::new();
    env.use_fake_ffmpeg();
    env.video(&clips::ordinary(), "fake-stall.mkv");
    env.spool(&[
        "add",
        "--flat",
        "--output-dir",
        env.out().to_str().unwrap(),
        "--set",
        "video.copy=never",
        "videos",
    ]);
    let run = env.start(&["run", "--until-idle"]);
    let runs = || env.jobs()[0]["state"] == "running";
    spool_tests::wait_until("the job to run", std::time::Duration::from_secs(10), runs);
    env.spool(&["cancel", "1"]);
    says(&run.answer(), 0, "1 video cancelled.");
}

#[test]
fn a_missing_ffmpeg_exits_with_4_and_explains_how_to_install_it() {
    let env = queued();
    let without = |verb: &[&str]| env.start_with(verb, &[("PATH", "/nowhere".into())]).answer();
    says(&without(&["run", "--until-idle"]), 4, "ffmpeg was not found. Install");
    says(&without(&["doctor"]), 4, "ffmpeg was not found.");
    env.settings(&json!({ "ffmpeg": "/nowhere/ffmpeg" }));
    says(
        &env.spool(&["run", "--until-idle"]),
        4,
        "/nowhere/ffmpeg, named in the settings, is not a usable file",
    );
    assert_eq!(states(&env), ["queued", "queued", "queued"], "all jobs stay queued");
    env.settings(&json!({}));
    says(&env.spool(&["doctor"]), 0, "");
}

#[test]
fn an_invalid_settings_file_is_reported_and_not_changed() {
    let env = queued();
    fs::write(env.data().join("settings.json"), "{ \"workers\": \"all\" }").unwrap();
    says(&env.spool(&["list"]), 1, "settings.json cannot be read");
    assert_eq!(fs::read_to_string(env.data().join("settings.json")).unwrap(), "{ \"workers\": \"all\" }");
}

#[test]
fn a_missing_working_folder_and_an_empty_output_folder_are_reported() {
    let env = queued();
    let in_a_gone_folder = "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"";
    let gone = env.under("sh", &["-c", in_a_gone_folder, "sh"], &["probe", "a.mkv"]).unwrap();
    says(&gone, 2, "The folder that this was started in cannot be found (No such file or directory)");
    env.settings(&json!({ "outputDir": "" }));
    says(&env.spool(&["add", "videos"]), 1, "cannot be read: outputDir must not be empty.");
}

#[test]
fn presets_are_listed_exported_and_imported() {
    let env = TestEnv::new();
    says(&env.spool(&["presets"]), 0, "web-1080p");
    let mut preset: Value =
        serde_json::from_str(&env.spool(&["presets", "export", "web-1080p"]).stdout).unwrap();
    let file = env.videos().join("mine.json");
    preset["id"] = "mine".into();
    preset["video"]["crf"] = 60.into();
    fs::write(&file, preset.to_string()).unwrap();
    says(&env.spool(&["presets", "import", file.to_str().unwrap()]), 2, "video.crf must be 0 to 51, not 60");
    preset["video"]["crf"] = 30.into();
    fs::write(&file, preset.to_string()).unwrap();
    says(&env.spool(&["presets", "import", file.to_str().unwrap()]), 0, "--preset mine");
    env.video(&clips::ordinary(), "a.mkv");
    says(&env.spool(&["add", "--preset", "mine", "videos"]), 0, "accepted");
    assert_eq!(env.jobs()[0]["preset"], "mine");
    fs::write(env.data().join("presets.json"), "{").unwrap();
    let broken = env.spool(&["presets", "import", file.to_str().unwrap()]);
    says(&broken, 1, "presets.json cannot be read");
    assert!(!broken.stderr.contains(".."), "{broken:?}");
}

#[test]
fn probe_reports_the_streams_of_a_file_and_its_plan() {
    let env = TestEnv::new();
    let video = env.video(&clips::ordinary(), "-a%d:b.mkv");
    let plan = env.spool(&["probe", "--json", "--preset", "remux-mp4", video.to_str().unwrap()]);
    let answer = plan.json().remove(0);
    assert_eq!(answer["media"]["streams"][0]["codec"], "h264");
    assert_eq!(answer["plan"]["streams"][0]["action"]["do"], "copy");
    says(&env.spool(&["probe", video.to_str().unwrap()]), 0, "320x240");
    let mono = clips::clip("mono.mp4", 1.0, true, &["-c:v", "libx264", "-ac", "1"]);
    let probed = env.spool(&["probe", mono.to_str().unwrap()]);
    says(&probed, 0, " 1 channel 48000 Hz");
    assert!(!probed.stdout.contains("und"), "{probed:?}");
    says(&env.spool(&["probe", "/nowhere.mkv"]), 1, "spool: /nowhere.mkv does not exist.\n");
}

#[test]
fn doctor_checks_tools_encoders_database_and_disk() {
    let env = queued();
    let answer = env.spool(&["doctor", "--json"]);
    let checks: Vec<Value> = answer.json();
    for name in ["ffmpeg", "ffprobe", "encoder", "queue", "disk"] {
        assert!(checks.iter().any(|c| c["check"] == name && c["good"] == true), "{name}: {answer:?}");
    }
}

#[test]
fn a_damaged_queue_is_refused_unchanged_and_restored_from_its_backup() {
    let env = queued();
    // A run makes a backup when the queue becomes idle.
    env.spool(&["run", "--until-idle"]);
    assert_eq!(fs::read_dir(env.data().join("backups")).unwrap().count(), 1);
    let database = env.data().join("queue.db");
    let broken = b"this is no database at all".repeat(400);
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(env.data().join(format!("queue.db{suffix}")));
    }
    fs::write(&database, &broken).unwrap();
    says(&env.spool(&["list"]), 1, "spool doctor --restore");
    assert_eq!(fs::read(&database).unwrap(), broken, "the damaged file is not changed");
    says(&env.spool(&["doctor", "--restore"]), 0, "The newest backup was restored");
    assert_eq!(states(&env).len(), 3);
    let kept = fs::read_dir(env.data()).unwrap().map(|e| e.unwrap().path());
    let kept: Vec<_> = kept.filter(|p| p.to_string_lossy().contains("damaged")).collect();
    assert_eq!(fs::read(&kept[0]).unwrap(), broken, "the damaged file is kept");
    says(&env.spool(&["list"]), 0, "The queue is paused");
}

#[test]
fn watch_follows_a_job_to_its_end() {
    let env = queued();
    let watch = env.start(&["watch", "3", "--json"]);
    env.spool(&["run", "--until-idle"]);
    let answer = watch.answer();
    assert_eq!(answer.code, 0, "{answer:?}");
    assert_eq!(answer.json().last().unwrap()["state"], "done");
}

#[cfg(unix)]
#[test]
fn sigterm_stops_cleanly_and_sigint_lets_running_jobs_finish() {
    use rustix::process::{Pid, Signal, kill_process};
    use spool_tests::wait_until;
    let env = TestEnv::new();
    let minute = clips::clip("minute.mkv", 60.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    env.video(&minute, "a.mkv");
    env.video(&clips::ordinary(), "b.mkv");
    let out = env.out();
    env.spool(&[
        "add",
        "--flat",
        "--output-dir",
        out.to_str().unwrap(),
        "--set",
        "video.speed=veryfast",
        "--set",
        "video.copy=never",
        "videos",
    ]);
    for (signal, after) in [(Signal::TERM, ["queued", "queued"]), (Signal::INT, ["done", "queued"])] {
        let run = env.start(&["run", "--workers", "1"]);
        wait_until("the job to run", std::time::Duration::from_secs(10), || states(&env)[0] == "running");
        kill_process(Pid::from_raw(run.id() as i32).unwrap(), signal).unwrap();
        let answer = run.answer();
        assert_eq!(states(&env), after, "{answer:?}");
    }
    assert_eq!(env.jobs()[0]["attempt"], 1, "the stopped attempt is not counted");
}

#[test]
fn a_retry_is_refused_if_another_job_has_taken_the_name() {
    let env = TestEnv::new();
    let out = env.out();
    env.video(&clips::ordinary(), "a.mkv");
    env.video(&clips::ordinary(), "a.mov");
    let add = |name| env.spool(&["add", "--output-dir", out.to_str().unwrap(), name]);
    add("videos/a.mkv");
    env.spool(&["cancel", "1"]);
    says(&add("videos/a.mov"), 0, "a.mp4");
    let taken = "Job 1 was not changed: its video, or the name of its result, is taken by another job";
    says(&env.spool(&["retry", "1"]), 1, taken);
    says(&env.spool(&["retry", "1", "--json"]), 1, taken);
}

#[test]
fn completions_and_help_are_printed() {
    let env = TestEnv::new();
    says(&env.spool(&["completions", "bash"]), 0, "_spool");
    for verb in ["add", "run", "list", "show", "watch", "retry", "move", "presets", "probe", "doctor"] {
        says(&env.spool(&[verb, "--help"]), 0, "Usage: spool");
    }
}

#[test]
fn nothing_is_written_outside_the_data_and_output_folders() {
    let env = queued();
    env.spool(&["run", "--until-idle"]);
    let names: Vec<_> = fs::read_dir(env.data())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let database = ["queue.db", "queue.db-wal", "queue.db-shm", "queue.opening", "queue.users"];
    let ours = [&database[..], &["engine.lock", "spool.log", "backups"]].concat();
    assert!(names.iter().all(|n| ours.contains(&n.as_str())), "{names:?}");
    let mut videos: Vec<_> = fs::read_dir(env.videos()).unwrap().map(|e| e.unwrap().file_name()).collect();
    videos.sort();
    assert_eq!(videos, ["a.mkv", "b.mkv", "c.mkv"]);
}

#[test]
fn paths_through_links_and_dots_resolve_to_the_same_place() {
    let env = TestEnv::new();
    let folder = env.videos().join("holiday");
    fs::create_dir(&folder).unwrap();
    env.video(&clips::ordinary(), "holiday/a.mkv");
    std::os::unix::fs::symlink(&folder, env.videos().join("link")).unwrap();
    std::os::unix::fs::symlink(env.out(), env.videos().join("out")).unwrap();
    let out = env.out();
    let out = out.to_str().unwrap();
    says(&env.spool(&["add", "--output-dir", out, "videos/holiday/a.mkv"]), 0, "accepted");
    for (to, video) in [
        (out, "videos/holiday/../holiday/a.mkv"),
        (out, "videos/link/a.mkv"),
        ("videos/out", "videos/holiday/a.mkv"),
        ("videos/../out", "videos/link/a.mkv"),
    ] {
        says(&env.spool(&["add", "--output-dir", to, video]), 0, "already queued");
    }
    says(&env.spool(&["run", "--until-idle"]), 0, "1 video done");
    says(&env.spool(&["add", "videos/out"]), 0, "is the result of this job");
}

/// An environment with three queued files, the second of which is not a video.
pub(crate) fn one_of_three_broken() -> TestEnv {
    let env = TestEnv::new();
    fs::write(env.videos().join("b.mkv"), "no video").unwrap();
    for name in ["a.mkv", "c.mkv"] {
        env.video(&clips::ordinary(), name);
    }
    let out = env.out();
    let added = env.spool(&["add", "--flat", "--output-dir", out.to_str().unwrap(), "videos"]);
    assert_eq!(added.code, 0, "{added:?}");
    env
}

#[test]
fn retry_all_applies_to_failed_jobs_and_not_to_cancelled_ones() {
    let env = one_of_three_broken();
    assert_eq!(env.spool(&["cancel", "1"]).code, 0);
    assert_eq!(env.spool(&["run", "--until-idle"]).code, 1);
    says(&env.spool(&["retry", "--all"]), 0, "Job 2 queued again");
    let mut states = states(&env);
    states.sort();
    assert_eq!(states, ["cancelled", "done", "queued"]);
}
