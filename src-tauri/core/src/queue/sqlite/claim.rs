//! The operations of workers: claim, note, settle. Every write except the claim is fenced by the lease, so that a
//! worker that lost its job changes nothing. Facts and checks of results are not fenced, because no decision depends on
//! them.

use super::rows::{JOB, informing, job, to_bytes, to_json};
use crate::error::Result;
use crate::finding::Check;
use crate::job::{Job, JobId, Lease, Millis};
use crate::media::Facts;
use crate::policy::{DUE_HORIZON_MS, SUSPECT_CRASHES, is_best};
use crate::progress::Progress;
use crate::queue::{Flag, KEPT_ATTEMPTS, Note, Outcome, key_of_path, tail};
use crate::remark::Remark;
use crate::verification::Verification;
use rusqlite::{Row, Transaction, params};
use std::path::Path;

/// Claims the first due job in list order, from the index `job_claim` without a sort. A job suspected of crashing the
/// application must run alone; while others run, nothing behind it is claimed, so that it cannot starve.
pub(super) const CLAIM: &str = "UPDATE job SET state = 'running', epoch = epoch + 1, attempt = attempt + 1, \
    owner = ?1, started_at = ?2, run_at = NULL, progress = NULL, \
    cancel_requested_at = CASE WHEN publish_id IS NOT NULL THEN cancel_requested_at END, \
    failure_code = NULL, failure_reason = NULL \
    WHERE id = (SELECT id FROM job INDEXED BY job_claim WHERE state = 'queued' AND hold = 0 AND spec_version = 1 \
                AND (run_at IS NULL OR run_at <= ?2 OR run_at > ?2 + ?3) ORDER BY position LIMIT 1) \
    AND (?4 OR crashes < ?5) RETURNING ";

pub(super) fn claim(
    t: &Transaction<'_>,
    boot: Option<&str>,
    owner: &str,
    alone: bool,
    now: Millis,
) -> Result<Option<Job>> {
    if super::flag(t, Flag::Paused)?.is_some() {
        return Ok(None);
    }
    pass_over_unreadable(t, now)?;
    let sql = format!("{CLAIM}{JOB}");
    let mut statement = t.prepare_cached(&sql)?;
    let mut rows = statement.query(params![owner, now, DUE_HORIZON_MS, alone, SUSPECT_CRASHES])?;
    let Some(claimed) = rows.next()?.map(job).transpose()? else { return Ok(None) };
    drop(rows);
    let sql = "INSERT INTO attempt (job_id, epoch, owner, boot, started_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    t.prepare_cached(sql)?.execute(params![claimed.id.0, claimed.epoch, owner, boot, now])?;
    t.prepare_cached("DELETE FROM attempt WHERE job_id = ?1 AND epoch <= ?2")?
        .execute(params![claimed.id.0, claimed.epoch - KEPT_ATTEMPTS])?;
    Ok(Some(claimed))
}

/// Marks due rows at the front that turn out to be unreadable, so that they leave the index of jobs that may start.
/// Changes nothing else of them.
fn pass_over_unreadable(t: &Transaction<'_>, now: Millis) -> Result<()> {
    let first = format!(
        "SELECT {JOB} FROM job INDEXED BY job_claim WHERE state = 'queued' AND hold = 0 AND spec_version = 1 \
         AND (run_at IS NULL OR run_at <= ?1 OR run_at > ?1 + ?2) ORDER BY position LIMIT 1"
    );
    let mut first = t.prepare_cached(&first)?;
    let mut mark = t.prepare_cached("UPDATE job SET spec_version = 0 WHERE id = ?1")?;
    loop {
        let mut rows = first.query(params![now, DUE_HORIZON_MS])?;
        let Some(found) = rows.next()?.map(job).transpose()? else { return Ok(()) };
        drop(rows);
        if found.spec.is_some() {
            return Ok(());
        }
        mark.execute([found.id.0])?;
    }
}

fn holds(t: &Transaction<'_>, lease: Lease) -> Result<bool> {
    let sql = "SELECT 1 FROM job WHERE id = ?1 AND state = 'running' AND epoch = ?2";
    Ok(t.prepare_cached(sql)?.exists(params![lease.id.0, lease.epoch])?)
}

pub(super) fn note(t: &Transaction<'_>, lease: Lease, note: &Note) -> Result<bool> {
    if !holds(t, lease)? {
        return Ok(false);
    }
    let key = (lease.id.0, lease.epoch);
    let changed = match note {
        Note::Source { size, mtime_ns } => t
            .prepare_cached("UPDATE job SET source_size = ?2, source_mtime_ns = ?3 WHERE id = ?1")?
            .execute(params![key.0, *size as i64, mtime_ns])?,
        Note::Plan { plan, part } => {
            forget_intent(t, lease)?;
            t.prepare_cached(
                "UPDATE attempt SET plan = ?3, part_path = ?4 WHERE job_id = ?1 AND epoch = ?2",
            )?
            .execute(params![key.0, key.1, plan, to_bytes(part)])?
        }
        Note::Verified(verification) => t
            .prepare_cached("UPDATE attempt SET verification = ?3 WHERE job_id = ?1 AND epoch = ?2")?
            .execute(params![key.0, key.1, to_json(verification)?])?,
        Note::Command(line) => t
            .prepare_cached(
                "UPDATE attempt SET commands = json_insert(commands, '$[#]', json(?3)) WHERE job_id = ?1 AND epoch = ?2",
            )?
            .execute(params![key.0, key.1, to_json(line)?])?,
        Note::Child(child) => t
            .prepare_cached("UPDATE attempt SET child = ?3 WHERE job_id = ?1 AND epoch = ?2")?
            .execute(params![key.0, key.1, to_json(child)?])?,
        Note::Publish { intent, warnings } => t
            .prepare_cached(
                "UPDATE job SET publish_path = ?3, publish_size = ?4, publish_id = ?5, warnings = ?6 \
                 WHERE id = ?1 AND epoch = ?2 AND (cancel_requested_at IS NULL OR publish_id IS NOT NULL)",
            )?
            .execute(params![
                key.0,
                key.1,
                to_bytes(&intent.path),
                intent.size as i64,
                intent.identity,
                some_warnings(warnings)?
            ])?,
    };
    Ok(changed == 1)
}

/// Clears the intent of an earlier attempt: the file made now is not the one that attempt may have published.
fn forget_intent(t: &Transaction<'_>, lease: Lease) -> Result<()> {
    let sql = "UPDATE job SET publish_path = NULL, publish_size = NULL, publish_id = NULL, warnings = NULL \
               WHERE id = ?1";
    t.prepare_cached(sql)?.execute([lease.id.0])?;
    Ok(())
}

pub(super) fn describe(t: &Transaction<'_>, id: JobId, facts: &Facts) -> Result<()> {
    t.prepare_cached("UPDATE job SET facts = ?2 WHERE id = ?1")?.execute(params![id.0, to_json(facts)?])?;
    Ok(())
}

/// Stores the check of a done job; nothing else of a done job ever changes.
pub(super) fn keep_check(
    t: &Transaction<'_>,
    id: JobId,
    check: &Check,
    verification: Option<&Verification>,
) -> Result<bool> {
    let sql = "UPDATE job SET checked = ?2 WHERE id = ?1 AND state = 'done'";
    let kept = t.prepare_cached(sql)?.execute(params![id.0, to_json(check)?])? == 1;
    if let Some(verification) = verification.filter(|_| kept) {
        let sql = "UPDATE attempt SET verification = ?2 WHERE job_id = ?1 \
                   AND epoch = (SELECT epoch FROM job WHERE id = ?1)";
        t.prepare_cached(sql)?.execute(params![id.0, to_json(verification)?])?;
    }
    Ok(kept)
}

pub(super) fn settle(t: &Transaction<'_>, lease: Lease, outcome: &Outcome, now: Millis) -> Result<bool> {
    if !holds(t, lease)? {
        return Ok(false);
    }
    let (id, to, failure) = (lease.id.0, outcome.next()?, outcome.failure());
    keep_best(t, id)?;
    let run_at = if let Outcome::Retry { run_at, .. } = outcome { Some(*run_at) } else { None };
    t.prepare_cached(
        "UPDATE job SET state = ?2, owner = NULL, attempt = attempt - ?3, run_at = ?4, finished_at = ?5, \
         failure_code = ?6, failure_reason = ?7, need_bytes = ?8, \
         cancel_requested_at = CASE WHEN ?9 AND publish_id IS NOT NULL THEN cancel_requested_at END, \
         publish_path = CASE WHEN ?9 THEN publish_path END, \
         publish_size = CASE WHEN ?9 THEN publish_size END, \
         publish_id = CASE WHEN ?9 THEN publish_id END, \
         warnings = CASE WHEN ?9 THEN warnings END, \
         hold = CASE WHEN ?2 IN ('queued','waiting') THEN hold OR ?10 ELSE 0 END WHERE id = ?1",
    )?
    .execute(params![
        id,
        to.as_str(),
        i64::from(outcome.gives_back()),
        run_at,
        to.is_ended().then_some(now),
        failure.map(|f| f.code().as_str()),
        failure.map(|f| f.reason.to_json()),
        failure.and_then(|f| f.need_bytes).map(|n| n as i64),
        keeps_intent(outcome),
        outcome.holds()
    ])?;
    end_attempt(t, lease, outcome, now)?;
    match outcome {
        Outcome::Done { output, size, warnings } => finish(t, id, output, *size, warnings)?,
        Outcome::Rescued { crashes } => {
            t.execute("UPDATE job SET crashes = ?2 WHERE id = ?1", params![id, crashes])?;
        }
        Outcome::MachineDown { ends, .. } => {
            t.execute("UPDATE job SET machine_ends = ?2 WHERE id = ?1", params![id, ends])?;
        }
        Outcome::Failed(_) => super::set_flag(t, Flag::EndedSinceCrash, Some("1"))?,
        _ => {}
    }
    Ok(true)
}

/// Does the publishing intent stay, so that the next attempt checks whether the result was published?
fn keeps_intent(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Waiting(_) | Outcome::Interrupted(_) | Outcome::Rescued { .. } | Outcome::MachineDown { .. }
    )
}

/// Stores the best progress before the next claim clears it. A new best resets `machine_ends`.
fn keep_best(t: &Transaction<'_>, id: i64) -> Result<()> {
    let sql = "SELECT progress, best_progress FROM job WHERE id = ?1";
    let read = |row: &Row<'_>| Ok((informing(row, 0), informing(row, 1)));
    let (progress, best) = t.prepare_cached(sql)?.query_row([id], read)?;
    if is_best(progress?.as_ref(), best?.as_ref()) {
        let sql = "UPDATE job SET best_progress = progress, machine_ends = 0 WHERE id = ?1";
        t.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

fn finish(t: &Transaction<'_>, id: i64, output: &Path, size: u64, warnings: &[Remark]) -> Result<()> {
    let sql = "UPDATE job SET output_path = ?2, output_key = ?3, output_size = ?4, warnings = ?5, crashes = 0, \
               machine_ends = 0, best_progress = NULL, progress = NULL WHERE id = ?1";
    t.prepare_cached(sql)?.execute(params![
        id,
        to_bytes(output),
        key_of_path(output),
        size as i64,
        some_warnings(warnings)?
    ])?;
    super::set_flag(t, Flag::EndedSinceCrash, Some("1"))
}

fn some_warnings(warnings: &[Remark]) -> Result<Option<String>> {
    (!warnings.is_empty()).then(|| to_json(&warnings)).transpose()
}

fn end_attempt(t: &Transaction<'_>, lease: Lease, outcome: &Outcome, now: Millis) -> Result<()> {
    let failure = outcome.failure();
    t.prepare_cached(
        "UPDATE attempt SET ended_at = ?3, outcome = ?4, exit_code = ?5, signal = ?6, failure_code = ?7, \
         failure_reason = ?8, log_tail = ?9 WHERE job_id = ?1 AND epoch = ?2",
    )?
    .execute(params![
        lease.id.0,
        lease.epoch,
        now,
        outcome.word(),
        failure.and_then(|f| f.exit),
        failure.and_then(|f| f.signal),
        failure.map(|f| f.code().as_str()),
        failure.map(|f| f.reason.to_json()),
        failure.map(|f| tail(&f.log_tail))
    ])?;
    Ok(())
}

pub(super) fn save_progress(t: &Transaction<'_>, progress: &[(Lease, Progress)]) -> Result<()> {
    let sql = "UPDATE job SET progress = ?3 WHERE id = ?1 AND epoch = ?2 AND state = 'running'";
    let mut statement = t.prepare_cached(sql)?;
    for (lease, progress) in progress {
        statement.execute(params![lease.id.0, lease.epoch, to_json(progress)?])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claim_uses_its_own_index_without_a_sort() {
        let dir = tempfile::tempdir().unwrap();
        let connection = super::super::open::open(&dir.path().join("queue.db")).unwrap().writer;
        let sql = format!("EXPLAIN QUERY PLAN {CLAIM}id");
        let mut statement = connection.prepare(&sql).unwrap();
        let steps = statement.query_map(params!["o", 0, 0, true, 2], |row| row.get::<_, String>(3)).unwrap();
        let plan = steps.collect::<rusqlite::Result<Vec<_>>>().unwrap().join("\n");
        assert!(
            plan.contains("USING INDEX job_claim") || plan.contains("USING COVERING INDEX job_claim"),
            "{plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
