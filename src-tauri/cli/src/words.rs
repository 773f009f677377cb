//! How numbers are said to people: sizes in decimal units, times as people say them.

use spool_core::job::{Job, JobId};
use spool_core::queue::Crowded;
use spool_core::spec;
use std::path::Path;
use std::time::Duration;

/// `812 MB`, `1.4 GB`: three figures at most, decimal units.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut units = ["B", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if value < 999.5 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    if value < 9.95 && unit != "B" { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// `14 videos wait for space on Media.`; nothing where none does.
pub fn crowded(crowded: &Crowded) -> Option<String> {
    let disk = crowded.volume.as_deref().and_then(Path::file_name);
    let place = disk.map_or_else(String::new, |name| format!(" on {}", line(&name.to_string_lossy())));
    let wait = if crowded.jobs == 1 { "waits" } else { "wait" };
    (crowded.jobs > 0).then(|| format!("{} {wait} for space{place}.", count(crowded.jobs, "video", "videos")))
}

/// What is said of a job that this version cannot read.
pub fn other_version(job: &Job) -> String {
    let formats =
        job.foreign_format.map(|found| format!(" (format {found}, this one reads {})", spec::VERSION));
    format!(
        "made by another version of Spool{}; update Spool, or remove the job",
        formats.unwrap_or_default()
    )
}

/// What is said of a job that an engine left running which was killed. `since`: its last sign of life.
pub fn abandoned(since: i64) -> String {
    format!("nothing has worked on it since {}; `spool run` starts it again", moment(since))
}

/// What is said of a queue that has something to do and no engine.
pub fn idle(abandoned: Option<i64>) -> String {
    match abandoned {
        Some(since) => format!(
            " The engine was ended from outside after {}, and nothing works the queue since; `spool run` goes on.",
            moment(since)
        ),
        None => " Nothing works the queue just now; `spool run` does.".into(),
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

/// From now until `at`, both in milliseconds, as `duration` says it; nothing where it has passed.
pub fn until(at: i64, now: i64) -> Option<String> {
    u64::try_from(at - now)
        .ok()
        .filter(|ms| *ms > 0)
        .map(|ms| duration(Duration::from_millis(ms).as_secs() + 1))
}

/// `-74 %` of a size that became another.
pub fn change(before: u64, after: u64) -> String {
    if before == 0 {
        return String::new();
    }
    format!("{:+.0} %", (after as f64 / before as f64 - 1.0) * 100.0)
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

/// A moment as local date and time.
pub fn moment(millis: i64) -> String {
    let Ok(at) = jiff::Timestamp::from_millisecond(millis) else { return String::new() };
    jiff::ZonedDateTime::new(at, jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Text from outside on one line: control characters, which could move the cursor, become visible.
pub fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_figures_at_most() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_960, "10 kB"),
            (812_000_000, "812 MB"),
            (999_700_000, "1.0 GB"),
            (1_400_000_000, "1.4 GB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn what_waits_for_space_is_counted_and_its_disk_named() {
        let all = |jobs, volume: &str| Crowded { jobs, volume: (!volume.is_empty()).then(|| volume.into()) };
        let media = crowded(&all(14, "/media/Media"));
        assert_eq!(media.as_deref(), Some("14 videos wait for space on Media."));
        assert_eq!(crowded(&all(1, "")).as_deref(), Some("1 video waits for space."));
        assert_eq!(crowded(&Crowded::default()), None);
    }

    #[test]
    fn times_name_their_two_largest_units() {
        assert_eq!([duration(45), duration(192), duration(7530)], ["45 s", "3 min 12 s", "2 h 5 min"]);
        assert_eq!(until(10_000, 1_000).as_deref(), Some("10 s"));
        assert_eq!(until(1_000, 10_000), None);
        assert_eq!(change(812, 211), "-74 %");
    }

    #[test]
    fn missing_jobs_are_named_in_one_sentence() {
        let said = |ids: &[i64]| no_such(&ids.iter().copied().map(JobId).collect::<Vec<_>>());
        assert_eq!(said(&[17]), "There is no job 17.");
        assert_eq!(said(&[17, 19, 20, 21]), "There are no jobs 17, 19-21.");
    }

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(line("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }
}
