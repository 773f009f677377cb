//! What front ends receive and send: jobs, lists, the state of the queue, updates and requests, as plain data.
//!
//! The TypeScript types are generated from these types (see the test below). Paths are display text only: front ends
//! refer to jobs by id.

mod details;
mod job;
mod jobs;
mod plan;
mod remark;
mod requests;
mod row;
mod settings;
mod updates;
mod why;

pub use details::{Checked, DecodedOf, Details, Pictures, StreamDetails};
pub use job::{AttemptView, CheckView, JobView, Sizes};
pub use jobs::{End, JobGroup, JobIds, Kind, among, between};
pub use plan::with_messages;
pub use remark::RemarkShown;
pub use requests::{
    Choices, CloseChoice, EncoderState, JobCommand, List, PageRequest, PresetChoice, SettingsShown,
    SortOrder, ToolState, WhenDone,
};
pub use row::{Cause, Entry, Group, Live, Page, Row};
pub use settings::SettingsChosen;
pub use updates::{
    AddNotice, BatchProgress, BatchSummary, CheckProgress, CheckSummary, Drag, Dropped, QueueStatus,
    StateCounts, TimeLeftRange, Update,
};
pub use why::Why;

#[cfg(test)]
mod typescript;
