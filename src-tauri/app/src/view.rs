//! What front ends receive and send: jobs, lists, the state of the queue, updates and requests, as plain data.
//!
//! The TypeScript types are generated from these types (see the test below). Paths are display text only: front ends
//! refer to jobs by id.

mod asked;
mod chosen;
mod details;
mod job;
mod jobs;
mod plan;
mod remark;
mod row;
mod told;
mod why;

pub use asked::{
    Choices, CloseChoice, EncoderState, List, PresetChoice, SettingsShown, Sorted, ToolState, Verb, Wanted,
    WhenDone,
};
pub use chosen::SettingsChosen;
pub use details::{Checked, DecodedOf, Details, Pictures, StreamDetails};
pub use job::{AttemptView, CheckView, JobView, Sizes};
pub use jobs::{End, Jobs, Kind, Lot, among, between};
pub use plan::with_messages;
pub use remark::RemarkShown;
pub use row::{Cause, Entry, Group, Live, Page, Row};
pub use told::{AddNotice, CameOf, Checking, Drag, Dropped, Far, Left, Rechecked, Standing, Tally, Update};
pub use why::Why;

#[cfg(test)]
mod typescript;
