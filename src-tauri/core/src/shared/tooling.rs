//! The ffmpeg the pool works with, and whether it has become another one.

use crate::ffmpeg::{self, ToolError, ToolPlaces, Tools};
use std::sync::{Mutex, PoisonError};

/// Where to look, and what was there when last asked.
pub(crate) struct Tooling {
    places: Mutex<ToolPlaces>,
    asked: Mutex<Option<Tools>>,
}

impl Tooling {
    pub(crate) fn new(places: ToolPlaces) -> Tooling {
        Tooling { places: Mutex::new(places), asked: Mutex::default() }
    }

    /// From now on they are looked for there.
    pub(crate) fn look_in(&self, places: ToolPlaces) {
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) = places;
    }

    /// The tools as they are now.
    pub(crate) fn get(&self) -> Result<Tools, ToolError> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ffmpeg::locate(&places)
    }

    /// Are these other tools than when this was last asked?
    pub(crate) fn changed(&self) -> bool {
        let now = self.get().ok();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *asked, now.clone()) != now
    }
}
