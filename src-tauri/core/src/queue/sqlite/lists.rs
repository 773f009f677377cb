//! Reads jobs, attempts and pages. Each call is one statement, so that no read transaction stays open and the WAL can
//! always be checkpointed.

use super::rows::{self, ATTEMPT, JOB};
use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::{Attempt, Job, JobId, Millis, State};
use crate::policy::DUE_HORIZON_MS;
use crate::queue::filter::Candidate;
use crate::queue::{Cursor, newest_first};
use rusqlite::{Connection, Params, Row, params};
use std::path::PathBuf;

pub(super) fn job_sql(condition: &str) -> String {
    format!("SELECT {JOB} FROM job {condition}")
}

pub(super) fn volumes(c: &Connection) -> Result<Vec<PathBuf>> {
    let sql = "SELECT source_volume FROM job WHERE source_volume IS NOT NULL \
               UNION SELECT output_volume FROM job WHERE output_volume IS NOT NULL";
    let mut statement = c.prepare(sql)?;
    let volumes = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    volumes.map(|volume| Ok(rows::to_path(&volume?))).collect()
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

/// Returns a page. Its ids come from an index alone; only the rows of the page are read and sorted (`+`).
pub(super) fn page(c: &Connection, states: &[State], offset: u64, limit: u64) -> Result<Vec<Job>> {
    let Source { from, order } = source(states);
    let ids = format!("SELECT id FROM job {from} ORDER BY {order} LIMIT ?1 OFFSET ?2");
    let sql = job_sql(&format!("WHERE id IN ({ids}) ORDER BY +{order}"));
    all(c, &sql, params![limit as i64, offset as i64])
}

pub(super) fn ids(c: &Connection, states: &[State]) -> Result<Vec<JobId>> {
    let Source { from, order } = source(states);
    let mut statement = c.prepare_cached(&format!("SELECT id FROM job {from} ORDER BY {order}"))?;
    let ids = statement.query_map([], |row| row.get(0).map(JobId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn running(c: &Connection, owner: &str) -> Result<Vec<Job>> {
    all(c, &job_sql("WHERE state = 'running' AND owner = ?1 ORDER BY position, id"), [owner])
}

pub(super) fn abandoned(c: &Connection, owner: &str) -> Result<Vec<Job>> {
    all(c, &job_sql("WHERE state = 'running' AND owner <> ?1 ORDER BY position, id"), [owner])
}

/// Like `page`, but starts at a place in the index instead of skipping rows.
pub(super) fn page_after(
    c: &Connection,
    states: &[State],
    after: Option<Cursor>,
    limit: u64,
) -> Result<Vec<Job>> {
    let Some(after) = after else { return page(c, states, 0, limit) };
    let Source { from, order } = source(states);
    let (behind, place) = if newest_first(states) {
        ("(finished_at, id) < (?2, ?3)", after.finished_at)
    } else {
        ("(position, id) > (?2, ?3)", Some(after.position))
    };
    let and = if from.is_empty() { "WHERE" } else { "AND" };
    let ids = format!("SELECT id FROM job {from} {and} {behind} ORDER BY {order} LIMIT ?1");
    let sql = job_sql(&format!("WHERE id IN ({ids}) ORDER BY +{order}"));
    all(c, &sql, params![limit as i64, place, after.id.0])
}

/// In the order of `job_claim`; only rows at the same place are sorted.
const STARTABLE: &str = "SELECT id FROM job INDEXED BY job_claim WHERE state = 'queued' AND hold = 0 AND spec_version = 1 \
                         AND (position, id) > (?2, ?3) ORDER BY position, id LIMIT ?1";

pub(super) fn startable(c: &Connection, after: Option<Cursor>, limit: u64) -> Result<Vec<Job>> {
    let (position, id) = after.map_or((i64::MIN, i64::MIN), |after| (after.position, after.id.0));
    let sql = job_sql(&format!("WHERE id IN ({STARTABLE}) ORDER BY +position, id"));
    all(c, &sql, params![limit as i64, position, id])
}

fn all(c: &Connection, sql: &str, of: impl Params) -> Result<Vec<Job>> {
    let mut statement = c.prepare_cached(sql)?;
    let mut found = statement.query(of)?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(rows::job(row)?);
    }
    Ok(all)
}

pub(super) fn candidates(c: &Connection, states: &[State]) -> Result<Vec<Candidate>> {
    let Source { from, order } = source(states);
    let sql = format!("SELECT id, source_path, source_size, output_size FROM job {from} ORDER BY {order}");
    let mut statement = c.prepare_cached(&sql)?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(rows::brief(row)?);
    }
    Ok(all)
}

pub(super) fn count(c: &Connection, states: &[State]) -> Result<u64> {
    let Source { from, .. } = source(states);
    let count: i64 =
        c.prepare_cached(&format!("SELECT count(*) FROM job {from}"))?.query_row([], |row| row.get(0))?;
    Ok(count as u64)
}

/// The source of a list: the clauses after `FROM job`, and the order.
struct Source {
    from: String,
    order: &'static str,
}

/// Returns the source of the list of these states. The sets of states that are shown as lists have an index in their
/// order. The query names it, because the planner would otherwise collect rows by state and sort them.
fn source(states: &[State]) -> Source {
    use State::{Cancelled, Done, Failed, Queued, Running, Waiting};
    let wanted: Vec<State> = State::ALL.into_iter().filter(|s| states.contains(s)).collect();
    let order = if newest_first(&wanted) { "finished_at DESC, id DESC" } else { "position, id" };
    let from = match wanted.as_slice() {
        [] => String::new(),
        [Failed] => "INDEXED BY job_failed WHERE state = 'failed'".into(),
        [Done, Cancelled] => "INDEXED BY job_history WHERE state IN ('done','cancelled')".into(),
        [Done] => "INDEXED BY job_history WHERE state IN ('done','cancelled') AND state = 'done'".into(),
        [Queued, Waiting, Running] => {
            "INDEXED BY job_active WHERE state IN ('queued','waiting','running')".into()
        }
        [one] => format!("WHERE state = '{one}'"),
        some => {
            let words: Vec<String> = some.iter().map(|s| format!("'{s}'")).collect();
            format!("WHERE state IN ({})", words.join(","))
        }
    };
    Source { from, order }
}

/// Returns the condition for failures of this cause. `Internal` includes the unknown codes of other versions.
fn stored_as(cause: FailureCode) -> String {
    let word = cause.as_str();
    if cause != FailureCode::Internal {
        return format!("failure_code = '{word}'");
    }
    let others = FailureCode::ALL.iter().filter(|code| **code != cause);
    let others: Vec<String> = others.map(|code| format!("'{}'", code.as_str())).collect();
    format!("failure_code NOT IN ({})", others.join(","))
}

pub(super) fn failed_by(c: &Connection, cause: FailureCode, offset: u64, limit: u64) -> Result<Vec<Job>> {
    let ids = format!(
        "SELECT id FROM job INDEXED BY job_cause WHERE state = 'failed' AND {} \
         ORDER BY finished_at DESC, id DESC LIMIT ?1 OFFSET ?2",
        stored_as(cause)
    );
    let sql = job_sql(&format!("WHERE id IN ({ids}) ORDER BY +finished_at DESC, +id DESC"));
    all(c, &sql, params![limit as i64, offset as i64])
}

/// Counts from the end of the queue that is probably nearer, and subtracts the retries that are not due.
pub(super) fn startable_before(c: &Connection, position: i64, now: Millis) -> Result<u64> {
    let startable = "FROM job INDEXED BY job_claim WHERE state = 'queued' AND hold = 0 AND spec_version = 1";
    let sql = format!(
        "SELECT CASE WHEN ?1 - (SELECT min(position) {startable}) < (SELECT max(position) {startable}) - ?1 \
           THEN (SELECT count(*) {startable} AND position < ?1) \
           ELSE (SELECT coalesce(sum(jobs), 0) FROM tally WHERE state = 'queued' AND hold = 0 AND readable = 1) \
              - (SELECT count(*) {startable} AND position >= ?1) END \
         - (SELECT count(*) FROM job INDEXED BY job_retry WHERE state = 'queued' AND hold = 0 AND spec_version = 1 \
              AND run_at > ?2 AND run_at <= ?2 + ?3 AND position < ?1)"
    );
    let found = |row: &Row<'_>| row.get::<_, i64>(0);
    let count = c.prepare_cached(&sql)?.query_row([position, now, DUE_HORIZON_MS], found)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::{Cancelled, Done, Failed, Queued, Running, Waiting};

    #[test]
    fn page_ids_come_from_an_index_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let c = super::super::open::open(&dir.path().join("queue.db")).unwrap().writer;
        let lists: [&[State]; 8] = [
            &[],
            &[Queued, Waiting, Running],
            &[Queued],
            &[Waiting],
            &[Running],
            &[Failed],
            &[Done],
            &[Done, Cancelled],
        ];
        for states in lists {
            let Source { from, order } = source(states);
            let sql = format!("EXPLAIN QUERY PLAN SELECT id FROM job {from} ORDER BY {order} LIMIT 100");
            let mut statement = c.prepare(&sql).unwrap();
            let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
            let plan = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
            assert!(plan.contains("COVERING INDEX") || states == [Failed], "{states:?}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{states:?}: {plan}");
        }
    }
}
