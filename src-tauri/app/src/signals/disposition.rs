//! Which signals this process ignores. The one place of this crate with `unsafe`, and only where the system has no file
//! that says it.
//!
//! Changes nothing; where the system does not say, a signal counts as not ignored.
#![cfg_attr(not(target_os = "linux"), allow(unsafe_code))]

/// Is this signal ignored now?
#[cfg(target_os = "linux")]
pub(super) fn is_ignored(signal: i32) -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| names(&status, signal))
}

/// Does the mask of ignored signals in this text of `/proc/PID/status` name it?
#[cfg(target_os = "linux")]
fn names(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Is this signal ignored now?
#[cfg(not(target_os = "linux"))]
pub(super) fn is_ignored(signal: i32) -> bool {
    let mut now = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action the call changes nothing; it fills `now` where it answers 0.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) == 0
            && now.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::names;

    #[test]
    fn a_signal_is_a_bit_of_the_mask() {
        let nohup = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000002\n";
        assert!(names(nohup, 1) && names(nohup, 13));
        assert!(!names(nohup, 2) && !names(nohup, 15) && !names("", 1));
    }
}
