//! Works the queue as long as the application runs: takes it over as soon as no other process has it, and until then
//! shows what that one does.

use crate::notices::{Notice, Notices, wanted};
use crate::rests::Rests;
use crate::state::Spool;
use spool_core::engine::Engine;
use spool_core::error::Result;
use spool_core::event::{Subscription, Told};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// How often a queue that another process works is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What follows from an event, beside what the feed says.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard {
    /// What is worth a notification, as the user wants them.
    pub notice: Option<Notice>,
    /// The queue has come to rest, and all has been done that can be.
    pub through: bool,
}

/// What was heard so far.
#[derive(Debug, Default)]
struct Listener {
    notices: Notices,
    rests: Rests,
}

impl Listener {
    fn hear(&mut self, spool: &Spool, told: &Told) -> Heard {
        spool.feed.hear(told);
        let rest = self.rests.hear(told, || spool.with_engine(Engine::batch));
        let notice = match (told, rest) {
            (_, Some(ended)) => self.notices.end(ended),
            (Told::Event(event), None) => self.notices.hear(event),
            (Told::Snapshot(_), None) => None,
        };
        let notice = notice.filter(|notice| wanted(notice, &spool.settings()));
        Heard { notice, through: rest.is_some() && spool.is_through() }
    }
}

/// Works the queue until its engine ends; `act` does what follows from each event. Within a tokio runtime.
pub async fn work(spool: Arc<Spool>, act: impl Fn(Heard)) {
    loop {
        match blocking(&spool, Spool::take_over).await {
            Some(Ok(Some(events))) => {
                tokio::spawn(tell_damage(spool.clone()));
                return listen(&spool, events, act).await;
            }
            Some(Err(cause)) => spool.feed.tell_trouble(cause.to_string()),
            Some(Ok(None)) | None => {}
        }
        if let Some(Err(cause)) = blocking(&spool, Spool::look_elsewhere).await {
            tracing::warn!(%cause, "the queue could not be looked at");
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
    done.inspect_err(|cause| tracing::error!(%cause, "the queue could not be worked")).ok()
}

/// Who has the queue open cannot repair it, so that takes another start.
async fn tell_damage(spool: Arc<Spool>) {
    let Some(damaged) = spool.with_engine(Engine::damaged) else { return };
    damaged.cancelled().await;
    spool.feed.tell_trouble(
        "The queue was found damaged, so no further video starts. Quit Spool and start it again: it sets the damaged file aside and keeps all that can be read.".into(),
    );
}

async fn listen(spool: &Spool, mut events: Subscription, act: impl Fn(Heard)) {
    let mut listener = Listener::default();
    while let Some(told) = events.next().await {
        act(listener.hear(spool, &told));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spool_core::event::Event;
    use spool_core::failure::Reason;
    use spool_core::job::{JobId, State};

    #[test]
    fn notices_are_those_that_the_user_wants() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        let failed = |id| {
            let (state, reason) = (State::Failed, Some(Reason::NoPicture));
            Told::Event(Event::JobChanged { id: JobId(id), state, reason })
        };
        let mut listener = Listener::default();
        let heard = listener.hear(&spool, &failed(1));
        assert_eq!(
            (heard.notice.unwrap().body.as_str(), heard.through),
            ("There is no moving picture in this file.", false)
        );
        spool.choose(|settings| settings.notify_failed = false).unwrap();
        assert_eq!(Listener::default().hear(&spool, &failed(2)).notice, None);
    }
}
