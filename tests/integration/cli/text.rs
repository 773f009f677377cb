//! Text output of the command line: `--quiet`, hints that no engine runs, names of states, and jobs that look alike.

use crate::cli::basics::{one_of_three_broken, queued, says};
use serde_json::{Value, json};
use spool_tests::clips;
use spool_tests::env::TestEnv;
use std::fs;

const NO_ENGINE: &str = "The queue is not running; start it with `spool run`.";

#[test]
fn quiet_keeps_failures_with_their_reasons_and_requested_output() {
    let env = one_of_three_broken();
    let ran = env.spool(&["-q", "run", "--until-idle"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:?}");
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    assert!(ran.stderr.starts_with("spool: b.mkv (job 2) failed: "), "{ran:?}");
    for command in [
        &["list"][..],
        &["show", "2"],
        &["status"],
        &["presets"],
        &["presets", "export", "web-1080p"],
        &["probe", "videos/a.mkv"],
        &["doctor"],
    ] {
        let (quiet, plain) = (env.spool(&[&["-q"], command].concat()), env.spool(command));
        assert!(!quiet.stdout.is_empty() && quiet.stdout == plain.stdout, "{command:?}: {quiet:?}");
    }
    env.spool(&["hold", "2"]);
    let retried = env.spool(&["-q", "retry", "2"]);
    assert_eq!((retried.code, retried.stdout.as_str(), retried.stderr.as_str()), (0, "", ""));
    env.spool(&["hold", "2"]);
    let stuck = env.spool(&["-q", "run", "--until-idle"]);
    assert_eq!((stuck.code, stuck.stderr.as_str()), (1, "spool: 1 video on hold.\n"), "{stuck:?}");
}

#[test]
fn commands_that_need_an_engine_report_that_none_runs() {
    let env = queued();
    env.video(&clips::ordinary(), "d.mkv");
    says(&env.spool(&["add", "videos/d.mkv"]), 0, NO_ENGINE);
    env.spool(&["hold", "--all"]);
    says(&env.spool(&["release", "1"]), 0, NO_ENGINE);
    says(&env.spool(&["resume"]), 0, NO_ENGINE);
    env.spool(&["cancel", "1"]);
    says(&env.spool(&["retry", "--state", "cancelled"]), 0, NO_ENGINE);
    assert_eq!(env.spool(&["watch", "--until-idle"]).stderr, format!("spool: {NO_ENGINE}\n"));
    env.spool(&["cancel", "1"]);
    for command in
        [&["retry", "1"][..], &["release", "2"], &["resume"], &["add", "--again", "--next", "videos/c.mkv"]]
    {
        let answer = env.spool(&[command, &["--json"]].concat());
        assert!(answer.json().iter().all(|line| line["worked"] == json!(false)), "{command:?}: {answer:?}");
    }
    env.spool(&["pause"]);
    env.spool(&["cancel", "1"]);
    says(&env.spool(&["retry", "1"]), 0, "The queue is paused; `spool resume` resumes it.");
}

#[test]
fn jobs_are_selected_by_common_names_of_their_states() {
    let env = queued();
    says(&env.spool(&["hold", "2"]), 0, "Job 2 on hold.");
    says(&env.spool(&["hold", "--all"]), 0, "2 jobs on hold.");
    says(&env.spool(&["release", "--state", "Held"]), 0, "3 jobs released.");
    says(&env.spool(&["release", "--all"]), 0, "There was nothing to do.");
    says(&env.spool(&["move", "1", "--bottom"]), 0, "Job 1 moved to the bottom.");
    assert_eq!(env.jobs().iter().map(|job| job["id"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 3, 1]);
    says(
        &env.spool(&["cancel", "2-3"]),
        0,
        "`spool retry --state cancelled` puts all that is cancelled back",
    );
    env.spool(&["hold", "1"]);
    let listed = |words: &str| {
        let jobs = env.spool(&["list", "--json", "--state", words]).json();
        jobs.iter().map(|job| job["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(
        (listed("Canceled"), listed("on hold"), listed("held,aborted")),
        (vec![3, 2], vec![1], vec![1, 3, 2])
    );
    assert_eq!(listed("queued"), [1], "held jobs count as queued");
    assert_eq!((listed("failed,done"), listed("all").len()), (vec![], 3));
    says(&env.spool(&["list", "--state", "held,nosuch"]), 2, "\"nosuch\" is not a state");
    says(&env.spool(&["retry", "--state", "cancelled,failed"]), 0, "2 jobs queued again.");
    says(&env.spool(&["remove", "--all"]), 0, "3 jobs removed.");
    says(&env.spool(&["list"]), 0, "The queue is empty.");
}

#[test]
fn jobs_that_look_alike_are_distinguished_in_the_list() {
    let env = TestEnv::new();
    for folder in ["day 1", "day 2"] {
        fs::create_dir(env.videos().join(folder)).unwrap();
        env.video(&clips::ordinary(), &format!("{folder}/GX010001.MP4"));
    }
    env.video(&clips::ordinary(), "other.mkv");
    let out = env.out();
    let add = |args: &[&str]| env.spool(&[&["add", "--output-dir", out.to_str().unwrap()], args].concat());
    add(&["videos/day 1", "videos/day 2", "videos/other.mkv"]);
    let lines = |args: &[&str]| env.spool(&[&["list"], args].concat()).stdout;
    let listed = lines(&[]);
    for name in ["  day 1/GX010001.MP4  -> ", "  day 2/GX010001.MP4  -> ", "  other.mkv  -> "] {
        assert!(listed.contains(name), "{name}: {listed}");
    }
    let whole = env.videos().join("day 1/GX010001.MP4");
    assert!(lines(&["--paths"]).contains(whole.to_str().unwrap()));
    for set in [&["--set", "video.crf=18"][..], &["--preset", "small-hevc"], &["--preset", "audio-m4a"]] {
        add(&[set, &["videos/other.mkv"]].concat());
    }
    let listed = lines(&[]);
    for wanted in ["[web-1080p]", "[web-1080p, video.crf 18]", "[small-hevc]", "[audio-m4a]"] {
        assert!(listed.contains(&format!("  other.mkv  {wanted}  -> ")), "{wanted}: {listed}");
    }
    let shown =
        |id: &str| (env.spool(&["show", id]).stdout, env.spool(&["show", id, "--json"]).json().remove(0));
    let (words, data) = shown("4");
    assert!(words.contains("\nchanged   video.crf 18\n"), "{words}");
    assert_eq!(data["changed"], json!({ "video.crf": 18 }));
    let (words, data) = shown("3");
    assert!(!words.contains("changed") && data["changed"] == json!({}), "{words}");
}

#[test]
fn an_audio_only_result_has_no_percentage() {
    let env = TestEnv::new();
    env.video(&clips::ordinary(), "a.mkv");
    env.spool(&[
        "add",
        "--preset",
        "audio-m4a",
        "--flat",
        "--output-dir",
        env.out().to_str().unwrap(),
        "videos",
    ]);
    let ran = env.spool(&["run", "--until-idle"]).stdout;
    let end = ran.lines().find(|line| line.contains("a.m4a  ")).unwrap();
    assert!(end.contains(" kB -> ") && !end.contains('%'), "{ran}");
    env.spool(&[
        "add",
        "--set",
        "video.copy=never",
        "--flat",
        "--output-dir",
        env.out().to_str().unwrap(),
        "videos",
    ]);
    assert!(env.spool(&["run", "--until-idle"]).stdout.contains(" %)  verified"));
}

#[test]
fn usage_lines_name_only_required_arguments() {
    let env = TestEnv::new();
    for (line, usage) in [
        (&["retry"][..], "retry <ID|--all|--state <STATE>>"),
        (&["move", "3"], "move <--top|--bottom|--up|--down> <ID>..."),
        (&["probe"], "probe <PATHS>"),
    ] {
        let answer = env.spool(line);
        says(&answer, 2, usage);
        assert!(!answer.stderr.contains("--data-dir"), "{answer:?}");
    }
    says(&env.spool(&["add", "--help"]), 0, "[env: SPOOL_DATA_DIR]");
    let unknown = env.spool(&["convert", "a.mkv"]);
    assert_eq!(
        unknown.stderr,
        "spool: There is no command \"convert\"; `spool add` queues videos, `spool run` runs the queue.\n"
    );
    says(&env.spool(&["add", "-dash.mkv"]), 2, "write ./-dash.mkv for the file");
    env.video(&clips::ordinary(), "a.mkv");
    fs::rename(env.videos().join("a.mkv"), env.videos().join("../-dash")).unwrap();
    says(&env.spool(&["probe", "-dash"]), 2, "write ./-dash for the file");
    says(&env.spool(&["probe", "./-dash"]), 0, "320x240");
}

#[test]
fn the_status_is_one_line_or_one_json_object() {
    let env = one_of_three_broken();
    env.spool(&["hold", "3"]);
    let line = env.spool(&["status"]).stdout;
    assert_eq!(line, format!("2 queued, 1 on hold. {NO_ENGINE}\n"));
    env.spool(&["run", "--until-idle"]);
    let answer = env.spool(&["status", "--json"]).json();
    let [status] = answer.as_slice() else { panic!("{answer:?}") };
    let counts = |names: &[&str]| names.iter().map(|name| status[name].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(counts(&["running", "queued", "held", "done", "failed"]), [0, 0, 1, 1, 1], "{status}");
    assert_eq!((&status["paused"], &status["worker"]), (&json!(false), &Value::Null));
}

#[test]
fn show_accepts_numbers_and_ranges() {
    let env = queued();
    let shown = env.spool(&["show", "1", "2-3", "7"]);
    assert_eq!((shown.code, shown.stdout.matches("\nsource ").count()), (1, 3), "{shown:?}");
    says(&shown, 1, "There is no job 7.");
}

#[test]
fn a_file_as_the_data_folder_is_refused() {
    let env = TestEnv::new();
    let file = env.video(&clips::ordinary(), "a.mkv");
    let answer = env.spool(&["list", "--data-dir", file.to_str().unwrap()]);
    says(&answer, 2, "a.mkv is a file; the queue needs a folder.");
}
