//! Stops this process: whatever ends it, its engine is stopped cleanly first.
//!
//! Guarantees that a request during a stop waits for the same stop, that no engine starts afterwards, and that a stop
//! takes a bounded time. A signal, the loss of the display, the end of the session and a click on Quit all use it.

use crate::state::Spool;
use spool_core::engine::Engine;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Maximum time for stopping the engine, whose escalation (`q`, terminate, kill) takes 10 s.
const LONGEST: Duration = Duration::from_secs(11);

impl Spool {
    /// Checks whether this process has stopped its engine permanently.
    pub fn is_stopped(&self) -> bool {
        self.stopped.initialized()
    }

    /// Stops the engine, if this process runs it. Returns when every job is back in the queue, or after a timeout.
    pub async fn stop(self: &Arc<Self>) {
        let stopping = async || {
            if timeout(LONGEST, end(take(self.clone()))).await.is_err() {
                tracing::error!("the engine did not stop in time");
            }
        };
        self.stopped.get_or_init(stopping).await;
    }

    /// As [`Spool::stop`], but blocks, for the thread whose end is the end of the process.
    pub fn stop_now(self: &Arc<Self>, runtime: &Handle) {
        let (done, stopped) = channel();
        let spool = self.clone();
        runtime.spawn(async move {
            spool.stop().await;
            let _ = done.send(());
        });
        // The stop is bounded. Without a runtime there is nothing to wait for, as there is no engine.
        let _ = stopped.recv();
    }
}

/// Takes the engine on a blocking thread, because it waits for an engine that is being started.
async fn take(spool: Arc<Spool>) -> Option<Engine> {
    tokio::task::spawn_blocking(move || spool.leave()).await.ok().flatten()
}

async fn end(engine: impl Future<Output = Option<Engine>>) {
    if let Some(engine) = engine.await {
        engine.stop().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_stop_requests_wait_and_no_engine_starts_afterwards() {
        let data = tempfile::tempdir().unwrap();
        let spool = Arc::new(Spool::open(data.path().to_owned()).unwrap());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let start = |spool: &Arc<Spool>| runtime.block_on(async { spool.start_engine().unwrap().is_some() });
        assert!(start(&spool) && spool.is_working() && !spool.is_stopped());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    spool.stop_now(runtime.handle());
                    assert!(spool.is_stopped() && !spool.is_working());
                });
            }
        });
        assert!(!start(&spool) && !spool.is_working());
        let engine = spool_core::queue::Flag::Engine;
        assert_eq!(spool.queue().flag(engine).unwrap(), None, "the end was clean");
    }
}
