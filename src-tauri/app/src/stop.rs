//! The one stop of this process: whatever ends it, its engine is stopped cleanly first.
//!
//! Guarantees that a request during a stop waits for the same stop, that no engine starts once it has begun, and that
//! it takes a bounded time. A signal, the loss of the display, the end of the session and a click on Quit all lead here.

use crate::state::Spool;
use spool_core::engine::Engine;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Longest time that stopping the engine may take: its ladder (`q`, terminate, kill) takes 10 s.
const LONGEST: Duration = Duration::from_secs(11);

impl Spool {
    /// Has this process stopped its engine for good?
    pub fn is_stopped(&self) -> bool {
        self.stopped.initialized()
    }

    /// Stops the engine, where this process has it; returns when every job has been given back, or time has run out.
    pub async fn stop(self: &Arc<Self>) {
        let stopping = async || {
            if timeout(LONGEST, end(take(self.clone()))).await.is_err() {
                tracing::error!("the engine could not be stopped in time");
            }
        };
        self.stopped.get_or_init(stopping).await;
    }

    /// The same for a thread that must not go on before: the one whose end is that of the process.
    pub fn stop_now(self: &Arc<Self>, runtime: &Handle) {
        let (tell, stopped) = channel();
        let spool = self.clone();
        runtime.spawn(async move {
            spool.stop().await;
            let _ = tell.send(());
        });
        // Bounded by the stop itself; without a runtime there is no engine either.
        let _ = stopped.recv();
    }
}

/// Waits for an engine that is just starting, so that it may block.
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
    fn a_request_to_stop_waits_for_it_and_no_engine_starts_afterwards() {
        let data = tempfile::tempdir().unwrap();
        let spool = Arc::new(Spool::open(data.path().to_owned()).unwrap());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let start = |spool: &Arc<Spool>| runtime.block_on(async { spool.take_over().unwrap().is_some() });
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
