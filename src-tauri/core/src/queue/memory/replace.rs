//! Replacing failed jobs, in memory.

use super::All;
use crate::job::{Millis, State};
use crate::queue::work::{Meaning, Work};
use crate::queue::{QueuePosition, Refusal, Replaced, Successor, TakenNames};

impl All {
    pub(super) fn replace_all(
        &mut self,
        successors: &[Successor],
        taken: &TakenNames,
        now: Millis,
    ) -> Vec<Replaced> {
        let (first, last) = (self.edge(QueuePosition::End, successors.len()), self.last);
        let mut replaced = Vec::new();
        for successor in successors {
            let position = first + self.last - last;
            replaced.push(self.replace(successor, position, taken, now));
        }
        replaced
    }

    fn replace(
        &mut self,
        Successor { of, new }: &Successor,
        position: i64,
        taken: &TakenNames,
        now: Millis,
    ) -> Replaced {
        match self.rows.get(of).map(|row| row.job.state) {
            None => return Replaced::Refused(Refusal::NotFound),
            Some(State::Failed) => {}
            Some(state) => return Replaced::Refused(Refusal::State(state)),
        }
        let work = Work::of(&new.real_source, &new.root, &Meaning::of(&new.spec));
        let by = match self.active(&work) {
            Some(duplicate) => duplicate,
            None => self.accept(new, work, position, taken, now).0,
        };
        self.remove(*of);
        Replaced::By(by)
    }
}
