//! One process from spawn to end, supervised by the thread that spawned it (on Linux the child dies with that
//! very thread).
//!
//! Guarantees that both pipes are always drained with bounded memory, that orders are followed within a tenth
//! of a second whatever the drive of the part file does, that a stalled process is ended, and that this returns only when
//! the child is gone.

use super::child::{self, Running};
use super::given::Given;
use super::growth::{self, Excess};
use super::pace::Pace;
pub use super::part::Part;
use super::part::{Looks, Seen};
use super::report::Reader;
use super::statistics::InputStats;
use super::watchdog::{self, Watchdog};
use super::{Order, Orders, pipe, process};
use crate::clock::Clock;
use crate::job::ChildId;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::system::said;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// What to run, and what bounds it.
pub struct Request<'a> {
    /// The ffmpeg.
    pub program: &'a Path,
    /// Its arguments.
    pub args: &'a [OsString],
    /// The file it writes, watched for growth; `None` where what it writes is of no size.
    pub part: Option<Part<'a>>,
    /// Bytes beyond which that file has run away.
    pub ceiling: u64,
    /// Length of the video in microseconds, for the percentage.
    pub total_us: Option<u64>,
    /// What it is told meanwhile.
    pub orders: &'a Orders,
    /// Limits.
    pub policy: &'a Policy,
    /// Time.
    pub clock: &'a dyn Clock,
}

/// What happens while it runs.
#[derive(Debug)]
pub enum Happened {
    /// It runs as this process.
    Started(ChildId),
    /// It got on.
    Progress(Progress),
    /// It stands still by order, or goes on.
    Suspended(bool),
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal that was not ours.
    Signalled(i32),
    /// Nothing moved any more.
    Stalled,
    /// By the watch over its output, before that did harm.
    Exceeded(Excess),
    /// By the user's order.
    Cancelled,
    /// By the engine's order.
    Stopped,
    /// It could not be started.
    NotStarted(io::ErrorKind, String),
}

/// Everything known after the end.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub ended: Ended,
    /// `progress=end` was seen.
    pub saw_end: bool,
    /// What was read of each input stream.
    pub inputs: Vec<InputStats>,
    /// Lines of level error or fatal, without the names of files.
    pub errors: Vec<String>,
    /// Components that wrote those: `h264`, `aist#0:1/aac`.
    pub complained: BTreeSet<String>,
    /// The input ended before its index said.
    pub cut_short: bool,
    /// Frames left out because others have the same time.
    pub dropped: u64,
    /// Time stamps of the copied picture were invalid and were guessed.
    pub guessed: bool,
    /// What the filters were given.
    pub given: Given,
    /// The last 16 KiB of the log.
    pub log_tail: String,
    /// The last reading, with its percentage.
    pub progress: Progress,
}

enum Line {
    Progress(String),
    Log(String),
}

/// How often the supervisor looks up from the pipes.
const TURN: Duration = Duration::from_millis(100);
/// Lines that may wait; beyond that ffmpeg waits.
const BACKLOG: usize = 256;

/// Runs it to its end.
pub fn run(request: &Request<'_>, tell: &mut dyn FnMut(Happened)) -> Report {
    let mut running = match child::ffmpeg(request.program, request.args, request.policy.nice) {
        Ok(running) => running,
        Err(e) => return not_started(&e),
    };
    if let Some(id) = process::identify(running.id()) {
        tell(Happened::Started(id));
    }
    let lines = read_pipes(&mut running);
    let mut supervisor = Supervisor::new(request, running);
    let status = supervisor.follow(&lines, tell);
    supervisor.report(status)
}

fn not_started(error: &io::Error) -> Report {
    let reader = Reader::default();
    report(Ended::NotStarted(error.kind(), error.to_string()), reader)
}

fn report(ended: Ended, reader: Reader) -> Report {
    let log_tail = reader.log_tail();
    let Reader { progress, saw_end, inputs, errors, complained, cut_short, dropped, guessed, given, .. } =
        reader;
    Report {
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

/// Two threads that end when the pipes close.
fn read_pipes(running: &mut Running) -> Receiver<Line> {
    let (sender, lines) = sync_channel(BACKLOG);
    if let Some((stdout, stderr)) = running.take_pipes() {
        let log = sender.clone();
        std::thread::spawn(move || pipe::send_lines(stdout, &sender, Line::Progress));
        std::thread::spawn(move || pipe::send_lines(stderr, &log, Line::Log));
    }
    lines
}

/// A rung-by-rung end: `q`, terminate, kill.
struct Ending {
    why: Ended,
    rung: u8,
    next: Instant,
}

struct Supervisor<'a> {
    request: &'a Request<'a>,
    running: Running,
    reader: Reader,
    told: Progress,
    told_at: Option<Instant>,
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
            told: Progress::default(),
            told_at: None,
            watchdog: Watchdog::new(request.clock.awake()),
            looks: Looks::default(),
            pace: Pace::new(request.clock.awake()),
            suspended: false,
            ending: None,
        }
    }

    fn follow(&mut self, lines: &Receiver<Line>, tell: &mut dyn FnMut(Happened)) -> io::Result<ExitStatus> {
        let mut looked = Instant::now();
        let mut silent_since = None;
        loop {
            let open = match lines.recv_timeout(TURN) {
                Ok(line) => {
                    self.take(line, tell);
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
                // A grandchild may hold the pipes open: it is given a moment, then no longer listened to.
                let since = *silent_since.get_or_insert_with(Instant::now);
                if !open || since.elapsed() > Duration::from_secs(1) {
                    return Ok(status);
                }
            } else {
                self.obey(tell);
                self.watch();
                self.climb();
            }
        }
    }

    fn take(&mut self, line: Line, tell: &mut dyn FnMut(Happened)) {
        match line {
            Line::Log(line) => self.reader.take_log(&line),
            Line::Progress(line) => {
                self.reader.take_progress(&line);
                if line.starts_with("progress=") {
                    self.tell_progress(tell);
                }
            }
        }
    }

    fn tell_progress(&mut self, tell: &mut dyn FnMut(Happened)) {
        let said = self.pace.of(self.reader.progress, self.request.clock.awake());
        self.told = said.of_total(self.request.total_us, &self.told);
        if self.told_at.is_none_or(|at| at.elapsed() >= self.request.policy.progress_event) {
            self.told_at = Some(Instant::now());
            tell(Happened::Progress(self.told));
        }
    }

    fn obey(&mut self, tell: &mut dyn FnMut(Happened)) {
        match *self.request.orders.borrow() {
            Order::Go if self.suspended => self.suspend(false, tell),
            Order::Suspend if !self.suspended && self.ending.is_none() => self.suspend(true, tell),
            Order::Cancel => self.end(Ended::Cancelled),
            Order::Stop => self.end(Ended::Stopped),
            Order::Go | Order::Suspend => {}
        }
    }

    fn suspend(&mut self, still: bool, tell: &mut dyn FnMut(Happened)) {
        if !self.running.suspend(still) && still {
            // This system cannot suspend: the encode is stopped; the job's hold keeps it from starting again.
            return self.end(Ended::Stopped);
        }
        self.suspended = still;
        self.watchdog.restart(self.request.clock.awake());
        self.pace.suspend(still, self.request.clock.awake());
        tell(Happened::Suspended(still));
    }

    /// Begins to end it; a cancel overtakes a slower end.
    fn end(&mut self, why: Ended) {
        let hurry = why == Ended::Cancelled;
        match &mut self.ending {
            Some(ending) if hurry && ending.why != Ended::Cancelled => {
                (ending.why, ending.next) = (why, Instant::now() + self.request.policy.cancel_grace);
            }
            Some(_) => {}
            None => {
                if self.suspended {
                    self.running.suspend(false);
                }
                self.running.ask_to_quit();
                let next = Instant::now() + self.grace(hurry);
                self.ending = Some(Ending { why, rung: 0, next });
            }
        }
    }

    fn grace(&self, hurry: bool) -> Duration {
        if hurry { self.request.policy.cancel_grace } else { self.request.policy.stop_grace }
    }

    fn watch(&mut self) {
        let (awake, policy) = (self.request.clock.awake(), self.request.policy);
        if self.suspended || self.ending.is_some() || !self.watchdog.wants_a_look(awake, policy) {
            return;
        }
        // A drive that does not answer is its supervisor's to judge; here the last answer counts.
        let seen = self.request.part.map_or(Seen::default(), |part| self.looks.look(part));
        let signs = watchdog::signs(&self.reader, seen.file, self.running.id());
        if self.watchdog.look(signs, awake, policy) {
            self.end(Ended::Stalled);
        } else if let Some(excess) = self.excess(seen) {
            self.end(Ended::Exceeded(excess));
        }
    }

    fn excess(&self, seen: Seen) -> Option<Excess> {
        let written = seen.file.map_or(0, |(bytes, _)| bytes);
        growth::excess(written, self.request.ceiling, seen.free, self.request.policy.disk_reserve)
    }

    fn climb(&mut self) {
        let Some(ending) = self.ending.as_ref().filter(|e| e.next <= Instant::now()) else { return };
        let (rung, grace) = (ending.rung, self.grace(ending.why == Ended::Cancelled));
        match rung {
            0 => self.running.terminate(),
            _ => self.running.kill(),
        }
        if let Some(ending) = &mut self.ending {
            (ending.rung, ending.next) = (rung.saturating_add(1), Instant::now() + grace);
        }
    }

    fn report(mut self, status: io::Result<ExitStatus>) -> Report {
        self.reader.progress = self.reader.progress.of_total(self.request.total_us, &self.told);
        let ended = match (self.ending, status) {
            (Some(ending), _) => ending.why,
            (None, Ok(status)) => of_status(status),
            (None, Err(e)) => Ended::NotStarted(e.kind(), said(&e)),
        };
        report(ended, self.reader)
    }
}

fn of_status(status: ExitStatus) -> Ended {
    process::ended_by(status).map_or_else(|| Ended::Exited(status.code().unwrap_or(-1)), Ended::Signalled)
}
