//! The ffmpeg that the pool uses, and detection of a change.

use crate::ffmpeg::{self, ToolError, ToolPlaces, Tools};
use std::sync::{Mutex, PoisonError};

/// Where to search, and the tools found by the last check.
pub(crate) struct Tooling {
    places: Mutex<ToolPlaces>,
    last: Mutex<Option<Tools>>,
}

impl Tooling {
    pub(crate) fn new(places: ToolPlaces) -> Tooling {
        Tooling { places: Mutex::new(places), last: Mutex::default() }
    }

    /// Sets where to search from now on.
    pub(crate) fn look_in(&self, places: ToolPlaces) {
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) = places;
    }

    /// The current tools.
    pub(crate) fn get(&self) -> Result<Tools, ToolError> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ffmpeg::locate(&places)
    }

    /// Have the tools changed since the last call?
    pub(crate) fn changed(&self) -> bool {
        let now = self.get().ok();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *last, now.clone()) != now
    }
}
