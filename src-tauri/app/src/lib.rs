//! The application behind every front end of Spool: opens the queue, runs it unless another process does, executes the
//! user's commands, and provides everything that is shown.
//!
//! Guarantees that every front end does and shows the same. Must not know windows, terminals or web servers: front ends
//! pass requests as data and receive updates from a [`feed`].

mod add;
pub mod battery;
mod checks;
mod choices;
pub mod closing;
mod details;
pub mod drag;
mod failed;
pub mod feed;
mod in_view;
mod last_added;
mod left;
mod lists;
mod locked;
pub mod log;
pub mod notices;
pub mod places;
pub mod presets;
pub mod previews;
pub mod pump;
pub mod queues;
pub mod recheck;
pub mod report;
mod rests;
pub mod shell;
pub mod signals;
mod standing;
pub mod starting;
pub mod state;
mod steer;
mod stop;
pub mod view;
pub mod work;
