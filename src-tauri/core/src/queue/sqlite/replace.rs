//! Replacing failed jobs, in one transaction.
//!
//! Guarantees that expensive work, computing keys and serialising specs, is done before the transaction.

use super::keys::{self, Draft, has_former};
use super::naming::Numbers;
use super::{SqliteQueue, add, commands, known};
use crate::error::Result;
use crate::job::{JobId, Millis, State};
use crate::queue::{QueuePosition, Refusal, Replaced, Successor, TakenNames};
use rusqlite::Transaction;

/// The transaction, and the position of the next job.
struct Adding<'a> {
    t: &'a Transaction<'a>,
    taken: &'a TakenNames,
    numbers: Numbers,
    position: i64,
    now: Millis,
}

pub(super) fn replace(
    queue: &SqliteQueue,
    successors: &[Successor],
    taken: &TakenNames,
) -> Result<Vec<Replaced>> {
    let drafts = keys::drafts(successors.iter().map(|successor| &successor.new), queue.read(has_former)?)?;
    queue.write(|t| {
        let position = add::first_position(t, drafts.len(), QueuePosition::End)?;
        let mut adding = Adding { t, taken, numbers: Numbers::default(), position, now: queue.clock.now() };
        successors.iter().zip(&drafts).map(|(successor, draft)| adding.one(successor.of, draft)).collect()
    })
}

impl Adding<'_> {
    fn one(&mut self, of: JobId, draft: &Draft<'_>) -> Result<Replaced> {
        match commands::state_of(self.t, of)? {
            None => return Ok(Replaced::Refused(Refusal::NotFound)),
            Some(State::Failed) => {}
            Some(state) => return Ok(Replaced::Refused(Refusal::State(state))),
        }
        let by = match known::active(self.t, &draft.keys)? {
            Some(duplicate) => duplicate,
            None => self.insert(draft)?,
        };
        commands::remove(self.t, of)?;
        Ok(Replaced::By(by))
    }

    fn insert(&mut self, draft: &Draft<'_>) -> Result<JobId> {
        let name = self.numbers.free(self.t, draft, self.taken)?;
        let id = add::insert(self.t, draft, &name, self.position, self.now)?;
        self.position += 1;
        Ok(id)
    }
}
