//! Durations of jobs on this machine: the table `learned`, with the newest samples of each task and in total.

use crate::error::Result;
use crate::forecast::learned::{KEPT, KEPT_OF_TASK, Sample};
use crate::forecast::work::Workload;
use rusqlite::{Connection, Row, Transaction, params};
use uuid::Uuid;

pub(super) fn learn(t: &Transaction<'_>, sample: &Sample) -> Result<()> {
    let work = &sample.work;
    t.prepare_cached(
        "INSERT INTO learned (task, cost, codec, megapixels, seconds, bytes, jobs, took) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        work.task.as_bytes(),
        work.cost,
        work.codec,
        work.megapixels,
        work.seconds,
        i64::try_from(work.bytes).unwrap_or(i64::MAX),
        sample.jobs,
        sample.took,
    ])?;
    let of_task = "DELETE FROM learned WHERE id IN \
                   (SELECT id FROM learned WHERE task = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)";
    t.prepare_cached(of_task)?.execute(params![work.task.as_bytes(), KEPT_OF_TASK as i64])?;
    let of_all =
        "DELETE FROM learned WHERE id <= (SELECT id FROM learned ORDER BY id DESC LIMIT 1 OFFSET ?1)";
    t.prepare_cached(of_all)?.execute([KEPT as i64])?;
    Ok(())
}

/// Returns the samples, without implausible ones such as those of a database that was tampered with.
pub(super) fn learned(c: &Connection) -> Result<Vec<Sample>> {
    let sql = "SELECT task, cost, codec, megapixels, seconds, bytes, jobs, took FROM learned ORDER BY id";
    let mut statement = c.prepare_cached(sql)?;
    let samples = statement.query_map([], sample)?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(samples.into_iter().filter(Sample::makes_sense).collect())
}

fn sample(row: &Row<'_>) -> rusqlite::Result<Sample> {
    let work = Workload {
        task: Uuid::from_slice(&row.get::<_, Vec<u8>>(0)?).unwrap_or_default(),
        cost: row.get(1)?,
        codec: row.get(2)?,
        megapixels: row.get(3)?,
        seconds: row.get(4)?,
        bytes: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
    };
    Ok(Sample { work, jobs: row.get(6)?, took: row.get(7)? })
}
