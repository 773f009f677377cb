//! Finding and running ffmpeg and ffprobe: the only place in the project that starts processes.
//!
//! Guarantees that every process has a time limit or a watchdog, a bounded memory of its output, an
//! environment of known variables, and does not outlive the engine. Must not know jobs or the queue.

mod abilities;
mod captions;
mod capture;
mod child;
pub mod classify;
pub mod compare;
mod exec;
pub mod filter_input;
mod first_frames;
pub mod growth;
mod interlacing;
mod line;
mod locate;
pub(crate) mod location;
mod names;
mod pace;
mod part;
mod pipe;
pub mod probe;
mod process;
pub mod report;
pub mod run;
pub mod statistics;
mod survey;
mod thumbnail;
mod untrusted;
mod watchdog;

use crate::policy::Policy;
pub use abilities::{abilities, encoder_works, missing_encoder};
pub use captions::{CaptionRequest, captions};
pub use locate::{Tool, ToolError, ToolPlaces, Tools, locate, standard_folders};
pub use process::{end_orphans, identify};
pub use survey::survey;
pub use thumbnail::thumbnail;

/// Command to a running process; its supervisor polls it ten times a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Run, or resume.
    Go,
    /// Suspend the process; its memory stays.
    Suspend,
    /// End within two seconds.
    Cancel,
    /// End cleanly, as after `q` at the terminal.
    Stop,
}

/// Receiver of orders in the thread that supervises a process.
pub type Controls = tokio::sync::watch::Receiver<Control>;

/// What a call of ffmpeg or ffprobe needs.
#[derive(Clone, Copy)]
pub(crate) struct ProbeContext<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) policy: &'a Policy,
    pub(crate) orders: &'a Controls,
}
