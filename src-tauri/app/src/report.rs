//! Problem reports: what a developer needs to know, in one text file that the user can read before sending it.
//!
//! Guarantees that names and paths are left out: log lines are cut where one may begin.

use crate::state::Spool;
use spool_core::error::{Error, Result};
use spool_core::ffmpeg::{self, Tools};
use spool_core::plan::Encoder;
use std::fmt::Write;
use std::path::Path;

/// Number of log lines in a report.
const LOG_LINES: usize = 300;

/// Encoders in the settings and the report, each with its common name.
pub const ENCODERS: [(Encoder, &str); 6] = [
    (Encoder::X264, "H.264"),
    (Encoder::X265, "H.265"),
    (Encoder::SvtAv1, "AV1"),
    (Encoder::ProRes, "ProRes"),
    (Encoder::Aac, "AAC"),
    (Encoder::Opus, "Opus"),
];

/// Writes a report to this file.
pub fn write(spool: &Spool, path: &Path) -> Result<()> {
    std::fs::write(path, text(spool)?).map_err(Error::io("Cannot write", path))
}

/// Returns the text of a report.
fn text(spool: &Spool) -> Result<String> {
    let mut text = format!(
        "Spool {} on {} {}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    match spool.tools() {
        Ok(tools) => tools_text(&mut text, &tools),
        Err(problem) => line(&mut text, &format!("ffmpeg: {}", problem.reason().code())),
    }
    let settings = spool.settings();
    let place = |path: &Option<_>| if path.is_some() { "chosen" } else { "default" };
    let workers = settings.workers.map_or_else(|| "auto".to_owned(), |n| n.to_string());
    line(
        &mut text,
        &format!(
            "workers {workers}, attempts {}, crash limit {}",
            settings.max_attempts, settings.crash_limit
        ),
    );
    line(&mut text, &format!("results {}, ffmpeg {}", place(&settings.output_dir), place(&settings.ffmpeg)));
    line(&mut text, &format!("{:?}", spool.queue().counts()?));
    for (code, count) in spool.queue().causes()? {
        line(&mut text, &format!("failed {count} x {code}"));
    }
    line(&mut text, "");
    for entry in last_lines(&spool.data.join("spool.log")) {
        line(&mut text, &redacted(&entry));
    }
    Ok(text)
}

fn line(text: &mut String, content: &str) {
    let _ = writeln!(text, "{content}");
}

fn tools_text(text: &mut String, tools: &Tools) {
    line(text, &format!("ffmpeg {}, ffprobe {}", tools.ffmpeg.version, tools.ffprobe.version));
    for (encoder, _) in ENCODERS {
        let works = if ffmpeg::encoder_works(tools, encoder) { "works" } else { "does not work" };
        line(text, &format!("{} {works}", encoder.name()));
    }
}

fn last_lines(log: &Path) -> Vec<String> {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(LOG_LINES)..].iter().map(|l| (*l).to_owned()).collect()
}

/// Returns a log line up to where a name or a path may begin.
fn redacted(line: &str) -> String {
    let cuts = ["/", "\\", " message=", " source=", "\""];
    match cuts.iter().filter_map(|cut| line.find(cut)).min() {
        Some(end) => format!("{} (cut)", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_cut() {
        let kept = "2026-01-02T10:00:00Z  INFO spool_core::pool: ended job=3 outcome=\"done\"";
        assert!(redacted(kept).starts_with("2026-01-02T10:00:00Z  INFO spool_core::pool: ended job=3"));
        for secret in [
            "WARN spool: an attempt failed job=3 code=not_media message=secret.mp4 is not a video",
            "INFO spool: started job=3 attempt=1 source=/home/secret/a b.mkv",
            "ERROR spool: odd cause=Cannot write C:\\secret\\x: full",
            "INFO spool: no picture job=3 cause=file:/x/secret.mp4: Invalid data",
        ] {
            assert!(!redacted(secret).contains("secret"), "{secret}");
        }
        assert!(redacted("WARN x: failed job=3 code=not_media message=a").contains("not_media"));
    }
}
