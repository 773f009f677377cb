//! Runs a tool under a time limit and returns its whole output: stored and bounded if it is short, parsed as a stream
//! if it is long.

use super::child::{self, Running};
use super::exec::Limits;
use super::pipe;
use super::process;
use super::{Control, Controls};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ChildStdout;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The result of a call.
#[derive(Debug, Default)]
pub(super) struct Output<T = String> {
    pub(super) success: bool,
    /// The signal that ended the tool; its output is invalid then.
    pub(super) signal: Option<i32>,
    pub(super) stdout: T,
    pub(super) stderr: String,
}

/// Bounds of a call.
pub(super) struct Bounds<'a> {
    /// Time limit.
    pub(super) limit: Duration,
    /// Largest address space in bytes.
    pub(super) memory: Option<u64>,
    /// Cancel and stop end the tool early; suspended time does not count.
    pub(super) orders: Option<&'a Controls>,
    /// See `Policy::nice`.
    pub(super) nice: i32,
}

/// Most bytes of stdout kept; ffprobe's answer for a file with a thousand chapters is about a megabyte.
const OUTPUT_LIMIT: u64 = 16 << 20;

/// Runs `program`.
///
/// # Errors
/// `TimedOut` after the time limit, `Interrupted` by an order.
pub(super) fn capture(program: &Path, args: &[OsString], bounds: &Bounds<'_>) -> io::Result<Output> {
    capture_by(program, args, bounds, |stdout| pipe::read_at_most(stdout, OUTPUT_LIMIT))
}

/// As [`capture`], for output of any length: keeps only what `read` returns.
pub(super) fn capture_by<T: Default + Send + 'static>(
    program: &Path,
    args: &[OsString],
    bounds: &Bounds<'_>,
    read: impl FnOnce(ChildStdout) -> T + Send + 'static,
) -> io::Result<Output<T>> {
    let mut running = child::tool(program, args, Limits { memory: bounds.memory, nice: bounds.nice })?;
    let (sender, ended) = channel();
    if let Some((stdout, stderr)) = running.take_pipes() {
        let other = sender.clone();
        std::thread::spawn(move || sender.send(Ok(read(stdout))));
        std::thread::spawn(move || other.send(Err(pipe::read_at_most(stderr, OUTPUT_LIMIT / 16))));
    }
    let mut output = Output::default();
    let mut deadline = Deadline { until: Instant::now() + bounds.limit, suspended: None };
    loop {
        match ended.recv_timeout(Duration::from_millis(50)) {
            Ok(Ok(answer)) => output.stdout = answer,
            Ok(Err(text)) => output.stderr = text,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        // Dropping the child ends it.
        deadline.check(bounds, &running)?;
    }
    loop {
        if let Some(status) = running.has_ended()? {
            output.success = status.success();
            output.signal = process::ended_by(status);
            return Ok(output);
        }
        if Instant::now() > deadline.until {
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// A deadline that suspended time extends.
struct Deadline {
    until: Instant,
    suspended: Option<Instant>,
}

impl Deadline {
    /// Follows the orders. Fails where an order ends the tool, or the deadline has passed.
    fn check(&mut self, bounds: &Bounds<'_>, running: &Running) -> io::Result<()> {
        match bounds.orders.map_or(Control::Go, |orders| *orders.borrow()) {
            Control::Cancel | Control::Stop => return Err(io::ErrorKind::Interrupted.into()),
            Control::Suspend if self.suspended.is_none() && running.suspend(true) => {
                self.suspended = Some(Instant::now());
            }
            Control::Suspend => {}
            Control::Go => {
                if let Some(since) = self.suspended.take() {
                    running.suspend(false);
                    self.until += since.elapsed();
                }
            }
        }
        let late = self.suspended.is_none() && Instant::now() > self.until;
        if late { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::media::Measuring;

    #[test]
    fn suspended_time_does_not_count_against_the_limit() {
        let (give, orders) = tokio::sync::watch::channel(Control::Suspend);
        let (ms, started) = (Duration::from_millis, Instant::now());
        let bounds = Bounds { limit: ms(500), memory: None, orders: Some(&orders), nice: 10 };
        let (pause, limit) = (ms(800), bounds.limit);
        let (answer, took) = std::thread::scope(|scope| {
            scope.spawn(move || {
                while let Some(left) = pause.checked_sub(started.elapsed()) {
                    std::thread::park_timeout(left);
                }
                give.send_replace(Control::Go);
                give
            });
            (capture(Path::new("/bin/sleep"), &["0.3".into()], &bounds), started.elapsed())
        });
        assert!(answer.is_ok_and(|answer| answer.success));
        assert!(took > limit, "without the suspension it would have ended sooner: {took:?}");
    }

    #[test]
    fn long_output_is_read_to_its_end() {
        let script = r#"BEGIN { for (n = 0; n < 600000; n++) printf "0|%.6f|%.6f|1.000000\n", n, n }"#;
        let args = [OsString::from(script)];
        let bounds = Bounds { limit: Duration::from_mins(1), memory: None, orders: None, nice: 10 };
        let measure = |stdout| {
            let mut measuring = Measuring::default();
            pipe::each_line(stdout, |line| measuring.take(line));
            measuring.done()
        };
        let answer = capture_by(Path::new("/usr/bin/awk"), &args, &bounds, measure).unwrap();
        let span = &answer.stdout.streams[&0];
        assert_eq!((span.packets, span.seconds), (600_000, 600_000.0), "22 MB of output");
        assert!(answer.success && span.gaps.is_empty());
    }
}
