//! Notices about the whole queue, in English: what happened, then what to do.

use super::Sentence;
use crate::failure::Reason;
use crate::raised::{Alarm, Restored};

/// The sentences for an alarm.
pub fn alarm(alarm: &Alarm) -> Sentence {
    let (what, volume) = match alarm {
        Alarm::Lately { failed, minutes, volume } => {
            (format!("{failed} videos failed in the last {minutes} minutes."), volume)
        }
        Alarm::OfLast { failed, ended, volume } => {
            (format!("{failed} of the last {ended} videos failed."), volume)
        }
        Alarm::Text { text } => return Sentence::new(text),
    };
    Sentence::new(match volume {
        Some(volume) => format!("{what} All of them are on “{volume}”."),
        None => format!("{what} Check their reasons before more videos fail."),
    })
}

/// The sentences for an open breaker, with what to do.
pub fn breaker(reason: &Reason) -> Sentence {
    match reason {
        // The stored text contains both.
        Reason::Text { text, .. } => Sentence::new(text),
        reason => Sentence::new(format!("{} {}", super::reason(reason), super::next_step(reason.code()))),
    }
}

/// The sentences for a restored queue.
pub fn restored(restored: &Restored) -> Sentence {
    let (from, aside) = match restored {
        Restored::WithoutLog { kept, aside } => {
            (format!("Its log was lost, perhaps with the latest changes; {} kept", jobs(*kept)), aside)
        }
        Restored::FromBackup { added: 0, aside } => ("The newest backup was restored".to_owned(), aside),
        Restored::FromBackup { added, aside } => {
            (format!("The newest backup was restored, with {} added since", jobs(*added)), aside)
        }
        Restored::FromDamaged { kept: 0, aside } => {
            ("There was no backup and nothing could be read, so the queue starts empty".to_owned(), aside)
        }
        Restored::FromDamaged { kept, aside } => {
            (format!("There was no backup; {} could be read and kept", jobs(*kept)), aside)
        }
        Restored::Text { text } => return Sentence::new(text),
    };
    Sentence::new(format!(
        "The queue was damaged. {from}; the damaged file is kept as {aside}. The queue is paused: look through the list, \
         then resume."
    ))
}

fn jobs(n: u64) -> String {
    if n == 1 { "1 job".into() } else { format!("{n} jobs") }
}
