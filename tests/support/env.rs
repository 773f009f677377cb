//! The environment of a test: a data folder, a folder of videos, a folder for results, and the command line under test.

use crate::wait_until;
use serde_json::Value;
use spool_app::view::JobView;
use spool_core::clock::SystemClock;
use spool_core::engine::open_queue;
use spool_core::job::Job;
use spool_core::ledger::Difference;
use spool_core::queue::{Details, Filter, Lists};
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Id of a user without privileges, who owns no files.
#[cfg(unix)]
const UNPRIVILEGED: u32 = 65_534;

/// A temporary folder with everything that a test needs; deleted when dropped.
pub struct TestEnv {
    dir: TempDir,
}

/// The output of a call of the command line.
#[derive(Debug)]
pub struct Answer {
    /// Exit code; 128 if it was ended by a signal.
    pub code: i32,
    /// Everything on stdout.
    pub stdout: String,
    /// Everything on stderr.
    pub stderr: String,
}

impl Answer {
    /// Parses stdout as JSON, one value per line.
    pub fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// Maximum duration of a call.
const LIMIT: Duration = Duration::from_mins(2);

impl Default for TestEnv {
    fn default() -> Self {
        Self::new()
    }
}

impl TestEnv {
    /// Creates an empty environment.
    pub fn new() -> TestEnv {
        let env = TestEnv { dir: tempfile::tempdir().unwrap() };
        for folder in [env.data(), env.videos(), env.out()] {
            std::fs::create_dir(folder).unwrap();
        }
        env
    }

    /// Returns the data folder.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Returns the folder of sources.
    pub fn videos(&self) -> PathBuf {
        self.dir.path().join("videos")
    }

    /// Returns the folder of results.
    pub fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    /// Copies `clip` into the folder of sources under this name, and returns the path of the copy.
    pub fn video(&self, clip: &Path, name: &str) -> PathBuf {
        let path = self.videos().join(name);
        std::fs::copy(clip, &path).unwrap();
        path
    }

    /// Selects the fake ffmpeg in the settings (see `fake_ffmpeg.rs`).
    pub fn use_fake_ffmpeg(&self) {
        self.settings(&serde_json::json!({ "ffmpeg": binary("fake-ffmpeg") }));
    }

    /// Writes the settings file.
    pub fn settings(&self, settings: &Value) {
        std::fs::write(self.data().join("settings.json"), settings.to_string()).unwrap();
    }

    fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = with_default_signals(&binary("spool-under-test"));
        self.set_up(command.args(args));
        command
    }

    fn set_up<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("SPOOL_DATA_DIR", self.data()).current_dir(self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped())
    }

    /// Calls the command line and waits for its end.
    pub fn spool(&self, args: &[&str]) -> Answer {
        self.start(args).answer()
    }

    /// Does the same with arguments that need not be UTF-8.
    pub fn spool_os(&self, args: &[&OsStr]) -> Answer {
        Running::of(&mut self.command(args)).answer()
    }

    /// Does the same with ten times the time limit.
    pub fn spool_slowly(&self, args: &[&str]) -> Answer {
        self.start(args).answer_within(LIMIT * 10)
    }

    /// Calls the command line through another program, for example a tracer. Returns `None` if that is not installed.
    pub fn under(&self, program: &str, program_args: &[&str], args: &[&str]) -> Option<Answer> {
        let mut command = Command::new(program);
        command.args(program_args).arg(binary("spool-under-test")).args(args);
        self.set_up(&mut command).spawn().ok().map(|child| Running::read(child).answer())
    }

    /// Changes the owner of the folders to an unprivileged user, to whom permissions apply. Prints `SKIPPED` and
    /// returns false if this user cannot.
    #[cfg(unix)]
    pub fn give_to_other_user(&self) -> bool {
        let root = self.data().join("..");
        let given = [self.data(), self.out(), self.videos(), root]
            .iter()
            .all(|folder| std::os::unix::fs::chown(folder, Some(UNPRIVILEGED), None).is_ok());
        if !given {
            eprintln!("SKIPPED: only root can run the queue as another user");
        }
        given
    }

    /// Calls the command line as the unprivileged user, and waits for its end. Only root can.
    #[cfg(unix)]
    pub fn spool_as_other_user(&self, args: &[&str]) -> Answer {
        use std::os::unix::process::CommandExt;
        Running::of(self.command(args).uid(UNPRIVILEGED).gid(UNPRIVILEGED)).answer()
    }

    /// Starts the command line with its stdout closed, like a pipe whose reader has ended.
    pub fn start_unread(&self, args: &[&str]) -> Child {
        let mut child = self.command(args).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        child
    }

    /// Starts the command line without waiting for its end.
    pub fn start(&self, args: &[&str]) -> Running {
        self.start_with(args, &[])
    }

    /// Does the same with these environment variables.
    pub fn start_with(&self, args: &[&str], variables: &[(&str, String)]) -> Running {
        let mut command = self.command(args);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        Running::of(&mut command)
    }

    /// Does the same from a shell that ignores these signals ("HUP INT"), like `nohup`.
    #[cfg(unix)]
    pub fn start_ignoring(&self, signals: &str, args: &[&str]) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("trap '' {signals}; exec \"$@\""), "sh"]);
        Running::of(self.set_up(command.arg(binary("spool-under-test")).args(args)))
    }

    /// Returns the paths of all files below the folder of results, relative to it and sorted. Includes hidden files,
    /// and so part files.
    pub fn results(&self) -> Vec<String> {
        let files = walkdir::WalkDir::new(self.out()).into_iter().map(Result::unwrap);
        let files = files.filter(|entry| !entry.file_type().is_dir());
        let below = |entry: walkdir::DirEntry| {
            entry.path().strip_prefix(self.out()).unwrap().to_string_lossy().into_owned()
        };
        let mut names: Vec<_> = files.map(below).collect();
        names.sort();
        names
    }

    /// Returns the jobs in the format of `spool list --json`, by their position in the queue; ended jobs keep theirs.
    /// Reads them in this process, because tests call it many times a second.
    pub fn jobs(&self) -> Vec<Value> {
        let queue = open_queue(&self.data(), Arc::new(SystemClock::default())).unwrap();
        let mut jobs = queue.page(&Filter::default(), 0, u64::MAX >> 1).unwrap();
        jobs.sort_by_key(|job| job.position);
        jobs.iter().map(|job| serde_json::to_value(JobView::of(job, None)).unwrap()).collect()
    }

    /// Returns the differences that the last attempt of each job found, with the name of its source and its preset.
    pub fn changes(&self) -> Vec<(String, String, Difference)> {
        let queue = open_queue(&self.data(), Arc::new(SystemClock::default())).unwrap();
        let of = |job: &Job| {
            let source = job.source.file_name().unwrap().to_string_lossy().into_owned();
            let preset = job.spec.as_ref().map(|spec| spec.preset.id.clone()).unwrap_or_default();
            let last = queue.attempts(job.id).unwrap().pop().and_then(|attempt| attempt.verification);
            let changes = last.map(|verification| verification.changes).unwrap_or_default();
            changes
                .into_iter()
                .map(move |change| (source.clone(), preset.clone(), change))
                .collect::<Vec<_>>()
        };
        queue.page(&Filter::default(), 0, u64::MAX >> 1).unwrap().iter().flat_map(of).collect()
    }

    /// Panics if a job changed or lost a property without a reason in its plan.
    pub fn assert_all_planned(&self) {
        let unplanned: Vec<_> =
            self.changes().into_iter().filter(|(.., change)| change.why.is_none()).collect();
        assert!(unplanned.is_empty(), "unplanned changes: {unplanned:#?}");
    }
}

/// Returns a command with the default signal handling: a shell may have started the tests in the background, where it
/// ignores some signals.
pub fn with_default_signals(program: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    // By its absolute path, because a test may remove PATH for the program.
    let mut command = Command::new("/usr/bin/env");
    command.arg("--default-signal=INT,HUP").arg(program);
    command
}

/// Creates an executable shell script with these lines.
#[cfg(unix)]
pub fn script(path: &Path, lines: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Returns the path of a binary of this package, in the folder of the test binary or its parent.
pub fn binary(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Collects the output of a pipe on a thread.
struct Reader {
    thread: std::thread::JoinHandle<()>,
    read: Arc<Mutex<Vec<u8>>>,
}

impl Reader {
    fn of(mut pipe: impl Read + Send + 'static) -> Reader {
        let read = Arc::new(Mutex::new(Vec::new()));
        let keep = read.clone();
        let thread = std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(n @ 1..) = pipe.read(&mut part) {
                keep.lock().unwrap().extend_from_slice(&part[..n]);
            }
        });
        Reader { thread, read }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.read.lock().unwrap()).into_owned()
    }

    fn all(self) -> String {
        let Reader { thread, read } = self;
        thread.join().unwrap();
        String::from_utf8_lossy(&read.lock().unwrap()).into_owned()
    }
}

/// A running command line; killed when dropped.
pub struct Running {
    child: Child,
    output: Option<(Reader, Reader)>,
}

impl Running {
    fn of(command: &mut Command) -> Running {
        Running::read(command.spawn().expect("spool-under-test is built"))
    }

    fn read(mut child: Child) -> Running {
        let stdout = Reader::of(child.stdout.take().unwrap());
        let stderr = Reader::of(child.stderr.take().unwrap());
        Running { child, output: Some((stdout, stderr)) }
    }

    /// Returns its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, like a crash.
    pub fn crash(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Checks whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Returns its output so far: stdout, then stderr.
    pub fn so_far(&self) -> String {
        let both = self.output.as_ref().map(|(stdout, stderr)| stdout.so_far() + &stderr.so_far());
        both.unwrap_or_default()
    }

    /// Waits for its end and returns its output.
    pub fn answer(self) -> Answer {
        self.answer_within(LIMIT)
    }

    fn answer_within(mut self, limit: Duration) -> Answer {
        let mut code = None;
        wait_until("the command to end", limit, || {
            code = self.child.try_wait().unwrap();
            code.is_some()
        });
        let (stdout, stderr) = self.output.take().unwrap();
        let code = code.unwrap().code().unwrap_or(128);
        Answer { code, stdout: stdout.all(), stderr: stderr.all() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
