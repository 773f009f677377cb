//! What stands over the whole queue until it passes or a person answers it: failures that pile up, an environment in
//! which no job can start, a damaged queue that was restored. Facts, stored as flags in JSON.
//!
//! Plain data: `queue::raised` reads it, `words` says it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Failures pile up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Alarm {
    /// So many failed within so many minutes.
    Lately {
        /// How many.
        failed: u64,
        /// Within how many minutes.
        minutes: u64,
        /// The volume that holds all of them, where there is one.
        volume: Option<String>,
    },
    /// So many of the last that ended failed.
    OfLast {
        /// How many.
        failed: u64,
        /// Of how many.
        ended: u64,
        /// The volume that holds all of them, where there is one.
        volume: Option<String>,
    },
    /// As an earlier version stored it.
    Text {
        /// Its sentences.
        text: String,
    },
}

/// What a queue was restored from after it was found damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Restored {
    /// Only its log was lost, perhaps with what came last.
    WithoutLog {
        /// Jobs that are there.
        kept: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// The newest backup.
    FromBackup {
        /// Jobs of the damaged file that the backup did not have.
        added: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// The damaged file alone: there was no backup.
    FromDamaged {
        /// Jobs that could be read; 0: it starts empty.
        kept: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// As an earlier version stored it.
    Text {
        /// Its sentences.
        text: String,
    },
}

/// As a flag keeps it. Values of our own types cannot fail to serialise.
pub(crate) fn to_flag(fact: &impl Serialize) -> String {
    serde_json::to_string(fact).unwrap_or_default()
}
