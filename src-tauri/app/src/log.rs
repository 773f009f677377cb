//! The log: `spool.log` in the data folder, at most two files of 4 MB; on stderr too with `--verbose`.
//!
//! Guarantees that a log that cannot be written never stops the queue: the error is reported once.

use spool_core::error::message;
use spool_core::sharing;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Size in bytes at which a file is rotated.
const LARGEST: u64 = 4 << 20;

/// Starts logging; messages before this are lost.
pub fn start(data: &Path, verbose: bool) {
    let file = match Rolling::open(data.join("spool.log")) {
        Ok(file) => {
            Some(fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(LevelFilter::INFO))
        }
        Err(cause) => {
            report_error(&cause);
            None
        }
    };
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::OFF };
    let screen = fmt::layer().with_writer(io::stderr).with_filter(level);
    // A second call in one process (tests) keeps the first logger.
    let _ = tracing_subscriber::registry().with(file).with(screen).try_init();
}

fn report_error(cause: &io::Error) {
    eprintln!("spool: the log cannot be written ({}); continuing without it", message(cause));
}

struct Rolling {
    path: PathBuf,
    file: File,
    size: u64,
    /// An error was reported.
    reported: bool,
}

impl Rolling {
    fn open(path: PathBuf) -> io::Result<Rolling> {
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        let file = append(&path)?;
        let size = file.metadata()?.len();
        Ok(Rolling { path, file, size, reported: false })
    }
}

fn append(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    sharing::as_its_folder(path);
    Ok(file)
}

impl Rolling {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size >= LARGEST {
            // If another process has just rotated the log, this only rotates a short file.
            std::fs::rename(&self.path, self.path.with_extension("log.1"))?;
            self.file = append(&self.path)?;
            self.size = 0;
        }
        self.size += line.len() as u64;
        self.file.write_all(line)
    }
}

/// Never fails: the first error is reported, and further lines are still attempted.
impl Write for Rolling {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(cause) = self.append(line)
            && !std::mem::replace(&mut self.reported, true)
        {
            report_error(&cause);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_stays_within_two_files() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Rolling::open(dir.path().join("spool.log")).unwrap();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..15 {
            log.write_all(&line).unwrap();
        }
        let sizes: Vec<u64> =
            dir.path().read_dir().unwrap().map(|e| e.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), 2);
        assert!(sizes.iter().all(|size| *size <= LARGEST), "{sizes:?}");
    }
}
