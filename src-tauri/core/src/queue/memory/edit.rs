//! Changes to jobs that have not started, in memory.

use super::All;
use super::moves::same_name;
use crate::failure::FailureCode;
use crate::job::{Job, State};
use crate::queue::edit::refusal;
use crate::queue::work::{Meaning, Work};
use crate::queue::{Edit, Edited, NewJob, TakenNames};
use std::path::{Path, PathBuf};

impl All {
    pub(super) fn edit(&mut self, edit: &Edit, taken: &TakenNames) -> Edited {
        let work = Work::of(&edit.new.real_source, &edit.new.root, &Meaning::of(&edit.new.spec));
        if let Some(refused) = self.refusal(edit, &work, taken) {
            return refused;
        }
        let claimed = |name: &PathBuf| {
            let mut others = self.rows.values().filter(|r| r.job.id != edit.id && r.is_active());
            others.any(|r| same_name(&r.job.output, name))
        };
        let mut free = (1..).map(|n| edit.new.candidate(n)).filter(|name| !taken.has(name) && !claimed(name));
        let Some(output) = free.next() else { unreachable!("candidate names are unlimited") };
        drop(free);
        if let Some(row) = self.rows.get_mut(&edit.id) {
            row.work = work;
            change(&mut row.job, &edit.new, &output);
        }
        Edited::Changed(output)
    }

    fn refusal(&self, edit: &Edit, work: &Work, taken: &TakenNames) -> Option<Edited> {
        let row = self.rows.get(&edit.id);
        if let Some(refused) = refusal(row.map(|row| &row.job)) {
            return Some(refused);
        }
        let mut active = self.rows.values().filter(|r| r.job.id != edit.id && r.is_active());
        if let Some(duplicate) = active.find(|r| r.work == *work) {
            return Some(Edited::Duplicate(duplicate.job.id));
        }
        if row.is_some_and(|row| row.work == *work) {
            return None;
        }
        let done = self.results(&edit.new).filter(|r| taken.has(&r.job.output));
        done.max_by_key(|r| (r.job.finished_at, r.job.id)).map(|r| Edited::DoneBefore(r.job.id))
    }
}

fn change(job: &mut Job, new: &NewJob, output: &Path) {
    (job.state, job.run_at, job.attempt) = (State::Queued, None, 0);
    (job.need_bytes, job.best, job.progress, job.warnings) = (None, None, None, Vec::new());
    job.spec = Some(new.spec.clone());
    (job.output, job.output_volume) = (output.to_owned(), new.output_volume.clone());
    job.output_root = (new.root != new.folder).then(|| new.root.clone());
    let hold = job.hold;
    job.failure = job.failure.take().filter(|why| hold && why.code() == FailureCode::MachineDown);
}
