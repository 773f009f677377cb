//! What crosses to a face: jobs, lists, how things stand, and what happened, as plain data.
//!
//! The TypeScript types are made of these (see the test below). Paths are text to show, never to act upon:
//! faces name jobs by id.

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
