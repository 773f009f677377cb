//! The steps of random histories.

use proptest::prelude::*;
use spool_core::job::State;
use spool_core::queue::Command;

/// Options of added files.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "the options are independent of each other")]
pub(super) struct StepOptions {
    /// The preset has another id and name.
    pub(super) renamed: bool,
    pub(super) crf: u8,
    pub(super) again: bool,
    pub(super) from_folder: bool,
    /// The file has a modification time.
    pub(super) timed: bool,
}

/// What a worker writes about its job.
#[derive(Debug, Clone, Copy)]
pub(super) enum Written {
    /// The source has changed since it was added.
    Source,
    Plan,
    Verified,
    Command,
    Publish,
    Progress(u8),
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Add {
        names: Vec<u8>,
        top: bool,
        options: StepOptions,
    },
    Claim {
        alone: bool,
    },
    Note {
        worker: usize,
        written: Written,
    },
    Settle {
        worker: usize,
        end: u8,
    },
    Apply {
        command: Command,
        job: i64,
    },
    ApplyToAll {
        command: Command,
        state: State,
    },
    Edit {
        job: i64,
        stem: u8,
        crf: u8,
    },
    /// Replaces the failed ones of these jobs, with this quality.
    Replace {
        jobs: Vec<i64>,
        crf: u8,
    },
    /// Stores facts about a job's video.
    Describe {
        job: i64,
    },
    /// Removes done and cancelled jobs that ended more than this long ago, except the `keep` newest done ones.
    Retire {
        seconds: i64,
        keep: u64,
    },
    /// The user deletes a result.
    Unlink {
        result: usize,
    },
    /// Time passes.
    Pass {
        seconds: u64,
    },
    /// The clock is set back a day.
    SetBack,
    Crash,
    /// Another version of Spool writes to a job's row.
    Foreign {
        job: i64,
    },
}

fn command() -> impl Strategy<Value = Command> + Clone {
    prop::sample::select(vec![
        Command::Cancel,
        Command::Retry,
        Command::Remove,
        Command::UndoAdd,
        Command::Hold,
        Command::Release,
        Command::Now,
        Command::MoveTop,
        Command::MoveBottom,
        Command::MoveUp,
        Command::MoveDown,
    ])
}

fn options() -> impl Strategy<Value = StepOptions> {
    (any::<bool>(), 21..23u8, any::<bool>(), any::<bool>(), prop::bool::weighted(0.8)).prop_map(
        |(renamed, crf, again, from_folder, timed)| StepOptions { renamed, crf, again, from_folder, timed },
    )
}

fn written() -> impl Strategy<Value = Written> {
    prop_oneof![
        1 => Just(Written::Source),
        1 => Just(Written::Plan),
        1 => Just(Written::Verified),
        1 => Just(Written::Command),
        3 => Just(Written::Publish),
        1 => (1..99u8).prop_map(Written::Progress),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (prop::collection::vec(0..12u8, 1..4), any::<bool>(), options())
            .prop_map(|(names, top, options)| Step::Add { names, top, options }),
        4 => any::<bool>().prop_map(|alone| Step::Claim { alone }),
        3 => (0..4usize, written()).prop_map(|(worker, written)| Step::Note { worker, written }),
        4 => (0..4usize, 0..8u8).prop_map(|(worker, end)| Step::Settle { worker, end }),
        3 => (command(), 1..20i64).prop_map(|(command, job)| Step::Apply { command, job }),
        1 => (command(), prop::sample::select(State::ALL.to_vec()))
            .prop_map(|(command, state)| Step::ApplyToAll { command, state }),
        2 => (1..20i64, 0..8u8, 21..23u8).prop_map(|(job, stem, crf)| Step::Edit { job, stem, crf }),
        2 => (prop::collection::vec(1..20i64, 1..4), 21..23u8)
            .prop_map(|(jobs, crf)| Step::Replace { jobs, crf }),
        1 => (1..20i64).prop_map(|job| Step::Describe { job }),
        1 => (0..300i64, 0..3u64).prop_map(|(seconds, keep)| Step::Retire { seconds, keep }),
        1 => (0..8usize).prop_map(|result| Step::Unlink { result }),
        1 => (1..200u64).prop_map(|seconds| Step::Pass { seconds }),
        1 => Just(Step::SetBack),
        1 => Just(Step::Crash),
        1 => (1..20i64).prop_map(|job| Step::Foreign { job }),
    ]
}
