//! Checks which signals this process ignores. The only module of this crate with `unsafe`, and only on systems that
//! have no file with this information.
//!
//! Changes nothing. If the disposition is unknown, the signal counts as not ignored.
#![cfg_attr(not(target_os = "linux"), allow(unsafe_code))]

/// Checks whether this signal is ignored now.
#[cfg(target_os = "linux")]
pub(super) fn is_ignored(signal: i32) -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| mask_contains(&status, signal))
}

/// Checks whether the mask of ignored signals in this text of `/proc/PID/status` contains the signal.
#[cfg(target_os = "linux")]
fn mask_contains(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Checks whether this signal is ignored now.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_ignored(signal: i32) -> bool {
    let mut now = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action the call changes nothing; it fills `now` if it returns 0.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), now.as_mut_ptr()) == 0
            && now.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::mask_contains;

    #[test]
    fn signal_is_ignored_if_its_bit_is_in_the_mask() {
        let nohup = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000002\n";
        assert!(mask_contains(nohup, 1) && mask_contains(nohup, 13));
        assert!(!mask_contains(nohup, 2) && !mask_contains(nohup, 15) && !mask_contains("", 1));
    }
}
