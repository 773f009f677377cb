//! Passing on to workers what users asked of their jobs, by whichever process.
//!
//! Guarantees that a job which is running by the queue and has no worker is given back.

use super::{Pool, order};
use crate::error::Result;
use crate::ffmpeg::Order;
use crate::job::Job;
use crate::queue::Outcome;

impl Pool {
    /// Passes on what users asked of running jobs of this engine, by whichever process, and gives back those that no worker
    /// has.
    pub(super) fn give_orders(&mut self) -> Result<()> {
        for job in self.shared.queue.running(&self.shared.owner)? {
            if self.live.get(&job.id).is_some_and(|live| live.lease == job.lease()) {
                self.give_order(&job);
            } else {
                self.give_back(&job)?;
            }
        }
        Ok(())
    }

    fn give_order(&self, job: &Job) {
        let (stop, drain) = (self.shared.stop.is_cancelled(), self.shared.drain.is_cancelled());
        let (active, suspect) = (self.active(), self.suspect_at_work());
        let held = self.live.values().filter(|l| *l.orders.borrow() == Order::Suspend).count();
        let room = held < self.shared.policy.max_suspended;
        let Some(live) = self.live.get(&job.id) else { return };
        let now = *live.orders.borrow();
        let free = active < self.workers() && !suspect && (active == 0 || !live.suspect);
        // What is paused would never end.
        let stop = stop || (drain && live.rests());
        let asked = order::Asked { stop, cancel: job.cancel_requested, hold: job.hold, room, free };
        let next = order::next(now, asked);
        if next != now {
            live.orders.send_replace(next);
        }
    }

    /// Running by the queue, without a worker: its end or its start could not be written down. No attempt is used. It
    /// bears the name of this engine, so it is no other's.
    fn give_back(&self, job: &Job) -> Result<()> {
        tracing::error!(job = %job.id, "no worker has it; it is queued again");
        let outcome = if job.cancel_requested { Outcome::Cancelled } else { Outcome::Interrupted(None) };
        self.shared.queue.settle(job.lease(), &outcome)?;
        self.tell_changed(job.id, outcome.state(), None);
        Ok(())
    }
}
