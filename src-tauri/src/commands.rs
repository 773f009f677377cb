//! The commands that the page may invoke: one short function each, which calls `Spool` off the UI thread.
//! An error is returned as one plain sentence.

use crate::addresses::mounted;
use crate::{dialogs, lifecycle};
use spool_app::drag::Drops;
use spool_app::state::Spool;
use spool_app::view::{
    Choices, CloseChoice, Details, EncoderState, End, JobCommand, JobGroup, JobIds, Page, PageRequest,
    PresetChoice, SettingsChosen, SettingsShown, ToolState, Update, WhenDone,
};
use spool_app::{recheck, report};
use spool_core::error::Result as CoreResult;
use spool_core::failure::FailureCode;
use spool_core::job::{Job, JobId, State};
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, State as Managed};
use tauri_plugin_opener::OpenerExt;

type Answer<T> = Result<T, String>;
type Shared<'a> = Managed<'a, Arc<Spool>>;

/// Runs a blocking call on a thread that may block.
async fn off_thread<T: Send + 'static>(
    spool: &Shared<'_>,
    call: impl FnOnce(&Spool) -> CoreResult<T> + Send + 'static,
) -> Answer<T> {
    let spool = Arc::clone(spool.inner());
    let result = tauri::async_runtime::spawn_blocking(move || call(&spool).map_err(|e| e.to_string())).await;
    result.map_err(|e| format!("Internal error: {e}."))?
}

/// Sends updates to the channel; the first one holds the whole state.
#[tauri::command]
pub async fn subscribe(spool: Shared<'_>, channel: Channel<Update>) -> Answer<()> {
    spool.feed.subscribe(Arc::new(move |update| channel.send(update).map_err(|e| e.to_string())));
    Ok(())
}

/// Returns one page of a list.
#[tauri::command]
pub async fn page(spool: Shared<'_>, wanted: PageRequest) -> Answer<Page> {
    off_thread(&spool, move |s| s.page(&wanted)).await
}

/// Returns the jobs of a list as shown now: all, or a range including both ends.
#[tauri::command]
pub async fn pick(spool: Shared<'_>, wanted: PageRequest, ends: Option<[End; 2]>) -> Answer<JobIds> {
    off_thread(&spool, move |s| s.pick(&wanted, ends.as_ref())).await
}

/// Groups these jobs by the actions available for them. Skips jobs that are not in the list now.
#[tauri::command]
pub async fn kinds(spool: Shared<'_>, wanted: PageRequest, jobs: JobIds) -> Answer<Vec<JobGroup>> {
    let ids = jobs.ids()?;
    off_thread(&spool, move |s| s.kinds(&wanted, &ids)).await
}

/// Returns one job with its attempts; null when it no longer exists.
#[tauri::command]
pub async fn details(spool: Shared<'_>, id: i64) -> Answer<Option<Details>> {
    off_thread(&spool, move |s| s.details(JobId(id))).await
}

/// Returns the presets to choose from when adding videos.
#[tauri::command]
pub async fn presets(spool: Shared<'_>) -> Answer<Vec<PresetChoice>> {
    let all = off_thread(&spool, Spool::presets).await?;
    Ok(all.into_iter().map(PresetChoice::from).collect())
}

/// Returns the chosen preset, output folder and theme.
#[tauri::command]
pub async fn choices(spool: Shared<'_>) -> Answer<Choices> {
    Ok(spool.choices())
}

/// Saves a preset as the current one. `folder`: opens a dialog for the output folder. `beside`: results go next to their
/// originals.
#[tauri::command]
pub async fn choose(
    app: AppHandle,
    spool: Shared<'_>,
    preset: Option<String>,
    folder: bool,
    beside: bool,
) -> Answer<()> {
    let picked = if folder { dialogs::output_folder(&app).await } else { None };
    off_thread(&spool, move |s| {
        s.choose(|settings| {
            settings.preset = preset.unwrap_or_else(|| settings.preset.clone());
            settings.output_dir = picked.or_else(|| settings.output_dir.clone().filter(|_| !beside));
        })
    })
    .await
}

/// Returns what the settings dialog shows.
#[tauri::command]
pub async fn settings(spool: Shared<'_>) -> Answer<SettingsShown> {
    off_thread(&spool, |s| Ok(s.settings_shown())).await
}

/// Saves the settings chosen in the dialog.
#[tauri::command]
pub async fn save_settings(app: AppHandle, spool: Shared<'_>, chosen: SettingsChosen) -> Answer<()> {
    app.set_theme(lifecycle::theme(chosen.theme));
    off_thread(&spool, move |s| Ok(s.save_settings(chosen))).await?
}

/// Sets what happens when the queue is done; applies once.
#[tauri::command]
pub async fn when_done(spool: Shared<'_>, choice: WhenDone) -> Answer<()> {
    spool.set_when_done(choice);
    Ok(())
}

/// Opens a dialog to choose an ffmpeg file. `found`: uses the detected ffmpeg again instead.
#[tauri::command]
pub async fn choose_ffmpeg(app: AppHandle, spool: Shared<'_>, found: bool) -> Answer<()> {
    let picked = if found { None } else { dialogs::ffmpeg(&app).await };
    if picked.is_none() && !found {
        return Ok(());
    }
    off_thread(&spool, move |s| Ok(s.use_ffmpeg(picked))).await?
}

/// Returns which encoders work with this ffmpeg on this computer.
#[tauri::command]
pub async fn encoders(spool: Shared<'_>) -> Answer<Vec<EncoderState>> {
    off_thread(&spool, |s| Ok(s.encoders())).await
}

/// Shows the data folder in the file manager.
#[tauri::command]
pub async fn show_data(app: AppHandle, spool: Shared<'_>) -> Answer<()> {
    let queue = spool.data.join("queue.db");
    app.opener().reveal_item_in_dir(queue).map_err(|e| format!("The data folder could not be shown: {e}."))
}

/// Asks for a path and writes a problem report to it.
#[tauri::command]
pub async fn save_report(app: AppHandle, spool: Shared<'_>) -> Answer<()> {
    let Some(path) = dialogs::save(&app, "Save the report", "spool-report.txt").await else { return Ok(()) };
    off_thread(&spool, move |s| report::write(s, &path)).await
}

/// Opens a dialog for files, or for folders, and adds what was chosen.
#[tauri::command]
pub async fn add(app: AppHandle, spool: Shared<'_>, folder: bool) -> Answer<()> {
    let paths = if folder { dialogs::folders(&app).await } else { dialogs::videos(&app).await };
    if paths.is_empty() {
        return Ok(());
    }
    off_thread(&spool, move |s| s.add(&paths, &s.settings().preset)).await
}

/// Adds the videos that were just skipped because they were done before.
#[tauri::command]
pub async fn add_again(spool: Shared<'_>) -> Answer<()> {
    off_thread(&spool, Spool::add_again).await
}

/// Removes the jobs that were just added.
#[tauri::command]
pub async fn undo_add(spool: Shared<'_>) -> Answer<()> {
    off_thread(&spool, Spool::undo_add).await
}

/// Returns what was just skipped, one line each.
#[tauri::command]
pub async fn left_out(spool: Shared<'_>) -> Answer<Vec<String>> {
    Ok(spool.left_out())
}

/// Adds the paths dropped under this token, with the preset of the tile below the pointer.
#[tauri::command]
pub async fn drop_here(
    spool: Shared<'_>,
    drops: Managed<'_, Arc<Drops>>,
    token: u32,
    preset: String,
) -> Answer<()> {
    let Some(paths) = drops.take(token) else { return Ok(()) };
    off_thread(&spool, move |s| s.add(&mounted(paths), &preset)).await
}

/// Applies a command to these jobs.
#[tauri::command]
pub async fn apply_command(spool: Shared<'_>, verb: JobCommand, jobs: JobIds) -> Answer<()> {
    let ids = jobs.ids()?;
    off_thread(&spool, move |s| s.apply_to_these(verb, ids)).await
}

/// Applies a command to all jobs that failed for one cause.
#[tauri::command]
pub async fn apply_to_cause(spool: Shared<'_>, verb: JobCommand, cause: String) -> Answer<()> {
    let cause: FailureCode = cause.parse()?;
    off_thread(&spool, move |s| s.apply_to_cause(verb.into(), cause)).await
}

/// Queues failed jobs with another preset: these, or all that failed for one cause.
#[tauri::command]
pub async fn retry_as(spool: Shared<'_>, jobs: JobIds, cause: Option<String>, preset: String) -> Answer<()> {
    let ids = jobs.ids()?;
    let cause: Option<FailureCode> = cause.map(|c| c.parse()).transpose()?;
    off_thread(&spool, move |s| s.retry_these_or_cause_as(&ids, cause, &preset)).await
}

/// Queues failed jobs again, to convert the part of them that is readable.
#[tauri::command]
pub async fn salvage(spool: Shared<'_>, jobs: JobIds) -> Answer<()> {
    let ids = jobs.ids()?;
    off_thread(&spool, move |s| s.salvage(&ids)).await
}

/// Checks the results of these jobs again; `None`: of all done jobs.
#[tauri::command]
pub async fn check_again(spool: Shared<'_>, jobs: Option<JobIds>) -> Answer<()> {
    let ids = jobs.map(|jobs| jobs.ids()).transpose()?;
    let shared = Arc::clone(spool.inner());
    off_thread(&spool, move |_| recheck::check_again(&shared, ids)).await
}

/// Stops checking results again; what was found so far is kept.
#[tauri::command]
pub async fn stop_checking(spool: Shared<'_>) -> Answer<()> {
    spool.stop_checking();
    Ok(())
}

/// Queues the videos of done jobs again, with the options they were added with.
#[tauri::command]
pub async fn do_again(spool: Shared<'_>, jobs: JobIds) -> Answer<()> {
    let ids = jobs.ids()?;
    off_thread(&spool, move |s| s.do_again(&ids)).await
}

/// Pauses or resumes the queue.
#[tauri::command]
pub async fn pause(spool: Shared<'_>, paused: bool) -> Answer<()> {
    off_thread(&spool, move |s| s.pause(paused)).await
}

async fn job(spool: &Shared<'_>, id: i64) -> Answer<Job> {
    off_thread(spool, move |s| s.job(JobId(id)))
        .await?
        .ok_or_else(|| "This video is no longer in the list.".into())
}

/// Opens the result of a job.
#[tauri::command]
pub async fn open(app: AppHandle, spool: Shared<'_>, id: i64) -> Answer<()> {
    let job = job(&spool, id).await?;
    app.opener()
        .open_path(job.output.to_string_lossy(), None::<&str>)
        .map_err(|e| format!("The result could not be opened: {e}."))
}

/// Shows the result of a done job in the file manager, or the original of any other job.
#[tauri::command]
pub async fn show_in_folder(app: AppHandle, spool: Shared<'_>, id: i64) -> Answer<()> {
    let job = job(&spool, id).await?;
    let path = if job.state == State::Done { job.output } else { job.source };
    app.opener().reveal_item_in_dir(path).map_err(|e| format!("The file could not be shown: {e}."))
}

/// Closes the window the way the user chose.
#[tauri::command]
pub async fn close(app: AppHandle, choice: CloseChoice) -> Answer<()> {
    lifecycle::close_chosen(&app, choice);
    Ok(())
}

/// Returns which ffmpeg is used or, when it is missing, how to install it.
#[tauri::command]
pub async fn tools(spool: Shared<'_>) -> Answer<ToolState> {
    off_thread(&spool, |s| Ok(s.tool_state())).await
}
