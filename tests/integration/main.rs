//! Integration tests, one binary: `mod` per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod cli;
mod crash;
mod faults;
mod faults_cancel;
mod faults_clock;
mod faults_crash;
mod faults_disk;
mod faults_pool;
mod faults_process;
mod faults_source;
mod layout;
mod main_job;
mod order;
mod pool;
mod publish;
mod queue_contract;
mod queue_lists;
mod queue_model;
mod queue_sqlite;
mod queue_world;
