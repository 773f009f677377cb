//! Opens the queue of a data folder and starts its engine, for every front end. Another implementation of the queue
//! would be opened here.
//!
//! Must not know its callers.

use spool_core::clock::SystemClock;
use spool_core::engine::{self, Engine, EngineConfig};
use spool_core::error::Result;
use spool_core::queue::Queue;
use std::path::Path;
use std::sync::Arc;

/// Opens the queue of a data folder for reading and for user commands, without running it.
pub fn open(data: &Path) -> Result<Arc<dyn Queue>> {
    Ok(Arc::new(engine::open_queue(data, Arc::new(SystemClock::default()))?))
}

/// Opens the queue of a data folder for reading only; works also on a full disk, or without write permission.
pub fn open_to_read(data: &Path) -> Result<Arc<dyn Queue>> {
    Ok(Arc::new(engine::open_queue_to_read(data, Arc::new(SystemClock::default()))?))
}

/// Repairs a damaged queue; does nothing while an engine runs it. `who`: name of this process for others.
pub fn restore(data: &Path, who: &str) -> Result<()> {
    engine::repair(data, who, &SystemClock::default())
}

/// Starts the engine of a queue. Must be called within a tokio runtime.
///
/// # Errors
/// `Held` if another engine runs the queue; and the errors of opening it.
pub fn start(config: EngineConfig) -> Result<Engine> {
    Engine::start(config)
}

/// Rescues jobs that a dead engine left running. Returns false if an engine is running, which rescues them itself.
pub fn rescue_idle(config: &EngineConfig) -> Result<bool> {
    engine::rescue_idle(config)
}
