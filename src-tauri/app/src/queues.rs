//! Opens the queue of a data folder and starts its engine, for every face. Another kind of queue is opened here.
//!
//! Must not know who asks.

use spool_core::clock::SystemClock;
use spool_core::engine::{self, Engine, EngineConfig};
use spool_core::error::Result;
use spool_core::queue::Queue;
use std::path::Path;
use std::sync::Arc;

/// The queue of a data folder, to read and to command, without working it.
pub fn open(data: &Path) -> Result<Arc<dyn Queue>> {
    Ok(Arc::new(engine::open_queue(data, Arc::new(SystemClock::default()))?))
}

/// The queue of a data folder, to read: also where its disk is full, or where this user may read it and no more.
pub fn open_to_read(data: &Path) -> Result<Arc<dyn Queue>> {
    Ok(Arc::new(engine::open_queue_to_read(data, Arc::new(SystemClock::default()))?))
}

/// Restores a damaged queue, unless an engine works it. `who`: the name of this process for others.
pub fn restore(data: &Path, who: &str) -> Result<()> {
    engine::mend(data, who, &SystemClock::default())
}

/// Works the queue. Within a tokio runtime.
///
/// # Errors
/// `Held` when another engine works it; whatever opening it may answer.
pub fn start(config: EngineConfig) -> Result<Engine> {
    Engine::start(config)
}

/// Requeues what an engine left running that has died. False: an engine is at work and does it itself.
pub fn rescue_idle(config: &EngineConfig) -> Result<bool> {
    engine::rescue_idle(config)
}
