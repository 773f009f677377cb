//! Volumes: the file systems of users, which may be slow, full, gone, or never answer again.
//!
//! Guarantees that asking never takes longer than the caller allows: each question runs on a thread of its own, which is
//! left behind where the drive does not answer. Such a volume counts as silent and is asked nothing more until that
//! thread comes back, so that a dead drive costs few threads. A call that hangs cannot be ended, not even by a kill:
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
    /// Questions without an answer, by mount point.
    overdue: HashMap<PathBuf, usize>,
    /// Volumes whose connection was lost when last used.
    lost: HashSet<PathBuf>,
    /// Grows whenever an overdue question is answered.
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
    /// The volume was silent before, and was not asked.
    Silent,
    /// None came in time.
    Late,
    /// Nothing was asked: no thread could be had, or the question panicked.
    Failed,
}

/// A question under way.
pub struct Question<T> {
    volumes: Arc<Volumes>,
    point: PathBuf,
    /// It is about nothing but the volume itself.
    about_root: bool,
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
        self.start(mounts::point_of(path).unwrap_or_else(|| path.to_owned()), false, question)
    }

    /// Begins to ask whether the volume that is mounted here works, see [`answers`].
    ///
    /// # Errors
    /// `Silent` or `Failed`.
    pub fn look(self: &Arc<Self>, point: &Path) -> Result<Question<io::Result<()>>, Unanswered> {
        let root = point.to_owned();
        self.start(point.to_owned(), true, move || answers(&root))
    }

    /// Asks the volume that holds `path`, and waits so long for the answer. Without one, the volume counts as silent
    /// where its root does not answer either: `path` may lead over a link to another volume.
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
        }
        answer
    }

    /// Is the volume that holds `path` silent? Waits so long for a sign of it.
    pub fn is_silent(self: &Arc<Self>, path: &Path, patience: Duration) -> bool {
        let Ok(look) = self.look(&mounts::point_of(path).unwrap_or_else(|| path.to_owned())) else {
            return true;
        };
        let silent = look.wait(patience).is_err();
        look.give_up();
        silent
    }

    fn start<T: Send + 'static>(
        self: &Arc<Self>,
        point: PathBuf,
        about_root: bool,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Question<T>, Unanswered> {
        if self.known().overdue.contains_key(&point) {
            return Err(Unanswered::Silent);
        }
        let (sender, answer) = channel();
        let (volumes, at) = (self.clone(), point.clone());
        let ask = move || {
            let said = question();
            // Under the lock, so that who gives up and who answers agree on which came first.
            let mut known = volumes.known();
            if sender.send(said).is_err() && about_root {
                known.answered(&at);
            }
        };
        let thread = std::thread::Builder::new().name("volume".into()).stack_size(STACK);
        thread.spawn(ask).map_err(|_| Unanswered::Failed)?;
        Ok(Question { volumes: self.clone(), point, about_root, answer })
    }

    /// What is known to be wrong with the volume that is mounted here.
    pub fn absence(&self, point: &Path) -> Option<Absence> {
        let known = self.known();
        let lost = known.lost.contains(point).then_some(Absence::Lost);
        if known.overdue.contains_key(point) { Some(Absence::Silent) } else { lost }
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

    /// A number that changes when a silent volume answers again.
    pub fn stamp(&self) -> u64 {
        self.known().came_back
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn answered(&mut self, point: &Path) {
        self.came_back += 1;
        if let Some(overdue) = self.overdue.get_mut(point) {
            *overdue -= 1;
            if *overdue == 0 {
                self.overdue.remove(point);
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

    /// Waits no longer. Unless the answer came at the last moment, a volume that was asked about itself is silent from
    /// now on.
    pub fn give_up(self) {
        let mut known = self.volumes.known();
        if self.about_root && !self.is_answered() {
            *known.overdue.entry(self.point).or_default() += 1;
        }
        // Closed under the lock: the thread that answers from now on learns that it is late.
        drop(self.answer);
    }
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
        let asked = volumes.start(point.clone(), true, move || blocked.recv().unwrap_or_default()).unwrap();
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
        let path = std::env::temp_dir();
        assert_eq!(
            volumes.ask(&path, Duration::from_secs(1), move || blocked.recv().unwrap_or_default()),
            Err(Unanswered::Late)
        );
        assert_eq!(volumes.ask(&path, LONG, || 7), Ok(7));
        drop(release);
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
