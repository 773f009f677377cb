//! Prints what `spool add` did not add: refused paths, and files skipped in folders, by kind.

use super::Line;
use crate::context::{Context, Failed, json_line};
use crate::text;
use serde_json::json;
use spool_core::intake::{Kind, ScanResult};
use spool_core::path_bytes::percent;
use std::path::Path;

/// Names per line without `--verbose`.
const NAMED: usize = 5;

/// The name of each kind, singular and plural.
const KINDS: [(Kind, &str, &str); 4] = [
    (Kind::Other, "file that is not a video", "files that are not videos"),
    (Kind::Subtitles, "subtitle file beside videos", "subtitle files beside videos"),
    (Kind::Hidden, "hidden file or folder", "hidden files and folders"),
    (Kind::System, "folder of the system", "folders of the system"),
];

pub(super) fn tell(context: &Context, found: &ScanResult) -> Result<(), Failed> {
    if context.json {
        return print_json(context, found);
    }
    for (_, reason) in &found.refused {
        eprintln!("spool: {}", text::line(reason));
    }
    if found.jobs.is_empty() && found.skipped.is_empty() && found.refused.is_empty() {
        eprintln!("spool: No videos were found; name videos or folders that contain some.");
    }
    let most = if context.verbose { usize::MAX } else { NAMED };
    KINDS.iter().filter_map(|kind| line(found, kind, most)).try_for_each(|line| context.say(line))
}

/// `skipped           3 subtitle files beside videos: a.srt, b.srt, c.srt`
fn line(found: &ScanResult, (kind, one, many): &(Kind, &str, &str), most: usize) -> Option<String> {
    let of_kind = found.skipped.iter().filter(|(_, other)| other == kind);
    let names: Vec<String> = of_kind.map(|(path, _)| name(path)).collect();
    let count = text::count(names.len() as u64, one, many);
    let more = names.len().saturating_sub(most);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let first = names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    (!names.is_empty()).then(|| format!("skipped           {count}: {first}{rest}"))
}

fn name(path: &Path) -> String {
    text::line(path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

fn print_json(context: &Context, found: &ScanResult) -> Result<(), Failed> {
    let worked = context.is_worked();
    let line = |outcome, path: &Path, reason: &str| {
        // Absolute, like the paths of accepted videos.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (source, reason) = (path.display().to_string(), Some(reason.to_owned()));
        json_line(&Line {
            outcome,
            id: None,
            source,
            source_bytes: percent(&path),
            output: None,
            output_bytes: None,
            reason,
            note: None,
            worked,
        })
    };
    found.refused.iter().try_for_each(|(path, reason)| line("refused", path, reason))?;
    found.skipped.iter().try_for_each(|(path, kind)| line("skipped", path, kind.reason()))?;
    if found.jobs.is_empty() && found.skipped.is_empty() && found.refused.is_empty() {
        json_line(&json!({ "accepted": 0, "duplicate": 0, "skipped": 0, "refused": 0 }))?;
    }
    Ok(())
}
