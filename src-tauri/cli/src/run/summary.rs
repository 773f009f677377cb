//! The outcome of a run: its last lines and its exit code.

use super::Ended;
use crate::context::{Answer, Context, complain, json_line};
use crate::text;
use serde_json::json;
use spool_app::signals::Signal;
use spool_core::engine::Tally;
use spool_core::job::State;
use spool_core::queue::{Flag, Queue};

/// Whether the run succeeded. Unless it was to run until idle, jobs left after a signal are no failure, because the
/// stop was requested; and a service stopped by SIGTERM or a hang-up has not failed, even if jobs failed.
fn succeeded(ended: Ended, failed: u64, left: u64) -> bool {
    match ended.by {
        Some(Signal::Terminate | Signal::HangUp) if !ended.until_idle => true,
        Some(Signal::Interrupt) if !ended.until_idle => failed == 0,
        _ => failed == 0 && left == 0,
    }
}

/// Prints the summary. Returns false if a job failed or cannot continue by itself.
pub(super) fn summary(context: &Context, queue: &dyn Queue, tally: &Tally, ended: Ended) -> Answer {
    let [done, failed, cancelled] = [State::Done, State::Failed, State::Cancelled].map(|s| tally.of(s));
    let counts = queue.counts()?;
    let paused = queue.flag(Flag::Paused)?.is_some();
    let left = counts.startable();
    let stuck = [
        (counts.held, "on hold"),
        (counts.unreadable, "made by another version of Spool"),
        (counts.waiting, "waiting"),
        (left, if paused { "paused" } else { "still queued" }),
    ];
    if context.json {
        // Scripts get the jobs that are left too, because no line was printed for jobs that do not change.
        let left = json!({
            "queued": left, "held": counts.held, "unreadable": counts.unreadable, "waiting": counts.waiting,
            "paused": paused
        });
        let _ = json_line(&json!({ "summary": {
                "done": done, "failed": failed, "cancelled": cancelled, "left": left,
                "bytesBefore": tally.saved().before, "bytesAfter": tally.saved().after,
                "workedSeconds": tally.worked().as_secs_f64(),
            } }));
    }
    let ends = [(done, "done"), (failed, "failed"), (cancelled, "cancelled")];
    let mut lines = vec![counted(&[&ends[..], &stuck].concat())];
    if let (Some(line), true) = (lines.first_mut(), done + failed > 0) {
        *line = format!("{}.", outcome(line.trim_end_matches('.'), tally));
    }
    lines.extend(text::waiting_for_space(&queue.waiting_for_space()?));
    if failed > 0 {
        lines.push("`spool list --state failed` says why; `spool retry --all` tries again.".into());
    }
    // A run without `--until-idle` already printed this while it was idle.
    let go_on = (paused && left > 0 && ended.until_idle).then(|| text::PAUSED.to_owned());
    lines.extend(go_on.clone());
    let all_stuck = stuck.iter().map(|(n, _)| n).sum();
    let success = succeeded(ended, failed, all_stuck);
    if context.quiet && !success && all_stuck > 0 {
        // Failures were printed one by one; the other jobs that are stuck were not.
        complain(&[Some(counted(&stuck)), go_on].into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    // A closed stdout is ignored: the exit code reports the outcome too.
    let _ = lines.iter().try_for_each(|line| context.say(line));
    Ok(success)
}

/// `3 videos done, 1 video failed · 9.7 MB saved · took 1 min 12 s`
fn outcome(counted: &str, tally: &Tally) -> String {
    let saved = text::saved(&tally.saved()).filter(|_| tally.of(State::Done) > 0);
    let took = format!("took {}", text::duration(tally.worked().as_secs().max(1)));
    let parts = [Some(counted.to_owned()), saved, Some(took)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" \u{b7} ")
}

/// `3 videos done, 1 video failed.`
fn counted(counts: &[(u64, &str)]) -> String {
    let some = counts.iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> =
        some.map(|(n, word)| format!("{} {word}", text::count(*n, "video", "videos"))).collect();
    if parts.is_empty() { "There was nothing to do.".into() } else { format!("{}.", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_of_a_failed_run_states_the_time_taken() {
        let tally = Tally::default();
        assert_eq!(outcome("1 video failed", &tally), "1 video failed \u{b7} took 1 s");
    }

    #[test]
    fn a_requested_stop_is_no_failure() {
        let ended = |by, until_idle| Ended { by, until_idle };
        for by in [Signal::Terminate, Signal::HangUp] {
            assert!(succeeded(ended(Some(by), false), 2, 5), "{by:?}");
            assert!(!succeeded(ended(Some(by), true), 0, 5) && succeeded(ended(Some(by), true), 0, 0));
        }
        let interrupted = ended(Some(Signal::Interrupt), false);
        assert!(succeeded(interrupted, 0, 5) && !succeeded(interrupted, 1, 0));
        for by in [None, Some(Signal::Interrupt)] {
            let idle = ended(by, true);
            assert!(succeeded(idle, 0, 0) && !succeeded(idle, 1, 0) && !succeeded(idle, 0, 1), "{by:?}");
        }
    }
}
