//! Parses the words of `--state` for states of jobs: in any letter case, with the words that lists show and common
//! synonyms. Pure.

use spool_core::job::{Job, Millis, State};
use std::str::FromStr;

/// The jobs that a word selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All jobs.
    Any,
    /// All in this state.
    In(State),
    /// Not started and on hold.
    Held,
    /// Running and paused.
    Paused,
    /// Running and resumed, but suspended until a worker is free.
    Released,
    /// Left running by an engine that was killed.
    Stopped,
}

/// Each kind with its word, followed by synonyms.
const WORDS: [(Kind, &[&str]); 11] = [
    (Kind::In(State::Queued), &["queued", "queue", "pending", "todo"]),
    (Kind::In(State::Waiting), &["waiting", "wait", "waits", "blocked"]),
    (Kind::In(State::Running), &["running", "active", "working", "processing", "encoding", "started"]),
    (Kind::In(State::Done), &["done", "finished", "complete", "completed", "success", "successful", "ok"]),
    (Kind::In(State::Failed), &["failed", "fail", "failure", "failures", "error", "errors"]),
    (Kind::In(State::Cancelled), &["cancelled", "canceled", "aborted"]),
    (Kind::Held, &["held", "hold", "on-hold", "onhold"]),
    (Kind::Paused, &["paused", "suspended"]),
    (Kind::Released, &["released", "resumed"]),
    (Kind::Stopped, &["stopped", "abandoned"]),
    (Kind::Any, &["all", "any"]),
];

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Kind, String> {
        let word = text.trim().to_lowercase().replace([' ', '_'], "-");
        let found = WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
        found.map(|(kind, _)| *kind).ok_or_else(|| {
            let known: Vec<&str> = WORDS.iter().map(|(_, words)| words[0]).collect();
            format!("\"{text}\" is not a state; use some of {}, with commas between", known.join(", "))
        })
    }
}

impl Kind {
    /// Whether this kind includes the job. `abandoned`: the last heartbeat of the engine, if it was killed.
    pub fn fits(self, job: &Job, abandoned: Option<Millis>) -> bool {
        let runs = job.state == State::Running;
        match self {
            Kind::Any => true,
            Kind::In(state) => job.state == state,
            Kind::Held => job.hold && !runs,
            Kind::Paused => job.hold && runs && abandoned.is_none(),
            Kind::Released => job.awaits_worker() && abandoned.is_none(),
            Kind::Stopped => runs && abandoned.is_some(),
        }
    }

    fn states(self) -> &'static [State] {
        match self {
            Kind::Any => &State::ALL,
            Kind::In(State::Queued) => &[State::Queued],
            Kind::In(State::Waiting) => &[State::Waiting],
            Kind::In(State::Running) | Kind::Paused | Kind::Released | Kind::Stopped => &[State::Running],
            Kind::In(State::Done) => &[State::Done],
            Kind::In(State::Failed) => &[State::Failed],
            Kind::In(State::Cancelled) => &[State::Cancelled],
            Kind::Held => &[State::Queued, State::Waiting],
        }
    }
}

/// Returns the states that jobs of these kinds can be in, in list order; empty without kinds.
pub fn states(kinds: &[Kind]) -> Vec<State> {
    let has = |state: &State| kinds.iter().any(|kind| kind.states().contains(state));
    State::ALL.into_iter().filter(has).collect()
}

/// Whether one of these kinds includes the job; always true without kinds.
pub fn are_any(kinds: &[Kind], job: &Job, abandoned: Option<Millis>) -> bool {
    kinds.is_empty() || kinds.iter().any(|kind| kind.fits(job, abandoned))
}

/// Whether the kinds are whole states, so that single jobs need not be checked.
pub fn are_states(kinds: &[Kind]) -> bool {
    kinds.iter().all(|kind| matches!(kind, Kind::In(_) | Kind::Any))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(word: &str) -> Kind {
        word.parse().unwrap()
    }

    #[test]
    fn states_are_parsed_in_any_case_and_by_synonyms() {
        for state in State::ALL {
            assert_eq!(kind(state.as_str()), Kind::In(state));
            assert_eq!(kind(&state.as_str().to_uppercase()), Kind::In(state));
        }
        for (word, meant) in [
            ("Failed", Kind::In(State::Failed)),
            ("errors", Kind::In(State::Failed)),
            (" canceled", Kind::In(State::Cancelled)),
            ("On Hold", Kind::Held),
            ("on_hold", Kind::Held),
            ("paused", Kind::Paused),
            ("stopped", Kind::Stopped),
            ("all", Kind::Any),
        ] {
            assert_eq!(kind(word), meant, "{word}");
        }
        let refusal = "status".parse::<Kind>().unwrap_err();
        assert!(refusal.contains("is not a state; use some of queued, waiting"), "{refusal}");
        assert!("".parse::<Kind>().is_err());
    }

    #[test]
    fn kinds_map_to_states() {
        assert_eq!(states(&[kind("done"), kind("failed")]), [State::Done, State::Failed]);
        assert_eq!(states(&[kind("held"), kind("running")]), [State::Queued, State::Waiting, State::Running]);
        assert!(are_states(&[kind("done"), kind("all")]) && !are_states(&[kind("done"), kind("held")]));
        assert_eq!(states(&[]), []);
    }
}
