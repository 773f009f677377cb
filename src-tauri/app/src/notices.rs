//! Decides which events cause a notification: the first failure and the first full disk of a batch, alarms, an open
//! breaker, and the end of the batch. Pure; front ends show the notifications.

use spool_core::batch::BatchTotals;
use spool_core::event::Event;
use spool_core::failure::FailureCode;
use spool_core::job::State;
use spool_core::settings::Settings;
use spool_core::words;

/// The notifications that the current batch has caused.
#[derive(Debug, Default)]
pub struct Notices {
    failure_sent: bool,
    disk_full_sent: bool,
}

/// Category of a notification; each has its own setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The batch has ended.
    End,
    /// A failure, an alarm, a full disk, or an open breaker.
    Trouble,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its category.
    pub about: About,
    /// First line.
    pub title: String,
    /// The rest; may be empty.
    pub body: String,
}

impl Notices {
    /// Processes an event; returns the notification that it causes.
    pub fn on_event(&mut self, event: &Event) -> Option<Notice> {
        let notice = |title: &str, body: &str| {
            Some(Notice { about: About::Trouble, title: title.into(), body: body.into() })
        };
        match event {
            Event::JobChanged { state: State::Failed, reason, .. } if !self.failure_sent => {
                self.failure_sent = true;
                let body = reason.as_ref().map(|reason| words::reason(reason).to_string());
                notice("A video failed", &body.unwrap_or_default())
            }
            Event::JobChanged { reason: Some(reason), .. }
                if !self.disk_full_sent && reason.code() == FailureCode::DiskFull =>
            {
                self.disk_full_sent = true;
                notice("Disk full, the queue is waiting", "It continues by itself once there is space.")
            }
            Event::Alarm(alarm) => notice("Many videos fail", &words::alarm(alarm).to_string()),
            Event::Breaker(Some(reason)) => {
                notice("The queue has stopped", &words::breaker(reason).to_string())
            }
            _ => None,
        }
    }

    /// Ends the batch and returns its notification. The queue became idle; `ended` counts what ended since it was last
    /// idle.
    pub fn end(&mut self, ended: BatchTotals) -> Option<Notice> {
        *self = Notices::default();
        let videos = |n: u64| if n == 1 { "1 video".to_owned() } else { format!("{n} videos") };
        let title = match (ended.done, ended.failed) {
            (0, 0) => return None,
            (done, 0) => format!("{} done", videos(done)),
            (0, failed) => format!("{} failed", videos(failed)),
            (done, failed) => format!("{} done, {failed} failed", videos(done)),
        };
        Some(Notice { about: About::End, title, body: String::new() })
    }
}

/// Checks whether the settings allow this notification.
pub fn wanted(notice: &Notice, settings: &Settings) -> bool {
    match notice.about {
        About::End => settings.notify_done,
        About::Trouble => settings.notify_failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::failure::Reason;
    use spool_core::job::JobId;

    fn ended(state: State, reason: Option<Reason>) -> Event {
        Event::JobChanged { id: JobId(1), state, reason }
    }

    #[test]
    fn batch_notifies_of_its_first_failure_and_its_end() {
        let mut notices = Notices::default();
        let counts = |done, failed| BatchTotals { done, failed, ..BatchTotals::default() };
        assert_eq!(notices.end(counts(0, 0)), None, "no job ended");
        assert_eq!(notices.on_event(&ended(State::Done, None)), None);
        assert_eq!(
            notices.on_event(&ended(State::Failed, Some(Reason::NoPicture))).unwrap().body,
            "There is no moving picture in this file."
        );
        assert_eq!(notices.on_event(&ended(State::Failed, Some(Reason::NoSound))), None);
        assert_eq!(notices.end(counts(1, 2)).unwrap().title, "1 video done, 2 failed");
        assert_eq!(notices.end(counts(0, 0)), None, "sent once");
        assert!(
            notices.on_event(&ended(State::Failed, Some(Reason::NoPicture))).is_some(),
            "in another batch"
        );
    }

    #[test]
    fn full_disk_notifies_once_per_batch() {
        let mut notices = Notices::default();
        let full = Event::JobChanged { id: JobId(1), state: State::Waiting, reason: Some(Reason::QuotaFull) };
        assert!(notices.on_event(&full).is_some());
        assert_eq!(notices.on_event(&full), None);
    }

    #[test]
    fn settings_suppress_notifications() {
        let end = Notice { about: About::End, title: String::new(), body: String::new() };
        let quiet = Settings { notify_done: false, ..Settings::default() };
        assert!(wanted(&end, &Settings::default()) && !wanted(&end, &quiet));
        assert!(wanted(&Notice { about: About::Trouble, ..end }, &quiet));
    }
}
