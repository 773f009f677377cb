//! `spool doctor`: checks tools, encoders, database and disk, and repairs a damaged database.

use crate::context::{Answer, Context, Failed};
use crate::text;
use serde_json::json;
use spool_app::report::ENCODERS;
use spool_core::clock::{Clock, SystemClock};
use spool_core::engine::{self, lock};
use spool_core::error::message;
use spool_core::ffmpeg::{self, Tools};
use spool_core::path_bytes::percent;
use spool_core::queue::raised;
use spool_core::queue::sqlite::backup;
use spool_core::queue::sqlite::repair::{self, CheckExtent};
use spool_core::volumes;
use spool_core::words as english;
use std::path::Path;

/// One line of the output.
struct Finding {
    name: &'static str,
    good: bool,
    text: String,
}

fn finding(name: &'static str, good: bool, text: impl Into<String>) -> Finding {
    Finding { name, good, text: text.into() }
}

pub(crate) fn doctor(context: &Context) -> Answer {
    let tools = ffmpeg::locate(&context.tool_places());
    let mut findings = match &tools {
        Ok(tools) => tool_findings(tools),
        Err(error) => vec![finding("ffmpeg", false, format!("{error} {}", english::remedy(&error.remedy())))],
    };
    findings.extend(queue_findings(context));
    findings.push(disk_finding(context));
    for f in &findings {
        let mark = if f.good { "good" } else { "BAD " };
        context.tell(
            &json!({ "check": f.name, "good": f.good, "text": f.text }),
            format!("{mark}  {:<9}  {}", f.name, text::line(&f.text)),
        )?;
    }
    tools?;
    Ok(findings.iter().all(|f| f.good))
}

fn tool_findings(tools: &Tools) -> Vec<Finding> {
    let tool = |name, tool: &ffmpeg::Tool| {
        finding(name, true, format!("{} at {}", tool.version, tool.path.display()))
    };
    let encoders = ENCODERS.iter().map(|(encoder, _)| {
        let (name, works) = (encoder.name(), ffmpeg::encoder_works(tools, *encoder));
        finding(
            "encoder",
            works,
            format!("{name} {}", if works { "works" } else { "does not work; presets that need it wait" }),
        )
    });
    [tool("ffmpeg", &tools.ffmpeg), tool("ffprobe", &tools.ffprobe)].into_iter().chain(encoders).collect()
}

fn queue_findings(context: &Context) -> Vec<Finding> {
    let queue = match context.queue() {
        Ok(queue) => queue,
        Err(Failed::Core(error)) => return vec![finding("queue", false, error.to_string())],
        Err(_) => return vec![finding("queue", false, "The queue could not be opened.")],
    };
    let whole = backup::is_whole(&engine::database(&context.data));
    let text = if whole { "intact" } else { "damaged; `spool doctor --restore` restores the newest backup" };
    let mut all =
        vec![finding("queue", whole, format!("{} is {text}", engine::database(&context.data).display()))];
    if let Ok(Some(why)) = raised::breaker(queue.as_ref()) {
        let text = format!("The queue has stopped: {}", english::breaker(&why));
        all.push(finding("breaker", false, text));
    }
    if let Ok(Some(restored)) = raised::restored(queue.as_ref()) {
        all.push(finding("restored", false, english::restored(&restored).to_string()));
    }
    if let Ok(Some(alarm)) = raised::alarm(queue.as_ref()) {
        all.push(finding("alarm", false, english::alarm(&alarm).to_string()));
    }
    let holder = lock::holder(&context.data).unwrap_or_else(|| "no process".into());
    all.push(finding("run by", true, holder));
    all
}

fn disk_finding(context: &Context) -> Finding {
    match volumes::free_space(&context.data) {
        Ok(free) => {
            finding("disk", free > 1 << 30, format!("{} free on the disk of the queue", text::size(free)))
        }
        Err(cause) => finding("disk", false, format!("free space is unknown: {}", message(&cause))),
    }
}

/// Sets a damaged database aside as it is, and restores the newest good backup.
pub(crate) fn restore(context: &Context) -> Answer {
    let _lock = lock::take(&context.data, "spool doctor --restore")?;
    let (path, backups) = (engine::database(&context.data), engine::backups(&context.data));
    let Some(repaired) = repair::repair(&path, &backups, SystemClock::default().now(), CheckExtent::Whole)?
    else {
        let nothing = json!({ "aside": null, "backup": null, "salvaged": 0 });
        context.tell(&nothing, "The queue is intact; nothing was changed.")?;
        return Ok(true);
    };
    let shown = |path: &Path| path.display().to_string();
    let backup = repaired.backup.as_deref();
    let mut json = json!({ "aside": shown(&repaired.aside), "backup": backup.map(shown), "salvaged": repaired.salvaged });
    for (name, bytes) in [("asideBytes", percent(&repaired.aside)), ("backupBytes", backup.and_then(percent))]
    {
        if let Some(bytes) = bytes {
            json[name] = bytes.into();
        }
    }
    context.tell(
        &json,
        format!(
            "{} `spool list` shows it, `spool resume` resumes it.",
            english::restored(&repaired.restored)
        ),
    )?;
    Ok(true)
}
