//! The effect of each command and outcome on one row, as plain assignments.

use super::{All, Row, State};
use crate::failure::FailureCode;
use crate::finding::Check;
use crate::job::{Attempt, Job, JobId, Millis, Origin};
use crate::policy::is_best;
use crate::queue::{Command, KEPT_ATTEMPTS, NewJob, Outcome, key_of_path, tail};
use crate::verification::Verification;
use std::path::Path;
use uuid::Uuid;

impl All {
    pub(super) fn set_position(&mut self, id: JobId, position: i64) {
        if let Some(row) = self.rows.get_mut(&id) {
            row.job.position = position;
        }
    }

    pub(super) fn swap(&mut self, id: JobId, named: &[JobId], up: bool) {
        let here = self.rows[&id].job.position;
        let others =
            self.rows.values().map(|r| &r.job).filter(|j| matches!(j.state, State::Queued | State::Waiting));
        let neighbour = if up {
            others.filter(|j| j.position < here).max_by_key(|j| j.position)
        } else {
            others.filter(|j| j.position > here).min_by_key(|j| j.position)
        };
        let free = neighbour.filter(|j| !named.contains(&j.id));
        if let Some((other, there)) = free.map(|j| (j.id, j.position)) {
            self.set_position(id, there);
            self.set_position(other, here);
        }
    }
}

pub(super) fn same_name(a: &Path, b: &Path) -> bool {
    key_of_path(a) == key_of_path(b)
}

pub(super) fn fresh(id: JobId, new: &NewJob, output: &Path, position: i64, now: Millis) -> Job {
    Job {
        id,
        uid: Uuid::now_v7(),
        position,
        source: new.source.clone(),
        real_source: new.real_source.clone(),
        source_size: new.source_size,
        source_mtime_ns: new.source_mtime_ns,
        source_volume: new.source_volume.clone(),
        output_volume: new.output_volume.clone(),
        output: output.to_owned(),
        origin: Origin::of(new.from_folder, new.again),
        output_root: (new.root != new.folder).then(|| new.root.clone()),
        facts: None,
        spec: Some(new.spec.clone()),
        foreign_format: None,
        state: State::Queued,
        hold: false,
        run_at: None,
        epoch: 0,
        attempt: 0,
        max_attempts: new.max_attempts,
        crashes: 0,
        machine_ends: 0,
        best: None,
        cancel_requested: false,
        failure: None,
        need_bytes: None,
        warnings: Vec::new(),
        intent: None,
        progress: None,
        output_size: None,
        verified: false,
        check: None,
        created_at: now,
        started_at: None,
        finished_at: None,
    }
}

pub(super) fn change(job: &mut Job, command: Command, now: Millis) {
    match command {
        Command::Cancel | Command::UndoAdd if job.state == State::Running => job.cancel_requested = true,
        Command::Cancel => {
            (job.state, job.hold, job.run_at, job.finished_at) = (State::Cancelled, false, None, Some(now));
            job.failure = None;
        }
        Command::Retry => {
            (job.state, job.finished_at, job.run_at, job.hold) = (State::Queued, None, None, false);
            (job.failure, job.need_bytes, job.crashes, job.machine_ends) = (None, None, 0, 0);
            job.max_attempts = job.max_attempts.max(job.attempt + 3);
        }
        Command::Hold => job.hold = true,
        Command::Release => {
            (job.hold, job.machine_ends) = (false, 0);
            job.failure = job.failure.take().filter(|why| why.code() != FailureCode::MachineDown);
        }
        Command::Now => (job.state, job.run_at) = (State::Queued, None),
        Command::Remove
        | Command::UndoAdd
        | Command::MoveTop
        | Command::MoveBottom
        | Command::MoveUp
        | Command::MoveDown => {}
    }
}

pub(super) fn begin(row: &mut Row, boot: Option<&str>, owner: &str, now: Millis) {
    let job = &mut row.job;
    (job.state, job.started_at, job.run_at) = (State::Running, Some(now), None);
    (job.epoch, job.attempt) = (job.epoch + 1, job.attempt + 1);
    (job.progress, job.failure) = (None, None);
    job.cancel_requested &= job.intent.is_some();
    row.owner = Some(owner.to_owned());
    row.attempts.push(Attempt {
        epoch: job.epoch,
        owner: owner.to_owned(),
        boot: boot.map(str::to_owned),
        started_at: now,
        ended_at: None,
        child: None,
        part: None,
        outcome: None,
        exit: None,
        signal: None,
        failure: None,
        log_tail: None,
        commands: Vec::new(),
        plan: None,
        verification: None,
    });
    row.attempts.retain(|attempt| attempt.epoch > row.job.epoch - KEPT_ATTEMPTS);
}

/// Is the job old enough for retention to remove it?
pub(super) fn is_past(job: &Job, done_before: Millis, cancelled_before: Millis) -> bool {
    match job.state {
        State::Done => job.finished_at < Some(done_before),
        State::Cancelled => job.finished_at < Some(cancelled_before),
        _ => false,
    }
}

pub(super) fn keep_check(row: &mut Row, check: &Check, verification: Option<&Verification>) {
    if let (Some(attempt), Some(verification)) = (row.attempts.last_mut(), verification) {
        attempt.verification = Some(verification.clone());
    }
    let on_record = row.attempts.last().is_some_and(|attempt| attempt.verification.is_some());
    row.job.verified = on_record && !check.finding.is_wrong();
    row.job.check = Some(check.clone());
}

pub(super) fn end(row: &mut Row, outcome: &Outcome, to: State, now: Millis) {
    let (job, failure) = (&mut row.job, outcome.failure());
    if is_best(job.progress.as_ref(), job.best.as_ref()) {
        (job.best, job.machine_ends) = (job.progress, 0);
    }
    job.state = to;
    job.finished_at = job.state.is_ended().then_some(now);
    job.hold = (job.hold || outcome.holds()) && !job.state.is_ended();
    job.attempt -= u32::from(outcome.gives_back());
    job.run_at = if let Outcome::Retry { run_at, .. } = outcome { Some(*run_at) } else { None };
    job.failure = failure.map(|failure| failure.reason.clone());
    job.need_bytes = failure.and_then(|f| f.need_bytes);
    // The next attempt checks whether the result was published.
    if !matches!(
        outcome,
        Outcome::Waiting(_) | Outcome::Interrupted(_) | Outcome::Rescued { .. } | Outcome::MachineDown { .. }
    ) {
        (job.intent, job.warnings) = (None, Vec::new());
    }
    job.cancel_requested &= job.intent.is_some();
    match outcome {
        Outcome::Done { output, size, warnings } => {
            (job.output, job.output_size, job.warnings) = (output.clone(), Some(*size), warnings.clone());
            (job.crashes, job.progress) = (0, None);
            (job.machine_ends, job.best) = (0, None);
            job.verified = row.attempts.last().is_some_and(|attempt| attempt.verification.is_some());
        }
        Outcome::Rescued { crashes } => job.crashes = *crashes,
        Outcome::MachineDown { ends, .. } => job.machine_ends = *ends,
        _ => {}
    }
    row.owner = None;
    if let Some(attempt) = row.attempts.last_mut() {
        (attempt.ended_at, attempt.outcome) = (Some(now), Some(outcome.word().to_owned()));
        attempt.failure = failure.map(|failure| failure.reason.clone());
        (attempt.exit, attempt.signal) = (failure.and_then(|f| f.exit), failure.and_then(|f| f.signal));
        attempt.log_tail = failure.map(|f| tail(&f.log_tail).to_owned());
    }
}
