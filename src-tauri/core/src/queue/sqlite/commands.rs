//! The effect of user commands on jobs. No fencing is needed, because no command takes a job out of `running`: it only
//! records a request, and the worker acts on it.
//!
//! Guarantees that a command on many jobs does not hold the writer for long: it runs in batches, each atomic and
//! durable, and others write between them. An interrupted command leaves the remaining jobs unchanged, and repeating it
//! completes it. `UndoAdd` runs in one batch, because after a crash the remaining jobs would not be known.

use super::SqliteQueue;
use crate::error::{Error, Result};
use crate::failure::FailureCode;
use crate::job::{JobId, Millis, State};
use crate::queue::{Command, CommandResult, Refusal, Selection, fits, in_order, required_hold, starts};
use crate::spec;
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, params};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Jobs per transaction.
pub(super) const BATCH: usize = 1000;

/// Pause between two batches, in which other writers can begin; they poll every `open::BUSY_STEP`.
pub(super) const BREATH: Duration = Duration::from_millis(10);

/// The jobs that a command applies to.
struct Targets<'a> {
    /// In the order of execution.
    ids: Vec<JobId>,
    named: HashSet<JobId>,
    /// For `Selection::All`: the states that a job must have when its batch runs.
    states: Option<&'a [State]>,
}

pub(super) fn apply(queue: &SqliteQueue, command: Command, which: &Selection) -> Result<CommandResult> {
    let targets = targets(queue, command, which)?;
    // Jobs added in one transaction are taken back in one.
    let size = if command == Command::UndoAdd { targets.ids.len().max(1) } else { BATCH };
    let mut result = CommandResult::default();
    for (n, ids) in targets.ids.chunks(size).enumerate() {
        if n > 0 {
            std::thread::park_timeout(BREATH);
        }
        let now = queue.clock.now();
        let batch = queue.write(|t| batch(t, command, &targets, ids, now));
        let batch = batch.map_err(|cause| partly(n * size, targets.ids.len(), cause))?;
        result.done.extend(batch.done);
        result.refused.extend(batch.refused);
    }
    Ok(result)
}

/// Adds to an error how many jobs were handled before it.
fn partly(done: usize, of: usize, cause: Error) -> Error {
    if done == 0 { cause } else { Error::Partly { done, of, cause: Box::new(cause) } }
}

fn batch(
    t: &Transaction<'_>,
    command: Command,
    targets: &Targets<'_>,
    ids: &[JobId],
    now: Millis,
) -> Result<CommandResult> {
    let mut result = CommandResult::default();
    for id in ids {
        match one(t, command, *id, targets, now)? {
            None => result.done.push(*id),
            Some(refusal) => result.refused.push((*id, refusal)),
        }
    }
    if targets.states.is_some() {
        // For `Selection::All`, a job in another state is not reported; a job that could not be retried is.
        result.refused.retain(|(_, refusal)| !matches!(refusal, Refusal::State(_) | Refusal::NotFound));
    }
    Ok(result)
}

fn targets<'a>(queue: &SqliteQueue, command: Command, which: &'a Selection) -> Result<Targets<'a>> {
    let (ids, states) = match which {
        Selection::Ids(ids) => (ids.clone(), None),
        Selection::All(states) => (queue.read(|c| all_in(c, command, states))?, Some(states.as_slice())),
    };
    let mut places = HashMap::new();
    if matches!(command, Command::MoveUp | Command::MoveDown) {
        for ids in ids.chunks(BATCH) {
            places.extend(queue.read(|c| Ok(places_of(c, ids)))?);
        }
    }
    let named = ids.iter().copied().collect();
    Ok(Targets { ids: in_order(command, ids, |id| places.get(id).copied()), named, states })
}

/// Returns the jobs of `Selection::All`. Reads all states in one transaction, so that a job that changes its state
/// meanwhile is not missed.
fn all_in(c: &Connection, command: Command, states: &[State]) -> Result<Vec<JobId>> {
    let snapshot = c.unchecked_transaction()?;
    let mut all = Vec::new();
    for state in states.iter().filter(|s| fits(command, **s)) {
        let sql = "SELECT id FROM job WHERE state = ?1 AND (?2 IS NULL OR hold = ?2) ORDER BY position";
        let mut statement = snapshot.prepare_cached(sql)?;
        let wanted = params![state.as_str(), required_hold(command)];
        let found = statement.query_map(wanted, |row| row.get(0).map(JobId))?;
        all.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(all)
}

fn places_of(c: &Connection, ids: &[JobId]) -> Vec<(JobId, i64)> {
    ids.iter().filter_map(|id| Some((*id, place(c, *id).ok()?))).collect()
}

fn one(
    t: &Transaction<'_>,
    command: Command,
    id: JobId,
    targets: &Targets<'_>,
    now: Millis,
) -> Result<Option<Refusal>> {
    let Some(state) = state_of(t, id)? else { return Ok(Some(Refusal::NotFound)) };
    if !fits(command, state) || targets.states.is_some_and(|states| !states.contains(&state)) {
        return Ok(Some(Refusal::State(state)));
    }
    if starts(command) && !is_readable(t, id)? {
        return Ok(Some(Refusal::Unreadable));
    }
    match command {
        Command::Cancel | Command::UndoAdd if state == State::Running => {
            change(t, "cancel_requested_at = ?2", params![id.0, now])?;
        }
        Command::Cancel => {
            change(
                t,
                "state = 'cancelled', hold = 0, run_at = NULL, failure_code = NULL, failure_reason = NULL, finished_at = ?2",
                params![id.0, now],
            )?;
        }
        Command::Retry => return retry(t, id),
        Command::Remove | Command::UndoAdd => remove(t, id)?,
        Command::Hold => change(t, "hold = 1", [id.0])?,
        Command::Release => {
            forget_machine_ends(t, id)?;
            change(t, "hold = 0", [id.0])?;
        }
        Command::Now => change(t, "state = 'queued', run_at = NULL", [id.0])?,
        Command::MoveTop => change(t, "position = (SELECT min(position) FROM job) - 1", [id.0])?,
        Command::MoveBottom => change(t, "position = (SELECT max(position) FROM job) + 1", [id.0])?,
        Command::MoveUp => swap(t, id, &targets.named, "position < ?2 ORDER BY position DESC")?,
        Command::MoveDown => swap(t, id, &targets.named, "position > ?2 ORDER BY position")?,
    }
    Ok(None)
}

pub(super) fn remove(t: &Transaction<'_>, id: JobId) -> Result<()> {
    t.prepare_cached("DELETE FROM job WHERE id = ?1")?.execute([id.0])?;
    Ok(())
}

pub(super) fn state_of(t: &Transaction<'_>, id: JobId) -> Result<Option<State>> {
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

/// Queues the job again. `OR IGNORE`: if its work or output name is active again, the job stays unchanged.
fn retry(t: &Transaction<'_>, id: JobId) -> Result<Option<Refusal>> {
    let sql = "UPDATE OR IGNORE job SET state = 'queued', finished_at = NULL, run_at = NULL, hold = 0, \
               max_attempts = max(max_attempts, attempt + 3), crashes = 0, machine_ends = 0, failure_code = NULL, \
               failure_reason = NULL, need_bytes = NULL WHERE id = ?1";
    let changed = t.prepare_cached(sql)?.execute([id.0])?;
    Ok((changed == 0).then_some(Refusal::Active))
}

/// Resets the count for a released job, so that it runs as often as a new one, and clears the failure that put it on
/// hold.
fn forget_machine_ends(t: &Transaction<'_>, id: JobId) -> Result<()> {
    change(t, "machine_ends = 0", [id.0])?;
    let sql = "UPDATE job SET failure_code = NULL, failure_reason = NULL WHERE id = ?1 AND failure_code = ?2";
    t.prepare_cached(sql)?.execute(params![id.0, FailureCode::MachineDown.as_str()])?;
    Ok(())
}

fn place(t: &Connection, id: JobId) -> rusqlite::Result<i64> {
    t.prepare_cached("SELECT position FROM job WHERE id = ?1")?.query_row([id.0], |row| row.get(0))
}

/// Swaps places with the nearest job that has not started. Does nothing at the edge of the list, or if that job is also
/// named, so that a block keeps its order.
fn swap(t: &Transaction<'_>, id: JobId, named: &HashSet<JobId>, neighbour: &str) -> Result<()> {
    let here = place(t, id)?;
    let sql = format!(
        "SELECT id, position FROM job INDEXED BY job_active \
         WHERE state IN ('queued','waiting','running') AND state <> 'running' AND id <> ?1 AND {neighbour} LIMIT 1"
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
