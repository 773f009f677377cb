//! Runs one ffmpeg process from spawn to end, supervised by the thread that spawned it (on Linux the child dies with
//! that thread).
//!
//! Guarantees that both pipes are always drained with bounded memory, that orders are followed within 0.1 s whatever
//! the drive of the part file does, that a stalled process is ended, and that `run` returns only after the child has
//! ended.

use super::child::{self, Running};
use super::filter_input::FilterInput;
use super::growth::{self, Excess};
use super::pace::Pace;
pub use super::part::Part;
use super::part::{Looks, Seen};
use super::report::Reader;
use super::statistics::InputStats;
use super::watchdog::{self, Watchdog};
use super::{Control, Controls, pipe, process};
use crate::clock::Clock;
use crate::job::ChildId;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::system::message;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// What to run, and its limits.
pub struct Request<'a> {
    /// Path of ffmpeg.
    pub program: &'a Path,
    /// Its arguments.
    pub args: &'a [OsString],
    /// The part file, whose growth is watched; `None` for a step that does not write it.
    pub part: Option<Part<'a>>,
    /// Largest allowed size of that file in bytes.
    pub ceiling: u64,
    /// Length of the video in microseconds, for the percentage.
    pub total_us: Option<u64>,
    /// Orders to the running process.
    pub orders: &'a Controls,
    /// Limits.
    pub policy: &'a Policy,
    /// Source of awake time.
    pub clock: &'a dyn Clock,
}

/// An event of a running process.
#[derive(Debug)]
pub enum RunEvent {
    /// It was started, with this process id.
    Started(ChildId),
    /// It made progress.
    Progress(Progress),
    /// It was suspended (`true`) or resumed (`false`).
    Suspended(bool),
}

/// How a process ended.
#[derive(Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// It exited with this code.
    Exited(i32),
    /// A signal from outside ended it.
    Signalled(i32),
    /// It stalled and was ended.
    Stalled,
    /// It exceeded a limit of its output and was ended.
    Exceeded(Excess),
    /// The user cancelled it.
    Cancelled,
    /// The engine stopped it.
    Stopped,
    /// It could not be started or awaited.
    NotStarted(io::ErrorKind, String),
}

/// All results of a run.
#[derive(Debug)]
pub struct RunReport {
    /// How the process ended.
    pub ended: RunEnd,
    /// `progress=end` was seen.
    pub saw_end: bool,
    /// Statistics of what was read from each input stream.
    pub inputs: Vec<InputStats>,
    /// Log lines of level error or fatal, without file names.
    pub errors: Vec<String>,
    /// Components that logged these errors, such as `h264` or `aist#0:1/aac`.
    pub complained: BTreeSet<String>,
    /// The input ended earlier than its index states.
    pub cut_short: bool,
    /// Frames dropped because others have the same time stamp.
    pub dropped: u64,
    /// Invalid time stamps of the copied video stream were replaced by guessed ones.
    pub guessed: bool,
    /// The input of the filters.
    pub given: FilterInput,
    /// The last 16 KiB of the log.
    pub log_tail: String,
    /// The last progress, with its percentage.
    pub progress: Progress,
}

enum Line {
    Progress(String),
    Log(String),
}

/// Interval at which the supervisor checks the process and its orders.
const TURN: Duration = Duration::from_millis(100);
/// Lines buffered from the pipes; with a full buffer ffmpeg blocks.
const BACKLOG: usize = 256;

/// Runs the process to its end.
pub fn run(request: &Request<'_>, notify: &mut dyn FnMut(RunEvent)) -> RunReport {
    let mut running = match child::ffmpeg(request.program, request.args, request.policy.nice) {
        Ok(running) => running,
        Err(e) => return not_started(&e),
    };
    if let Some(id) = process::identify(running.id()) {
        notify(RunEvent::Started(id));
    }
    let lines = read_pipes(&mut running);
    let mut supervisor = Supervisor::new(request, running);
    let status = supervisor.follow(&lines, notify);
    supervisor.report(status)
}

fn not_started(error: &io::Error) -> RunReport {
    let reader = Reader::default();
    report(RunEnd::NotStarted(error.kind(), error.to_string()), reader)
}

fn report(ended: RunEnd, reader: Reader) -> RunReport {
    let log_tail = reader.log_tail();
    let Reader { progress, saw_end, inputs, errors, complained, cut_short, dropped, guessed, given, .. } =
        reader;
    RunReport {
        ended,
        saw_end,
        inputs,
        errors,
        complained,
        cut_short,
        dropped,
        guessed,
        given,
        log_tail,
        progress,
    }
}

/// Starts two reader threads, which end when the pipes close.
fn read_pipes(running: &mut Running) -> Receiver<Line> {
    let (sender, lines) = sync_channel(BACKLOG);
    if let Some((stdout, stderr)) = running.take_pipes() {
        let log = sender.clone();
        std::thread::spawn(move || pipe::send_lines(stdout, &sender, Line::Progress));
        std::thread::spawn(move || pipe::send_lines(stderr, &log, Line::Log));
    }
    lines
}

/// A stepwise end: `q`, terminate, kill.
struct Ending {
    why: RunEnd,
    stage: u8,
    next: Instant,
}

struct Supervisor<'a> {
    request: &'a Request<'a>,
    running: Running,
    reader: Reader,
    reported: Progress,
    reported_at: Option<Instant>,
    watchdog: Watchdog,
    looks: Looks,
    pace: Pace,
    suspended: bool,
    ending: Option<Ending>,
}

impl<'a> Supervisor<'a> {
    fn new(request: &'a Request<'a>, running: Running) -> Self {
        Supervisor {
            request,
            running,
            reader: Reader::new(request.args),
            reported: Progress::default(),
            reported_at: None,
            watchdog: Watchdog::new(request.clock.awake()),
            looks: Looks::default(),
            pace: Pace::new(request.clock.awake()),
            suspended: false,
            ending: None,
        }
    }

    fn follow(&mut self, lines: &Receiver<Line>, notify: &mut dyn FnMut(RunEvent)) -> io::Result<ExitStatus> {
        let mut looked = Instant::now();
        let mut ended_since = None;
        loop {
            let open = match lines.recv_timeout(TURN) {
                Ok(line) => {
                    self.take(line, notify);
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::park_timeout(TURN / 10);
                    false
                }
            };
            if open && looked.elapsed() < TURN {
                continue;
            }
            looked = Instant::now();
            if let Some(status) = self.running.has_ended()? {
                // A grandchild may keep the pipes open: reading ends 1 s after the end of the child.
                let since = *ended_since.get_or_insert_with(Instant::now);
                if !open || since.elapsed() > Duration::from_secs(1) {
                    return Ok(status);
                }
            } else {
                self.follow_order(notify);
                self.watch();
                self.continue_ending();
            }
        }
    }

    fn take(&mut self, line: Line, notify: &mut dyn FnMut(RunEvent)) {
        match line {
            Line::Log(line) => self.reader.take_log(&line),
            Line::Progress(line) => {
                self.reader.take_progress(&line);
                if line.starts_with("progress=") {
                    self.report_progress(notify);
                }
            }
        }
    }

    fn report_progress(&mut self, notify: &mut dyn FnMut(RunEvent)) {
        let progress = self.pace.of(self.reader.progress, self.request.clock.awake());
        self.reported = progress.of_total(self.request.total_us, &self.reported);
        if self.reported_at.is_none_or(|at| at.elapsed() >= self.request.policy.progress_event) {
            self.reported_at = Some(Instant::now());
            notify(RunEvent::Progress(self.reported));
        }
    }

    fn follow_order(&mut self, notify: &mut dyn FnMut(RunEvent)) {
        match *self.request.orders.borrow() {
            Control::Go if self.suspended => self.suspend(false, notify),
            Control::Suspend if !self.suspended && self.ending.is_none() => self.suspend(true, notify),
            Control::Cancel => self.end(RunEnd::Cancelled),
            Control::Stop => self.end(RunEnd::Stopped),
            Control::Go | Control::Suspend => {}
        }
    }

    fn suspend(&mut self, still: bool, notify: &mut dyn FnMut(RunEvent)) {
        if !self.running.suspend(still) && still {
            // This system cannot suspend: the encode is stopped; the hold of the job prevents another start.
            return self.end(RunEnd::Stopped);
        }
        self.suspended = still;
        self.watchdog.restart(self.request.clock.awake());
        self.pace.suspend(still, self.request.clock.awake());
        notify(RunEvent::Suspended(still));
    }

    /// Starts to end the process. A cancel speeds up a slower end.
    fn end(&mut self, why: RunEnd) {
        let is_cancel = why == RunEnd::Cancelled;
        match &mut self.ending {
            Some(ending) if is_cancel && ending.why != RunEnd::Cancelled => {
                (ending.why, ending.next) = (why, Instant::now() + self.request.policy.cancel_grace);
            }
            Some(_) => {}
            None => {
                if self.suspended {
                    self.running.suspend(false);
                }
                self.running.ask_to_quit();
                let next = Instant::now() + self.grace(is_cancel);
                self.ending = Some(Ending { why, stage: 0, next });
            }
        }
    }

    fn grace(&self, is_cancel: bool) -> Duration {
        if is_cancel { self.request.policy.cancel_grace } else { self.request.policy.stop_grace }
    }

    fn watch(&mut self) {
        let (awake, policy) = (self.request.clock.awake(), self.request.policy);
        if self.suspended || self.ending.is_some() || !self.watchdog.wants_a_look(awake, policy) {
            return;
        }
        // The supervisor of the attempt handles silent drives; here the last answer counts.
        let seen = self.request.part.map_or(Seen::default(), |part| self.looks.look(part));
        let signs = watchdog::signs(&self.reader, seen.file, self.running.id());
        if self.watchdog.look(signs, awake, policy) {
            self.end(RunEnd::Stalled);
        } else if let Some(excess) = self.excess(seen) {
            self.end(RunEnd::Exceeded(excess));
        }
    }

    fn excess(&self, seen: Seen) -> Option<Excess> {
        let written = seen.file.map_or(0, |(bytes, _)| bytes);
        growth::excess(written, self.request.ceiling, seen.free, self.request.policy.disk_reserve)
    }

    fn continue_ending(&mut self) {
        let Some(ending) = self.ending.as_ref().filter(|e| e.next <= Instant::now()) else { return };
        let (stage, grace) = (ending.stage, self.grace(ending.why == RunEnd::Cancelled));
        match stage {
            0 => self.running.terminate(),
            _ => self.running.kill(),
        }
        if let Some(ending) = &mut self.ending {
            (ending.stage, ending.next) = (stage.saturating_add(1), Instant::now() + grace);
        }
    }

    fn report(mut self, status: io::Result<ExitStatus>) -> RunReport {
        self.reader.progress = self.reader.progress.of_total(self.request.total_us, &self.reported);
        let ended = match (self.ending, status) {
            (Some(ending), _) => ending.why,
            (None, Ok(status)) => of_status(status),
            (None, Err(e)) => RunEnd::NotStarted(e.kind(), message(&e)),
        };
        report(ended, self.reader)
    }
}

fn of_status(status: ExitStatus) -> RunEnd {
    process::ended_by(status).map_or_else(|| RunEnd::Exited(status.code().unwrap_or(-1)), RunEnd::Signalled)
}
