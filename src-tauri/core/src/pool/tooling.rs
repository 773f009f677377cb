//! The ffmpeg the pool works with: located once, again when it has gone or changed.

use crate::ffmpeg::{self, ToolError, ToolPlaces, Tools};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where to look, and what was found.
pub(crate) struct Tooling {
    places: ToolPlaces,
    found: Mutex<Option<Tools>>,
    asked: Mutex<Option<Tools>>,
}

impl Tooling {
    pub(crate) fn new(places: ToolPlaces) -> Tooling {
        Tooling { places, found: Mutex::default(), asked: Mutex::default() }
    }

    /// The tools, checked to be still the same files.
    pub(crate) fn get(&self) -> Result<Tools, ToolError> {
        let mut found = lock(&self.found);
        if let Some(tools) = found.as_ref().filter(|tools| tools.still_there()) {
            return Ok(tools.clone());
        }
        let tools = ffmpeg::locate(&self.places)?;
        *found = Some(tools.clone());
        Ok(tools)
    }

    /// Are these other tools than when this was last asked?
    pub(crate) fn changed(&self) -> bool {
        let now = self.get().ok();
        let mut asked = lock(&self.asked);
        std::mem::replace(&mut *asked, now.clone()) != now
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
