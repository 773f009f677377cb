//! Adding jobs in one transaction, with claimed names and without duplicates.
//!
//! Guarantees that expensive work, computing keys and serialising specs, is done before the transaction.

use super::SqliteQueue;
use super::keys::{self, Draft, Name, has_former};
use super::known;
use super::naming::Numbers;
use super::rows::{to_bytes, to_path};
use crate::error::Result;
use crate::job::{JobId, Millis, Origin};
use crate::queue::{Added, NewJob, QueuePosition, TakenNames, trees};
use crate::spec;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;
use uuid::Uuid;

pub(super) fn add(
    queue: &SqliteQueue,
    jobs: &[NewJob],
    place: QueuePosition,
    taken: &TakenNames,
) -> Result<Vec<Added>> {
    let drafts = keys::drafts(jobs, queue.read(has_former)?)?;
    queue.write(|t| accept(t, queue.clock.now(), place, &drafts, taken))
}

fn accept(
    t: &Transaction<'_>,
    now: Millis,
    place: QueuePosition,
    drafts: &[Draft<'_>],
    taken: &TakenNames,
) -> Result<Vec<Added>> {
    let mut position = first_position(t, drafts.len(), place)?;
    let (mut numbers, mut outcomes) = (Numbers::default(), Vec::with_capacity(drafts.len()));
    for draft in drafts {
        if let Some(known) = known::known(t, draft, taken)? {
            outcomes.push(known);
            continue;
        }
        let name = numbers.free(t, draft, taken)?;
        let id = insert(t, draft, &name, position, now)?;
        position += 1;
        outcomes.push(Added::Accepted { id, output: name.path });
    }
    Ok(outcomes)
}

pub(super) fn first_position(t: &Transaction<'_>, count: usize, place: QueuePosition) -> Result<i64> {
    let edge = match place {
        QueuePosition::End => "SELECT coalesce(max(position), 0) + 1 FROM job",
        QueuePosition::Top => "SELECT coalesce(min(position), 1) FROM job",
    };
    let edge: i64 = t.query_row(edge, [], |row| row.get(0))?;
    Ok(if place == QueuePosition::Top { edge - count as i64 } else { edge })
}

pub(super) fn insert(
    t: &Transaction<'_>,
    draft: &Draft<'_>,
    name: &Name,
    position: i64,
    now: Millis,
) -> Result<JobId> {
    let sql = "INSERT INTO job (uid, position, source_path, real_source, source_size, source_mtime_ns, source_volume, \
               output_path, output_key, output_volume, preset, options, spec_version, unique_key, max_attempts, \
               created_at, output_root, from_folder) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
    let Draft { job, keys, texts, .. } = draft;
    t.prepare_cached(sql)?.execute(params![
        Uuid::now_v7().to_string(),
        position,
        to_bytes(&job.source),
        to_bytes(&job.real_source),
        job.source_size.map(|n| n as i64),
        job.source_mtime_ns,
        job.source_volume.as_deref().map(to_bytes),
        to_bytes(&name.path),
        name.key,
        job.output_volume.as_deref().map(to_bytes),
        texts.preset,
        texts.options,
        spec::VERSION,
        keys.own,
        job.max_attempts,
        now,
        (job.root != job.folder).then(|| to_bytes(&job.root)),
        Origin::of(job.from_folder, job.again) == Origin::Folder
    ])?;
    Ok(JobId(t.last_insert_rowid()))
}

/// Returns the name of the folder for the results of the added folder `root`; chosen once and then kept.
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
