//! Volumes: file systems of users, which may be slow, full or absent, or never respond.
//!
//! Guarantees that a question never takes longer than the caller allows: it runs on a thread of its own, which is left
//! behind if the drive does not respond. Such a volume counts as silent, and no further question is asked until that
//! thread returns, so that a dead drive blocks few threads. The same applies to a single silent path on a volume that
//! responds, as a symlink may lead to another volume. A blocked system call cannot be ended, not even by a kill, so a
//! question must hold nothing that others wait for: no lock and no handle of the queue.

mod look;
pub mod mounts;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use look::{Trouble, answers, free_in, free_space, is_there, is_writable, trouble};

/// A volume counts as silent only if it did not respond for at least this long.
const CERTAIN: Duration = Duration::from_secs(1);

/// Stack size in bytes of the thread of a question; the deepest questions walk folders.
const STACK: usize = 512 << 10;

/// What is known of volumes; shared by the whole process.
#[derive(Debug, Default)]
pub struct Volumes {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Number of unanswered questions by subject: a mount point, or a path below one.
    overdue: HashMap<PathBuf, usize>,
    /// Mount points of volumes whose connection was lost at the last use.
    lost: HashSet<PathBuf>,
    /// Incremented when a silent volume or path responds.
    came_back: u64,
}

/// Why a volume cannot be used at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It does not respond.
    Silent,
    /// It reports that the connection is lost.
    Lost,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// It is known to be silent, and no question was asked.
    Silent,
    /// No answer arrived in time.
    Late,
    /// No thread could be started, or the question panicked.
    Failed,
}

/// A pending question.
pub struct Query<T> {
    volumes: Arc<Volumes>,
    /// Mount point of the volume.
    point: PathBuf,
    /// The subject: the mount point, or a path below it.
    about: PathBuf,
    answer: Receiver<T>,
}

impl Volumes {
    /// Starts a question about `path`.
    ///
    /// # Errors
    /// `Silent` or `Failed`.
    pub fn begin<T: Send + 'static>(
        self: &Arc<Self>,
        path: &Path,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Query<T>, Unanswered> {
        self.start(mount_of(path), path.to_owned(), question)
    }

    /// Starts a check whether the volume mounted at `point` works; see [`answers`].
    ///
    /// # Errors
    /// `Silent` or `Failed`.
    pub fn look(self: &Arc<Self>, point: &Path) -> Result<Query<io::Result<()>>, Unanswered> {
        let root = point.to_owned();
        self.start(point.to_owned(), point.to_owned(), move || answers(&root))
    }

    /// Asks a short question about `path`, and waits at most `patience` for the answer. Without one after 1 s or more,
    /// `path` counts as silent until the answer arrives. The volume counts as silent only if its root does not respond
    /// either, because `path` may lead to another volume through a symlink.
    ///
    /// # Errors
    /// If there was no answer.
    pub fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        path: &Path,
        patience: Duration,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let asked = self.begin(path, question)?;
        let look = self.look(&asked.point);
        let answer = asked.wait(patience);
        if let (Err(Unanswered::Late), Ok(look)) = (&answer, look)
            && patience >= CERTAIN
        {
            look.give_up();
            asked.give_up();
        }
        answer
    }

    /// Asks a long question, such as listing many files, about the first of `places`. Waits for the answer as long as
    /// the volumes of all `places` respond, each within half of `patience`.
    ///
    /// # Errors
    /// If one of them is silent.
    pub fn ask_at_length<T: Send + 'static>(
        self: &Arc<Self>,
        places: &[&Path],
        patience: Duration,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let is_known = |place: &&Path| self.absence(&mount_of(place)) == Some(Absence::Silent);
        if places.iter().any(is_known) {
            return Err(Unanswered::Silent);
        }
        let asked = self.begin(places.first().copied().unwrap_or(Path::new("")), question)?;
        loop {
            match asked.wait(patience / 2) {
                Err(Unanswered::Late) => {}
                ended => return ended,
            }
            if places.iter().any(|place| self.is_silent(place, patience / 2)) {
                return Err(Unanswered::Late);
            }
        }
    }

    /// Returns the free bytes for this user on the volume of `path` or of its nearest existing parent, or the error of
    /// the volume.
    ///
    /// # Errors
    /// If no answer arrived in time.
    pub fn room(self: &Arc<Self>, path: &Path, patience: Duration) -> Result<io::Result<u64>, Unanswered> {
        let asked = path.to_owned();
        self.ask(path, patience, move || free_space(&asked))
    }

    /// Checks whether the volume that holds `path` is silent. Waits at most `patience` for a response.
    pub fn is_silent(self: &Arc<Self>, path: &Path, patience: Duration) -> bool {
        let Ok(look) = self.look(&mount_of(path)) else { return true };
        let silent = look.wait(patience).is_err();
        look.give_up();
        silent
    }

    fn start<T: Send + 'static>(
        self: &Arc<Self>,
        point: PathBuf,
        about: PathBuf,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Query<T>, Unanswered> {
        if [&point, &about].into_iter().any(|place| self.known().overdue.contains_key(place)) {
            return Err(Unanswered::Silent);
        }
        let (sender, answer) = channel();
        let (volumes, at) = (self.clone(), about.clone());
        let ask = move || {
            let result = question();
            // Under the lock, so that `give_up` and this thread agree on which came first.
            let mut known = volumes.known();
            if sender.send(result).is_err() {
                known.answered(&at);
            }
            // Also under the lock: an answer that was already taken must not look like a missing one.
            drop(sender);
        };
        let thread = std::thread::Builder::new().name("volume".into()).stack_size(STACK);
        thread.spawn(ask).map_err(|_| Unanswered::Failed)?;
        Ok(Query { volumes: self.clone(), point, about, answer })
    }

    /// Returns why the volume mounted at `place`, or this path, cannot be used, as far as known.
    pub fn absence(&self, place: &Path) -> Option<Absence> {
        let known = self.known();
        let lost = known.lost.contains(place).then_some(Absence::Lost);
        if known.overdue.contains_key(place) { Some(Absence::Silent) } else { lost }
    }

    /// Records that the connection to this volume is lost, or restored.
    pub fn set_lost(&self, point: &Path, lost: bool) {
        let mut known = self.known();
        if lost {
            known.lost.insert(point.to_owned());
        } else {
            known.lost.remove(point);
        }
    }

    /// Returns a number that changes when a silent volume or path responds again.
    pub fn stamp(&self) -> u64 {
        self.known().came_back
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Records an answer that arrived after `give_up`. Has no effect if `place` is not silent.
    fn answered(&mut self, place: &Path) {
        if let Some(overdue) = self.overdue.get_mut(place) {
            self.came_back += 1;
            *overdue -= 1;
            if *overdue == 0 {
                self.overdue.remove(place);
            }
        }
    }
}

impl<T> Query<T> {
    /// Waits at most `patience` for the answer.
    ///
    /// # Errors
    /// `Late` or `Failed`.
    pub fn wait(&self, patience: Duration) -> Result<T, Unanswered> {
        self.answer.recv_timeout(patience).map_err(|why| match why {
            RecvTimeoutError::Timeout => Unanswered::Late,
            RecvTimeoutError::Disconnected => Unanswered::Failed,
        })
    }

    /// Checks whether the question was answered or panicked. Discards the answer.
    pub fn is_answered(&self) -> bool {
        !matches!(self.answer.try_recv(), Err(TryRecvError::Empty))
    }

    /// Stops waiting. Records the subject as silent, unless the answer has just arrived.
    pub fn give_up(self) {
        let mut known = self.volumes.known();
        if !self.is_answered() {
            *known.overdue.entry(self.about).or_default() += 1;
        }
        // Closed under the lock, so that a later answer of the thread counts as late.
        drop(self.answer);
    }
}

/// Returns the mount point of the volume that holds `path`.
fn mount_of(path: &Path) -> PathBuf {
    mounts::point_of(path).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn volume_that_does_not_respond_is_silent_until_it_does() {
        let volumes = Arc::new(Volumes::default());
        let (release, blocked) = sync_channel::<()>(0);
        let path = std::env::temp_dir();
        let point = mounts::point_of(&path).unwrap();
        assert_eq!(volumes.ask(&path, LONG, || 7), Ok(7));
        let hangs = move || blocked.recv().unwrap_or_default();
        let asked = volumes.start(point.clone(), point.clone(), hangs).unwrap();
        assert_eq!(asked.wait(SHORT), Err(Unanswered::Late));
        assert_eq!(volumes.absence(&point), None, "not yet");
        asked.give_up();
        assert_eq!(volumes.absence(&point), Some(Absence::Silent));
        let before = volumes.stamp();
        assert_eq!(volumes.ask(&path, LONG, || 7), Err(Unanswered::Silent), "no further question is asked");
        release.send(()).unwrap();
        while volumes.absence(&point).is_some() {
            std::thread::yield_now();
        }
        assert!(volumes.stamp() > before);
        assert_eq!(volumes.ask(&path, LONG, || 7), Ok(7));
    }

    #[test]
    fn silent_path_does_not_make_a_responding_volume_silent() {
        let volumes = Arc::new(Volumes::default());
        let (release, blocked) = sync_channel::<()>(0);
        let (link, other) = (std::env::temp_dir().join("link"), std::env::temp_dir().join("other"));
        assert_eq!(
            volumes.ask(&link, CERTAIN, move || blocked.recv().unwrap_or_default()),
            Err(Unanswered::Late)
        );
        assert_eq!(volumes.ask(&other, LONG, || 7), Ok(7));
        assert_eq!(volumes.ask(&link, LONG, || 7), Err(Unanswered::Silent), "one thread for each such path");
        let before = volumes.stamp();
        drop(release);
        while volumes.absence(&link).is_some() {
            std::thread::yield_now();
        }
        assert_eq!(volumes.ask(&link, LONG, || 7), Ok(7));
        assert!(volumes.stamp() > before);
    }

    /// Otherwise each answer would trigger another check, without end.
    #[test]
    fn late_answer_of_a_volume_that_was_never_silent_does_not_change_the_stamp() {
        let volumes = Arc::new(Volumes::default());
        let (release, blocked) = sync_channel::<()>(0);
        let (ending, ended) = sync_channel::<()>(1);
        let point = mounts::point_of(&std::env::temp_dir()).unwrap();
        let hangs = move || (blocked.recv().unwrap_or_default(), ending);
        drop(volumes.start(point.clone(), point.clone(), hangs).unwrap());
        drop(release);
        // The late answer is dropped, and with it the sender in it.
        assert!(ended.recv().is_err());
        assert_eq!((volumes.stamp(), volumes.absence(&point)), (0, None));
    }

    #[test]
    fn responding_volume_is_never_silent() {
        let volumes = Arc::new(Volumes::default());
        let path = std::env::temp_dir();
        for n in 0..500 {
            assert!(!volumes.is_silent(&path, LONG), "{n}");
        }
    }

    #[test]
    fn long_question_may_continue_while_the_volumes_respond() {
        let volumes = Arc::new(Volumes::default());
        let path = std::env::temp_dir();
        let long = || {
            std::thread::park_timeout(CERTAIN * 5 / 2);
            7
        };
        assert_eq!(volumes.ask_at_length(&[&path], CERTAIN * 2, long), Ok(7));
        let point = mounts::point_of(&path).unwrap();
        let (keep, blocked) = sync_channel::<()>(0);
        volumes.start(point.clone(), point, move || blocked.recv()).unwrap().give_up();
        let silent = volumes.ask_at_length(&[&path], LONG, || -> u8 { panic!("asked") });
        assert_eq!(silent, Err(Unanswered::Silent));
        drop(keep);
    }

    #[test]
    fn question_that_panics_leaves_no_silent_volume() {
        let volumes = Arc::new(Volumes::default());
        let path = std::env::temp_dir();
        assert_eq!(volumes.ask(&path, LONG, || -> u8 { panic!("on purpose") }), Err(Unanswered::Failed));
        assert_eq!(volumes.ask(&path, LONG, || 7), Ok(7));
    }

    #[test]
    fn lost_connection_is_known_until_it_is_restored() {
        let volumes = Volumes::default();
        volumes.set_lost(Path::new("/mnt/nas"), true);
        assert_eq!(volumes.absence(Path::new("/mnt/nas")), Some(Absence::Lost));
        assert_eq!(volumes.absence(Path::new("/")), None);
        volumes.set_lost(Path::new("/mnt/nas"), false);
        assert_eq!(volumes.absence(Path::new("/mnt/nas")), None);
    }
}
