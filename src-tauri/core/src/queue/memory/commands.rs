//! User commands, in memory.

use super::MemoryQueue;
use crate::error::Result;
use crate::job::Job;
use crate::queue::{
    Added, Command, CommandResult, Commands, Edit, Edited, NewJob, QueuePosition, Refusal, Replaced,
    Selection, Successor, TakenNames, fits, in_order, required_hold,
};
use std::ffi::OsString;
use std::path::Path;

impl Commands for MemoryQueue {
    fn add(&self, jobs: &[NewJob], place: QueuePosition, taken: &TakenNames) -> Result<Vec<Added>> {
        Ok(self.all().add_all(jobs, place, taken, self.clock.now()))
    }

    fn tree(&self, destination: &Path, root: &Path) -> Result<OsString> {
        Ok(self.all().tree(destination, root))
    }

    fn edit(&self, edits: &[Edit], taken: &TakenNames) -> Result<Vec<Edited>> {
        let mut all = self.all();
        Ok(edits.iter().map(|edit| all.edit(edit, taken)).collect())
    }

    fn replace(&self, successors: &[Successor], taken: &TakenNames) -> Result<Vec<Replaced>> {
        Ok(self.all().replace_all(successors, taken, self.clock.now()))
    }

    fn apply(&self, command: Command, which: &Selection) -> Result<CommandResult> {
        let (mut all, now) = (self.all(), self.clock.now());
        let mut ids = match which {
            Selection::Ids(ids) => ids.clone(),
            Selection::All(states) => {
                let fit = |j: &&Job| {
                    states.contains(&j.state)
                        && fits(command, j.state)
                        && required_hold(command).is_none_or(|hold| j.hold == hold)
                };
                let mut jobs: Vec<_> = all.rows.values().map(|r| &r.job).filter(fit).collect();
                jobs.sort_by_key(|j| (states.iter().position(|s| *s == j.state), j.position));
                jobs.iter().map(|j| j.id).collect()
            }
        };
        ids = in_order(command, ids, |id| Some(all.rows.get(id)?.job.position));
        let mut result = CommandResult::default();
        for &id in &ids {
            match all.apply(command, id, &ids, now) {
                None => result.done.push(id),
                Some(refusal) => result.refused.push((id, refusal)),
            }
        }
        if matches!(which, Selection::All(_)) {
            result.refused.retain(|(_, refusal)| !matches!(refusal, Refusal::State(_) | Refusal::NotFound));
        }
        Ok(result)
    }
}
