//! What a child does between fork and exec. The one place with `unsafe`.
//!
//! Guarantees that only async-signal-safe system calls run there (rustix makes them directly).
#![cfg_attr(unix, allow(unsafe_code))]

use std::process::Command;

/// Limits of a child.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Largest address space in bytes.
    pub(super) memory: Option<u64>,
    /// See `Policy::nice`.
    pub(super) nice: i32,
}

/// Own process group, lower priority, limits, and on Linux death with the spawning thread.
#[cfg(unix)]
pub(super) fn prepare(command: &mut Command, limits: Limits) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
    #[cfg(target_os = "linux")]
    let parent = rustix::process::getpid();
    let set_up = move || {
        // Others' work goes first; failing to be polite is no reason to fail.
        let _ = rustix::process::setpriority_process(None, limits.nice);
        if let Some(memory) = limits.memory {
            let limit = rustix::process::Rlimit { current: Some(memory), maximum: Some(memory) };
            rustix::process::setrlimit(rustix::process::Resource::As, limit)?;
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
    // calls are sound. It allocates nothing, takes no lock, and makes four plain system calls.
    unsafe { command.pre_exec(set_up) };
}

/// Windows: below-normal or idle priority, no console window, a process group of its own for later signals.
#[cfg(windows)]
pub(super) fn prepare(command: &mut Command, limits: Limits) {
    use std::os::windows::process::CommandExt;
    const BELOW_NORMAL: u32 = 0x0000_4000;
    const IDLE: u32 = 0x0000_0040;
    const NO_WINDOW: u32 = 0x0800_0000;
    const NEW_GROUP: u32 = 0x0000_0200;
    let priority = if limits.nice > crate::policy::NICE { IDLE } else { BELOW_NORMAL };
    command.creation_flags(priority | NO_WINDOW | NEW_GROUP);
}
