//! The rows in view that lack facts or a thumbnail: the most recently viewed first, each tried once until the
//! environment changes or an hour has passed.

use crate::locked::lock;
use spool_core::ffmpeg;
use spool_core::job::{Job, JobId, State};
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Maximum number of waiting rows; the one viewed longest ago is dropped first.
const MOST_WANTED: usize = 120;
/// Time after which a row may be tried again in the same environment.
const AGAIN: Duration = Duration::from_hours(1);
/// Maximum wait for a row, after which the caller checks the environment again.
const TURN: Duration = Duration::from_secs(10);

/// The rows to look up.
#[derive(Default)]
pub struct Previews {
    state: Mutex<Wanted>,
    news: Condvar,
}

#[derive(Default)]
struct Wanted {
    /// A stack: the last row is next.
    waiting: Vec<JobId>,
    tried: HashMap<JobId, Instant>,
    environment: Option<World>,
}

/// What a lookup depends on besides the video.
#[derive(Clone, PartialEq)]
pub(crate) struct World {
    pub(crate) tools: Option<ffmpeg::Tools>,
    pub(crate) volumes: (u64, u64),
}

impl Wanted {
    fn want(&mut self, id: JobId) -> bool {
        if self.tried.contains_key(&id) || self.waiting.contains(&id) {
            return false;
        }
        self.waiting.push(id);
        if self.waiting.len() > MOST_WANTED {
            self.waiting.remove(0);
        }
        true
    }

    fn take(&mut self, now: Instant) -> Option<JobId> {
        let id = self.waiting.pop()?;
        self.tried.insert(id, now);
        Some(id)
    }

    /// Forgets rows tried in another environment or too long ago. Returns true if any row may be tried again.
    fn renew(&mut self, environment: World, now: Instant) -> bool {
        let (before, other) = (self.tried.len(), self.environment.as_ref() != Some(&environment));
        self.environment = Some(environment);
        self.tried.retain(|_, at| !other && now.saturating_duration_since(*at) < AGAIN);
        self.tried.len() < before
    }
}

impl Previews {
    /// Requests the facts or the thumbnail that a row in view lacks.
    pub fn want(&self, job: &Job, has_picture: bool) {
        // A running job stores its facts itself, and its drive is busy.
        if job.state == State::Running && job.facts.is_none() {
            return;
        }
        let lacks = job.facts.is_none() || !has_picture && job.facts.as_ref().is_some_and(|f| f.width > 0);
        if lacks && lock(&self.state).want(job.id) {
            self.news.notify_one();
        }
    }

    /// Returns the next row; waits for one until the environment must be checked again.
    pub(crate) fn next(&self) -> Option<JobId> {
        let state = lock(&self.state);
        let nothing = |wanted: &mut Wanted| wanted.waiting.is_empty();
        let waited = self.news.wait_timeout_while(state, TURN, nothing);
        waited.unwrap_or_else(PoisonError::into_inner).0.take(Instant::now())
    }

    /// Allows rows to be tried again in another environment or after an hour. Returns true if any may be.
    pub(crate) fn renew(&self, environment: World) -> bool {
        lock(&self.state).renew(environment, Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_recently_viewed_row_comes_first_and_each_only_once() {
        let mut wanted = Wanted::default();
        for id in 1..=200 {
            assert!(wanted.want(JobId(id)));
        }
        assert!(!wanted.want(JobId(200)), "already waiting");
        assert_eq!(wanted.take(Instant::now()), Some(JobId(200)));
        assert!(!wanted.want(JobId(200)), "already tried");
        assert_eq!(wanted.waiting.len(), MOST_WANTED - 1);
        assert!(wanted.want(JobId(1)), "dropped, and in view again");
    }

    #[test]
    fn rows_are_tried_again_in_another_environment_and_once_an_hour() {
        let environment = |volumes| World { tools: None, volumes: (volumes, 0) };
        let (mut wanted, now) = (Wanted::default(), Instant::now());
        let tried = |wanted: &mut Wanted, at| {
            assert!(wanted.want(JobId(1)));
            assert_eq!(wanted.take(at), Some(JobId(1)));
            assert!(!wanted.want(JobId(1)));
        };
        assert!(!wanted.renew(environment(1), now), "nothing was tried");
        tried(&mut wanted, now);
        assert!(!wanted.renew(environment(1), now + AGAIN / 2) && !wanted.want(JobId(1)));
        assert!(wanted.renew(environment(2), now + AGAIN / 2), "a drive was mounted");
        tried(&mut wanted, now + AGAIN / 2);
        assert!(!wanted.renew(environment(2), now + AGAIN));
        assert!(wanted.renew(environment(2), now + AGAIN * 2), "an hour has passed");
        assert!(wanted.want(JobId(1)));
    }
}
