//! A file system that is served by a process, like a network share: it hangs while the process is stopped, and the
//! connection is lost when the process is killed. Linux only, and only root can mount it.

use crate::wait_until;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A mount that mirrors another folder; unmounted when dropped.
pub struct Share {
    at: PathBuf,
    shown: PathBuf,
    server: Child,
}

impl Share {
    /// Mounts `shown` at `at`. Prints `SKIPPED` and returns `None` if that is not possible.
    pub fn mount(shown: PathBuf, at: &Path) -> Option<Share> {
        std::fs::create_dir_all(at).unwrap();
        std::fs::create_dir_all(&shown).unwrap();
        let at = at.canonicalize().unwrap();
        let Some(server) = serve(&shown, &at) else {
            eprintln!("SKIPPED: bindfs is not installed, or this user may not mount");
            return None;
        };
        Some(Share { at, shown, server })
    }

    /// Returns its mount point.
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// Stops the server: every call hangs.
    pub fn hang(&self) {
        self.signal(Signal::STOP);
    }

    /// Continues the server, which first answers the calls that hang.
    pub fn answer(&self) {
        self.signal(Signal::CONT);
    }

    /// Kills the server: the folder stays mounted, and every call fails.
    pub fn lose(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Mounts it again after its server was killed.
    pub fn return_again(&mut self) {
        unmount(&self.at);
        self.server = serve(&self.shown, &self.at).unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.server), signal).unwrap();
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.server), Signal::CONT);
        unmount(&self.at);
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn serve(shown: &Path, at: &Path) -> Option<Child> {
    let mut command = Command::new("bindfs");
    // With its attribute cache, the kernel would answer for a second, and hide that the server hangs.
    command.args(["-f", "-o", "attr_timeout=0,entry_timeout=0"]).args([shown, at]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut server = command.spawn().ok()?;
    let mut ended = false;
    wait_until("the share to be mounted", Duration::from_secs(20), || {
        ended = server.try_wait().unwrap().is_some();
        ended || spool_core::volumes::mounts::is_mounted(at)
    });
    (!ended).then_some(server)
}

fn unmount(at: &Path) {
    let _ = Command::new("umount").arg("--lazy").arg(at).stderr(Stdio::null()).status();
}
