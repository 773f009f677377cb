//! Decides the next order to a running job, from the requests of users and the free capacity. Pure.

use crate::ffmpeg::Control;

/// The requests for one running job, and the free capacity.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, named at each use")]
pub(super) struct ControlInput {
    /// The engine stops.
    pub(super) stop: bool,
    /// The user cancelled it.
    pub(super) cancel: bool,
    /// The user paused it.
    pub(super) hold: bool,
    /// Another job may be suspended.
    pub(super) room: bool,
    /// A worker is free to resume the job.
    pub(super) free: bool,
}

/// Returns the order after `now`. Cancel and stop are final. A pause beyond the limit of suspended jobs stops the
/// encode; the hold in its row prevents another start. A resumed job continues as soon as a worker is free.
pub(super) fn next(now: Control, asked: ControlInput) -> Control {
    match now {
        Control::Cancel | Control::Stop => now,
        _ if asked.cancel => Control::Cancel,
        _ if asked.stop => Control::Stop,
        Control::Suspend if asked.hold || !asked.free => Control::Suspend,
        Control::Go if asked.hold => {
            if asked.room {
                Control::Suspend
            } else {
                Control::Stop
            }
        }
        _ => Control::Go,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: ControlInput =
        ControlInput { stop: false, cancel: false, hold: false, room: true, free: true };

    #[test]
    fn cancel_and_stop_are_final() {
        for last in [Control::Cancel, Control::Stop] {
            assert_eq!(next(last, ControlInput { cancel: true, hold: true, ..NOTHING }), last);
        }
        assert_eq!(
            next(Control::Suspend, ControlInput { cancel: true, hold: true, ..NOTHING }),
            Control::Cancel
        );
        assert_eq!(next(Control::Suspend, ControlInput { stop: true, hold: true, ..NOTHING }), Control::Stop);
    }

    #[test]
    fn pause_beyond_the_limit_stops_the_encode() {
        assert_eq!(next(Control::Go, ControlInput { hold: true, ..NOTHING }), Control::Suspend);
        assert_eq!(next(Control::Go, ControlInput { hold: true, room: false, ..NOTHING }), Control::Stop);
    }

    #[test]
    fn resumed_job_waits_for_a_free_worker() {
        assert_eq!(next(Control::Suspend, ControlInput { free: false, ..NOTHING }), Control::Suspend);
        assert_eq!(next(Control::Suspend, NOTHING), Control::Go);
    }
}
