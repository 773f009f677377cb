//! Reading: one job, its attempts, pages and counts. Each call is one statement, so that no read transaction
//! stays open and the WAL can always be checkpointed.

use super::rows::{self, ATTEMPT, JOB};
use crate::error::Result;
use crate::job::{Attempt, Job, JobId, Millis, State};
use crate::queue::{Counts, Filter, Recent};
use rusqlite::{Connection, params};

pub(super) fn job_sql(condition: &str) -> String {
    format!("SELECT {JOB} FROM job {condition}")
}

pub(super) fn job(c: &Connection, id: JobId) -> Result<Option<Job>> {
    let mut statement = c.prepare_cached(&job_sql("WHERE id = ?1"))?;
    let mut found = statement.query([id.0])?;
    found.next()?.map(rows::job).transpose()
}

pub(super) fn attempts(c: &Connection, id: JobId) -> Result<Vec<Attempt>> {
    let sql = format!("SELECT {ATTEMPT} FROM attempt WHERE job_id = ?1 ORDER BY epoch");
    let mut statement = c.prepare_cached(&sql)?;
    let mut found = statement.query([id.0])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(rows::attempt(row)?);
    }
    Ok(all)
}

/// The page's ids come from an index alone; only its own rows are read.
pub(super) fn page(c: &Connection, filter: &Filter, offset: u64, limit: u64) -> Result<Vec<Job>> {
    let (condition, order) = order_of(&filter.states);
    let ids = format!("SELECT id FROM job {condition} ORDER BY {order} LIMIT ?1 OFFSET ?2");
    let sql = job_sql(&format!("WHERE id IN ({ids}) ORDER BY {order}"));
    let mut statement = c.prepare_cached(&sql)?;
    let mut found = statement.query(params![limit as i64, offset as i64])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(rows::job(row)?);
    }
    Ok(all)
}

/// Condition and order for a set of states, phrased so that a partial index serves the common ones.
fn order_of(states: &[State]) -> (String, &'static str) {
    let mut wanted: Vec<State> = State::ALL.into_iter().filter(|s| states.contains(s)).collect();
    wanted.sort_unstable();
    let newest_first = !wanted.is_empty() && wanted.iter().all(|s| s.is_ended());
    let order = if newest_first { "finished_at DESC, id DESC" } else { "position" };
    let words: Vec<String> = wanted.iter().map(|s| format!("'{s}'")).collect();
    let condition = match wanted.as_slice() {
        [] => String::new(),
        [one] => format!("WHERE state = '{one}'"),
        _ => format!("WHERE state IN ({})", words.join(",")),
    };
    (condition, order)
}

pub(super) fn counts(c: &Connection) -> Result<Counts> {
    let mut statement = c.prepare_cached("SELECT state, hold, count(*) FROM job GROUP BY state, hold")?;
    let mut found = statement.query([])?;
    let mut counts = Counts::default();
    while let Some(row) = found.next()? {
        let (state, held, n): (String, bool, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Ok(state) = state.parse::<State>() else { continue };
        counts.count(state, n as u64);
        if held && state == State::Queued {
            counts.held += n as u64;
        }
    }
    Ok(counts)
}

pub(super) fn recent(c: &Connection, since: Millis) -> Result<Recent> {
    let sql = "SELECT count(*) FROM job WHERE state = 'failed' AND finished_at >= ?1";
    let failed: i64 = c.prepare_cached(sql)?.query_row([since], |row| row.get(0))?;
    let sql = "SELECT state FROM job WHERE state IN ('done','failed') ORDER BY finished_at DESC LIMIT 10";
    let mut statement = c.prepare_cached(sql)?;
    let words = statement.query_map([], |row| row.get::<_, String>(0))?;
    let words = words.collect::<rusqlite::Result<Vec<_>>>()?;
    let last_ended = words.iter().filter_map(|word| word.parse().ok()).collect();
    Ok(Recent { failed: failed as usize, last_ended })
}
