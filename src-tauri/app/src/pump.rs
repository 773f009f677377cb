//! Sends the contents of the feed to its sink: at most ten updates a second, each with the state of the queue at that
//! moment if it has changed.

use crate::feed::Taken;
use crate::state::Spool;
use crate::view::Update;
use std::sync::Arc;
use std::time::Duration;

/// Minimum time between two messages.
const GAP: Duration = Duration::from_millis(100);

/// Sends updates to subscribers as long as the application runs.
pub async fn pump(spool: Arc<Spool>) {
    loop {
        spool.feed.news().await;
        let Some(sink) = spool.feed.sink() else { continue };
        let taken = spool.clone();
        // The state is read from the database, so this runs where blocking is allowed.
        let Ok((update, more)) = tokio::task::spawn_blocking(move || next(&taken)).await else {
            continue;
        };
        if let Some(update) = update
            && let Err(cause) = sink(update)
        {
            tracing::warn!(%cause, "an update could not be sent");
        }
        tokio::time::sleep(GAP).await;
        if more {
            spool.feed.more();
        }
    }
}

/// Returns the next update, `None` if there is nothing to send; and whether more is pending.
fn next(spool: &Spool) -> (Option<Update>, bool) {
    let Taken { status, left, mut update, more } = spool.feed.take();
    if status || left {
        update.left = spool.time_left().inspect_err(|e| tracing::error!(%e, "cannot read time left")).ok();
    }
    if status {
        update.status = spool.status().inspect_err(|e| tracing::error!(%e, "cannot read the queue")).ok();
    }
    ((update != Update::default()).then_some(update), more)
}
