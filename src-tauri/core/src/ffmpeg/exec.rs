//! Set-up of a child process between fork and exec. With the table of mounts on macOS, the
//! only module of the core with `unsafe`.
//!
//! Guarantees that only async-signal-safe system calls run there (rustix makes them directly), and that a tool starts
//! even where the system refuses a limit.
#![cfg_attr(unix, allow(unsafe_code))]

use std::io;
use std::process::{Child, Command};

#[cfg(unix)]
use rustix::process::{Resource, Rlimit};

/// Limits of a child.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Largest address space in bytes.
    pub(super) memory: Option<u64>,
    /// See `Policy::nice`.
    pub(super) nice: i32,
}

/// Starts a process with its limits. macOS 12 and later refuse a limit of the address space: the process runs without
/// it, which is logged once.
#[cfg(unix)]
pub(super) fn spawn(command: &mut Command, limits: Limits) -> io::Result<Child> {
    static LOGGED: std::sync::Once = std::sync::Once::new();
    let memory = limits.memory.map(|memory| Rlimit { current: Some(memory), maximum: Some(memory) });
    let (child, refused) = spawn_within(command, limits.nice, memory)?;
    if refused {
        LOGGED.call_once(|| {
            tracing::warn!("this system refuses to limit the memory of tools; they run without");
        });
    }
    Ok(child)
}

/// Own process group, lower priority, memory limit, and on Linux death with the spawning thread. Returns true where the
/// memory limit was refused.
#[cfg(unix)]
fn spawn_within(command: &mut Command, nice: i32, memory: Option<Rlimit>) -> io::Result<(Child, bool)> {
    // The child must not allocate, so it cannot log: it writes a byte instead.
    let (refusal, refuse) = io::pipe()?;
    prepare(command, nice, memory, refuse);
    let child = command.spawn()?;
    Ok((child, rustix::io::ioctl_fionread(&refusal).is_ok_and(|bytes| bytes > 0)))
}

#[cfg(unix)]
fn prepare(command: &mut Command, nice: i32, memory: Option<Rlimit>, refuse: io::PipeWriter) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
    #[cfg(target_os = "linux")]
    let parent = rustix::process::getpid();
    let set_up = move || {
        // A lower priority is a courtesy: its failure is ignored.
        let _ = rustix::process::setpriority_process(None, nice);
        if memory.is_some_and(|memory| rustix::process::setrlimit(Resource::As, memory).is_err()) {
            let _ = rustix::io::write(&refuse, &[1]);
        }
        #[cfg(target_os = "linux")]
        {
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
            // The parent may have died before the line above.
            if rustix::process::getppid() != Some(parent) {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
        }
        Ok(())
    };
    // SAFETY: the closure runs in the forked child of a multi-threaded process, where only async-signal-safe
    // calls are sound. It allocates nothing, takes no lock, and makes five plain system calls.
    unsafe { command.pre_exec(set_up) };
}

/// Windows: below-normal or idle priority, no console window, a process group of its own for later signals.
#[cfg(windows)]
pub(super) fn spawn(command: &mut Command, limits: Limits) -> io::Result<Child> {
    use std::os::windows::process::CommandExt;
    const BELOW_NORMAL: u32 = 0x0000_4000;
    const IDLE: u32 = 0x0000_0040;
    const NO_WINDOW: u32 = 0x0800_0000;
    const NEW_GROUP: u32 = 0x0000_0200;
    let priority = if limits.nice > crate::policy::NICE { IDLE } else { BELOW_NORMAL };
    command.creation_flags(priority | NO_WINDOW | NEW_GROUP).spawn()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::process::Stdio;

    const GIB: u64 = 1 << 30;

    /// The limit that a tool reads, in KiB, and whether it was refused.
    fn limit_of(memory: Option<Rlimit>) -> io::Result<(String, bool)> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "ulimit -v"]).stdout(Stdio::piped());
        let (child, refused) = spawn_within(&mut command, crate::policy::NICE, memory)?;
        let output = child.wait_with_output()?;
        assert!(output.status.success());
        Ok((String::from_utf8_lossy(&output.stdout).trim().to_owned(), refused))
    }

    #[test]
    fn tool_runs_without_a_limit_that_the_system_refuses() {
        let inherited = limit_of(None).unwrap();
        assert!(!inherited.1);
        let above_maximum = Rlimit { current: Some(2 * GIB), maximum: Some(GIB) };
        assert_eq!(limit_of(Some(above_maximum)).unwrap(), (inherited.0, true));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn accepted_limit_applies() {
        let limit = Rlimit { current: Some(4 * GIB), maximum: Some(4 * GIB) };
        assert_eq!(limit_of(Some(limit)).unwrap(), ((4 * GIB / 1024).to_string(), false));
    }
}
