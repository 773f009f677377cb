//! Integration tests, one binary: `mod` per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod cli;
mod colour;
mod corpus;
mod crash;
mod faults;
mod hostile;
mod layout;
mod main_job;
mod matrix;
mod order;
mod pool;
mod presets;
mod publish;
mod queue_contract;
mod queue_lists;
mod queue_model;
mod queue_sqlite;
mod queue_world;
mod truth;
