//! What can go wrong with a call into the core, as opposed to with a job (that is `failure`).
//!
//! Each case is one plain sentence; callers choose exit codes by the case.

use crate::job::JobId;
pub use crate::system::said;
use std::path::PathBuf;

/// An error of a call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database answered with an error.
    #[error("The queue could not be read or written: {0}.")]
    Database(String),
    /// The volume of the data folder is full.
    #[error("The disk that holds the queue is full. Free some space and try again; nothing was changed.")]
    DatabaseFull,
    /// A queue of another user that this one may not use so.
    #[error(
        "The queue in {folder} belongs to {owner}, who has not opened it to you. Choose a folder of your own with --data-dir, or work this one as {owner}; {owner} can share it by making the folder and its files writable for a group you are in."
    )]
    NotYours {
        /// The data folder.
        folder: PathBuf,
        /// The user's name.
        owner: String,
    },
    /// A command on many jobs broke off after some of its batches.
    #[error(
        "{done} of {of} jobs were seen to, the rest stays as it was: {} Ask again for the rest.",
        after_some(cause)
    )]
    Partly {
        /// Jobs of the batches that were done.
        done: usize,
        /// Jobs it was asked for.
        of: usize,
        /// Why it broke off.
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
    /// Damage that was found while the queue was in use.
    #[error(
        "The queue could not be read or written: it is damaged; `spool doctor --restore` sets it aside and restores the newest backup."
    )]
    Damaged,
    /// A data folder where no queue can be kept.
    #[error(
        "The folder {path} lies on a network file system ({kind}), where a queue is not safe. Choose a folder on a local disk with --data-dir."
    )]
    NetworkFolder {
        /// The data folder.
        path: PathBuf,
        /// As the system calls it: "nfs4".
        kind: String,
    },
    /// A job that another version of Spool added.
    #[error(
        "Job {id} was made by another version of Spool. Update Spool, or take it off the list with `spool remove {id}`."
    )]
    Unreadable {
        /// The job.
        id: JobId,
    },
    /// A damaged database cannot be set aside while somebody has it open.
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
        /// Version linked into this program.
        found: &'static str,
    },
    /// Another process works the queue.
    #[error(
        "The queue is already being worked by {holder}. Stop it first, or add jobs and they will be taken up there."
    )]
    Held {
        /// Who, in a few words.
        holder: String,
    },
    /// A file or folder of Spool's own cannot be used.
    #[error("{what} {path}: {}.", said(cause))]
    Io {
        /// What was tried, as the start of a sentence: "Cannot create".
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// ffmpeg or ffprobe is missing or does not run.
    #[error(transparent)]
    Tools(#[from] crate::ffmpeg::ToolError),
    /// The settings file is not valid.
    #[error("The settings in {path} cannot be read: {cause}. Mend or delete the file; nothing was changed.")]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A setting that cannot be changed so.
    #[error("{0}.")]
    Setting(String),
    /// A preset that was brought in is not valid.
    #[error("{0}.")]
    Preset(String),
}

/// The cause of a command that broke off, of which something was changed.
fn after_some(cause: &Error) -> String {
    match cause {
        Error::DatabaseFull => "the disk that holds the queue is full, free some space.".into(),
        other => other.to_string(),
    }
}

/// Result of a call into the core.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// For `map_err`: an I/O error with what was tried and on what.
    pub fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |cause| Error::Io { what, path, cause }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_numbers_are_left_out_of_sentences() {
        let cause = std::io::Error::from_raw_os_error(2);
        assert!(cause.to_string().contains("os error 2"));
        let sentence = Error::io("Cannot create", "/x")(cause).to_string();
        assert!(!sentence.contains("os error") && !sentence.ends_with(".."), "{sentence}");
    }
}
