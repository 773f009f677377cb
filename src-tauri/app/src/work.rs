//! Runs the queue as long as the application runs: takes over once no other process runs it, and shows the progress of
//! that process until then.

use crate::idle::IdleWatch;
use crate::notices::{Notice, Notices, wanted};
use crate::state::Spool;
use spool_core::engine::Engine;
use spool_core::error::Result;
use spool_core::event::{Delivery, Subscription};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// Interval at which a queue that another process runs is polled.
const LOOK: Duration = Duration::from_secs(2);

/// The consequences of an event, other than updates in the feed.
#[derive(Debug, PartialEq, Eq)]
pub struct Reaction {
    /// A notification that the settings allow.
    pub notice: Option<Notice>,
    /// The queue became idle, and nothing is left to do.
    pub through: bool,
}

/// What was received so far.
#[derive(Debug, Default)]
struct Listener {
    notices: Notices,
    rests: IdleWatch,
}

impl Listener {
    fn receive(&mut self, spool: &Spool, item: &Delivery) -> Reaction {
        spool.feed.receive(item);
        let rest = self.rests.receive(item, || spool.with_engine(Engine::batch));
        let notice = match (item, rest) {
            (_, Some(ended)) => self.notices.end(ended),
            (Delivery::Event(event), None) => self.notices.on_event(event),
            (Delivery::Snapshot(_), None) => None,
        };
        let notice = notice.filter(|notice| wanted(notice, &spool.settings()));
        Reaction { notice, through: rest.is_some() && spool.is_through() }
    }
}

/// Runs the queue until its engine ends; calls `act` with the consequences of each event. Must be called within a tokio
/// runtime.
pub async fn work(spool: Arc<Spool>, act: impl Fn(Reaction)) {
    loop {
        match blocking(&spool, Spool::start_engine).await {
            Some(Ok(Some(events))) => {
                tokio::spawn(report_damage(spool.clone()));
                return listen(&spool, events, act).await;
            }
            Some(Err(cause)) => spool.feed.send_trouble(cause.to_string()),
            Some(Ok(None)) | None => {}
        }
        if let Some(Err(cause)) = blocking(&spool, Spool::look_elsewhere).await {
            tracing::warn!(%cause, "the queue could not be polled");
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn blocking<T: Send + 'static>(
    spool: &Arc<Spool>,
    call: impl FnOnce(&Spool) -> Result<T> + Send + 'static,
) -> Option<Result<T>> {
    let spool = spool.clone();
    let done = spawn_blocking(move || call(&spool)).await;
    done.inspect_err(|cause| tracing::error!(%cause, "the call to the queue did not complete")).ok()
}

/// Reports a damaged queue. The next start repairs it, because a process that has the queue open cannot.
async fn report_damage(spool: Arc<Spool>) {
    let Some(damaged) = spool.with_engine(Engine::damaged) else { return };
    damaged.cancelled().await;
    spool.feed.send_trouble(
        "The queue is damaged, so no further video starts. Quit Spool and start it again: it sets the damaged file aside and keeps all that can be read.".into(),
    );
}

async fn listen(spool: &Spool, mut events: Subscription, act: impl Fn(Reaction)) {
    let mut listener = Listener::default();
    while let Some(item) = events.next().await {
        act(listener.receive(spool, &item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::event::Event;
    use spool_core::failure::Reason;
    use spool_core::job::{JobId, State};

    #[test]
    fn only_notifications_that_the_settings_allow_are_returned() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let failed = |id| {
            let (state, reason) = (State::Failed, Some(Reason::NoPicture));
            Delivery::Event(Event::JobChanged { id: JobId(id), state, reason })
        };
        let mut listener = Listener::default();
        let first = listener.receive(&spool, &failed(1));
        assert_eq!(
            (first.notice.unwrap().body.as_str(), first.through),
            ("There is no moving picture in this file.", false)
        );
        spool.choose(|settings| settings.notify_failed = false).unwrap();
        assert_eq!(Listener::default().receive(&spool, &failed(2)).notice, None);
    }
}
