//! Text for people: counts, sizes in decimal units, times, and sentences about jobs and the queue.

use serde_json::Value;
use spool_core::forecast::TimeLeft;
use spool_core::job::{Job, JobId, State};
use spool_core::queue::{Saved, WaitingForSpace};
use spool_core::recheck::finding::Finding;
use spool_core::spec;
pub use spool_core::words::size;
use std::path::Path;
use std::time::Duration;

/// `14 videos wait for space on Media.`; `None` if no video waits for space.
pub fn waiting_for_space(waiting_for_space: &WaitingForSpace) -> Option<String> {
    let disk = waiting_for_space.volume.as_deref().and_then(Path::file_name);
    let place = disk.map_or_else(String::new, |name| format!(" on {}", line(name.to_string_lossy())));
    let wait = if waiting_for_space.jobs == 1 { "waits" } else { "wait" };
    (waiting_for_space.jobs > 0)
        .then(|| format!("{} {wait} for space{place}.", count(waiting_for_space.jobs, "video", "videos")))
}

/// The file name of the job's video.
pub fn name(job: &Job) -> String {
    line(job.source.file_name().unwrap_or_default().to_string_lossy())
}

/// The word for the job's state; a running job may be `paused` or `released`.
pub fn state(job: &Job) -> &'static str {
    match job.state {
        State::Running if job.hold => "paused",
        State::Running if job.awaits_worker() => "released",
        state => state.as_str(),
    }
}

/// The text for a job that this version cannot read.
pub fn other_version(job: &Job) -> String {
    let formats =
        job.foreign_format.map(|found| format!(" (format {found}, this one reads {})", spec::VERSION));
    format!(
        "made by another version of Spool{}; update Spool, or remove the job",
        formats.unwrap_or_default()
    )
}

/// The text for a job that a killed engine left running. `since`: the engine's last heartbeat.
pub fn abandoned(since: i64) -> String {
    format!("interrupted at {}; `spool run` starts it again", moment(since))
}

/// The sentence for a paused queue.
pub const PAUSED: &str = "The queue is paused; `spool resume` resumes it.";

/// The text for a running job that is paused.
pub const SUSPENDED: &str = "paused";

/// The text for a resumed job while no worker is free.
pub const AWAITS_WORKER: &str = "waits for a free worker";

/// The sentence for a queue without an engine. `abandoned`: the last heartbeat of the engine, if it was killed.
pub fn unworked(abandoned: Option<i64>) -> String {
    match abandoned {
        Some(since) => format!("The engine was killed after {}; `spool run` continues.", moment(since)),
        None => "The queue is not running; start it with `spool run`.".into(),
    }
}

/// The sentence for a run that ended when it lost its terminal.
pub fn hung_up(at: i64, now: i64) -> String {
    format!("The last run was ended by a hang-up at {}.", clock(at, now))
}

/// `video.crf 18, video.maxFps none`: settings with their values.
pub fn settings(changed: &[(String, Option<Value>)]) -> String {
    let one = |(path, value): &(String, Option<Value>)| match value {
        Some(Value::String(word)) => format!("{path} {word}"),
        Some(value) => format!("{path} {value}"),
        None => format!("{path} none"),
    };
    changed.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `about 14-20 min left`: a range, rounded outwards to steps that fit it.
pub fn time_left(left: &TimeLeft) -> String {
    let (from, to) = (left.from.max(0.0), left.to);
    let (unit, second, step) = match to {
        ..10.0 => return "a few seconds left".into(),
        ..90.0 => ("s", 1.0, 10.0),
        ..5400.0 => ("min", 60.0, 60.0),
        ..18000.0 => ("h", 3600.0, 1800.0),
        _ => ("h", 3600.0, 3600.0),
    };
    let from = ((from / step).floor() * step).max(step);
    let to = ((to / step).ceil() * step).max(from + step);
    format!("about {}-{} {unit} left", from / second, to / second)
}

/// `9.7 MB saved`, `1.2 MB more`; `None` if the sizes are equal.
pub fn saved(saved: &Saved) -> Option<String> {
    match (saved.before, saved.after) {
        (before, after) if before > after => Some(format!("{} saved", size(before - after))),
        (before, after) if after > before => Some(format!("{} more", size(after - before))),
        _ => None,
    }
}

/// `45 s`, `3 min 12 s`, `2 h 5 min`: the two largest units.
pub fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// The time from `now` until `at`, both in milliseconds, formatted by `duration`; `None` if `at` has passed.
pub fn until(at: i64, now: i64) -> Option<String> {
    u64::try_from(at - now)
        .ok()
        .filter(|ms| *ms > 0)
        .map(|ms| duration(Duration::from_millis(ms).as_secs() + 1))
}

/// `-74 %`: the change of a size; empty if `before` is 0. `-100 %` only if nothing is left, else at most `-99.9 %`.
pub fn change(before: u64, after: u64) -> String {
    if before == 0 {
        return String::new();
    }
    let percent = (after as f64 / before as f64 - 1.0) * 100.0;
    if after > 0 && percent < -99.5 {
        format!("{:.1} %", percent.max(-99.9))
    } else {
        format!("{percent:+.0} %")
    }
}

/// `1 job`, `3 jobs`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `There is no job 17.`, `There are no jobs 17, 19-24.`
pub fn no_such(ids: &[JobId]) -> String {
    let runs = ids.chunk_by(|a, b| a.0 + 1 == b.0);
    let named = |run: &[JobId]| match run {
        [first, .., last] => format!("{first}-{last}"),
        _ => run.iter().map(JobId::to_string).collect(),
    };
    let named: Vec<String> = runs.map(named).collect();
    format!("There {} {}.", if ids.len() == 1 { "is no job" } else { "are no jobs" }, named.join(", "))
}

/// A time as local date and time.
pub fn moment(millis: i64) -> String {
    local(millis).map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `23:10`, with the date if it is not today's.
pub fn clock(millis: i64, now: i64) -> String {
    let (at, now) = (local(millis), local(now));
    let today = at.as_ref().zip(now.as_ref()).is_some_and(|(at, now)| at.date() == now.date());
    let form = if today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.map_or_else(String::new, |at| at.strftime(form).to_string())
}

fn local(millis: i64) -> Option<jiff::ZonedDateTime> {
    let at = jiff::Timestamp::from_millisecond(millis).ok()?;
    Some(jiff::ZonedDateTime::new(at, jiff::tz::TimeZone::system()))
}

/// The finding of a repeated check on one line; empty if the result is right.
pub fn finding(finding: &Finding) -> String {
    spool_core::words::finding(finding).map(|sentence| line(sentence.to_string())).unwrap_or_default()
}

/// Text from outside on one line: replaces control characters, which could move the cursor, with U+FFFD.
pub fn line(text: impl std::fmt::Display) -> String {
    text.to_string().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_a_range_rounded_outwards() {
        let text = |from, to| time_left(&TimeLeft { from, to });
        assert_eq!(text(2.0, 8.0), "a few seconds left");
        assert_eq!(text(31.0, 47.0), "about 30-50 s left");
        assert_eq!(text(0.0, 11.0), "about 10-20 s left");
        assert_eq!(text(100.0, 130.0), "about 1-3 min left");
        assert_eq!(text(1560.0, 2100.0), "about 26-35 min left");
        assert_eq!(text(7300.0, 8900.0), "about 2-2.5 h left");
        assert_eq!(text(30_000.0, 50_000.0), "about 8-14 h left");
    }

    #[test]
    fn saved_states_bytes_saved_or_added() {
        let text = |before, after| saved(&Saved { before, after });
        assert_eq!(text(10_000_000, 300_000).as_deref(), Some("9.7 MB saved"));
        assert_eq!(text(100, 300).as_deref(), Some("200 B more"));
        assert_eq!(text(100, 100), None);
    }

    #[test]
    fn videos_waiting_for_space_are_counted_and_their_disk_is_named() {
        let all = |jobs, volume: &str| WaitingForSpace {
            jobs,
            volume: (!volume.is_empty()).then(|| volume.into()),
        };
        let media = waiting_for_space(&all(14, "/media/Media"));
        assert_eq!(media.as_deref(), Some("14 videos wait for space on Media."));
        assert_eq!(waiting_for_space(&all(1, "")).as_deref(), Some("1 video waits for space."));
        assert_eq!(waiting_for_space(&WaitingForSpace::default()), None);
    }

    #[test]
    fn durations_show_their_two_largest_units() {
        assert_eq!([duration(45), duration(192), duration(7530)], ["45 s", "3 min 12 s", "2 h 5 min"]);
        assert_eq!(until(10_000, 1_000).as_deref(), Some("10 s"));
        assert_eq!(until(1_000, 10_000), None);
    }

    #[test]
    fn full_reduction_is_shown_only_for_an_empty_result() {
        for (before, after, words) in [
            (812, 211, "-74 %"),
            (100, 250, "+150 %"),
            (1000, 6, "-99 %"),
            (1000, 4, "-99.6 %"),
            (18_000_000, 9_000, "-99.9 %"),
            (u64::MAX, 1, "-99.9 %"),
            (1000, 0, "-100 %"),
            (1000, 1000, "+0 %"),
            (0, 7, ""),
        ] {
            assert_eq!(change(before, after), words, "{before} -> {after}");
        }
    }

    #[test]
    fn clock_omits_the_date_of_today() {
        let now = 1_800_000_000_000;
        let at = clock(now, now);
        assert_eq!((at.len(), at.as_bytes()[2]), (5, b':'), "{at}");
        let before = clock(now - 40 * 3_600_000, now);
        assert!(before.len() == 16 && before.starts_with("202"), "{before}");
        assert_eq!(hung_up(now, now), format!("The last run was ended by a hang-up at {at}."));
    }

    #[test]
    fn missing_jobs_are_named_in_one_sentence() {
        let text = |ids: &[i64]| no_such(&ids.iter().copied().map(JobId).collect::<Vec<_>>());
        assert_eq!(text(&[17]), "There is no job 17.");
        assert_eq!(text(&[17, 19, 20, 21]), "There are no jobs 17, 19-21.");
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(line("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
