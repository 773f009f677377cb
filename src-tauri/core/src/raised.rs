//! Notices about the whole queue, shown until they pass or are dismissed: accumulating failures, an environment in
//! which no job can start, a restored queue. Stored as flags in JSON.
//!
//! Plain data: `queue::raised` reads it, `words` turns it into sentences.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Many jobs fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Alarm {
    /// Too many failures in a period.
    Lately {
        /// Number of failures.
        failed: u64,
        /// The period in minutes.
        minutes: u64,
        /// The volume that holds all of them, if there is one.
        volume: Option<String>,
    },
    /// Too many failures among the latest ended jobs.
    OfLast {
        /// Number of failures.
        failed: u64,
        /// Number of jobs.
        ended: u64,
        /// The volume that holds all of them, if there is one.
        volume: Option<String>,
    },
    /// As an earlier version stored it.
    Text {
        /// Its sentences.
        text: String,
    },
}

/// How a damaged queue was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Restored {
    /// Only the database log was lost, perhaps with the latest changes.
    WithoutLog {
        /// Jobs in the queue.
        kept: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// From the newest backup.
    FromBackup {
        /// Jobs recovered from the damaged file that the backup did not have.
        added: u64,
        /// The damaged file, which is kept.
        aside: String,
    },
    /// From the damaged file only, as there was no backup.
    FromDamaged {
        /// Jobs that could be read; with 0 the queue starts empty.
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

impl Restored {
    /// The file name of the damaged database, which is kept.
    pub(crate) fn aside(&self) -> Option<&str> {
        match self {
            Restored::WithoutLog { aside, .. }
            | Restored::FromBackup { aside, .. }
            | Restored::FromDamaged { aside, .. } => Some(aside),
            Restored::Text { .. } => None,
        }
    }
}

/// The stored form. Serialising our own types cannot fail.
pub(crate) fn to_flag(fact: &impl Serialize) -> String {
    serde_json::to_string(fact).unwrap_or_default()
}
