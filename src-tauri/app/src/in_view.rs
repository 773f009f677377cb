//! Which rows are in view and lack facts or a picture: what was seen last comes first, each once until something has
//! changed.

use crate::locked::lock;
use spool_core::ffmpeg;
use spool_core::job::{Job, JobId, State};
use std::collections::HashMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Rows that wait to be looked at; what was seen longest ago is forgotten first.
const MOST_WANTED: usize = 120;
/// After so long what failed is tried again, whatever it was.
const AGAIN: Duration = Duration::from_hours(1);
/// How often is looked whether something has changed.
const TURN: Duration = Duration::from_secs(10);

/// What is to be looked at.
#[derive(Default)]
pub struct Previews {
    state: Mutex<Wanted>,
    news: Condvar,
}

#[derive(Default)]
struct Wanted {
    /// The last is next.
    waiting: Vec<JobId>,
    tried: HashMap<JobId, Instant>,
    world: Option<World>,
}

/// What a look depends on beside the video.
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

    /// Forgets what was tried in another world, or long ago. True: something may be tried again.
    fn renew(&mut self, world: World, now: Instant) -> bool {
        let (before, other) = (self.tried.len(), self.world.as_ref() != Some(&world));
        self.world = Some(world);
        self.tried.retain(|_, at| !other && now.saturating_duration_since(*at) < AGAIN);
        self.tried.len() < before
    }
}

impl Previews {
    /// A row is in view: what it lacks is looked up when there is time.
    pub fn want(&self, job: &Job, has_picture: bool) {
        // A running job tells of itself first, and its drive is busy.
        if job.state == State::Running && job.facts.is_none() {
            return;
        }
        let lacks = job.facts.is_none() || !has_picture && job.facts.as_ref().is_some_and(|f| f.width > 0);
        if lacks && lock(&self.state).want(job.id) {
            self.news.notify_one();
        }
    }

    /// The next row, waited for until something may have changed.
    pub(crate) fn next(&self) -> Option<JobId> {
        let state = lock(&self.state);
        let nothing = |wanted: &mut Wanted| wanted.waiting.is_empty();
        let waited = self.news.wait_timeout_while(state, TURN, nothing);
        waited.unwrap_or_else(PoisonError::into_inner).0.take(Instant::now())
    }

    /// In another world, or after long, what was tried is tried again. True: something may be.
    pub(crate) fn renew(&self, world: World) -> bool {
        lock(&self.state).renew(world, Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_last_comes_first_and_each_only_once() {
        let mut wanted = Wanted::default();
        for id in 1..=200 {
            assert!(wanted.want(JobId(id)));
        }
        assert!(!wanted.want(JobId(200)), "waits already");
        assert_eq!(wanted.take(Instant::now()), Some(JobId(200)));
        assert!(!wanted.want(JobId(200)), "was tried");
        assert_eq!(wanted.waiting.len(), MOST_WANTED - 1);
        assert!(wanted.want(JobId(1)), "forgotten, and in view again");
    }

    #[test]
    fn what_failed_is_tried_again_in_another_world_and_once_an_hour() {
        let world = |volumes| World { tools: None, volumes: (volumes, 0) };
        let (mut wanted, now) = (Wanted::default(), Instant::now());
        let tried = |wanted: &mut Wanted, at| {
            assert!(wanted.want(JobId(1)));
            assert_eq!(wanted.take(at), Some(JobId(1)));
            assert!(!wanted.want(JobId(1)));
        };
        assert!(!wanted.renew(world(1), now), "nothing was tried");
        tried(&mut wanted, now);
        assert!(!wanted.renew(world(1), now + AGAIN / 2) && !wanted.want(JobId(1)));
        assert!(wanted.renew(world(2), now + AGAIN / 2), "a drive came");
        tried(&mut wanted, now + AGAIN / 2);
        assert!(!wanted.renew(world(2), now + AGAIN));
        assert!(wanted.renew(world(2), now + AGAIN * 2), "an hour has passed");
        assert!(wanted.want(JobId(1)));
    }
}
