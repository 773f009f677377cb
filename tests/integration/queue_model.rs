//! Random histories: any sequence of commands, crashes and restarts, on SQLite and on the twin in memory side
//! by side. After each step both hold the same jobs, and the promises hold.

use crate::queue_world::{failure, new_job, of_another_version};
use proptest::prelude::*;
use spool_core::clock::{Clock, ManualClock};
use spool_core::failure::{Failure, FailureCode};
use spool_core::job::{Job, JobId, State};
use spool_core::policy::is_due;
use spool_core::queue::memory::MemoryQueue;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{Added, Command, Edit, Edited, Filter, Lists, NewJob, Outcome, Place, Queue, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Clone)]
enum Step {
    Add {
        names: Vec<u8>,
        top: bool,
        renamed: bool,
        crf: u8,
        again: bool,
    },
    Claim {
        alone: bool,
    },
    Settle {
        worker: usize,
        end: u8,
    },
    Steer {
        command: Command,
        job: i64,
    },
    SteerAll {
        command: Command,
        state: State,
    },
    Edit {
        job: i64,
        stem: u8,
        crf: u8,
    },
    Pass {
        seconds: u64,
    },
    SetBack,
    Crash,
    /// Another version of Spool writes to a job's row.
    Foreign {
        job: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let command = prop::sample::select(vec![
        Command::Cancel,
        Command::Retry,
        Command::Remove,
        Command::Hold,
        Command::Release,
        Command::Now,
        Command::MoveTop,
        Command::MoveBottom,
        Command::MoveUp,
        Command::MoveDown,
    ]);
    prop_oneof![
        3 => (prop::collection::vec(0..8u8, 1..4), any::<bool>(), any::<bool>(), 21..23u8, any::<bool>())
            .prop_map(|(names, top, renamed, crf, again)| Step::Add { names, top, renamed, crf, again }),
        4 => any::<bool>().prop_map(|alone| Step::Claim { alone }),
        4 => (0..4usize, 0..6u8).prop_map(|(worker, end)| Step::Settle { worker, end }),
        3 => (command.clone(), 1..20i64).prop_map(|(command, job)| Step::Steer { command, job }),
        1 => (command, prop::sample::select(State::ALL.to_vec()))
            .prop_map(|(command, state)| Step::SteerAll { command, state }),
        2 => (1..20i64, 0..8u8, 21..23u8).prop_map(|(job, stem, crf)| Step::Edit { job, stem, crf }),
        1 => (1..200u64).prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::SetBack),
        1 => Just(Step::Crash),
        1 => (1..20i64).prop_map(|job| Step::Foreign { job }),
    ]
}

/// Both queues, the workers that believe they hold a job, and what was promised so far.
struct Pair {
    path: PathBuf,
    clock: Arc<ManualClock>,
    disk: SqliteQueue,
    twin: MemoryQueue,
    workers: Vec<Job>,
    accepted: BTreeSet<JobId>,
    epochs: BTreeMap<JobId, i64>,
}

impl Pair {
    fn new(path: PathBuf) -> Pair {
        let clock = Arc::new(ManualClock::at(1_800_000_000_000));
        let disk = SqliteQueue::open(&path, clock.clone()).unwrap();
        let twin = MemoryQueue::new(clock.clone());
        Pair { path, clock, disk, twin, workers: vec![], accepted: BTreeSet::new(), epochs: BTreeMap::new() }
    }

    fn both<T: PartialEq + std::fmt::Debug>(&self, act: impl Fn(&dyn Queue) -> T) -> T {
        let (disk, twin) = (act(&self.disk), act(&self.twin));
        assert_eq!(disk, twin, "SQLite (left) and the twin (right) disagree");
        disk
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Add { names, top, renamed, crf, again } => {
                let jobs = names.iter().map(|n| wanted(*n, renamed, crf, again)).collect::<Vec<_>>();
                self.add(&jobs, if top { Place::Top } else { Place::End });
            }
            Step::Claim { alone } => self.claim(alone),
            Step::Settle { worker, end } => self.settle(worker, end),
            Step::Steer { command, job } => self.steer(command, &Which::Ids(vec![JobId(job)])),
            Step::SteerAll { command, state } => self.steer(command, &Which::All(vec![state])),
            Step::Edit { job, stem, crf } => self.edit(JobId(job), stem, crf),
            Step::Pass { seconds } => self.clock.advance(Duration::from_secs(seconds)),
            Step::SetBack => self.clock.set_back(86_400_000),
            Step::Crash => self.crash(),
            Step::Foreign { job } => {
                of_another_version(&self.path, JobId(job));
                self.twin.make_unreadable(JobId(job));
            }
        }
    }

    /// Results of done jobs are there.
    fn add(&mut self, jobs: &[NewJob], place: Place) {
        let done = self.jobs().into_iter().filter(|j| j.state == State::Done).map(|j| j.output);
        let there: BTreeSet<PathBuf> = done.collect();
        let added = self.both(|q| q.add(jobs, place, &|name| there.contains(name)).unwrap());
        self.accepted.extend(
            added.iter().filter_map(|a| if let Added::Accepted { id, .. } = a { Some(*id) } else { None }),
        );
    }

    /// The source stays the job's own.
    fn edit(&mut self, id: JobId, stem: u8, crf: u8) {
        let before = self.jobs().into_iter().find(|job| job.id == id);
        let source = before.as_ref().map_or_else(|| "/videos/0.mkv".into(), |job| job.source.clone());
        let name = source.file_name().unwrap().to_str().unwrap().to_owned();
        let new = NewJob {
            stem: stem.to_string().into(),
            output_volume: Some(["/", "/media/Media"][usize::from(stem % 2)].into()),
            ..wanted(name.trim_end_matches(".mkv").parse().unwrap(), false, crf, true)
        };
        let edits = [Edit { id, new }];
        let edited = self.both(|q| q.edit(&edits, &|_| false).unwrap().remove(0));
        let may = before.is_some_and(|job| matches!(job.state, State::Queued | State::Waiting));
        assert!(may || matches!(edited, Edited::Refused(_)), "{edited:?}");
    }

    /// Promise 9: whoever is claimed is the first that may start.
    fn claim(&mut self, alone: bool) {
        let now = self.clock.now();
        let jobs = self.jobs();
        let may_start = |j: &&Job| j.state == State::Queued && !j.hold && j.spec.is_some();
        let due = jobs.iter().filter(may_start).filter(|j| is_due(j.run_at, now));
        let first = due.min_by_key(|j| j.position).filter(|j| alone || j.crashes < 2);
        let claimed = self.both(|q| q.claim("engine", alone).unwrap().map(nameless));
        assert_eq!(claimed.as_ref().map(|j| j.id), first.map(|j| j.id), "claimed in list order");
        self.workers.extend(claimed);
    }

    fn settle(&mut self, worker: usize, end: u8) {
        if worker >= self.workers.len() {
            return;
        }
        let job = self.workers.remove(worker);
        let outcome = match end {
            0 => Outcome::Done { output: job.output.clone(), size: 1, warnings: vec![] },
            1 => Outcome::Retry { failure: failure(), run_at: self.clock.now() + 10_000 },
            2 => Outcome::Waiting(Failure { code: FailureCode::DiskFull, ..failure() }),
            3 => Outcome::Failed(failure()),
            4 => Outcome::Cancelled,
            _ => Outcome::Interrupted(None),
        };
        let held =
            self.jobs().iter().any(|j| j.id == job.id && j.state == State::Running && j.epoch == job.epoch);
        assert_eq!(
            self.both(|q| q.settle(job.lease(), &outcome).unwrap()),
            held,
            "exactly the holder settles"
        );
    }

    fn steer(&mut self, command: Command, which: &Which) {
        let steered = self.both(|q| q.steer(command, which).unwrap());
        if command == Command::Remove {
            self.accepted.retain(|id| !steered.done.contains(id));
        }
    }

    /// The process dies: the database is opened anew, workers are gone but may still try to write, and the
    /// rescuer takes back what was running.
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
        self.disk.page(&Filter::of(&[]), 0, 1000).unwrap().into_iter().map(nameless).collect()
    }

    fn check(&mut self) {
        let jobs = self.both(|q| -> Vec<Job> {
            q.page(&Filter::of(&[]), 0, 1000).unwrap().into_iter().map(nameless).collect()
        });
        self.both(|q| (q.counts().unwrap(), q.left().unwrap(), q.saved().unwrap(), q.crowded().unwrap()));
        for place in [i64::MIN, 1, 3, i64::MAX] {
            self.both(|q| q.startable_before(place).unwrap());
        }
        self.both(causes);
        assert_tallied(&self.path);
        let present: BTreeSet<JobId> = jobs.iter().map(|j| j.id).collect();
        assert_eq!(present, self.accepted, "every accepted job is there until it is removed");
        let active: Vec<_> = jobs.iter().filter(|j| !j.state.is_ended()).collect();
        assert_eq!(
            active.iter().map(|j| &j.output).collect::<BTreeSet<_>>().len(),
            active.len(),
            "one name each"
        );
        assert_eq!(
            jobs.iter().map(|j| j.position).collect::<BTreeSet<_>>().len(),
            jobs.len(),
            "one place each"
        );
        for job in &jobs {
            let before = self.epochs.insert(job.id, job.epoch);
            assert!(before.is_none_or(|before| before <= job.epoch), "an epoch never goes back");
            assert!(job.attempt <= job.max_attempts, "no attempt beyond the limit");
            assert_eq!(job.state.is_ended(), job.finished_at.is_some());
            assert_eq!(
                self.both(|q| q.attempts(job.id).unwrap()).len() as i64,
                job.epoch,
                "each claim is on record"
            );
        }
    }
}

/// Of two that failed at once either may be the latest.
fn causes(queue: &dyn Queue) -> BTreeSet<(&'static str, u64)> {
    queue.causes().unwrap().into_iter().map(|(cause, count)| (cause.as_str(), count)).collect()
}

/// What SQLite keeps count of is what there is, counted anew.
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

/// Few names, presets that differ in name alone, and some that differ in meaning.
fn wanted(name: u8, renamed: bool, crf: u8, again: bool) -> NewJob {
    let volume = ["/", "/media/Media"][usize::from(name % 2)];
    let mut job = NewJob { again, output_volume: Some(volume.into()), ..new_job(&format!("{name}.mkv")) };
    let preset = &mut job.spec.preset;
    preset.video.as_mut().unwrap().crf = Some(crf);
    if renamed {
        (preset.id, preset.name) = ("mine".into(), "Mine".into());
    }
    job
}

/// The uid is random on each side.
fn nameless(job: Job) -> Job {
    Job { uid: uuid::Uuid::nil(), ..job }
}

/// Each history costs a hundred fsyncs: few by default, more by proptest's own setting.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_history_breaks_a_promise(steps in prop::collection::vec(step(), 1..60)) {
        let dir = tempfile::tempdir().unwrap();
        let mut pair = Pair::new(dir.path().join("queue.db"));
        for step in steps {
            pair.take(step);
            pair.check();
        }
    }
}
