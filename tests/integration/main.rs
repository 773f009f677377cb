//! Integration tests, one binary: `mod` per subject.

mod queue_contract;
mod queue_model;
