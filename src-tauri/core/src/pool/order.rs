//! Decides the next order to a running job, from the requests of users and the free capacity. Pure.

use crate::ffmpeg::Order;

/// The requests for one running job, and the free capacity.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts, named at each use")]
pub(super) struct Asked {
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
    fn pause_beyond_the_limit_stops_the_encode() {
        assert_eq!(next(Order::Go, Asked { hold: true, ..NOTHING }), Order::Suspend);
        assert_eq!(next(Order::Go, Asked { hold: true, room: false, ..NOTHING }), Order::Stop);
    }

    #[test]
    fn resumed_job_waits_for_a_free_worker() {
        assert_eq!(next(Order::Suspend, Asked { free: false, ..NOTHING }), Order::Suspend);
        assert_eq!(next(Order::Suspend, NOTHING), Order::Go);
    }
}
