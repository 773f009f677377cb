//! What a running job is ordered to do next: a pure decision over what was asked and what there is room for.

use crate::ffmpeg::Order;

/// What is asked of one running job, and the room there is.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, named at each use")]
pub(super) struct Asked {
    /// The engine stops.
    pub(super) stop: bool,
    /// The user cancelled it.
    pub(super) cancel: bool,
    /// The user paused it.
    pub(super) hold: bool,
    /// A further job may be suspended.
    pub(super) room: bool,
    /// A worker is free to take it up again.
    pub(super) free: bool,
}

/// The order after `now`. Cancel and stop are final. A pause beyond the room for suspended jobs stops the
/// encode; the row's hold keeps it from starting again. A resumed job goes on as soon as a worker is free.
pub(super) fn next(now: Order, asked: Asked) -> Order {
    match now {
        Order::Cancel | Order::Stop => now,
        _ if asked.cancel => Order::Cancel,
        _ if asked.stop => Order::Stop,
        Order::Suspend if asked.hold || !asked.free => Order::Suspend,
        Order::Go if asked.hold => {
            if asked.room {
                Order::Suspend
            } else {
                Order::Stop
            }
        }
        _ => Order::Go,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Asked = Asked { stop: false, cancel: false, hold: false, room: true, free: true };

    #[test]
    fn cancel_and_stop_are_final() {
        for last in [Order::Cancel, Order::Stop] {
            assert_eq!(next(last, Asked { cancel: true, hold: true, ..NOTHING }), last);
        }
        assert_eq!(next(Order::Suspend, Asked { cancel: true, hold: true, ..NOTHING }), Order::Cancel);
        assert_eq!(next(Order::Suspend, Asked { stop: true, hold: true, ..NOTHING }), Order::Stop);
    }

    #[test]
    fn a_pause_beyond_the_room_stops_the_encode() {
        assert_eq!(next(Order::Go, Asked { hold: true, ..NOTHING }), Order::Suspend);
        assert_eq!(next(Order::Go, Asked { hold: true, room: false, ..NOTHING }), Order::Stop);
    }

    #[test]
    fn a_resumed_job_waits_for_a_free_worker() {
        assert_eq!(next(Order::Suspend, Asked { free: false, ..NOTHING }), Order::Suspend);
        assert_eq!(next(Order::Suspend, NOTHING), Order::Go);
    }
}
