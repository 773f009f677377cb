//! Accepting jobs: claimed names, no duplicates, one transaction.

use super::rows::{to_bytes, to_json, to_path};
use crate::error::{Error, Result};
use crate::job::{JobId, Millis};
use crate::queue::work::{Meaning, Work, former_key};
use crate::queue::{Added, NewJob, Place, key_of_path};
use crate::spec::{self, JobOptions, JobSpec};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use std::collections::HashMap;
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
    let former = t.prepare("SELECT 1 FROM job WHERE former_key IS NOT NULL LIMIT 1")?.exists([])?;
    let mut texts = None;
    for job in jobs {
        let texts = Texts::of(&mut texts, &job.spec)?;
        let keys = Keys::of(job, texts, former)?;
        if let Some(known) = known(t, job, &keys, taken)? {
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

/// What is written of a spec: the jobs of one call mostly share theirs.
struct Texts<'a> {
    spec: &'a JobSpec,
    meaning: Meaning,
    preset: String,
    options: String,
}

impl<'a> Texts<'a> {
    /// Those of the job before where its spec was the same.
    fn of<'b>(last: &'b mut Option<Texts<'a>>, spec: &'a JobSpec) -> Result<&'b Texts<'a>> {
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
struct Keys {
    own: Vec<u8>,
    /// Of what the preset meant in earlier versions.
    earlier: Vec<Vec<u8>>,
    /// As rows of earlier schemas have it; none where no such row is left.
    former: Option<Vec<u8>>,
}

impl Keys {
    fn of(job: &NewJob, texts: &Texts<'_>, former: bool) -> Result<Keys> {
        let work = Work::of(&job.real_source, &job.folder, &texts.meaning);
        let key =
            || -> Result<_> { Ok(former_key(&job.real_source, &job.folder, &to_json(&job.spec.preset)?)) };
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

fn known(
    t: &Transaction<'_>,
    job: &NewJob,
    keys: &Keys,
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Option<Added>> {
    if let Some(id) = active(t, keys)? {
        return Ok(Some(Added::Duplicate(id)));
    }
    if !job.again
        && let Some(id) = done_before(t, job, keys, taken)?
    {
        return Ok(Some(Added::DoneBefore(id)));
    }
    if !job.from_folder {
        return Ok(None);
    }
    let made = "SELECT id FROM job WHERE output_key = ?1 AND state IN ('done','running') \
                AND output_path <> source_path LIMIT 1";
    let id = t.prepare_cached(made)?.query_row([key_of_path(&job.source)], |row| row.get(0)).optional()?;
    Ok(id.map(|id| Added::OwnOutput(JobId(id))))
}

/// The active job that is the same work.
fn active(t: &Transaction<'_>, keys: &Keys) -> Result<Option<JobId>> {
    let own = "SELECT id FROM job WHERE unique_key = ?1 AND state IN ('queued','waiting','running')";
    let found = t.prepare_cached(own)?.query_row([&keys.own], |row| row.get(0)).optional()?;
    let Some(former) = keys.former.as_ref().filter(|_| found.is_none()) else { return Ok(found.map(JobId)) };
    let sql = "SELECT id FROM job INDEXED BY job_former_key WHERE former_key = ?1 \
               AND state IN ('queued','waiting','running') LIMIT 1";
    Ok(t.prepare_cached(sql)?.query_row([former], |row| row.get(0)).optional()?.map(JobId))
}

/// The newest job that did the same to a file as large as this, and whose result is still there.
fn done_before(
    t: &Transaction<'_>,
    job: &NewJob,
    keys: &Keys,
    taken: &dyn Fn(&Path) -> bool,
) -> Result<Option<JobId>> {
    let own = "SELECT finished_at, id, output_path FROM job INDEXED BY job_done_key \
               WHERE state = 'done' AND unique_key = ?1 AND source_size IS ?2";
    let former = "SELECT finished_at, id, output_path FROM job INDEXED BY job_former_key \
                  WHERE former_key = ?1 AND state = 'done' AND source_size IS ?2";
    let size = job.source_size.map(|n| n as i64);
    let mut all: Vec<(i64, i64, Vec<u8>)> = Vec::new();
    let looks = std::iter::once((own, &keys.own));
    let looks = looks.chain(keys.earlier.iter().map(|key| (own, key)));
    for (sql, key) in looks.chain(keys.former.iter().map(|key| (former, key))) {
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let mut statement = t.prepare_cached(sql)?;
        let found = statement.query_map(params![key, size], read)?;
        all.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    all.sort_by(|a, b| b.cmp(a));
    Ok(all.into_iter().find(|(_, _, output)| taken(&to_path(output))).map(|(_, id, _)| JobId(id)))
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
               created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
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
        now
    ])?;
    Ok(JobId(t.last_insert_rowid()))
}
