//! Keys of the work of a job to be added, and its serialised spec. Computed before any transaction, because hashing and
//! serialising a preset cost more than the lookups they serve.

use super::rows::to_json;
use crate::error::{Error, Result};
use crate::queue::work::{Meaning, Work, former_key};
use crate::queue::{NewJob, key_of_path};
use crate::spec::{self, JobOptions, JobSpec};
use rusqlite::Connection;
use std::path::PathBuf;
use std::rc::Rc;

/// Is there a row with a key of schemas 1 to 3?
pub(super) fn has_former(c: &Connection) -> Result<bool> {
    Ok(c.prepare("SELECT 1 FROM job WHERE former_key IS NOT NULL LIMIT 1")?.exists([])?)
}

/// A serialised spec; most jobs of one call share it.
pub(super) struct Texts {
    meaning: Meaning,
    pub(super) preset: String,
    pub(super) options: String,
}

impl Texts {
    fn of(spec: &JobSpec) -> Result<Texts> {
        let (preset, options) = spec::write(spec).map_err(|e| Error::Database(e.to_string()))?;
        Ok(Texts { meaning: Meaning::of(spec), preset, options })
    }
}

/// The keys under which the same work may be stored.
pub(super) struct Keys {
    pub(super) own: Vec<u8>,
    /// With the preset's meanings in earlier versions.
    pub(super) earlier: Vec<Vec<u8>>,
    /// As schemas 1 to 3 computed it; `None` if no such row is left.
    pub(super) former: Option<Vec<u8>>,
}

impl Keys {
    fn of(job: &NewJob, texts: &Texts, former: bool) -> Result<Keys> {
        let work = Work::of(&job.real_source, &job.root, &texts.meaning);
        let key =
            || -> Result<_> { Ok(former_key(&job.real_source, &job.root, &to_json(&job.spec.preset)?)) };
        // Those schemas had no options.
        let former = former && job.spec.options == JobOptions::default();
        Ok(Keys {
            own: work.key(),
            earlier: work.earlier(&texts.meaning).iter().map(Work::key).collect(),
            former: former.then(key).transpose()?,
        })
    }
}

/// The path of a result, and the key under which it is claimed.
#[derive(Clone)]
pub(super) struct Name {
    pub(super) path: PathBuf,
    pub(super) key: Vec<u8>,
}

impl Name {
    fn of(path: PathBuf) -> Name {
        Name { key: key_of_path(&path), path }
    }
}

/// A job to be added, with its keys.
pub(super) struct Draft<'a> {
    pub(super) job: &'a NewJob,
    pub(super) keys: Keys,
    pub(super) texts: Rc<Texts>,
    /// The requested name for its result.
    pub(super) wish: Name,
}

impl Draft<'_> {
    /// Returns the n-th candidate name for its result.
    pub(super) fn name(&self, n: u32) -> Name {
        if n == 1 { self.wish.clone() } else { Name::of(self.job.candidate(n)) }
    }
}

/// Returns drafts of these jobs. `former` states whether there are rows with a key of schemas 1 to 3.
pub(super) fn drafts<'a>(jobs: impl IntoIterator<Item = &'a NewJob>, former: bool) -> Result<Vec<Draft<'a>>> {
    let mut last: Option<(&JobSpec, Rc<Texts>)> = None;
    let mut drafts = Vec::new();
    for job in jobs {
        let texts = match last.take().filter(|(spec, _)| *spec == &job.spec) {
            Some((_, texts)) => texts,
            None => Rc::new(Texts::of(&job.spec)?),
        };
        let (keys, wish) = (Keys::of(job, &texts, former)?, Name::of(job.candidate(1)));
        drafts.push(Draft { job, keys, texts: Rc::clone(&texts), wish });
        last = Some((&job.spec, texts));
    }
    Ok(drafts)
}
