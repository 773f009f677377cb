//! Combines the logs of all steps of an attempt into the one log that is stored with a failure.
//!
//! Guarantees that it is at most `KEPT_LOG` bytes long, and that the latest step gets most of them, as it is the one
//! that failed. Pure.

use crate::plan::StepKind;
use crate::queue::KEPT_LOG;

/// The ends of the logs of all steps so far.
#[derive(Debug, Default)]
pub(super) struct Log(Vec<(StepKind, String)>);

impl Log {
    pub(super) fn add(&mut self, what: StepKind, logged: &str) {
        self.0.push((what, logged.to_owned()));
    }

    /// Returns the last 16 KiB. With several steps, a header line names each.
    pub(super) fn tail(&self) -> String {
        if let [(_, only)] = self.0.as_slice() {
            return only.clone();
        }
        let mut tail = String::new();
        for (what, logged) in self.0.iter().rev() {
            let header = format!("-- {} --\n", what.name());
            let Some(room) = KEPT_LOG.checked_sub(header.len() + tail.len() + 1) else { break };
            let lines = last_lines(logged, room);
            if lines.is_empty() && !logged.is_empty() {
                break;
            }
            tail = format!("{header}{lines}\n{tail}");
        }
        tail
    }
}

/// Returns the last whole lines of a text that fit into `room` bytes.
fn last_lines(text: &str, room: usize) -> &str {
    let Some(excess) = text.len().checked_sub(room).filter(|excess| *excess > 0) else { return text };
    let cut = &text[text.floor_char_boundary(excess - 1)..];
    cut.split_once('\n').map_or("", |(_, lines)| lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(steps: &[(StepKind, &str)]) -> String {
        let mut log = Log::default();
        for (what, logged) in steps {
            log.add(*what, logged);
        }
        log.tail()
    }

    #[test]
    fn each_of_several_steps_has_a_header() {
        assert_eq!(log(&[(StepKind::Encode, "[info] a\n[info] b")]), "[info] a\n[info] b");
        let two = log(&[(StepKind::FirstPass, "[info] a"), (StepKind::SecondPass, "[error] b")]);
        assert_eq!(two, "-- first pass --\n[info] a\n-- second pass --\n[error] b\n");
    }

    #[test]
    fn latest_step_keeps_most_and_lines_stay_whole() {
        let long = |word: &str| vec![format!("[info] {word}é"); 2000].join("\n");
        let (first, second) = (long("first"), long("second"));
        let tail = log(&[(StepKind::FirstPass, &first), (StepKind::SecondPass, &second)]);
        assert!(tail.len() <= KEPT_LOG && tail.len() > KEPT_LOG - 50, "{}", tail.len());
        assert!(tail.starts_with("-- second pass --\n[info] second") && !tail.contains("first"));
        let tail = log(&[(StepKind::FirstPass, &first), (StepKind::SecondPass, "[error] b")]);
        assert!(
            tail.len() <= KEPT_LOG && tail.starts_with("-- first pass --\n[info] first"),
            "{}",
            tail.len()
        );
        assert!(tail.ends_with("\n-- second pass --\n[error] b\n"));
    }
}
