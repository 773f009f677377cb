//! Volumes: the file systems of users, which may be slow, full, gone, or never answer again.
//!
//! Guarantees that asking never takes longer than the caller allows: each question runs on a thread of its own, which is
//! left behind where the drive does not answer. Such a volume counts as silent and is asked nothing more until that
//! thread comes back, so that a dead drive costs few threads. So does a single path that does not answer on a volume
//! that does: it leads over a link to another one. A call that hangs cannot be ended, not even by a kill:
//! a question must therefore hold nothing that others wait for, no lock and no handle of the queue.

mod look;
pub mod mounts;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use look::{Trouble, answers, free_in, free_space, is_there, is_writable, trouble};

/// A volume that did not answer for so long counts as silent, and not before.
const CERTAIN: Duration = Duration::from_secs(1);

/// Bytes of stack of a question, which walks folders at most.
const STACK: usize = 512 << 10;

/// What is known of volumes that were asked; one for all who ask within a process.
#[derive(Debug, Default)]
pub struct Volumes {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Questions without an answer, by what they are about: a mount point, or a path below one.
    overdue: HashMap<PathBuf, usize>,
    /// Volumes whose connection was lost when last used.
    lost: HashSet<PathBuf>,
    /// Grows whenever what was silent answers.
    came_back: u64,
}

/// Why a volume cannot be used just now, by the last answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It does not answer.
    Silent,
    /// It answers that the connection is lost.
    Lost,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// It was silent before, and was not asked.
    Silent,
    /// None came in time.
    Late,
    /// Nothing was asked: no thread could be had, or the question panicked.
    Failed,
}

/// A question under way.
pub struct Question<T> {
    volumes: Arc<Volumes>,
    /// Where the volume is mounted.
    point: PathBuf,
    /// What it is about: the same, or a path on it.
    about: PathBuf,
    answer: Receiver<T>,
}

impl Volumes {
    /// Begins to ask the volume that holds `path`.
    ///
    /// # Errors
    /// `Silent` or `Failed`.
    pub fn begin<T: Send + 'static>(
        self: &Arc<Self>,
        path: &Path,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Question<T>, Unanswered> {
        self.start(mount_of(path), path.to_owned(), question)
    }

    /// Begins to ask whether the volume that is mounted here works, see [`answers`].
    ///
    /// # Errors
    /// `Silent` or `Failed`.
    pub fn look(self: &Arc<Self>, point: &Path) -> Result<Question<io::Result<()>>, Unanswered> {
        let root = point.to_owned();
        self.start(point.to_owned(), point.to_owned(), move || answers(&root))
    }

    /// Asks `path` something that takes but a moment, and waits so long for the answer. Without one, the path is asked
    /// nothing more until that comes; and its volume counts as silent where its root does not answer either, for
    /// `path` may lead over a link to another volume.
    ///
    /// # Errors
    /// Where none came.
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

    /// Asks something that takes its time, as a long list of files: waits as long as the volumes of all these `places`
    /// answer, and so long for a sign of them. The first is asked.
    ///
    /// # Errors
    /// Where one of them is silent.
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

    /// Free bytes for this user on the volume of `path`, or of its nearest existing parent: what the volume answers.
    ///
    /// # Errors
    /// Where no answer came in time.
    pub fn room(self: &Arc<Self>, path: &Path, patience: Duration) -> Result<io::Result<u64>, Unanswered> {
        let asked = path.to_owned();
        self.ask(path, patience, move || free_space(&asked))
    }

    /// Is the volume that holds `path` silent? Waits so long for a sign of it.
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
    ) -> Result<Question<T>, Unanswered> {
        if [&point, &about].into_iter().any(|place| self.known().overdue.contains_key(place)) {
            return Err(Unanswered::Silent);
        }
        let (sender, answer) = channel();
        let (volumes, at) = (self.clone(), about.clone());
        let ask = move || {
            let said = question();
            // Under the lock, so that who gives up and who answers agree on which came first.
            let mut known = volumes.known();
            if sender.send(said).is_err() {
                known.answered(&at);
            }
            // Likewise: an answer that was taken already must not look like none.
            drop(sender);
        };
        let thread = std::thread::Builder::new().name("volume".into()).stack_size(STACK);
        thread.spawn(ask).map_err(|_| Unanswered::Failed)?;
        Ok(Question { volumes: self.clone(), point, about, answer })
    }

    /// What is known to be wrong with the volume that is mounted here, or with this path.
    pub fn absence(&self, place: &Path) -> Option<Absence> {
        let known = self.known();
        let lost = known.lost.contains(place).then_some(Absence::Lost);
        if known.overdue.contains_key(place) { Some(Absence::Silent) } else { lost }
    }

    /// The connection to this volume was found lost, or there again.
    pub fn set_lost(&self, point: &Path, lost: bool) {
        let mut known = self.known();
        if lost {
            known.lost.insert(point.to_owned());
        } else {
            known.lost.remove(point);
        }
    }

    /// A number that changes when what was silent answers again.
    pub fn stamp(&self) -> u64 {
        self.known().came_back
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// An answer that is awaited no longer: news where its place was silent.
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

impl<T> Question<T> {
    /// Waits so long for the answer.
    ///
    /// # Errors
    /// `Late` or `Failed`.
    pub fn wait(&self, patience: Duration) -> Result<T, Unanswered> {
        self.answer.recv_timeout(patience).map_err(|why| match why {
            RecvTimeoutError::Timeout => Unanswered::Late,
            RecvTimeoutError::Disconnected => Unanswered::Failed,
        })
    }

    /// Has it been answered, or ended by a panic? The answer itself is let go.
    pub fn is_answered(&self) -> bool {
        !matches!(self.answer.try_recv(), Err(TryRecvError::Empty))
    }

    /// Waits no longer. Unless the answer came at the last moment, what was asked about is silent from now on.
    pub fn give_up(self) {
        let mut known = self.volumes.known();
        if !self.is_answered() {
            *known.overdue.entry(self.about).or_default() += 1;
        }
        // Closed under the lock: the thread that answers from now on learns that it is late.
        drop(self.answer);
    }
}

/// Where the volume is mounted that holds `path`.
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
    fn a_volume_that_does_not_answer_is_silent_until_it_does() {
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
        assert_eq!(volumes.ask(&path, LONG, || 7), Err(Unanswered::Silent), "it is asked nothing more");
        release.send(()).unwrap();
        while volumes.absence(&point).is_some() {
            std::thread::yield_now();
        }
        assert!(volumes.stamp() > before);
        assert_eq!(volumes.ask(&path, LONG, || 7), Ok(7));
    }

    #[test]
    fn a_volume_whose_root_answers_is_not_silent_whatever_one_of_its_paths_leads_to() {
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

    /// Looking again after each volume that came back would never end.
    #[test]
    fn an_answer_that_came_too_late_is_no_news_of_a_volume_that_was_never_silent() {
        let volumes = Arc::new(Volumes::default());
        let (release, blocked) = sync_channel::<()>(0);
        let (ending, ended) = sync_channel::<()>(1);
        let point = mounts::point_of(&std::env::temp_dir()).unwrap();
        let hangs = move || (blocked.recv().unwrap_or_default(), ending);
        drop(volumes.start(point.clone(), point.clone(), hangs).unwrap());
        drop(release);
        // The answer is dropped where it was not wanted, and with it this end of the channel.
        assert!(ended.recv().is_err());
        assert_eq!((volumes.stamp(), volumes.absence(&point)), (0, None));
    }

    #[test]
    fn a_volume_that_answers_is_never_taken_for_silent() {
        let volumes = Arc::new(Volumes::default());
        let path = std::env::temp_dir();
        for n in 0..500 {
            assert!(!volumes.is_silent(&path, LONG), "{n}");
        }
    }

    #[test]
    fn what_takes_its_time_is_waited_for_as_long_as_the_volumes_answer() {
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
    fn a_question_that_panics_leaves_no_silent_volume() {
        let volumes = Arc::new(Volumes::default());
        let path = std::env::temp_dir();
        assert_eq!(volumes.ask(&path, LONG, || -> u8 { panic!("on purpose") }), Err(Unanswered::Failed));
        assert_eq!(volumes.ask(&path, LONG, || 7), Ok(7));
    }

    #[test]
    fn a_lost_connection_is_known_until_it_is_found_again() {
        let volumes = Volumes::default();
        volumes.set_lost(Path::new("/mnt/nas"), true);
        assert_eq!(volumes.absence(Path::new("/mnt/nas")), Some(Absence::Lost));
        assert_eq!(volumes.absence(Path::new("/")), None);
        volumes.set_lost(Path::new("/mnt/nas"), false);
        assert_eq!(volumes.absence(Path::new("/mnt/nas")), None);
    }
}
