//! Counts and sums. Their cost does not grow with the queue: triggers keep the table `tally` up to date with each write
//! (see `schema-7.sql`), and `recent` walks an index.

use super::rows;
use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::{Millis, State};
use crate::queue::{Counts, Recent, Saved, WaitingForSpace};
use rusqlite::{Connection, Row};

pub(super) fn counts(c: &Connection) -> Result<Counts> {
    let mut statement = c.prepare_cached("SELECT state, hold, readable, jobs FROM tally")?;
    let mut found = statement.query([])?;
    let mut counts = Counts::default();
    while let Some(row) = found.next()? {
        let (hold, readable): (bool, bool) = (row.get(1)?, row.get(2)?);
        let jobs = unsigned(row, 3)?;
        let Ok(state) = row.get::<_, String>(0)?.parse::<State>() else { continue };
        counts.count(state, jobs);
        if state == State::Queued {
            counts.held += if hold { jobs } else { 0 };
            counts.unreadable += if hold || readable { 0 } else { jobs };
        }
    }
    Ok(counts)
}

pub(super) fn causes(c: &Connection) -> Result<Vec<(FailureCode, u64)>> {
    let sql = "SELECT cause, sum(jobs), (SELECT max(finished_at) FROM job INDEXED BY job_cause \
                   WHERE state = 'failed' AND failure_code = cause) AS last \
               FROM tally WHERE state = 'failed' AND jobs > 0 GROUP BY cause ORDER BY last DESC";
    let mut statement = c.prepare_cached(sql)?;
    let mut found = statement.query([])?;
    let mut causes: Vec<(FailureCode, u64)> = Vec::new();
    while let Some(row) = found.next()? {
        let (code, count): (String, u64) = (row.get(0)?, unsigned(row, 1)?);
        // A code of a newer version is read as `Internal`.
        let code = code.parse().unwrap_or(FailureCode::Internal);
        match causes.iter_mut().find(|(known, _)| *known == code) {
            Some((_, sum)) => *sum += count,
            None => causes.push((code, count)),
        }
    }
    Ok(causes)
}

pub(super) fn queued_bytes(c: &Connection) -> Result<u64> {
    let sql = "SELECT coalesce(sum(source_bytes), 0) FROM tally \
               WHERE state = 'queued' AND hold = 0 AND readable = 1";
    Ok(c.prepare_cached(sql)?.query_row([], |row| unsigned(row, 0))?)
}

pub(super) fn waiting_for_space(c: &Connection) -> Result<WaitingForSpace> {
    // An unknown volume counts as a separate one.
    let sql = "SELECT coalesce(sum(jobs), 0), iif(min(volume) = max(volume), nullif(min(volume), x''), NULL) \
               FROM tally WHERE state = 'waiting' AND cause = ?1 AND jobs > 0";
    let found = |row: &Row<'_>| Ok((unsigned(row, 0)?, row.get::<_, Option<Vec<u8>>>(1)?));
    let (jobs, volume) = c.prepare_cached(sql)?.query_row([FailureCode::DiskFull.as_str()], found)?;
    Ok(WaitingForSpace { jobs, volume: volume.map(|bytes| rows::to_path(&bytes)) })
}

pub(super) fn saved(c: &Connection) -> Result<Saved> {
    let sql = "SELECT coalesce(sum(source_bytes), 0), coalesce(sum(output_bytes), 0) FROM tally WHERE state = 'done'";
    let sums = |row: &Row<'_>| Ok(Saved { before: unsigned(row, 0)?, after: unsigned(row, 1)? });
    Ok(c.prepare_cached(sql)?.query_row([], sums)?)
}

/// Both queries name their index, because the planner would otherwise read every row in these states.
pub(super) fn recent(c: &Connection, since: Millis) -> Result<Recent> {
    let sql = "SELECT count(*) FROM job INDEXED BY job_failed WHERE state = 'failed' AND finished_at >= ?1";
    let failed = c.prepare_cached(sql)?.query_row([since], |row| unsigned(row, 0))?;
    let sql = "SELECT state FROM job INDEXED BY job_ended WHERE state IN ('done','failed') \
               ORDER BY finished_at DESC, id DESC LIMIT 10";
    let mut statement = c.prepare_cached(sql)?;
    let words = statement.query_map([], |row| row.get::<_, String>(0))?;
    let words = words.collect::<rusqlite::Result<Vec<_>>>()?;
    let last_ended = words.iter().filter_map(|word| word.parse().ok()).collect();
    Ok(Recent { failed: failed as usize, last_ended })
}

fn unsigned(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}
