//! Errors of calls into the core, as opposed to failures of jobs (see `failure`).
//!
//! Each case is one or two plain sentences; callers choose exit codes by the case.

use crate::job::JobId;
pub use crate::system::message;
use std::path::PathBuf;

/// An error of a call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database returned an error.
    #[error("The queue could not be read or written: {0}.")]
    Database(String),
    /// The volume of the data folder is full.
    #[error("The disk that holds the queue is full. Free some space and try again; nothing was changed.")]
    DatabaseFull,
    /// The queue belongs to another user, and this user may not use it in this way.
    #[error(
        "The queue in {folder} belongs to {owner}, who has not shared it with you. Choose another folder with --data-dir, or use this one as {owner}; {owner} can share it by making the folder and its files writable for a group you are in."
    )]
    NotYours {
        /// The data folder.
        folder: PathBuf,
        /// The user's name.
        owner: String,
    },
    /// A command on many jobs failed after some of its batches.
    #[error(
        "{done} of {of} jobs were handled; the rest is unchanged: {} Repeat the command for the rest.",
        after_some(cause)
    )]
    Partly {
        /// Jobs in the finished batches.
        done: usize,
        /// Jobs in all batches.
        of: usize,
        /// Why it failed.
        cause: Box<Error>,
    },
    /// Written by a newer version of Spool.
    #[error(
        "This queue was written by a newer Spool (schema {found}, this one knows {known}). Update Spool; nothing was changed."
    )]
    NewerSchema {
        /// Version found in the file.
        found: i64,
        /// Newest version this program can read.
        known: i64,
    },
    /// A database, but not a queue.
    #[error(
        "The file {path} is another program's database. Move it elsewhere or choose another folder with --data-dir; nothing was changed."
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Not a database, or a damaged one.
    #[error(
        "The queue at {path} is damaged. Run `spool doctor --restore` to set it aside and restore the newest backup."
    )]
    Corrupt {
        /// The database file.
        path: PathBuf,
    },
    /// Damage found while the queue was in use.
    #[error(
        "The queue could not be read or written: it is damaged; `spool doctor --restore` sets it aside and restores the newest backup."
    )]
    Damaged,
    /// A data folder on a file system that is not safe for a queue.
    #[error(
        "The folder {path} is on a network file system ({kind}), where a queue is not safe. Choose a folder on a local disk with --data-dir."
    )]
    NetworkFolder {
        /// The data folder.
        path: PathBuf,
        /// The system's name for it: "nfs4".
        kind: String,
    },
    /// A job added by another version of Spool, which this one cannot read.
    #[error(
        "Job {id} was made by another version of Spool. Update Spool, or take it off the list with `spool remove {id}`."
    )]
    Unreadable {
        /// The job.
        id: JobId,
    },
    /// A damaged database cannot be set aside while another process has it open.
    #[error(
        "The queue at {path} is damaged, and a window or another command still has it open. Close that, then start again."
    )]
    DamagedInUse {
        /// The database file.
        path: PathBuf,
    },
    /// The linked SQLite has a known corruption bug.
    #[error("SQLite {found} is too old to keep a queue safely; 3.51.3 or newer is needed.")]
    OldSqlite {
        /// The version linked into this program.
        found: &'static str,
    },
    /// Another process runs the queue.
    #[error("The queue is already in use by {holder}. Stop it first, or add jobs, which will run there.")]
    Held {
        /// The process that holds the lock: "spool run (process 7)".
        holder: String,
    },
    /// A file or folder of Spool's own cannot be used.
    #[error("{what} {path}: {}.", message(cause))]
    Io {
        /// The operation, as the start of a sentence: "Cannot create".
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        cause: std::io::Error,
    },
    /// ffmpeg or ffprobe is missing or does not run.
    #[error(transparent)]
    Tools(#[from] crate::ffmpeg::ToolError),
    /// The settings file is not valid.
    #[error("The settings in {path} cannot be read: {cause}. Fix or delete the file. Nothing was changed.")]
    Settings {
        /// The file.
        path: PathBuf,
        /// The mistake in it.
        cause: String,
    },
    /// An invalid change of a setting.
    #[error("{0}.")]
    Setting(String),
    /// An invalid preset, or one that cannot be found or removed.
    #[error("{0}.")]
    Preset(String),
}

/// The cause of a command that failed after some batches: unlike in `DatabaseFull`, something was changed.
fn after_some(cause: &Error) -> String {
    match cause {
        Error::DatabaseFull => "the disk that holds the queue is full, free some space.".into(),
        other => other.to_string(),
    }
}

/// Result of a call into the core.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// For `map_err`: adds the operation and the path to an I/O error.
    pub fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |cause| Error::Io { what, path, cause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn os_error_numbers_are_not_shown() {
        let cause = std::io::Error::from_raw_os_error(2);
        assert!(cause.to_string().contains("os error 2"));
        let sentence = Error::io("Cannot create", "/x")(cause).to_string();
        assert!(!sentence.contains("os error") && !sentence.ends_with(".."), "{sentence}");
    }
}
