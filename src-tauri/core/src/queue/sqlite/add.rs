//! Accepting jobs: claimed names, no duplicates, one transaction.

use super::known;
use super::rows::{to_bytes, to_json, to_path};
use crate::error::{Error, Result};
use crate::job::{JobId, Millis, Origin};
use crate::queue::work::{Meaning, Work, former_key};
use crate::queue::{Added, NewJob, Place, key_of_path, trees};
use crate::spec::{self, JobOptions, JobSpec};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Next number to try for a name, so that ten thousand files of one name do not each count from one.
type NextNumber = HashMap<Vec<u8>, u32>;

pub(super) fn add(
    t: &Transaction<'_>,
    jobs: &[NewJob],
    place: Place,
    taken: &dyn Fn(&Path) -> bool,
    now: Millis,
) -> Result<Vec<Added>> {
    let mut position = first_position(t, jobs.len(), place)?;
    let mut numbers = NextNumber::new();
    let mut answers = Vec::with_capacity(jobs.len());
    let former = has_former(t)?;
    let mut texts = None;
    for job in jobs {
        let texts = Texts::of(&mut texts, &job.spec)?;
        let keys = Keys::of(job, texts, former)?;
        if let Some(known) = known::known(t, job, &keys, taken)? {
            answers.push(known);
            continue;
        }
        let output = free_name(t, job, taken, &mut numbers)?;
        let id = insert(t, job, &keys.own, texts, &output, position, now)?;
        position += 1;
        answers.push(Added::Accepted { id, output });
    }
    Ok(answers)
}

/// Is there a row whose key is of the former kind?
pub(super) fn has_former(c: &Connection) -> Result<bool> {
    Ok(c.prepare("SELECT 1 FROM job WHERE former_key IS NOT NULL LIMIT 1")?.exists([])?)
}

/// What is written of a spec: the jobs of one call mostly share theirs.
pub(super) struct Texts<'a> {
    spec: &'a JobSpec,
    meaning: Meaning,
    preset: String,
    options: String,
}

impl<'a> Texts<'a> {
    /// Those of the job before where its spec was the same.
    pub(super) fn of<'b>(last: &'b mut Option<Texts<'a>>, spec: &'a JobSpec) -> Result<&'b Texts<'a>> {
        let texts = match last.take().filter(|texts| texts.spec == spec) {
            Some(texts) => texts,
            None => Texts::new(spec)?,
        };
        Ok(last.insert(texts))
    }

    fn new(spec: &'a JobSpec) -> Result<Texts<'a>> {
        let (preset, options) = spec::write(spec).map_err(|e| Error::Database(e.to_string()))?;
        Ok(Texts { spec, meaning: Meaning::of(spec), preset, options })
    }
}

/// The keys under which the same work may be known.
pub(super) struct Keys {
    pub(super) own: Vec<u8>,
    /// Of what the preset meant in earlier versions.
    pub(super) earlier: Vec<Vec<u8>>,
    /// As rows of earlier schemas have it; none where no such row is left.
    pub(super) former: Option<Vec<u8>>,
}

impl Keys {
    pub(super) fn of(job: &NewJob, texts: &Texts<'_>, former: bool) -> Result<Keys> {
        let work = Work::of(&job.real_source, &job.root, &texts.meaning);
        let key =
            || -> Result<_> { Ok(former_key(&job.real_source, &job.root, &to_json(&job.spec.preset)?)) };
        // What has options was never done in those schemas.
        let former = former && job.spec.options == JobOptions::default();
        Ok(Keys {
            own: work.key(),
            earlier: work.earlier(&texts.meaning).iter().map(Work::key).collect(),
            former: former.then(key).transpose()?,
        })
    }
}

fn first_position(t: &Transaction<'_>, count: usize, place: Place) -> Result<i64> {
    let edge = match place {
        Place::End => "SELECT coalesce(max(position), 0) + 1 FROM job",
        Place::Top => "SELECT coalesce(min(position), 1) FROM job",
    };
    let edge: i64 = t.query_row(edge, [], |row| row.get(0))?;
    Ok(if place == Place::Top { edge - count as i64 } else { edge })
}

fn free_name(
    t: &Transaction<'_>,
    job: &NewJob,
    taken: &dyn Fn(&Path) -> bool,
    numbers: &mut NextNumber,
) -> Result<PathBuf> {
    let wish = key_of_path(&job.candidate(1));
    let number = numbers.entry(wish).or_insert(1);
    let sql = "SELECT 1 FROM job WHERE output_key = ?1 AND state IN ('queued','waiting','running')";
    let mut claimed = t.prepare_cached(sql)?;
    loop {
        let name = job.candidate(*number);
        *number += 1;
        if !claimed.exists([key_of_path(&name)])? && !taken(&name) {
            return Ok(name);
        }
    }
}

fn insert(
    t: &Transaction<'_>,
    job: &NewJob,
    key: &[u8],
    texts: &Texts<'_>,
    output: &Path,
    position: i64,
    now: Millis,
) -> Result<JobId> {
    let sql = "INSERT INTO job (uid, position, source_path, real_source, source_size, source_mtime_ns, source_volume, \
               output_path, output_key, output_volume, preset, options, spec_version, unique_key, max_attempts, \
               created_at, output_root, from_folder) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
    t.prepare_cached(sql)?.execute(params![
        Uuid::now_v7().to_string(),
        position,
        to_bytes(&job.source),
        to_bytes(&job.real_source),
        job.source_size.map(|n| n as i64),
        job.source_mtime_ns,
        job.source_volume.as_deref().map(to_bytes),
        to_bytes(output),
        key_of_path(output),
        job.output_volume.as_deref().map(to_bytes),
        texts.preset,
        texts.options,
        spec::VERSION,
        key,
        job.max_attempts,
        now,
        (job.root != job.folder).then(|| to_bytes(&job.root)),
        Origin::of(job.from_folder, job.again) == Origin::Folder
    ])?;
    Ok(JobId(t.last_insert_rowid()))
}

/// The name of the folder for the results of the added folder `root`, chosen once.
pub(super) fn tree(t: &Transaction<'_>, destination: &Path, root: &Path) -> Result<OsString> {
    let (destination, key) = (to_bytes(destination), to_bytes(root));
    let known = "SELECT name FROM tree WHERE destination = ?1 AND root = ?2";
    let found: Option<Vec<u8>> =
        t.prepare_cached(known)?.query_row([&destination, &key], |row| row.get(0)).optional()?;
    if let Some(name) = found {
        return Ok(to_path(&name).into_os_string());
    }
    let mut claimed = t.prepare_cached("SELECT name_key FROM tree WHERE destination = ?1")?;
    let claimed = claimed.query_map([&destination], |row| row.get(0))?;
    let claimed: HashSet<Vec<u8>> = claimed.collect::<rusqlite::Result<_>>()?;
    let (name, name_key) = trees::first_free(root, |name| claimed.contains(name));
    let insert = "INSERT INTO tree (destination, root, name, name_key) VALUES (?1, ?2, ?3, ?4)";
    t.execute(insert, params![destination, key, to_bytes(Path::new(&name)), name_key])?;
    Ok(name)
}
