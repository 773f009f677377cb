//! Random histories: sequences of commands, crashes and restarts, run on the SQLite queue and on the in-memory
//! queue side by side. After each step both hold the same jobs, and the promises of the README hold.

mod step;

use crate::queue::fixture::{failure, new_job, of_another_version};
use proptest::prelude::*;
use spool_core::clock::{Clock, ManualClock};
use spool_core::failure::{Failure, Reason};
use spool_core::job::{Intent, Job, JobId, State};
use spool_core::media::Facts;
use spool_core::policy::is_due;
use spool_core::progress::Progress;
use spool_core::queue::memory::MemoryQueue;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{
    Added, Command, Edit, Edited, Filter, Lists, NewJob, Note, Outcome, Queue, QueuePosition, Replaced,
    Selection, Successor,
};
use spool_core::remark::Remark;
use spool_core::verify::verification::Verification;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use step::{Step, StepOptions, Written, step};

/// Both queues, the workers that believe they hold a lease, and what the promises require so far.
struct Pair {
    path: PathBuf,
    clock: Arc<ManualClock>,
    disk: SqliteQueue,
    memory: MemoryQueue,
    workers: Vec<Job>,
    accepted: BTreeSet<JobId>,
    /// Results on the disk.
    results: BTreeSet<PathBuf>,
    epochs: BTreeMap<JobId, i64>,
    states: BTreeMap<JobId, State>,
}

impl Pair {
    fn new(path: PathBuf) -> Pair {
        let clock = Arc::new(ManualClock::at(1_800_000_000_000));
        let disk = SqliteQueue::open(&path, clock.clone()).unwrap();
        let memory = MemoryQueue::new(clock.clone());
        Pair {
            path,
            clock,
            disk,
            memory,
            workers: vec![],
            accepted: BTreeSet::new(),
            results: BTreeSet::new(),
            epochs: BTreeMap::new(),
            states: BTreeMap::new(),
        }
    }

    fn both<T: PartialEq + std::fmt::Debug>(&self, act: impl Fn(&dyn Queue) -> T) -> T {
        let (disk, memory) = (act(&self.disk), act(&self.memory));
        assert_eq!(disk, memory, "SQLite (left) and memory (right) disagree");
        disk
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::Add { names, top, options } => {
                let jobs = names.iter().map(|n| wanted(*n, &options)).collect::<Vec<_>>();
                self.add(&jobs, if top { QueuePosition::Top } else { QueuePosition::End });
            }
            Step::Claim { alone } => self.claim(alone),
            Step::Note { worker, written } => self.note(worker, written),
            Step::Settle { worker, end } => self.settle(worker, end),
            Step::Apply { command, job } => self.command(command, &Selection::Ids(vec![JobId(job)])),
            Step::ApplyToAll { command, state } => self.command(command, &Selection::All(vec![state])),
            Step::Edit { job, stem, crf } => self.edit(JobId(job), stem, crf),
            Step::Replace { jobs, crf } => {
                self.replace(&jobs.into_iter().map(JobId).collect::<Vec<_>>(), crf);
            }
            Step::Describe { job } => {
                let facts = Facts { width: 640, seconds: Some(1.5), ..Facts::default() };
                self.both(|q| q.describe(JobId(job), &facts).unwrap());
            }
            Step::Retire { seconds, keep } => self.retire(seconds, keep),
            Step::Unlink { result } => {
                if let Some(path) = self.results.iter().nth(result).cloned() {
                    self.results.remove(&path);
                }
            }
            Step::Pass { seconds } => self.clock.advance(Duration::from_secs(seconds)),
            Step::SetBack => self.clock.set_back(86_400_000),
            Step::Crash => self.crash(),
            Step::Foreign { job } => {
                of_another_version(&self.path, JobId(job));
                self.memory.make_unreadable(JobId(job));
            }
        }
    }

    fn add(&mut self, jobs: &[NewJob], place: QueuePosition) {
        let taken = self.results.iter().collect();
        let added = self.both(|q| q.add(jobs, place, &taken).unwrap());
        self.accepted.extend(
            added.iter().filter_map(|a| if let Added::Accepted { id, .. } = a { Some(*id) } else { None }),
        );
    }

    /// Edits a job; its source stays the same.
    fn edit(&mut self, id: JobId, stem: u8, crf: u8) {
        let before = self.jobs().into_iter().find(|job| job.id == id);
        let name = name_of(before.as_ref());
        let new = NewJob {
            stem: stem.to_string().into(),
            output_volume: Some(["/", "/media/Media"][usize::from(stem % 2)].into()),
            ..wanted(
                number_of(&name),
                &StepOptions { renamed: false, crf, again: true, from_folder: false, timed: true },
            )
        };
        let edits = [Edit { id, new }];
        let taken = self.results.iter().collect();
        let edited = self.both(|q| q.edit(&edits, &taken).unwrap().remove(0));
        let editable = before.is_some_and(|job| matches!(job.state, State::Queued | State::Waiting));
        assert!(editable || matches!(edited, Edited::Refused(_)), "{edited:?}");
    }

    /// Replaces jobs: exactly the failed ones leave the list, each for an active job of its video.
    fn replace(&mut self, ids: &[JobId], crf: u8) {
        let before: BTreeMap<JobId, Job> = self.jobs().into_iter().map(|job| (job.id, job)).collect();
        let opts = StepOptions { renamed: false, crf, again: true, from_folder: false, timed: true };
        let new = |id| wanted(number_of(&name_of(before.get(id))), &opts);
        let successors: Vec<_> = ids.iter().map(|id| Successor { of: *id, new: new(id) }).collect();
        let taken = self.results.iter().collect();
        let replaced = self.both(|q| q.replace(&successors, &taken).unwrap());
        for (id, replaced) in ids.iter().zip(replaced) {
            let failed = before.get(id).is_some_and(|job| job.state == State::Failed);
            let replaceable = self.accepted.contains(id) && failed;
            assert_eq!(matches!(replaced, Replaced::By(_)), replaceable, "{replaced:?}");
            if let Replaced::By(by) = replaced {
                self.accepted.remove(id);
                self.accepted.insert(by);
            }
        }
    }

    /// Promise 9: the claimed job is the first that may start.
    fn claim(&mut self, alone: bool) {
        let now = self.clock.now();
        let jobs = self.jobs();
        let may_start = |j: &&Job| j.state == State::Queued && !j.hold && j.spec.is_some();
        let due = jobs.iter().filter(may_start).filter(|j| is_due(j.run_at, now));
        let first = due.min_by_key(|j| j.position).filter(|j| alone || j.crashes < 2);
        let claimed = self.both(|q| q.claim("engine", alone).unwrap().map(without_uid));
        assert_eq!(claimed.as_ref().map(|j| j.id), first.map(|j| j.id), "claimed in list order");
        self.workers.extend(claimed);
    }

    fn settle(&mut self, worker: usize, end: u8) {
        if worker >= self.workers.len() {
            return;
        }
        let job = self.workers.remove(worker);
        let outcome = match end {
            0 | 7 => Outcome::Done { output: job.output.clone(), size: 1, warnings: vec![] },
            1 => Outcome::Retry { failure: failure(), run_at: self.clock.now() + 10_000 },
            2 => Outcome::Waiting(Reason::DiskFull { folder: None }.into()),
            3 => Outcome::Failed(failure()),
            4 => Outcome::Cancelled,
            6 => Outcome::Waiting(Failure { need_bytes: Some(7000), ..failure() }),
            _ => Outcome::Interrupted(None),
        };
        let held =
            self.jobs().iter().any(|j| j.id == job.id && j.state == State::Running && j.epoch == job.epoch);
        assert_eq!(
            self.both(|q| q.settle(job.lease(), &outcome).unwrap()),
            held,
            "exactly the lease holder settles"
        );
        if let (Outcome::Done { output, .. }, true) = (outcome, held) {
            self.results.insert(output);
        }
    }

    /// Writes a note of a worker that keeps its job.
    fn note(&mut self, worker: usize, written: Written) {
        let Some(job) = self.workers.get(worker).cloned() else { return };
        let now = self.jobs().into_iter().find(|j| j.id == job.id && j.epoch == job.epoch);
        let held = now.filter(|j| j.state == State::Running);
        let note = match written {
            Written::Source => Note::Source { size: 2000, mtime_ns: None },
            Written::Plan => Note::Plan { plan: "{}".into(), part: "/out/.part".into() },
            Written::Verified => Note::Verified(Verification {
                size: 1,
                seconds: None,
                streams: vec![],
                damaged: 0,
                changes: vec![],
            }),
            Written::Command => Note::Command(vec!["ffmpeg".into()]),
            Written::Publish => Note::Publish {
                intent: Intent { path: job.output.clone(), size: 1, identity: "i".into() },
                warnings: vec![Remark::Text { text: "a remark".into() }],
            },
            Written::Progress(percent) => {
                let progress = Progress { percent: Some(percent.into()), ..Progress::default() };
                return self.both(|q| q.save_progress(&[(job.lease(), progress)]).unwrap());
            }
        };
        let may = |j: &Job| !matches!(written, Written::Publish) || !j.cancel_requested || j.intent.is_some();
        let noted = self.both(|q| q.note(job.lease(), &note).unwrap());
        assert_eq!(
            noted,
            held.is_some_and(|j| may(&j)),
            "exactly the lease holder writes, and no publish overtakes a cancel"
        );
    }

    fn retire(&mut self, seconds: i64, keep: u64) {
        let before = self.clock.now() - seconds * 1000;
        let ended: BTreeSet<JobId> = self.jobs().iter().filter(|j| is_history(j)).map(|j| j.id).collect();
        let gone = self.both(|q| q.retire(before, keep, before).unwrap());
        let present: BTreeSet<JobId> = self.jobs().iter().map(|j| j.id).collect();
        let left: BTreeSet<JobId> = self.accepted.difference(&present).copied().collect();
        assert!(left.is_subset(&ended) && left.len() as u64 == gone, "{left:?} of {ended:?}");
        self.accepted = present;
    }

    fn command(&mut self, command: Command, which: &Selection) {
        let result = self.both(|q| q.apply(command, which).unwrap());
        if matches!(command, Command::Remove | Command::UndoAdd) {
            let running = self.jobs().into_iter().filter(|j| j.state == State::Running && j.cancel_requested);
            let running: BTreeSet<JobId> = running.map(|j| j.id).collect();
            self.accepted.retain(|id| !result.done.contains(id) || running.contains(id));
        }
    }

    /// Simulates a crash: reopens the database and rescues the running jobs. The workers of the dead process stay,
    /// because they may still try to write.
    fn crash(&mut self) {
        self.disk = SqliteQueue::open(&self.path, self.clock.clone()).unwrap();
        for job in self.jobs().into_iter().filter(|j| j.state == State::Running) {
            let outcome = if job.cancel_requested {
                Outcome::Cancelled
            } else if job.epoch % 2 == 0 {
                Outcome::MachineDown {
                    ends: job.machine_ends + 1,
                    hold: (job.machine_ends > 1).then(failure),
                }
            } else {
                Outcome::Rescued { crashes: job.crashes + 1 }
            };
            assert!(self.both(|q| q.settle(job.lease(), &outcome).unwrap()));
        }
    }

    fn jobs(&self) -> Vec<Job> {
        self.disk.page(&Filter::of(&[]), 0, 1000).unwrap().into_iter().map(without_uid).collect()
    }

    fn check(&mut self) {
        let jobs = self.both(|q| -> Vec<Job> {
            q.page(&Filter::of(&[]), 0, 1000).unwrap().into_iter().map(without_uid).collect()
        });
        self.both(|q| {
            (
                q.counts().unwrap(),
                q.queued_bytes().unwrap(),
                q.saved().unwrap(),
                q.waiting_for_space().unwrap(),
            )
        });
        for place in [i64::MIN, 1, 3, i64::MAX] {
            self.both(|q| q.startable_before(place).unwrap());
        }
        self.both(causes);
        self.both(|q| (q.running("engine").unwrap().len(), q.abandoned("another").unwrap().len()));
        self.both(|q| (q.recent(self.clock.now()).unwrap(), q.volumes().unwrap()));
        for states in [&[State::Done, State::Cancelled][..], &[State::Failed], &[State::Waiting]] {
            self.both(|q| q.ids(&Filter::of(states)).unwrap());
        }
        self.both(|q| q.startable(None, 3).unwrap().iter().map(|job| job.id).collect::<Vec<_>>());
        for name in [0, 1, 8] {
            let opts = StepOptions { renamed: false, crf: 21, again: false, from_folder: false, timed: true };
            self.both(|q| -> BTreeSet<(PathBuf, bool)> {
                let results = q.earlier_results(&[wanted(name, &opts)]).unwrap();
                results.into_iter().map(|result| (result.path, result.to_come)).collect()
            });
        }
        assert_tallied(&self.path);
        let present: BTreeSet<JobId> = jobs.iter().map(|j| j.id).collect();
        assert_eq!(present, self.accepted, "every accepted job stays until it is removed");
        let active: Vec<_> = jobs.iter().filter(|j| !j.state.is_ended()).collect();
        assert_eq!(
            active.iter().map(|j| &j.output).collect::<BTreeSet<_>>().len(),
            active.len(),
            "output names are unique"
        );
        assert_eq!(
            jobs.iter().map(|j| j.position).collect::<BTreeSet<_>>().len(),
            jobs.len(),
            "positions are unique"
        );
        for job in &jobs {
            let before = self.states.insert(job.id, job.state);
            assert!(
                before.map_or(job.state == State::Queued, |b| b == job.state || b.may_become(job.state)),
                "{before:?} became {}",
                job.state
            );
            let before = self.epochs.insert(job.id, job.epoch);
            assert!(before.is_none_or(|before| before <= job.epoch), "an epoch never decreases");
            assert!(job.attempt <= job.max_attempts, "no attempt beyond the limit");
            assert_eq!(job.state.is_ended(), job.finished_at.is_some());
            assert_eq!(
                self.both(|q| q.attempts(job.id).unwrap()).len() as i64,
                job.epoch,
                "each claim has an attempt"
            );
        }
    }
}

/// The causes as a set: of two jobs that failed at the same time, either may be the latest.
fn causes(queue: &dyn Queue) -> BTreeSet<(&'static str, u64)> {
    queue.causes().unwrap().into_iter().map(|(cause, count)| (cause.as_str(), count)).collect()
}

/// Checks that the counters in SQLite equal a fresh count.
fn assert_tallied(path: &std::path::Path) {
    let kept = "SELECT state, hold, readable, cause, hex(volume), jobs, source_bytes, output_bytes FROM tally \
                WHERE (jobs, source_bytes, output_bytes) <> (0, 0, 0) ORDER BY 1, 2, 3, 4, 5";
    let counted = "SELECT state, hold, spec_version = 1, coalesce(failure_code, ''), \
                     hex(iif(state = 'waiting', coalesce(output_volume, x''), x'')), count(*), \
                     sum(iif(state <> 'done' OR (source_size > 0 AND output_size > 0), source_size, 0)), \
                     sum(iif(state = 'done' AND source_size > 0 AND output_size > 0, output_size, 0)) \
                   FROM job GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5";
    let connection = rusqlite::Connection::open(path).unwrap();
    let rows = |sql| {
        let mut statement = connection.prepare(sql).unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            (0..8).map(|at| row.get::<_, rusqlite::types::Value>(at)).collect::<Result<Vec<_>, _>>()
        };
        statement.query_map([], row).unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(rows(kept), rows(counted));
}

/// The job for a file number: few names, presets that differ in name alone, and some that differ in their settings.
/// From number 8 on the source is the output path of the file with the number `name - 8`.
fn wanted(name: u8, opts: &StepOptions) -> NewJob {
    let volume = ["/", "/media/Media"][usize::from(name % 2)];
    let mut job = new_job(&format!("{name}.mkv"));
    if let Some(made) = name.checked_sub(8) {
        job.source = format!("/out/{made}.mp4").into();
        (job.real_source, job.stem) = (job.source.clone(), format!("{made}b").into());
        job.source_size = Some(1);
    }
    (job.again, job.from_folder, job.output_volume) = (opts.again, opts.from_folder, Some(volume.into()));
    job.source_mtime_ns = job.source_mtime_ns.filter(|_| opts.timed);
    let preset = &mut job.spec.preset;
    preset.video.as_mut().unwrap().crf = Some(opts.crf);
    if opts.renamed {
        (preset.id, preset.name) = ("mine".into(), "Mine".into());
    }
    job
}

/// The file name of the job's source; that of any file if there is no job.
fn name_of(job: Option<&Job>) -> String {
    let source = job.map_or_else(|| PathBuf::from("/videos/0.mkv"), |job| job.source.clone());
    source.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The number of the file with this name, as [`wanted`] takes it.
fn number_of(name: &str) -> u8 {
    match name.strip_suffix(".mp4") {
        Some(made) => made.parse::<u8>().unwrap() + 8,
        None => name.trim_end_matches(".mkv").parse().unwrap(),
    }
}

fn is_history(job: &Job) -> bool {
    matches!(job.state, State::Done | State::Cancelled)
}

/// Clears the uid, which is random in each queue.
fn without_uid(job: Job) -> Job {
    Job { uid: uuid::Uuid::nil(), ..job }
}

/// Number of histories: few by default, because each costs a hundred fsyncs; `PROPTEST_CASES` sets another.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_keep_the_promises(steps in prop::collection::vec(step(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let mut pair = Pair::new(dir.path().join("queue.db"));
        for step in steps {
            pair.apply(step);
            pair.check();
        }
    }
}
