//! User journeys through the real window, each on a desktop of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use serde_json::Value;
use spool_e2e::app::{App, binary};
use spool_e2e::desktop::{Desktop, SOON};
use spool_tests::{clips, judge, wait_until};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Returns the state of the job with this index; null if there is none.
fn state(desk: &Desktop, n: usize) -> Value {
    desk.env.jobs().get(n).map_or(Value::Null, |job| job["state"].clone())
}

/// Returns a desktop whose results go to the out folder, encoded with a fast preset.
fn desk() -> Desktop {
    let desk = Desktop::new();
    configure(&desk, &serde_json::json!({}));
    desk
}

/// Writes the fast preset and the settings, to which `more` is added.
fn configure(desk: &Desktop, more: &Value) {
    let preset = desk.env.spool(&["presets", "export", "web-1080p"]).stdout;
    let mut preset: Value = serde_json::from_str(&preset).unwrap();
    preset["id"] = "quick".into();
    preset["name"] = "Quick".into();
    preset["video"]["speed"] = "ultrafast".into();
    preset["video"]["copy"] = "never".into();
    fs::write(desk.env.data().join("presets.json"), Value::Array(vec![preset]).to_string()).unwrap();
    let mut settings = serde_json::json!({ "preset": "quick", "outputDir": desk.env.out() });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    desk.env.settings(&settings);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_named_at_the_start_are_converted_and_verified() {
    let desk = desk();
    let long = clips::clip("minute.mkv", 60.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let (a, b) = (desk.env.video(&long, "a.mkv"), desk.env.video(&clips::ordinary(), "b.mkv"));
    let app = App::start(&desk, &[text(&a), text(&b)]).await;
    app.reads("#tab-done .count", "2").await;
    app.click("#tab-done").await;
    app.reads("[role=row]", "a.mkv").await;
    app.picture("done-real").await;
    app.reads("[role=row]", "Verified").await;
    app.page.refresh().await.unwrap();
    app.reads_within("#tab-done .count", "2", Duration::from_secs(2)).await;
    assert_eq!(desk.env.results(), ["a.mp4", "b.mp4"]);
    assert!(judge::decodes(&desk.env.out().join("a.mp4")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_fails_with_a_reason_and_can_be_replaced_and_retried() {
    let desk = desk();
    let video = desk.env.videos().join("letter.mp4");
    fs::write(&video, "Dear reader, this is no video.\n".repeat(100)).unwrap();
    let app = App::start(&desk, &[text(&video)]).await;
    app.reads("#tab-failed .count", "1").await;
    app.click("#tab-failed").await;
    app.reads("[data-state=failed]", "Not a video that can be read").await;
    app.picture("failed-real").await;
    fs::copy(clips::ordinary(), &video).unwrap();
    app.press("Retry").await;
    app.reads("#tab-done .count", "1").await;
    app.reads("#tab-failed .count", "0").await;
    assert!(judge::decodes(&desk.env.out().join("letter.mp4")));
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_all_retries_every_failed_job() {
    let desk = desk();
    for name in ["a.mp4", "b.mp4", "c.mp4"] {
        fs::write(desk.env.videos().join(name), "no video").unwrap();
    }
    let app = App::start(&desk, &[text(&desk.env.videos())]).await;
    app.reads("#tab-failed .count", "3").await;
    app.click("#tab-failed").await;
    app.reads("[role=grid]", "3 files are not videos that can be read").await;
    for name in ["a.mp4", "b.mp4", "c.mp4"] {
        fs::copy(clips::ordinary(), desk.env.videos().join(name)).unwrap();
    }
    app.press("Retry all 3").await;
    app.reads("#tab-done .count", "3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_paused_resumed_and_cancelled() {
    let desk = Desktop::new();
    configure(&desk, &serde_json::json!({ "ffmpeg": spool_tests::env::binary("fake-ffmpeg") }));
    let video = desk.env.video(&clips::ordinary(), "fake-stall.mkv");
    let app = App::start(&desk, &[text(&video)]).await;
    app.sees("[data-state=running] [aria-label=Pause]").await;
    app.click("[data-state=running] [aria-label=Pause]").await;
    app.reads("[data-state=running]", "Paused").await;
    app.picture("paused-real").await;
    app.click("[data-state=running] [aria-label=Resume]").await;
    app.sees("[data-state=running] [aria-label=Pause]").await;
    app.press("Cancel").await;
    app.reads_within("#tab-queue .count", "0", Duration::from_secs(3)).await;
    app.click("#tab-done").await;
    app.reads("[role=row]", "Cancelled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_adds_files_and_folders_and_counts_files_that_are_not_videos() {
    let desk = desk();
    let folder = desk.env.videos().join("holiday");
    fs::create_dir(&folder).unwrap();
    fs::copy(clips::ordinary(), folder.join("beach.mkv")).unwrap();
    fs::write(folder.join("notes.txt"), "sun").unwrap();
    let odd = desk.env.video(&clips::ordinary(), "-a 100% #1.mkv");
    let plain = desk.env.video(&clips::ordinary(), "plain.mkv");
    let app = App::start(&desk, &[]).await;
    let (x, y) = desk.origin("Spool");
    desk.drag(&[&odd, &plain, &folder], (x + 300, y + 650));
    app.reads("[role=status]", "3 videos added. 1 file is not a video.").await;
    app.reads("#tab-done .count", "3").await;
    assert_eq!(desk.env.results(), ["-a 100% #1.mp4", "holiday/beach.mp4", "plain.mp4"]);
    assert_eq!(app.count(".overlay.shown").await, 0, "the overlay is hidden");
}

/// With a scale factor of 2, lengths in the page are half of those on the screen.
#[tokio::test(flavor = "multi_thread")]
async fn a_drop_on_a_high_dpi_screen_uses_the_preset_of_the_tile() {
    let mut desk = desk();
    desk.variables.push(("GDK_SCALE", "2".into()));
    let video = desk.env.video(&clips::ordinary(), "a.mkv");
    let app = App::start(&desk, &[]).await;
    app.sees("[data-preset=small-hevc]").await;
    let middle = "const tile = document.querySelector('[data-preset=small-hevc]').getBoundingClientRect();
        return [devicePixelRatio, tile.x + tile.width / 2, tile.y + tile.height / 2]";
    let [ratio, x, y]: [f64; 3] = serde_json::from_value(app.script(middle, Vec::new()).await).unwrap();
    assert!((ratio - 2.0).abs() < 0.01);
    let (left, top) = desk.origin("Spool");
    desk.drag(&[&video], (left + (x * 2.0) as i64, top + (y * 2.0) as i64));
    wait_until("the job", SOON, || !desk.env.jobs().is_empty());
    assert_eq!(desk.env.jobs()[0]["preset"], "small-hevc");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_batch_is_notified_while_the_window_is_in_the_background() {
    let desk = desk();
    let video = desk.env.video(&clips::ordinary(), "a.mkv");
    let broken = desk.env.videos().join("b <b>.mp4");
    fs::write(&broken, "no video").unwrap();
    let app = App::start(&desk, &[]).await;
    let mut other = desk.command("/usr/bin/python3");
    other.arg(spool_e2e::desktop::tool("drag.py")).args(["10", "10"]).arg(&video).stdout(Stdio::piped());
    let mut other = spool_e2e::desktop::Program::start(&mut other);
    other.first_line();
    desk.to_front("files");
    // A second start of the application would bring its window to the front, so the command adds the videos.
    desk.env.spool(&["add", text(&video), text(&broken)]);
    app.reads("#tab-failed .count", "1").await;
    let failed = desk.is_notified("A video failed");
    assert!(failed["body"].as_str().unwrap().contains("b &lt;b&gt;.mp4"), "{failed}");
    desk.is_notified("1 video done, 1 failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_instance_passes_its_files_to_the_first_and_exits() {
    let desk = desk();
    let app = App::start(&desk, &[]).await;
    let video = desk.env.video(&clips::ordinary(), "late.mkv");
    let second =
        desk.command(binary()).arg("videos/late.mkv").current_dir(desk.env.videos().join("..")).status();
    assert!(second.unwrap().success());
    app.reads("#tab-done .count", "1").await;
    assert!(video.exists());
    assert_eq!(desk.env.results(), ["late.mp4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn quitting_asks_first_and_the_next_start_runs_the_stopped_job_again() {
    let desk = Desktop::new();
    configure(&desk, &serde_json::json!({ "ffmpeg": spool_tests::env::binary("fake-ffmpeg") }));
    let video = desk.env.video(&clips::ordinary(), "fake-stall.mkv");
    {
        let app = App::start(&desk, &[text(&video)]).await;
        app.sees("[data-state=running]").await;
        desk.close("Spool");
        app.reads("dialog[open]", "1 video is being converted").await;
        app.picture("close-real").await;
        app.press_and_leave("Stop and quit").await;
        wait_until("the job to be queued again", SOON, || state(&desk, 0) == "queued");
        wait_until("the part file to be removed", SOON, || desk.env.results().is_empty());
    }
    fs::remove_file(desk.env.data().join("settings.json")).unwrap();
    configure(&desk, &serde_json::json!({}));
    let app = App::start(&desk, &[]).await;
    app.reads("#tab-done .count", "1").await;
    assert_eq!(desk.env.jobs()[0]["attempt"], 1, "a clean stop counts no attempt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_run_by_another_process_is_shown_controlled_and_taken_over() {
    let desk = Desktop::new();
    configure(&desk, &serde_json::json!({ "ffmpeg": spool_tests::env::binary("fake-ffmpeg") }));
    desk.env.video(&clips::ordinary(), "fake-stall.mkv");
    desk.env.spool(&["add", "--flat", "--output-dir", text(&desk.env.out()), "videos"]);
    let run = desk.env.start(&["run"]);
    wait_until("the job to run", SOON, || state(&desk, 0) == "running");
    let app = App::start(&desk, &[]).await;
    app.reads("footer", &format!("Run by spool run (process {})", run.id())).await;
    app.sees("[data-state=running]").await;
    app.press("Cancel").await;
    wait_until("the job to be cancelled", SOON, || state(&desk, 0) == "cancelled");
    app.reads("#tab-queue .count", "0").await;
    run.crash();
    let video = desk.env.video(&clips::ordinary(), "next.mkv");
    desk.env.spool(&["add", "--output-dir", text(&desk.env.out()), text(&video)]);
    app.reads("#tab-done .count", "2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_opened_and_retried_by_keyboard() {
    let desk = desk();
    let video = desk.env.videos().join("a.mp4");
    fs::write(&video, "no video").unwrap();
    let app = App::start(&desk, &[text(&video)]).await;
    app.reads("#tab-failed .count", "1").await;
    desk.to_front("Spool");
    desk.hands(&["key", "ctrl+3"]);
    app.reads("[data-state=failed]", "a.mp4").await;
    let focused = || async { app.text(":focus").await };
    for _ in 0..12 {
        if app.count("[role=grid]:focus").await == 1 {
            break;
        }
        desk.hands(&["key", "Tab"]);
        app.script("return new Promise(requestAnimationFrame)", vec![]).await;
    }
    assert_eq!(app.count("[role=grid]:focus").await, 1, "Tab reaches the list: {}", focused().await);
    desk.hands(&["key", "Down"]);
    app.sees("[role=row][aria-selected=true]").await;
    desk.hands(&["key", "Return"]);
    app.reads("aside", "is not a video that can be read").await;
    app.picture("details-real").await;
    desk.hands(&["key", "Escape"]);
    fs::copy(clips::ordinary(), &video).unwrap();
    app.sees("[role=grid]:focus").await;
    desk.hands(&["key", "r"]);
    app.reads("#tab-done .count", "1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visible_job_shows_its_facts_and_its_thumbnail() {
    let desk = desk();
    desk.env.spool(&["pause"]);
    let (video, broken) = (desk.env.video(&clips::ordinary(), "a.mkv"), desk.env.videos().join("b.mp4"));
    fs::write(&broken, "no video").unwrap();
    let app = App::start(&desk, &[text(&video), text(&broken)]).await;
    app.reads("#job-1 .facts", "320×240 · H.264 · 0:01 · 109 kB").await;
    app.sees("#job-1 img").await;
    let drawn =
        "const i = document.querySelector('#job-1 img'); return i.decode().then(() => i.naturalWidth)";
    assert_eq!(app.script(drawn, vec![]).await, 96, "4:3 with 72 lines");
    assert_eq!(app.count("#job-2 img").await, 0);
    app.picture("queue-real").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_folder_of_fifty_adds_its_videos_and_counts_the_other_files() {
    let desk = desk();
    desk.env.spool(&["pause"]);
    let folder = desk.env.videos().join("mixed");
    fs::create_dir(&folder).unwrap();
    for n in 0..50 {
        let extension = if n % 8 == 7 { "txt" } else { "mkv" };
        fs::copy(clips::ordinary(), folder.join(format!("{n}.{extension}"))).unwrap();
    }
    let app = App::start(&desk, &[]).await;
    let (x, y) = desk.origin("Spool");
    desk.drag(&[&folder], (x + 300, y + 650));
    app.reads("[role=status]", "44 videos added. 6 files are not videos.").await;
    app.reads_within("#tab-queue .count", "44", Duration::from_secs(1)).await;
    app.press("Undo").await;
    app.reads("#tab-queue .count", "0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_already_done_is_reported_and_converted_again_only_on_request() {
    let desk = desk();
    let video = desk.env.video(&clips::ordinary(), "a.mkv");
    let app = App::start(&desk, &[text(&video)]).await;
    app.reads("#tab-done .count", "1").await;
    let second = desk.command(binary()).arg(&video).stdout(Stdio::null()).status().unwrap();
    assert!(second.success());
    app.reads("[role=status]", "Nothing added. It was already done on").await;
    app.press("Convert again").await;
    app.reads("#tab-done .count", "2").await;
    assert_eq!(desk.env.results(), ["a (2).mp4", "a.mp4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_is_retried_with_another_preset() {
    let desk = desk();
    let video = desk.env.videos().join("a.mp4");
    fs::write(&video, "no video").unwrap();
    let app = App::start(&desk, &[text(&video)]).await;
    app.reads("#tab-failed .count", "1").await;
    app.click("#tab-failed").await;
    app.sees("#job-1").await;
    fs::copy(clips::ordinary(), &video).unwrap();
    let context = "const row = document.querySelector('#job-1'); const box = row.getBoundingClientRect();
        row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, clientX: box.x + 300, clientY: box.y + 20 }))";
    app.script(context, vec![]).await;
    app.reads("[role=menu]", "Try another preset…").await;
    app.script(
        "[...document.querySelectorAll('[role=menuitem]')].find((i) => /another/.test(i.innerText)).click()",
        vec![],
    )
    .await;
    app.press("Retry as Quick").await;
    app.reads("#tab-done .count", "1").await;
    app.reads("#tab-failed .count", "0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_window_and_a_hanging_page_miss_nothing() {
    let desk = desk();
    let long = clips::clip("minute.mkv", 60.0, true, &["-c:v", "libx264", "-preset", "ultrafast"]);
    let (a, b) = (desk.env.video(&long, "a.mkv"), desk.env.video(&clips::ordinary(), "b.mkv"));
    let app = App::start(&desk, &[text(&a)]).await;
    app.sees("[data-state=running]").await;
    desk.close("Spool");
    app.reads("dialog[open]", "1 video is being converted").await;
    app.press_and_leave("Keep working in the background").await;
    let visible = || desk.hands(&["search", "--onlyvisible", "--name", "^Spool$"]);
    wait_until("the window to be hidden", SOON, || visible().is_empty());
    assert!(desk.command(binary()).arg(&b).stdout(Stdio::null()).status().unwrap().success());
    wait_until("the window to be shown again", SOON, || !visible().is_empty());
    let hang = "setTimeout(() => { const end = Date.now() + 3000; while (Date.now() < end); }, 0)";
    app.script(hang, vec![]).await;
    wait_until("both jobs to be done", SOON, || state(&desk, 0) == "done" && state(&desk, 1) == "done");
    // Both may be done while the page still hangs. This call returns when the page responds; the limit of one second
    // applies from then on.
    app.text("#tab-done .count").await;
    app.reads_within("#tab-done .count", "2", Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_apply_at_once_and_persist() {
    let desk = desk();
    {
        let app = App::start(&desk, &[]).await;
        app.press("Settings").await;
        app.reads("dialog[open]", "Encoders that work here H.264").await;
        app.script("document.querySelector('input[value=dark]').click()", vec![]).await;
        app.sees("html[data-theme=dark]").await;
        app.picture("settings-real").await;
        wait_until("the setting to be saved", SOON, || {
            fs::read_to_string(desk.env.data().join("settings.json")).is_ok_and(|s| s.contains("\"dark\""))
        });
    }
    let app = App::start(&desk, &[]).await;
    app.sees("html[data-theme=dark]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dialog_for_videos_names_its_purpose() {
    let desk = desk();
    let app = App::start(&desk, &[]).await;
    app.sees("[role=tab]").await;
    desk.to_front("Spool");
    desk.hands(&["key", "ctrl+o"]);
    desk.to_front("Add videos");
    desk.hands(&["key", "Escape"]);
    let dialog = ["search", "--onlyvisible", "--name", "Add videos"];
    wait_until("the dialog to close", SOON, || desk.hands(&dialog).is_empty());
}
