//! The presets: the built-in ones and the user's own.

use crate::state::Spool;
use serde_json::Value;
use spool_core::error::Result;
use spool_core::job::Job;
use spool_core::preset::{self, Preset, differences};
use spool_core::settings;

impl Spool {
    /// Returns all presets.
    pub fn presets(&self) -> Result<Vec<Preset>> {
        settings::presets(&self.data, &self.settings())
    }

    /// Returns all presets, or only the built-in ones if the user's own cannot be read. For showing jobs, not for
    /// adding them.
    pub fn known_presets(&self) -> Vec<Preset> {
        self.presets().unwrap_or_else(|_| preset::built_in().to_vec())
    }

    /// Returns the preset with this id, or an error: a replacement would produce results that were not requested.
    pub fn preset(&self, id: &str) -> Result<Preset> {
        settings::preset(&self.data, &self.settings(), id)
    }
}

/// Returns the fields in which the preset of a job differs from the one with the same id in `presets`, because of
/// `--set` or a later edit; empty if there is none with this id.
pub fn changed(job: &Job, presets: &[Preset]) -> Vec<(String, Option<Value>)> {
    let Some(spec) = &job.spec else { return Vec::new() };
    let base = presets.iter().find(|base| base.id == spec.preset.id);
    base.map_or_else(Vec::new, |base| differences(base, &spec.preset))
}
