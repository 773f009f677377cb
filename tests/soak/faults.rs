//! The faults: engines are killed, stopped and given a wrong clock, their ffmpeg and ffprobe processes receive signals,
//! and their disk fills up.

use crate::environment::{DISK, Environment, Vitals, count};
use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use spool_tests::disk::SmallDisk;
use spool_tests::env::Running;
use std::fs;
use std::time::{Duration, Instant};

/// Sleeps for this time, but at most until `end`.
pub(crate) fn pause(millis: u64, end: Instant) {
    let until = (Instant::now() + Duration::from_millis(millis)).min(end);
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

/// Runs engines one after another. Kills each one, or sometimes stops it cleanly, until `kills_end`. The last one runs
/// until `end`, and its memory and handles are recorded.
pub(crate) fn engines(world: &Environment, kills_end: Instant, end: Instant, random: &mut Rng) {
    while Instant::now() < kills_end {
        let shift = random.choice(["+1d", "-1d", "", "", "", ""]).filter(|s| !s.is_empty());
        let run = world.engine(&[], shift);
        pause(random.u64(300..8_000), kills_end);
        let command = cut_off(world, random);
        end_engine(world, run, random.u8(..8) == 0);
        drop(command);
    }
    let mut run = world.engine(&[], None);
    while Instant::now() < end {
        pause(1_000, end);
        if run.has_ended() {
            break;
        }
        world.vitals.lock().unwrap().extend(vitals(run.id()));
    }
    end_engine(world, run, true);
}

/// Sometimes starts a command on all jobs, so that it runs while the engine ends. Dropping the returned process kills
/// it.
fn cut_off(world: &Environment, random: &mut Rng) -> Option<Running> {
    let all: &[&str] = match random.u8(..10) {
        0 => &["cancel", "--all"],
        1 | 2 => &["retry", "--state", "cancelled,failed"],
        _ => return None,
    };
    count(&world.tally.cut_off);
    let command = world.env.start(all);
    std::thread::park_timeout(Duration::from_millis(random.u64(..60)));
    Some(command)
}

fn end_engine(world: &Environment, mut run: Running, cleanly: bool) {
    if run.has_ended() {
        return world.broken(format!("the engine exited unexpectedly: {:?}", run.answer()));
    }
    if !cleanly {
        count(&world.tally.kills);
        return run.crash();
    }
    count(&world.tally.stops);
    send(run.id(), Signal::TERM);
    let answer = run.answer();
    // 128: an engine that has not installed its signal handler yet is ended by the signal.
    world.demand(answer.code <= 1 || answer.code == 128, || format!("a stopped engine returned {answer:?}"));
}

fn send(pid: u32, signal: Signal) -> bool {
    Pid::from_raw(pid as i32).is_some_and(|pid| kill_process(pid, signal).is_ok())
}

fn vitals(pid: u32) -> Option<Vitals> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kilobytes = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(Vitals { kilobytes, handles: fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() })
}

/// Returns the ids of the ffmpeg and ffprobe processes that read or write files of this test.
pub(crate) fn tools(world: &Environment) -> Vec<u32> {
    let folders = [world.env.out(), world.env.videos()].map(|p| p.to_string_lossy().into_owned());
    let pids = fs::read_dir("/proc").unwrap().flatten().filter_map(|e| e.file_name().to_str()?.parse().ok());
    let is_ours = |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.split('\0').next().is_some_and(|p| p.ends_with("ffmpeg") || p.ends_with("ffprobe"))
            && folders.iter().any(|n| line.contains(n))
    };
    pids.filter(is_ours).collect()
}

/// Sends random signals to running ffmpeg and ffprobe processes until `end`.
pub(crate) fn signals(world: &Environment, end: Instant, random: &mut Rng) {
    let kinds = [Signal::KILL, Signal::SEGV, Signal::ABORT, Signal::TERM, Signal::STOP];
    while Instant::now() < end {
        pause(random.u64(200..1_500), end);
        let (Some(pid), Some(signal)) = (random.choice(tools(world)), random.choice(kinds)) else { continue };
        if send(pid, signal) {
            count(&world.tally.signals);
        }
        if signal == Signal::STOP {
            pause(random.u64(100..2_000), end);
            send(pid, Signal::CONT);
        }
    }
}

/// Fills the disk, to the last byte or until less is free than the engine keeps free, and frees it again, until `end`.
/// Does nothing without a small disk.
pub(crate) fn disk(world: &Environment, end: Instant, random: &mut Rng) {
    let Some(disk) = &world.disk else { return };
    while Instant::now() < end {
        pause(random.u64(8_000..25_000), end);
        count(&world.tally.full_disks);
        let left = random.choice([0, 20 << 20]).unwrap_or(0);
        let ballast = disk.0.join("ballast");
        // Fails when the disk is full, which is intended.
        let _ = fs::write(&ballast, vec![0; (DISK - left) as usize]);
        pause(random.u64(1_000..5_000), end);
        fs::remove_file(&ballast).unwrap();
        // A change of the mounts makes the engine check its waiting jobs again.
        drop(SmallDisk::mount(world.env.data().join("drive"), 1 << 20));
    }
}
