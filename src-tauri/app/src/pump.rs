//! Carries what the feed holds to its sink: at most ten updates a second, with how things stand as read at that moment.

use crate::feed::Taken;
use crate::state::Spool;
use crate::view::Update;
use std::sync::Arc;
use std::time::Duration;

/// Least time between two messages.
const GAP: Duration = Duration::from_millis(100);

/// Sends updates to subscribers as long as the application runs.
pub async fn pump(spool: Arc<Spool>) {
    loop {
        spool.feed.news().await;
        let Some(sink) = spool.feed.sink() else { continue };
        let taken = spool.clone();
        // Standing is read from the database, where blocking is allowed.
        let Ok((update, more)) = tokio::task::spawn_blocking(move || next(&taken)).await else {
            continue;
        };
        if let Some(update) = update
            && let Err(cause) = sink(update)
        {
            tracing::warn!(%cause, "an update could not be told");
        }
        tokio::time::sleep(GAP).await;
        if more {
            spool.feed.more();
        }
    }
}

/// The next update; `None` when there is nothing to tell. Also says whether more waits.
fn next(spool: &Spool) -> (Option<Update>, bool) {
    let Taken { standing, left, mut update, more } = spool.feed.take();
    if standing || left {
        update.left = spool.time_left().inspect_err(|e| tracing::error!(%e, "no time left")).ok();
    }
    if standing {
        update.standing = spool.standing().inspect_err(|e| tracing::error!(%e, "no standing")).ok();
    }
    ((update != Update::default()).then_some(update), more)
}
