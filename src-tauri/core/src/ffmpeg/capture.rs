//! A short call of a tool whose answer is wanted whole: under a time limit, with bounded output.

use super::child;
use super::pipe;
use super::process;
use super::{Order, Orders};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// What a tool answered.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) success: bool,
    /// The signal that ended it, where one did: then its answer means nothing.
    pub(super) signal: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Bounds of a call.
pub(super) struct Bounds<'a> {
    /// Longest time it may take.
    pub(super) limit: Duration,
    /// Largest address space in bytes.
    pub(super) memory: Option<u64>,
    /// Cancel and stop end it early.
    pub(super) orders: Option<&'a Orders>,
}

/// Largest answer; ffprobe's for a file with a thousand chapters is about a megabyte.
const LARGEST: u64 = 16 << 20;

/// Calls `program`. `TimedOut` when it took too long, `Interrupted` when an order ended it.
pub(super) fn capture(program: &Path, args: &[OsString], bounds: &Bounds<'_>) -> io::Result<Output> {
    let mut running = child::tool(program, args, bounds.memory)?;
    let (sender, ended) = channel();
    if let Some((stdout, stderr)) = running.take_pipes() {
        let other = sender.clone();
        std::thread::spawn(move || sender.send((true, pipe::read_at_most(stdout, LARGEST))));
        std::thread::spawn(move || other.send((false, pipe::read_at_most(stderr, LARGEST / 16))));
    }
    let mut output = Output { success: false, signal: None, stdout: String::new(), stderr: String::new() };
    let patience = Instant::now() + bounds.limit;
    loop {
        match ended.recv_timeout(Duration::from_millis(50)) {
            Ok((true, text)) => output.stdout = text,
            Ok((false, text)) => output.stderr = text,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        // Dropping the child ends it.
        if Instant::now() > patience {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if bounds.orders.is_some_and(|o| matches!(*o.borrow(), Order::Cancel | Order::Stop)) {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
    loop {
        if let Some(status) = running.has_ended()? {
            output.success = status.success();
            output.signal = process::ended_by(status);
            return Ok(output);
        }
        if Instant::now() > patience {
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
