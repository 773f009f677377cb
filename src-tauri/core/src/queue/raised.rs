//! Reads the notices about the whole queue from its flags. A sentence that an earlier version stored is returned as
//! text.

use super::{Details, Flag};
use crate::error::Result;
use crate::failure::{FailureCode, Reason};
use crate::raised::{Alarm, Restored};
use serde::de::DeserializeOwned;

/// Returns the alarm, if it is raised.
pub fn alarm(queue: &dyn Details) -> Result<Option<Alarm>> {
    stored(queue, Flag::Alarm, |text| Alarm::Text { text })
}

/// Returns why no job can start, if the breaker is open.
pub fn breaker(queue: &dyn Details) -> Result<Option<Reason>> {
    stored(queue, Flag::Breaker, |text| Reason::Text { code: FailureCode::FfmpegBroken, text })
}

/// Returns how the queue was restored, until it is resumed.
pub fn restored(queue: &dyn Details) -> Result<Option<Restored>> {
    stored(queue, Flag::Restored, |text| Restored::Text { text })
}

fn stored<T: DeserializeOwned>(
    queue: &dyn Details,
    flag: Flag,
    from_text: impl FnOnce(String) -> T,
) -> Result<Option<T>> {
    Ok(queue.flag(flag)?.map(|text| serde_json::from_str(&text).unwrap_or_else(|_| from_text(text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::queue::memory::MemoryQueue;
    use crate::raised::to_flag;
    use crate::words;
    use std::sync::Arc;

    #[test]
    fn sentences_of_earlier_versions_are_shown_unchanged() {
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let text = "3 videos failed in the last 10 minutes. Look at their reasons.";
        for flag in [Flag::Alarm, Flag::Breaker, Flag::Restored] {
            queue.set_flag(flag, Some(text)).unwrap();
        }
        assert_eq!(words::alarm(&alarm(&queue).unwrap().unwrap()).to_string(), text);
        assert_eq!(words::breaker(&breaker(&queue).unwrap().unwrap()).to_string(), text);
        assert_eq!(words::restored(&restored(&queue).unwrap().unwrap()).to_string(), text);
    }

    #[test]
    fn stored_notices_are_read_back() {
        let queue = MemoryQueue::new(Arc::new(ManualClock::at(0)));
        let raised = Alarm::OfLast { failed: 5, ended: 10, volume: Some("SD-128".into()) };
        queue.set_flag(Flag::Alarm, Some(&to_flag(&raised))).unwrap();
        assert_eq!(alarm(&queue).unwrap(), Some(raised));
        let from_backup = Restored::FromBackup { added: 1, aside: "spool.db.damaged-1".into() };
        queue.set_flag(Flag::Restored, Some(&to_flag(&from_backup))).unwrap();
        assert_eq!(restored(&queue).unwrap(), Some(from_backup));
    }
}
