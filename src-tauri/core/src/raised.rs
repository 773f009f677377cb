//! What stands over the whole queue until it passes or a person answers it: failures that pile up, an environment in
//! which no job can start, a damaged queue that was restored. Facts, stored as flags in JSON.
//!
//! Guarantees that what an earlier version stored as a sentence can still be shown. Must not know any sentence (see
//! `words`).

use crate::error::Result;
use crate::failure::{FailureCode, Reason, shown};
use crate::job::{Job, State};
use crate::queue::{Flag, Queue, Recent};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;
use ts_rs::TS;

/// Failures pile up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Alarm {
    /// So many failed within so many minutes.
    Lately {
        /// How many.
        failed: u64,
        /// Within how many minutes.
        minutes: u64,
        /// The volume that holds all of them, where there is one.
        volume: Option<String>,
    },
    /// So many of the last that ended failed.
    OfLast {
        /// How many.
        failed: u64,
        /// Of how many.
        ended: u64,
        /// The volume that holds all of them, where there is one.
        volume: Option<String>,
    },
    /// As an earlier version stored it.
    Text {
        /// Its sentences.
        text: String,
    },
}

/// What a queue was restored from after it was found damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Restored {
    /// Only its log was lost, perhaps with what came last.
    WithoutLog {
        /// Jobs that are there.
        kept: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// The newest backup.
    FromBackup {
        /// Jobs of the damaged file that the backup did not have.
        added: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// The damaged file alone: there was no backup.
    FromDamaged {
        /// Jobs that could be read; 0: it starts empty.
        kept: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// As an earlier version stored it.
    Text {
        /// Its sentences.
        text: String,
    },
}

/// The alarm, where it is raised.
pub fn alarm(queue: &dyn Queue) -> Result<Option<Alarm>> {
    stored(queue, Flag::Alarm, |text| Alarm::Text { text })
}

/// Why no job can start, where that is so.
pub fn breaker(queue: &dyn Queue) -> Result<Option<Reason>> {
    stored(queue, Flag::Breaker, |text| Reason::Text { code: FailureCode::FfmpegBroken, text })
}

/// What the queue was restored from, until it is resumed.
pub fn restored(queue: &dyn Queue) -> Result<Option<Restored>> {
    stored(queue, Flag::Restored, |text| Restored::Text { text })
}

fn stored<T: DeserializeOwned>(
    queue: &dyn Queue,
    flag: Flag,
    in_words: impl FnOnce(String) -> T,
) -> Result<Option<T>> {
    Ok(queue.flag(flag)?.map(|text| serde_json::from_str(&text).unwrap_or_else(|_| in_words(text))))
}

/// As a flag keeps it. Values of our own types cannot fail to serialise.
pub(crate) fn to_flag(fact: &impl Serialize) -> String {
    serde_json::to_string(fact).unwrap_or_default()
}

impl Alarm {
    /// What the alarm says: how many failed, and what they have in common. `newest`: failed jobs, newest first.
    pub(crate) fn of(recent: &Recent, window: Duration, newest: &[Job]) -> Alarm {
        let ended = recent.last_ended.len();
        let of_last = recent.last_ended.iter().filter(|s| **s == State::Failed).count();
        if recent.failed > of_last || ended < ALL {
            let (failed, minutes) = (recent.failed as u64, window.as_secs() / 60);
            Alarm::Lately { failed, minutes, volume: common(newest, recent.failed) }
        } else {
            let (failed, ended) = (of_last as u64, ended as u64);
            Alarm::OfLast { failed, ended, volume: common(newest, of_last) }
        }
    }
}

/// Ended jobs among which a share of failed ones says something.
const ALL: usize = 10;

/// The name of the volume that holds all of the newest `count`.
fn common(newest: &[Job], count: usize) -> Option<String> {
    let newest = newest.iter().take(count.max(1));
    let volumes: HashSet<_> = newest.map(|job| job.source_volume.as_deref()).collect();
    let only = if volumes.len() == 1 { volumes.into_iter().next().flatten() } else { None };
    only?.file_name().map(|name| shown(Path::new(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::memory::MemoryQueue;
    use crate::queue::{Filter, Naming, NewJob, Place};
    use crate::words;
    use std::sync::Arc;

    fn said(recent: &Recent, window: Duration, newest: &[Job]) -> String {
        words::alarm(&Alarm::of(recent, window, newest)).to_string()
    }

    fn failed_on(volumes: &[&str]) -> Vec<Job> {
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let new = |(n, volume): (usize, &&str)| NewJob {
            source: format!("/{n}.mkv").into(),
            real_source: format!("/{n}.mkv").into(),
            source_size: None,
            source_mtime_ns: None,
            source_volume: Some(volume.into()),
            output_volume: None,
            root: "/".into(),
            folder: "/".into(),
            stem: n.to_string().into(),
            naming: Naming::default(),
            spec: crate::spec::JobSpec::of(crate::preset::built_in()[0].clone()),
            from_folder: false,
            max_attempts: 4,
            again: false,
        };
        let jobs: Vec<NewJob> = volumes.iter().enumerate().map(new).collect();
        queue.add(&jobs, Place::End, &|_| false).unwrap();
        queue.page(&Filter::default(), 0, 100).unwrap()
    }

    #[test]
    fn the_alarm_says_how_many_failed_and_what_they_have_in_common() {
        let minutes = Duration::from_mins(10);
        let recent = Recent { failed: 3, last_ended: vec![State::Failed; 3] };
        let card = failed_on(&["/media/SD-128"; 3]);
        assert_eq!(
            said(&recent, minutes, &card),
            "3 videos failed in the last 10 minutes. All of them are on “SD-128”."
        );
        let mixed = failed_on(&["/media/SD-128", "/", "/"]);
        assert!(
            said(&recent, minutes, &mixed)
                .ends_with("Look at their reasons before the rest runs into the same.")
        );
        let slow = Recent { failed: 1, last_ended: [[State::Failed; 5], [State::Done; 5]].concat() };
        assert!(
            said(&slow, minutes, &failed_on(&["/"; 5])).starts_with("5 of the last 10 videos failed. Look")
        );
    }

    #[test]
    fn what_an_earlier_version_stored_is_shown_as_it_is() {
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let text = "3 videos failed in the last 10 minutes. Look at their reasons.";
        for flag in [Flag::Alarm, Flag::Breaker, Flag::Restored] {
            queue.set_flag(flag, Some(text)).unwrap();
        }
        assert_eq!(words::alarm(&alarm(&queue).unwrap().unwrap()).to_string(), text);
        assert_eq!(words::breaker(&breaker(&queue).unwrap().unwrap()).to_string(), text);
        assert_eq!(words::restored(&restored(&queue).unwrap().unwrap()).to_string(), text);
    }

    #[test]
    fn what_is_raised_is_read_again() {
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let raised = Alarm::OfLast { failed: 5, ended: 10, volume: Some("SD-128".into()) };
        queue.set_flag(Flag::Alarm, Some(&to_flag(&raised))).unwrap();
        assert_eq!(alarm(&queue).unwrap(), Some(raised));
        let away = Restored::FromBackup { added: 1, aside: "spool.db.damaged-1".into() };
        queue.set_flag(Flag::Restored, Some(&to_flag(&away))).unwrap();
        assert_eq!(restored(&queue).unwrap(), Some(away));
    }
}
