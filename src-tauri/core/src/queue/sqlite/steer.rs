//! The user's side: what each command does to the jobs it names. Fencing is not needed here, for no command
//! takes a job out of `running`; a running job is asked, and its worker acts.

use crate::error::Result;
use crate::failure::FailureCode;
use crate::job::{JobId, Millis, State};
use crate::queue::{Command, Refusal, Steered, Which, fits, in_order, starts, wants_hold};
use crate::spec;
use rusqlite::{OptionalExtension, Params, Row, Transaction, params};
use std::collections::HashSet;

pub(super) fn steer(t: &Transaction<'_>, command: Command, which: &Which, now: Millis) -> Result<Steered> {
    let mut steered = Steered::default();
    let ids = ids(t, command, which)?;
    let named: HashSet<JobId> = ids.iter().copied().collect();
    for id in in_order(command, ids, |id| place(t, *id).ok()) {
        match one(t, command, id, &named, now)? {
            None => steered.done.push(id),
            Some(refusal) => steered.refused.push((id, refusal)),
        }
    }
    if matches!(which, Which::All(_)) {
        // Asked of "all", a job the command does not fit is not news; one that stays failed is.
        steered.refused.retain(|(_, refusal)| !matches!(refusal, Refusal::State(_) | Refusal::NotFound));
    }
    Ok(steered)
}

fn ids(t: &Transaction<'_>, command: Command, which: &Which) -> Result<Vec<JobId>> {
    let states = match which {
        Which::Ids(ids) => return Ok(ids.clone()),
        Which::All(states) => states,
    };
    let mut all = Vec::new();
    for state in states.iter().filter(|s| fits(command, **s)) {
        let sql = "SELECT id FROM job WHERE state = ?1 AND (?2 IS NULL OR hold = ?2) ORDER BY position";
        let mut statement = t.prepare_cached(sql)?;
        let wanted = params![state.as_str(), wants_hold(command)];
        let found = statement.query_map(wanted, |row| row.get(0).map(JobId))?;
        all.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(all)
}

fn one(
    t: &Transaction<'_>,
    command: Command,
    id: JobId,
    named: &HashSet<JobId>,
    now: Millis,
) -> Result<Option<Refusal>> {
    let Some(state) = state_of(t, id)? else { return Ok(Some(Refusal::NotFound)) };
    if !fits(command, state) {
        return Ok(Some(Refusal::State(state)));
    }
    if starts(command) && !is_readable(t, id)? {
        return Ok(Some(Refusal::Unreadable));
    }
    match command {
        Command::Cancel if state == State::Running => {
            change(t, "cancel_requested_at = ?2", params![id.0, now])?;
        }
        Command::Cancel => {
            change(
                t,
                "state = 'cancelled', hold = 0, run_at = NULL, failure_code = NULL, failure_message = NULL, finished_at = ?2",
                params![id.0, now],
            )?;
        }
        Command::Retry => return retry(t, id),
        Command::Remove => {
            t.prepare_cached("DELETE FROM job WHERE id = ?1")?.execute([id.0])?;
        }
        Command::Hold => change(t, "hold = 1", [id.0])?,
        Command::Release => {
            forget_machine_ends(t, id)?;
            change(t, "hold = 0", [id.0])?;
        }
        Command::Now => change(t, "state = 'queued', run_at = NULL", [id.0])?,
        Command::MoveTop => change(t, "position = (SELECT min(position) FROM job) - 1", [id.0])?,
        Command::MoveBottom => change(t, "position = (SELECT max(position) FROM job) + 1", [id.0])?,
        Command::MoveUp => swap(t, id, named, "position < ?2 ORDER BY position DESC")?,
        Command::MoveDown => swap(t, id, named, "position > ?2 ORDER BY position")?,
    }
    Ok(None)
}

fn state_of(t: &Transaction<'_>, id: JobId) -> Result<Option<State>> {
    let sql = "SELECT state FROM job WHERE id = ?1";
    let word: Option<String> = t.prepare_cached(sql)?.query_row([id.0], |row| row.get(0)).optional()?;
    Ok(word.and_then(|word| word.parse().ok()))
}

fn is_readable(t: &Transaction<'_>, id: JobId) -> Result<bool> {
    let sql = "SELECT preset, options FROM job WHERE id = ?1";
    let read = |row: &Row<'_>| Ok(spec::read(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?).is_some());
    Ok(t.prepare_cached(sql)?.query_row([id.0], read)?)
}

fn change(t: &Transaction<'_>, set: &str, params: impl Params) -> Result<()> {
    t.prepare_cached(&format!("UPDATE job SET {set} WHERE id = ?1"))?.execute(params)?;
    Ok(())
}

/// `OR IGNORE`: a job whose source or output name is active again stays as it is, nothing is lost.
fn retry(t: &Transaction<'_>, id: JobId) -> Result<Option<Refusal>> {
    let sql = "UPDATE OR IGNORE job SET state = 'queued', finished_at = NULL, run_at = NULL, hold = 0, \
               max_attempts = max(max_attempts, attempt + 3), crashes = 0, machine_ends = 0, failure_code = NULL, \
               failure_message = NULL, need_bytes = NULL WHERE id = ?1";
    let changed = t.prepare_cached(sql)?.execute([id.0])?;
    Ok((changed == 0).then_some(Refusal::Active))
}

/// What is released is tried again, as often as a new job; why it was on hold is past.
fn forget_machine_ends(t: &Transaction<'_>, id: JobId) -> Result<()> {
    change(t, "machine_ends = 0", [id.0])?;
    let sql =
        "UPDATE job SET failure_code = NULL, failure_message = NULL WHERE id = ?1 AND failure_code = ?2";
    t.prepare_cached(sql)?.execute(params![id.0, FailureCode::MachineDown.as_str()])?;
    Ok(())
}

fn place(t: &Transaction<'_>, id: JobId) -> rusqlite::Result<i64> {
    t.prepare_cached("SELECT position FROM job WHERE id = ?1")?.query_row([id.0], |row| row.get(0))
}

/// Exchanges places with the nearest job that has not started. At the edge nothing happens, nor behind a named job
/// that stands there: a block keeps its order.
fn swap(t: &Transaction<'_>, id: JobId, named: &HashSet<JobId>, neighbour: &str) -> Result<()> {
    let here = place(t, id)?;
    let sql = format!(
        "SELECT id, position FROM job WHERE state IN ('queued','waiting') AND id <> ?1 AND {neighbour} LIMIT 1"
    );
    let found = t
        .prepare_cached(&sql)?
        .query_row(params![id.0, here], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
    let free = found.optional()?.filter(|(other, _)| !named.contains(&JobId(*other)));
    let Some((other, there)) = free else { return Ok(()) };
    let mut place = t.prepare_cached("UPDATE job SET position = ?2 WHERE id = ?1")?;
    place.execute([id.0, there])?;
    place.execute([other, here])?;
    Ok(())
}
