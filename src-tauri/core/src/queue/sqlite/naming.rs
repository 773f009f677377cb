//! What is decided of added jobs before the transaction that accepts them: what is known of each, and the name of its result.
//!
//! Guarantees that drives are asked while nothing is locked, however long they take, and that no two jobs of one call get
//! the same name. Others may write meanwhile: the transaction looks once more.

use super::SqliteQueue;
use super::keys::Draft;
use super::known::{self, Answer};
use crate::error::Result;
use crate::queue::key_of_path;
use rusqlite::Connection;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Which names are in use on disk, each asked for once.
pub(super) struct Looks<'a> {
    taken: &'a dyn Fn(&Path) -> bool,
    known: RefCell<HashMap<PathBuf, bool>>,
}

impl<'a> Looks<'a> {
    pub(super) fn new(taken: &'a dyn Fn(&Path) -> bool) -> Looks<'a> {
        Looks { taken, known: RefCell::default() }
    }

    fn look(&self, path: &Path) -> bool {
        if let Some(known) = self.known(path) {
            return known;
        }
        let is_taken = (self.taken)(path);
        self.known.borrow_mut().insert(path.to_owned(), is_taken);
        is_taken
    }

    /// The answer where it is there already.
    pub(super) fn known(&self, path: &Path) -> Option<bool> {
        self.known.borrow().get(path).copied()
    }
}

/// A name for a result, and the key it is claimed under.
pub(super) struct Name {
    pub(super) path: PathBuf,
    pub(super) key: Vec<u8>,
}

/// The names for these jobs as far as they need one: those that are known need none.
pub(super) fn names(
    queue: &SqliteQueue,
    drafts: &[Draft<'_>],
    looks: &Looks<'_>,
) -> Result<Vec<Option<Name>>> {
    let mut ours = Ours::default();
    drafts.iter().map(|draft| name(queue, draft, looks, &mut ours)).collect()
}

fn name(queue: &SqliteQueue, draft: &Draft<'_>, looks: &Looks<'_>, ours: &mut Ours) -> Result<Option<Name>> {
    let known = queue.read(|c| known::known(c, draft))?;
    let is_new = matches!(known.answer(|result| Some(looks.look(result))), Answer::New);
    if !is_new || !ours.works.insert(draft.keys.own.clone()) {
        return Ok(None);
    }
    ours.free(draft, |name| Ok(!queue.read(|c| is_claimed(c, &name.key))? && !looks.look(&name.path)))
        .map(Some)
}

/// What the jobs of one call have taken so far.
#[derive(Default)]
struct Ours {
    works: HashSet<Vec<u8>>,
    names: HashSet<Vec<u8>>,
    /// Next number to try for a name, so that ten thousand files of one name do not each count from one.
    numbers: HashMap<Vec<u8>, u32>,
}

impl Ours {
    /// The first name that none of them has and that `is_free` says is free.
    fn free(&mut self, draft: &Draft<'_>, is_free: impl Fn(&Name) -> Result<bool>) -> Result<Name> {
        let wish = draft.job.candidate(1);
        let key = key_of_path(&wish);
        let number = self.numbers.entry(key.clone()).or_insert(1);
        let mut name = Name { path: wish, key };
        loop {
            if *number > 1 {
                let path = draft.job.candidate(*number);
                name = Name { key: key_of_path(&path), path };
            }
            *number += 1;
            if !self.names.contains(&name.key) && is_free(&name)? {
                self.names.insert(name.key.clone());
                return Ok(name);
            }
        }
    }
}

/// Has an active job this name?
pub(super) fn is_claimed(c: &Connection, key: &[u8]) -> Result<bool> {
    let sql = "SELECT 1 FROM job WHERE output_key = ?1 AND state IN ('queued','waiting','running')";
    Ok(c.prepare_cached(sql)?.exists([key])?)
}
