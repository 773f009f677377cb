//! Spawning of child processes: a known environment, a process group, pipes, and guaranteed termination.

use super::exec::{self, Limits};
use super::process;
use ffmpeg_sidecar::command::FfmpegCommand;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

/// Variables that a child inherits, for the system, temporary files and graphics drivers.
const ENVIRONMENT: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "LIBVA_DRIVER_NAME",
    "LIBVA_DRIVERS_PATH",
    "VDPAU_DRIVER",
    "CUDA_VISIBLE_DEVICES",
    "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES",
    "XDG_RUNTIME_DIR",
];

/// A running child: pipes for all three streams, in a process group of its own.
pub(super) struct Running {
    child: Child,
    /// Kept outside `child`, because `Child::wait` would close it.
    stdin: Option<ChildStdin>,
    /// The child was reaped and its group killed.
    ended: bool,
}

/// Makes ffmpeg colour its levels, which distinguishes its own lines from texts in files.
const COLOURS: &str = "AV_LOG_FORCE_COLOR";

/// Starts ffmpeg. ffmpeg-sidecar builds the command; its event reader is not used, see `run`.
pub(super) fn ffmpeg(program: &Path, args: &[OsString], nice: i32) -> io::Result<Running> {
    let mut command = FfmpegCommand::new_with_path(program);
    command.args(args);
    start(command.as_inner_mut(), Limits { memory: None, nice }, &[(COLOURS, "1")])
}

/// Starts another tool (ffprobe), with its memory bounded where the system can.
pub(super) fn tool(program: &Path, args: &[OsString], limits: Limits) -> io::Result<Running> {
    start(Command::new(program).args(args), limits, &[])
}

fn start(command: &mut Command, limits: Limits, variables: &[(&str, &str)]) -> io::Result<Running> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_clear().env("LC_ALL", "C").envs(inherited()).envs(variables.iter().copied());
    let mut child = exec::spawn(command, limits)?;
    let stdin = child.stdin.take();
    Ok(Running { child, stdin, ended: false })
}

fn inherited() -> impl Iterator<Item = (&'static str, OsString)> {
    ENVIRONMENT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)))
}

impl Running {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn take_pipes(&mut self) -> Option<(ChildStdout, ChildStderr)> {
        self.child.stdout.take().zip(self.child.stderr.take())
    }

    /// Asks ffmpeg to quit, as a user at its terminal would.
    pub(super) fn ask_to_quit(&mut self) {
        if let Some(stdin) = &mut self.stdin {
            // With a full or closed pipe ffmpeg does not respond; the caller escalates.
            let _ = stdin.write_all(b"q\n").and_then(|()| stdin.flush());
        }
    }

    /// The exit status once the child has ended; the rest of its group is killed then.
    pub(super) fn has_ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        if status.is_some() && !self.ended {
            self.ended = true;
            process::signal_group(self.id(), process::Signal::Kill);
        }
        Ok(status)
    }

    pub(super) fn terminate(&self) {
        process::signal_group(self.id(), process::Signal::Terminate);
    }

    /// Kills the whole group.
    pub(super) fn kill(&mut self) {
        process::signal_group(self.id(), process::Signal::Kill);
        let _ = self.child.kill();
    }

    /// Suspends or resumes the group. False where the system cannot.
    pub(super) fn suspend(&self, suspended: bool) -> bool {
        process::signal_group(
            self.id(),
            if suspended { process::Signal::Suspend } else { process::Signal::Continue },
        )
    }
}

/// Kills a child that still runs.
impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
            let _ = self.child.wait();
        }
    }
}
