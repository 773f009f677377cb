//! Integration tests, one binary: `mod` per subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[cfg(unix)]
mod abandoned;
mod adding;
mod animations;
mod cameras;
mod captions;
mod changes;
mod cli;
mod cli_edit;
mod cli_json;
mod cli_presets;
#[cfg(unix)]
mod cli_run;
mod cli_settings;
mod cli_unread;
mod cli_words;
#[cfg(unix)]
mod codes;
mod colour;
mod copies;
mod corpus;
mod crash;
mod cues;
mod cut;
mod differential;
mod faces;
mod faults;
mod faults_cancel;
mod faults_clock;
mod faults_crash;
mod faults_db_adding;
mod faults_db_damage;
mod faults_db_full;
mod faults_db_hostile;
mod faults_db_log;
mod faults_db_network;
mod faults_db_power;
mod faults_db_upkeep;
mod faults_db_users;
mod faults_db_world;
mod faults_disk;
mod faults_pool;
mod faults_process;
mod faults_source;
mod field;
mod field_late;
mod field_streams;
mod fields;
mod first_frames;
mod fit;
mod forecast;
mod hdr_forms;
mod holes;
mod hostile;
#[cfg(unix)]
mod ignored_signals;
mod kept;
mod layout;
mod ledger;
mod machine_ends;
mod main_job;
mod matrix;
#[cfg(unix)]
mod names;
mod odd;
mod order;
mod other_version;
mod paused;
mod pictures;
mod places;
mod pool;
mod presets;
mod publish;
mod queue_adding;
mod queue_batches;
mod queue_contract;
mod queue_edit;
mod queue_lists;
mod queue_model;
mod queue_moves;
mod queue_replacing;
mod queue_sqlite;
mod queue_world;
mod recheck;
mod recheck_round;
mod speakers;
mod sync;
mod truth;
mod upgrade;
#[cfg(target_os = "linux")]
mod volumes;
mod whole;
