//! A call of a tool whose answer is wanted whole, under a time limit: a short one kept as it is and bounded, a long
//! one read as it comes.

use super::child;
use super::pipe;
use super::process;
use super::{Order, Orders};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ChildStdout;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// What a tool answered.
#[derive(Debug, Default)]
pub(super) struct Output<T = String> {
    pub(super) success: bool,
    /// The signal that ended it, where one did: then its answer means nothing.
    pub(super) signal: Option<i32>,
    pub(super) stdout: T,
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
    capture_by(program, args, bounds, |stdout| pipe::read_at_most(stdout, LARGEST))
}

/// The same of an answer of any length, of which only what `read` makes of it is kept.
pub(super) fn capture_by<T: Default + Send + 'static>(
    program: &Path,
    args: &[OsString],
    bounds: &Bounds<'_>,
    read: impl FnOnce(ChildStdout) -> T + Send + 'static,
) -> io::Result<Output<T>> {
    let mut running = child::tool(program, args, bounds.memory)?;
    let (sender, ended) = channel();
    if let Some((stdout, stderr)) = running.take_pipes() {
        let other = sender.clone();
        std::thread::spawn(move || sender.send(Ok(read(stdout))));
        std::thread::spawn(move || other.send(Err(pipe::read_at_most(stderr, LARGEST / 16))));
    }
    let mut output = Output::default();
    let patience = Instant::now() + bounds.limit;
    loop {
        match ended.recv_timeout(Duration::from_millis(50)) {
            Ok(Ok(answer)) => output.stdout = answer,
            Ok(Err(text)) => output.stderr = text,
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::media::Measuring;

    #[test]
    fn a_long_answer_is_read_to_its_end() {
        let script = r#"BEGIN { for (n = 0; n < 600000; n++) printf "0|%.6f|%.6f|1.000000\n", n, n }"#;
        let args = [OsString::from(script)];
        let bounds = Bounds { limit: Duration::from_mins(1), memory: None, orders: None };
        let measure = |stdout| {
            let mut measuring = Measuring::default();
            pipe::each_line(stdout, |line| measuring.take(line));
            measuring.done()
        };
        let told = capture_by(Path::new("/usr/bin/awk"), &args, &bounds, measure).unwrap();
        let span = &told.stdout.streams[&0];
        assert_eq!((span.packets, span.seconds), (600_000, 600_000.0), "22 MB of it");
        assert!(told.success && span.gaps.is_empty());
    }
}
