//! Distinguishes damage from an ordinary crash by the files alone, before SQLite opens them: SQLite treats the first
//! invalid frame as the end of the log and would drop the frames after it.
//!
//! Guarantees that a power cut is never reported as damage: it can tear only the last transaction of the log, whose
//! commit has not yet returned. Two commits behind an invalid frame prove that the first of them was on disk before. An
//! invalid frame within the last transaction cannot be distinguished from a torn one, and counts as torn.

use super::files::{part, read, repaired};
use crate::error::{Error, Result};
use std::io::ErrorKind;
use std::path::Path;

/// Do the files of the database at `path` show a loss? The caller must hold `OpenLock`.
pub(super) fn of_files(path: &Path) -> Result<bool> {
    let database = size(path)?;
    let log = size(&part(path, "-wal"))?;
    // A repaired database was not yet moved into place.
    let halfway = repaired(path).exists();
    let emptied = database == Some(0);
    let log_alone = database.is_none() && log.is_some_and(|n| n > 0);
    Ok(halfway || emptied || log_alone || lost_its_log(path)? || stable_log_is_damaged(&part(path, "-wal"))?)
}

/// Was the log deleted? The last connection to close removes both the log and the shared memory file; a crash leaves
/// both.
pub(super) fn lost_its_log(path: &Path) -> Result<bool> {
    Ok(size(&part(path, "-wal"))?.is_none() && size(&part(path, "-shm"))?.is_some())
}

/// Is the log damaged, and not being written? Reads it twice: if both reads are equal, they show a consistent state; if
/// not, a process is writing to it, which found it intact.
fn stable_log_is_damaged(path: &Path) -> Result<bool> {
    let log = read(path)?;
    Ok(log_is_damaged(&log) && log == read(path)?)
}

/// Does SQLite report that the file is damaged or not a database?
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

fn size(path: &Path) -> Result<Option<u64>> {
    match path.metadata() {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io("Cannot read", path)(e)),
    }
}

/// Length of the log header in bytes.
const HEADER: usize = 32;
/// Length of a frame header in bytes.
const FRAME: usize = 24;

/// A log is a header followed by frames. A frame has the page number, the size of the database after a commit (else 0),
/// the salt of the current round, and a cumulative checksum. <https://sqlite.org/fileformat2.html#the_write_ahead_log>
fn log_is_damaged(log: &[u8]) -> bool {
    if log.len() <= HEADER {
        return false;
    }
    // The header is on disk before the first frame is written, so an invalid one is damage.
    let Some(size) = page_size(log).filter(|_| header_is_valid(log)) else { return true };
    let rest = first_break(log, size);
    let salt = &log[16..24];
    let frames = log[rest..].chunks_exact(FRAME + size);
    frames.filter(|f| f[8..16] == *salt && commits(f)).count() >= 2
}

fn commits(frame: &[u8]) -> bool {
    word(frame, 4) != 0
}

/// Returns the offset of the first frame whose salt or checksum is invalid.
fn first_break(log: &[u8], size: usize) -> usize {
    let (mut at, mut sums) = (HEADER, (word(log, 24), word(log, 28)));
    for frame in log[HEADER..].chunks_exact(FRAME + size) {
        sums = frame_sums(log, sums, frame);
        if frame[8..16] != log[16..24] || (word(frame, 16), word(frame, 20)) != sums {
            break;
        }
        at += frame.len();
    }
    at
}

fn header_is_valid(log: &[u8]) -> bool {
    add_up(log, (0, 0), &log[..24]) == (word(log, 24), word(log, 28))
}

fn page_size(log: &[u8]) -> Option<usize> {
    let size = word(log, 8);
    let known = matches!(word(log, 0), MAGIC..=MAGIC_BIG) && word(log, 4) == VERSION;
    (known && (512..=65536).contains(&size) && size.is_power_of_two()).then_some(size as usize)
}

const MAGIC: u32 = 0x377f_0682;
/// The checksums are over big-endian words.
const MAGIC_BIG: u32 = 0x377f_0683;
const VERSION: u32 = 3_007_000;
/// Page size of Spool's databases: SQLite's default.
const PAGE: u32 = 4096;

/// Returns the checksum of a frame: over its page number, commit mark and page.
fn frame_sums(log: &[u8], before: (u32, u32), frame: &[u8]) -> (u32, u32) {
    add_up(log, add_up(log, before, &frame[..8]), &frame[FRAME..])
}

fn add_up(log: &[u8], before: (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let big = word(log, 0) == MAGIC_BIG;
    let read = |b: &[u8]| if big { word(b, 0) } else { word(b, 0).swap_bytes() };
    bytes.chunks_exact(8).fold(before, |(a, b), pair| {
        let a = a.wrapping_add(read(&pair[..4])).wrapping_add(b);
        (a, b.wrapping_add(read(&pair[4..])).wrapping_add(a))
    })
}

/// Reads a big-endian number.
fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |n, byte| n << 8 | u32::from(*byte))
}

/// Makes all frames of the log's last round valid, including damaged ones, so that the frames behind the damage can be
/// read. Only for salvaging rows from a copy, never for the database itself.
pub(super) fn reseal(log: &mut Vec<u8>) {
    if log.len() < HEADER + FRAME {
        return log.clear();
    }
    if !header_is_valid(log) {
        let salt = log[HEADER + 8..HEADER + 16].to_vec();
        let head = [MAGIC, VERSION, PAGE, 0].map(u32::to_be_bytes).concat();
        log.splice(..24, head.into_iter().chain(salt));
        let sums = add_up(log, (0, 0), &log[..24]);
        put(log, 24, sums);
    }
    let Some(size) = page_size(log) else { return log.clear() };
    let round = log[16..24].to_vec();
    // Frames of this round come before leftovers of earlier ones; any other salt between them is damage.
    let last = log[HEADER..].chunks_exact(FRAME + size).rposition(|f| f[8..16] == round);
    let count = last.map_or(0, |n| n + 1);
    log.truncate(HEADER + count * (FRAME + size));
    let mut sums = (word(log, 24), word(log, 28));
    for n in 0..count {
        let at = HEADER + n * (FRAME + size);
        log[at + 8..at + 16].copy_from_slice(&round);
        sums = frame_sums(log, sums, &log[at..at + FRAME + size]);
        put(log, at + 16, sums);
    }
}

fn put(log: &mut [u8], at: usize, sums: (u32, u32)) {
    log[at..at + 4].copy_from_slice(&sums.0.to_be_bytes());
    log[at + 4..at + 8].copy_from_slice(&sums.1.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// A log with five transactions, written by SQLite.
    fn log() -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let c = Connection::open(&path).unwrap();
        c.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
        c.execute_batch("CREATE TABLE t(x)").unwrap();
        for n in 0..4 {
            c.execute("INSERT INTO t VALUES (?1)", [n]).unwrap();
        }
        std::fs::read(part(&path, "-wal")).unwrap()
    }

    #[test]
    fn truncated_log_is_not_damage() {
        let log = log();
        for length in (0..log.len()).step_by(97).chain([log.len()]) {
            assert!(!log_is_damaged(&log[..length]), "cut at {length}");
        }
    }

    #[test]
    fn flipped_byte_before_two_commits_is_damage() {
        let whole = log();
        let last = whole.len() - 2 * (FRAME + PAGE as usize);
        for at in (0..last).step_by(311) {
            let mut log = whole.clone();
            log[at] ^= 0x10;
            assert!(log_is_damaged(&log), "byte {at} of {}", whole.len());
        }
    }

    #[test]
    fn leftovers_of_an_earlier_round_are_not_damage() {
        let mut log = log();
        let frame = FRAME + PAGE as usize;
        for at in (HEADER + 2 * frame..log.len()).step_by(frame) {
            log[at + 8] ^= 1;
        }
        assert!(!log_is_damaged(&log));
    }

    #[test]
    fn resealed_log_is_valid_to_the_end() {
        let whole = log();
        for at in [3, 20, HEADER + FRAME + 100, HEADER + 20, HEADER + FRAME + PAGE as usize + 9] {
            let mut log = whole.clone();
            log[at] ^= 0x10;
            reseal(&mut log);
            assert_eq!(log.len(), whole.len());
            assert_eq!(first_break(&log, PAGE as usize), log.len(), "byte {at}");
        }
    }
}
