//! Processes as the system reports them: identity despite reused ids, activity, signals to a group.

use crate::job::ChildId;
use std::process::ExitStatus;
use std::time::{Duration, Instant};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

/// Signals that are sent to a process group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Terminate,
    Kill,
    Suspend,
    Continue,
}

/// Sends a signal to the group of `pid`; false where there is no such group, or the system lacks the signal.
#[cfg(unix)]
pub(super) fn signal_group(pid: u32, signal: Signal) -> bool {
    use rustix::process::{Pid, Signal as Unix, kill_process_group};
    let unix = match signal {
        Signal::Terminate => Unix::TERM,
        Signal::Kill => Unix::KILL,
        Signal::Suspend => Unix::STOP,
        Signal::Continue => Unix::CONT,
    };
    Pid::from_raw(pid as i32).is_some_and(|pid| kill_process_group(pid, unix).is_ok())
}

/// Windows has no signals; a child is killed through its handle.
#[cfg(windows)]
pub(super) fn signal_group(_pid: u32, _signal: Signal) -> bool {
    false
}

/// The signal that ended the process, if any.
#[cfg(unix)]
pub(super) fn ended_by(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// Windows has no signals.
#[cfg(windows)]
pub(super) fn ended_by(_status: ExitStatus) -> Option<i32> {
    None
}

/// The identity of a live process; `None` where no process has this id.
pub fn identify(pid: u32) -> Option<ChildId> {
    let system = refreshed(pid, ProcessRefreshKind::nothing().with_exe(UpdateKind::Always))?;
    let process = system.process(Pid::from_u32(pid))?;
    let exe = process.exe().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    Some(ChildId { pid, started: process.start_time(), exe })
}

/// Tolerance in seconds: start times are computed from the boot time, which a clock adjustment moves by a second.
const START_TOLERANCE: u64 = 2;

/// Is this process alive, with the same id, start time and executable?
pub(super) fn is_alive(child: &ChildId) -> bool {
    identify(child.pid)
        .is_some_and(|now| now.exe == child.exe && now.started.abs_diff(child.started) <= START_TOLERANCE)
}

/// How long to wait for killed processes. A process blocked on a drive that does not respond ends only with that call.
const PATIENCE: Duration = Duration::from_secs(1);

/// Kills the processes of a dead engine that still run, with their groups, and waits up to a second until they are
/// gone. Returns how many were alive.
pub fn end_orphans(children: &[ChildId]) -> usize {
    let alive: Vec<&ChildId> = children.iter().filter(|child| is_alive(child)).collect();
    for child in &alive {
        kill(child);
    }
    let until = Instant::now() + PATIENCE;
    while alive.iter().any(|child| is_alive(child)) && Instant::now() < until {
        std::thread::park_timeout(Duration::from_millis(20));
    }
    alive.len()
}

fn kill(child: &ChildId) {
    signal_group(child.pid, Signal::Kill);
    if let Some(system) = refreshed(child.pid, ProcessRefreshKind::nothing())
        && let Some(process) = system.process(Pid::from_u32(child.pid))
    {
        process.kill();
    }
}

/// A number that changes when the process computes, reads or writes.
pub(super) fn activity(pid: u32) -> u64 {
    let system = refreshed(pid, ProcessRefreshKind::nothing().with_cpu().with_disk_usage());
    system.as_ref().and_then(|s| s.process(Pid::from_u32(pid))).map_or(0, |process| {
        let disk = process.disk_usage();
        process.accumulated_cpu_time() + disk.total_read_bytes + disk.total_written_bytes
    })
}

/// `None` on systems that sysinfo does not support.
fn refreshed(pid: u32, what: ProcessRefreshKind) -> Option<System> {
    let mut system = System::new().ok()?;
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[Pid::from_u32(pid)]), true, what);
    Some(system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reused_process_id_is_not_taken_for_the_child() {
        let me = identify(std::process::id()).unwrap();
        assert!(is_alive(&me));
        assert!(!is_alive(&ChildId { started: me.started - 60, ..me.clone() }));
        assert!(!is_alive(&ChildId { exe: "/usr/bin/other".into(), ..me.clone() }));
        assert_eq!(end_orphans(&[ChildId { exe: "/usr/bin/other".into(), ..me }]), 0);
    }
}
