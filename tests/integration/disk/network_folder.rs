//! A data folder on a network file system, simulated by a FUSE file system that is mounted as `fuse.sshfs` and holds
//! one empty folder.
#![cfg(target_os = "linux")]

use spool_tests::env::TestEnv;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;

/// The file system mounted over a folder; unmounted when dropped.
struct Share(PathBuf);

impl Share {
    /// Mounts it. Returns `None`, with a message, if this user or system cannot.
    fn mount(folder: PathBuf) -> Option<Share> {
        let channel = OpenOptions::new().read(true).write(true).open("/dev/fuse").ok();
        let mounted = channel.and_then(|channel| {
            let server = channel.try_clone().ok()?;
            let options = "fd=0,rootmode=40000,user_id=0,group_id=0,subtype=sshfs";
            let mut mount = Command::new("mount");
            mount.args(["-i", "-t", "fuse", "-o", options, "share"]).arg(&folder).stdin(channel);
            let done = mount.status().is_ok_and(|status| status.success());
            done.then(|| std::thread::spawn(move || answer(server)))
        });
        if mounted.is_none() {
            eprintln!("SKIPPED: a FUSE file system cannot be mounted here");
        }
        mounted.map(|_| Share(folder))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Answers requests until unmounted: the root is a folder, and every lookup in it fails.
fn answer(mut channel: File) {
    let mut request = vec![0; 1 << 17];
    while channel.read(&mut request).is_ok_and(|n| n >= 40) {
        let opcode = u32::from_ne_bytes(request[4..8].try_into().unwrap());
        let (error, body) = match opcode {
            26 => (0, init_out()),
            3 => (0, attr_out()),
            1 => (-2, Vec::new()),
            2 | 42 => continue,
            _ => (-38, Vec::new()),
        };
        let mut reply = (16 + body.len() as u32).to_ne_bytes().to_vec();
        reply.extend(i32::to_ne_bytes(error));
        reply.extend(&request[8..16]);
        reply.extend(body);
        if channel.write_all(&reply).is_err() {
            return;
        }
    }
}

/// `fuse_init_out`: version 7.31, writes of up to 4096 bytes.
fn init_out() -> Vec<u8> {
    let mut words = [0_u32; 16];
    (words[0], words[1], words[5]) = (7, 31, 4096);
    words.iter().flat_map(|w| w.to_ne_bytes()).collect()
}

/// `fuse_attr_out` of the folder: inode 1, mode 0777.
fn attr_out() -> Vec<u8> {
    let mut words = [0_u32; 26];
    (words[4], words[19], words[20]) = (1, 0o40777, 2);
    words.iter().flat_map(|w| w.to_ne_bytes()).collect()
}

#[test]
fn a_data_folder_on_a_network_file_system_is_refused_with_the_reason() {
    let env = TestEnv::new();
    let Some(_share) = Share::mount(env.data()) else { return };
    for verb in [&["list"][..], &["add", "videos"], &["run", "--until-idle"], &["doctor", "--restore"]] {
        let refused = env.spool(verb);
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains("is on a network file system (fuse.sshfs)"), "{verb:?}: {refused:?}");
        assert!(refused.stderr.contains("Choose a folder on a local disk"), "{refused:?}");
    }
}
