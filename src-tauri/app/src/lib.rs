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
mod commands;
mod details;
pub mod drag;
pub mod environment;
mod failed;
pub mod feed;
mod idle;
mod in_view;
mod last_added;
mod lists;
mod locked;
pub mod log;
pub mod notices;
pub mod presets;
pub mod previews;
pub mod pump;
pub mod queues;
pub mod recheck;
pub mod report;
pub mod shell;
pub mod signals;
pub mod starting;
pub mod state;
mod status;
mod stop;
mod time_left;
pub mod view;
pub mod work;
