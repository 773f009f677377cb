//! Integration tests, one binary: one module per subject; `tests/README.md` names the tests of each promise.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

/// The queue on every engine, and the files of the SQLite queue.
mod queue {
    mod adding;
    mod all_or_nothing;
    mod batches;
    pub(crate) mod broken_files;
    mod contract;
    mod damage;
    mod edit;
    pub(crate) mod fixture;
    mod hostile_files;
    mod lists;
    mod maintenance;
    mod many_files;
    mod model;
    mod moves;
    mod other_version;
    mod replacing;
    mod several_users;
    mod sqlite;
    mod upgrade;
}
/// Workers, retries, pause, time left.
mod pool {
    mod cancel;
    mod clock;
    #[cfg(unix)]
    mod failure_codes;
    mod faults;
    mod forecast;
    mod order;
    mod paused;
    mod recheck_round;
    mod retries;
    mod workers;
}
/// Processes and untrusted input.
mod ffmpeg {
    mod first_frames;
    mod hostile_inputs;
    mod process;
}
/// Correct results, stream by stream.
mod media {
    mod animations;
    mod audio_gaps;
    mod cameras;
    mod captions;
    mod colour;
    mod content;
    mod copies;
    mod corpus;
    mod differential;
    mod field;
    mod format_changes;
    mod frames;
    mod hdr_forms;
    mod interlacing;
    mod late_streams;
    mod ledger;
    mod location;
    mod metadata;
    mod recheck;
    pub(crate) mod recorders;
    mod speakers;
    mod subtitles;
    mod sync;
    mod truncated;
    mod unusual_inputs;
}
/// Guarantees of presets.
mod presets {
    pub(crate) mod guarantees;
    mod matrix;
    mod target_size;
}
/// The command line, and what it shares with the window.
mod cli {
    mod adding;
    mod addresses;
    pub(crate) mod basics;
    mod edit;
    mod front_ends;
    #[cfg(unix)]
    mod ignored_signals;
    mod json;
    mod main_use;
    mod presets;
    #[cfg(unix)]
    mod run;
    mod settings;
    mod text;
    mod unread_output;
}
/// Kills, power cuts and recovery.
mod crash {
    #[cfg(unix)]
    mod abandoned;
    mod kills;
    mod machine_down;
    mod power_cut;
    pub(crate) mod publish;
    mod steps;
}
/// Disks and drives that are full, slow, absent or odd.
mod disk {
    mod full_disks;
    mod full_queue_disk;
    mod log;
    #[cfg(unix)]
    mod names;
    mod network_folder;
    mod sources;
    #[cfg(target_os = "linux")]
    mod volumes;
}
mod layout;
