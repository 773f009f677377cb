//! The application behind every face of Spool: opens the queue, works it where no other process does, does what people
//! ask of it and says what there is to show.
//!
//! Guarantees that every face asks and shows the same. Knows no window, no terminal and no web server: faces hand over
//! what was asked as data, and take what there is to say from a [`feed`].

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
