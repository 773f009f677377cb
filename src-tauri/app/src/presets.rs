//! The presets there are: those that come with Spool, and the user's own.

use crate::state::Spool;
use serde_json::Value;
use spool_core::error::Result;
use spool_core::job::Job;
use spool_core::preset::{self, Preset, differences};
use spool_core::settings;

impl Spool {
    /// All presets.
    pub fn presets(&self) -> Result<Vec<Preset>> {
        settings::presets(&self.data, &self.settings())
    }

    /// Those there are, where the file of the user's own is broken without them: to show jobs by, not to add with.
    pub fn known_presets(&self) -> Vec<Preset> {
        self.presets().unwrap_or_else(|_| preset::built_in().to_vec())
    }

    /// That of this id, or its refusal: another one in its place would make what was not asked for.
    pub fn preset(&self, id: &str) -> Result<Preset> {
        settings::preset(&self.data, &self.settings(), id)
    }
}

/// In what the preset of a job differs from the one of its id among these, which `--set` or a later edit changed;
/// nothing where there is none.
pub fn changed(job: &Job, presets: &[Preset]) -> Vec<(String, Option<Value>)> {
    let Some(spec) = &job.spec else { return Vec::new() };
    let base = presets.iter().find(|base| base.id == spec.preset.id);
    base.map_or_else(Vec::new, |base| differences(base, &spec.preset))
}
