//! What is worth a notification, decided from events: each failure of a batch but the first, and each further full disk,
//! says nothing new. Pure; how a notification is shown is the face's.

use spool_core::batch::Ended;
use spool_core::event::Event;
use spool_core::failure::FailureCode;
use spool_core::job::State;
use spool_core::settings::Settings;
use spool_core::words;

/// What was said of the present batch.
#[derive(Debug, Default)]
pub struct Notices {
    told_failed: bool,
    told_full: bool,
}

/// What a notification is about, as the settings tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The batch has ended.
    End,
    /// Something failed, or stands still.
    Trouble,
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub about: About,
    /// First line.
    pub title: String,
    /// The rest; may be empty.
    pub body: String,
}

impl Notices {
    /// Takes an event in; answers what is to be said.
    pub fn hear(&mut self, event: &Event) -> Option<Notice> {
        let notice = |title: &str, body: &str| {
            Some(Notice { about: About::Trouble, title: title.into(), body: body.into() })
        };
        match event {
            Event::JobChanged { state: State::Failed, reason, .. } if !self.told_failed => {
                self.told_failed = true;
                let body = reason.as_ref().map(|reason| words::reason(reason).to_string());
                notice("A video failed", &body.unwrap_or_default())
            }
            Event::JobChanged { reason: Some(reason), .. }
                if !self.told_full && reason.code() == FailureCode::DiskFull =>
            {
                self.told_full = true;
                notice("Disk full, the queue is waiting", "It continues by itself once there is space.")
            }
            Event::Alarm(alarm) => notice("Failures pile up", &words::alarm(alarm).to_string()),
            Event::Breaker(Some(reason)) => {
                notice("The queue stands still", &words::breaker(reason).to_string())
            }
            _ => None,
        }
    }

    /// The queue has come to rest, and this has ended since the rest before.
    pub fn end(&mut self, ended: Ended) -> Option<Notice> {
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

/// Does the user want to be told of this?
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
    fn a_batch_tells_of_its_first_failure_and_of_its_end() {
        let mut notices = Notices::default();
        let rest = |done, failed| Ended { done, failed, ..Ended::default() };
        assert_eq!(notices.end(rest(0, 0)), None, "nothing happened");
        assert_eq!(notices.hear(&ended(State::Done, None)), None);
        assert_eq!(
            notices.hear(&ended(State::Failed, Some(Reason::NoPicture))).unwrap().body,
            "There is no moving picture in this file."
        );
        assert_eq!(notices.hear(&ended(State::Failed, Some(Reason::NoSound))), None);
        assert_eq!(notices.end(rest(1, 2)).unwrap().title, "1 video done, 2 failed");
        assert_eq!(notices.end(rest(0, 0)), None, "told once");
        assert!(notices.hear(&ended(State::Failed, Some(Reason::NoPicture))).is_some(), "of another batch");
    }

    #[test]
    fn a_full_disk_is_told_once_a_batch() {
        let mut notices = Notices::default();
        let full = Event::JobChanged { id: JobId(1), state: State::Waiting, reason: Some(Reason::QuotaFull) };
        assert!(notices.hear(&full).is_some());
        assert_eq!(notices.hear(&full), None);
    }

    #[test]
    fn what_is_not_wanted_is_not_shown() {
        let end = Notice { about: About::End, title: String::new(), body: String::new() };
        let quiet = Settings { notify_done: false, ..Settings::default() };
        assert!(wanted(&end, &Settings::default()) && !wanted(&end, &quiet));
        assert!(wanted(&Notice { about: About::Trouble, ..end }, &quiet));
    }
}
