//! The core of Spool: a durable queue of video jobs, and the pool that runs ffmpeg on them.
//!
//! Data flow: drop -> queue -> claim -> plan -> run -> verify -> publish -> notify.
//!
//! | module | contains |
//! |---|---|
//! | [`job`], [`spec`], [`preset`], [`failure`], [`remark`], [`reason`], [`progress`], [`event`], [`verification`], [`finding`] | the terms: plain data |
//! | [`queue`] | the durable store: traits, SQLite, an in-memory implementation |
//! | [`policy`] | what happens next and when: pure functions |
//! | [`media`], [`captions`], [`ledger`], [`plan`], [`verify`] | what a file contains, what is planned for it, whether the result matches: pure functions |
//! | [`recheck`] | checks existing results again |
//! | [`ffmpeg`] | the only place that starts processes |
//! | [`words`] | the only place where data becomes sentences |
//!
//! The core reads no environment variables and no home directory, does no user interaction, and knows no window.

pub mod batch;
pub mod captions;
pub mod clock;
pub mod cues;
mod data;
pub mod engine;
pub mod error;
pub mod event;
pub mod failure;
pub mod ffmpeg;
pub mod finding;
pub mod forecast;
mod input_guard;
pub mod intake;
pub mod job;
mod judge;
pub mod ledger;
mod look;
pub mod media;
pub mod output;
pub mod path_bytes;
pub mod plan;
pub mod policy;
mod pool;
pub mod preset;
pub mod progress;
pub mod queue;
pub mod raised;
pub mod reason;
pub mod recheck;
pub mod remark;
pub mod settings;
mod shared;
pub mod sharing;
pub mod spec;
pub mod subtitles;
mod system;
mod template;
pub mod verification;
pub mod verify;
pub mod volumes;
pub mod words;
