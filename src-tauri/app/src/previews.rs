//! Facts and thumbnails of the videos in view: looked up one after the other on a separate thread, the most recently
//! viewed first.
//!
//! Guarantees that a queue of 100,000 jobs is never scanned: only rows that the window requested are looked up, each
//! once until ffmpeg or the volumes change, or an hour has passed. Thumbnails are stored in the data folder under the
//! job's id; the oldest ones are deleted.

use crate::in_view::World;
use crate::state::Spool;
use spool_core::ffmpeg::{self, probe};
use spool_core::job::JobId;
use spool_core::media::Facts;
use spool_core::policy::Policy;
use spool_core::volumes::mounts;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Number of thumbnails that a cleanup keeps, some 3 kB each.
const MOST_KEPT: usize = 4000;
/// Interval between cleanups, in rounds of the thread.
const TIDY_EVERY: usize = 100;
/// Timeout for one step of a lookup; ffprobe itself has 30 s.
const LOOK_LIMIT: Duration = Duration::from_secs(45);
/// Position of the frame, as a fraction of the length.
const SHARE: f64 = 0.1;

/// Returns the path of a job's thumbnail, whether or not it exists.
pub fn picture(data: &Path, id: JobId) -> PathBuf {
    data.join("thumbnails").join(format!("{id}.jpg"))
}

/// Returns the current environment.
fn environment(spool: &Spool) -> World {
    World { tools: spool.tools().ok(), volumes: (mounts::stamp(), spool.volumes.stamp()) }
}

/// Starts the thread, which runs as long as the application.
pub fn start(spool: &Arc<Spool>) {
    let spool = Arc::clone(spool);
    let thread = std::thread::Builder::new().name("previews".into()).spawn(move || {
        for round in 0_usize.. {
            if spool.previews.renew(environment(&spool)) {
                // The window requests the rows in view again.
                spool.feed.touch();
            }
            let Some(id) = spool.previews.next() else { continue };
            if look(&spool, id).is_some() {
                spool.feed.touch();
            }
            if round.is_multiple_of(TIDY_EVERY) {
                tidy(&spool.data.join("thumbnails"), MOST_KEPT);
            }
        }
    });
    if let Err(cause) = thread {
        tracing::error!(%cause, "the thread for previews could not be started");
    }
}

/// Looks up one video; `None` if nothing new is known. A drive that does not respond blocks only a thread of its own.
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

/// Returns the thumbnail for the path of a request, which must be the id of a job.
pub fn at_path(data: &Path, path: &str) -> Option<Vec<u8>> {
    let id = path.trim_start_matches('/').parse().ok().map(JobId)?;
    std::fs::read(picture(data, id)).ok()
}

/// Deletes the oldest thumbnails beyond `most`.
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
    fn thumbnail_is_found_only_by_the_id_of_its_job() {
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
    fn oldest_thumbnails_are_deleted() {
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
