//! Facts and pictures of videos that are in view: looked at one after the other, last seen first, off the way of the
//! queue.
//!
//! Guarantees that a queue of 100,000 is never looked through: only rows that the window asked for are, each once until
//! ffmpeg or the volumes change, or an hour has passed. Pictures lie in the data folder under the job's number; the oldest make room.

use crate::state::{Spool, lock};
use spool_core::ffmpeg::{self, probe};
use spool_core::job::{Job, JobId, State};
use spool_core::media::Facts;
use spool_core::policy::Policy;
use spool_core::volumes::mounts;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Rows that wait to be looked at; what was seen longest ago is forgotten first.
const MOST_WANTED: usize = 120;
/// Pictures kept, some 3 kB each.
const MOST_KEPT: usize = 4000;
/// One picture in so many is a look at how many there are.
const TIDY_EVERY: usize = 100;
/// Longest look at one video; ffprobe itself has 30 s.
const LOOK_LIMIT: Duration = Duration::from_secs(45);
/// After so long what failed is tried again, whatever it was.
const AGAIN: Duration = Duration::from_hours(1);
/// How often is looked whether something has changed.
const TURN: Duration = Duration::from_secs(10);
/// Which frame, as a share of the length.
const SHARE: f64 = 0.1;

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
struct World {
    tools: Option<ffmpeg::Tools>,
    volumes: (u64, u64),
}

impl World {
    fn of(spool: &Spool) -> World {
        World { tools: spool.tools().ok(), volumes: (mounts::stamp(), spool.volumes.stamp()) }
    }
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
    fn next(&self) -> Option<JobId> {
        let state = lock(&self.state);
        let nothing = |wanted: &mut Wanted| wanted.waiting.is_empty();
        let waited = self.news.wait_timeout_while(state, TURN, nothing);
        waited.unwrap_or_else(PoisonError::into_inner).0.take(Instant::now())
    }
}

/// Where the picture of a job lies, whether or not it is there.
pub fn picture(data: &Path, id: JobId) -> PathBuf {
    data.join("thumbnails").join(format!("{id}.jpg"))
}

/// Starts looking, for as long as the application runs.
pub fn start(spool: &Arc<Spool>) {
    let spool = Arc::clone(spool);
    let thread = std::thread::Builder::new().name("previews".into()).spawn(move || {
        for made in 0_usize.. {
            if lock(&spool.previews.state).renew(World::of(&spool), Instant::now()) {
                // The window asks anew for the rows in view.
                spool.feed.touch();
            }
            let Some(id) = spool.previews.next() else { continue };
            if look(&spool, id).is_some() {
                spool.feed.touch();
            }
            if made.is_multiple_of(TIDY_EVERY) {
                tidy(&spool.data.join("thumbnails"), MOST_KEPT);
            }
        }
    });
    if let Err(cause) = thread {
        tracing::error!(%cause, "no previews");
    }
}

/// Looks at one video; `None` when nothing new is known. A drive that does not answer holds a thread of its own.
fn look(spool: &Spool, id: JobId) -> Option<()> {
    let job = spool.job(id).ok()??;
    let tools = spool.tools().ok()?;
    let facts = if let Some(facts) = job.facts.clone() {
        facts
    } else {
        let (tools, source) = (tools.clone(), job.source.clone());
        let ask = move || probe::source(&tools, &source, &Policy::default(), None).ok().flatten();
        let seen = spool.volumes.ask(&job.real_source, LOOK_LIMIT, ask).ok()?;
        let facts = seen.map_or_else(Facts::default, |info| info.facts());
        spool.queue().describe(id, &facts).ok()?;
        facts
    };
    let to = picture(&spool.data, id);
    if facts.width > 0 && !to.exists() {
        std::fs::create_dir_all(to.parent()?).ok()?;
        let (at, source) = (facts.seconds.unwrap_or(0.0) * SHARE, job.source.clone());
        let make = move || ffmpeg::thumbnail(&tools, &source, at, &to).map_err(|cause| cause.to_string());
        if let Err(cause) = spool.volumes.ask(&job.real_source, LOOK_LIMIT, make).ok()? {
            tracing::info!(job = %id, %cause, "no picture");
        }
    }
    Some(())
}

/// The picture that a path asks for: the number of a job and nothing else.
pub fn at_path(data: &Path, path: &str) -> Option<Vec<u8>> {
    let id = path.trim_start_matches('/').parse().ok().map(JobId)?;
    std::fs::read(picture(data, id)).ok()
}

/// Removes the oldest pictures beyond `most`.
fn tidy(folder: &Path, most: usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let age =
        |e: &std::fs::DirEntry| e.metadata().and_then(|m| m.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut all: Vec<_> = entries.filter_map(Result::ok).map(|e| (age(&e), e.path())).collect();
    all.sort();
    for (_, path) in all.iter().rev().skip(most) {
        let _ = std::fs::remove_file(path);
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

    #[test]
    fn a_picture_is_had_by_the_number_of_its_job_and_by_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = picture(dir.path(), JobId(7));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "a picture").unwrap();
        std::fs::write(dir.path().join("settings.jpg"), "a secret").unwrap();
        assert_eq!(at_path(dir.path(), "/7").as_deref(), Some(b"a picture".as_slice()));
        for path in ["/8", "/../settings", "/7.jpg", "/", ""] {
            assert_eq!(at_path(dir.path(), path), None, "{path}");
        }
    }

    #[test]
    fn the_oldest_pictures_make_room() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..5_u64 {
            let path = picture(dir.path(), JobId(n as i64));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let file = std::fs::File::create(&path).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(100 - n)).unwrap();
        }
        tidy(&dir.path().join("thumbnails"), 2);
        let left: Vec<_> = (0..5).filter(|n| picture(dir.path(), JobId(*n)).exists()).collect();
        assert_eq!(left, [0, 1]);
    }
}
