//! The content of the alarm about repeated failures. Pure.

use crate::failure::shown;
use crate::job::{Job, State};
use crate::queue::Recent;
use crate::raised::Alarm;
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

impl Alarm {
    /// Returns the number of failures and the volume they have in common. `newest`: failed jobs, newest first.
    pub(crate) fn of(recent: &Recent, window: Duration, newest: &[Job]) -> Alarm {
        let ended = recent.last_ended.len();
        let of_last = recent.last_ended.iter().filter(|s| **s == State::Failed).count();
        if recent.failed > of_last || ended < SIGNIFICANT {
            let (failed, minutes) = (recent.failed as u64, window.as_secs() / 60);
            Alarm::Lately { failed, minutes, volume: common(newest, recent.failed) }
        } else {
            let (failed, ended) = (of_last as u64, ended as u64);
            Alarm::OfLast { failed, ended, volume: common(newest, of_last) }
        }
    }
}

/// Ended jobs from which the share of failed ones is significant.
const SIGNIFICANT: usize = 10;

/// Returns the name of the volume that holds the sources of the newest `count` jobs; `None` if there are several.
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
    use crate::queue::{Commands, Filter, Lists, Naming, NewJob, QueuePosition, TakenNames};
    use crate::words;
    use std::sync::Arc;

    fn text(recent: &Recent, window: Duration, newest: &[Job]) -> String {
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
        queue.add(&jobs, QueuePosition::End, &TakenNames::default()).unwrap();
        queue.page(&Filter::default(), 0, 100).unwrap()
    }

    #[test]
    fn alarm_has_the_number_of_failures_and_their_common_volume() {
        let minutes = Duration::from_mins(10);
        let recent = Recent { failed: 3, last_ended: vec![State::Failed; 3] };
        let card = failed_on(&["/media/SD-128"; 3]);
        assert_eq!(
            text(&recent, minutes, &card),
            "3 videos failed in the last 10 minutes. All of them are on “SD-128”."
        );
        let mixed = failed_on(&["/media/SD-128", "/", "/"]);
        assert!(text(&recent, minutes, &mixed).ends_with("Check their reasons before more videos fail."));
        let slow = Recent { failed: 1, last_ended: [[State::Failed; 5], [State::Done; 5]].concat() };
        assert!(
            text(&slow, minutes, &failed_on(&["/"; 5])).starts_with("5 of the last 10 videos failed. Check")
        );
    }
}
