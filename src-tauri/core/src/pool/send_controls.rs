//! Passes the requests of users, from any process, on to the workers.
//!
//! Guarantees that a job that the queue lists as running but that has no worker is given back.

use super::{Pool, control};
use crate::error::Result;
use crate::ffmpeg::Control;
use crate::job::Job;
use crate::queue::Outcome;

impl Pool {
    /// Sends orders to the running jobs of this engine, and gives back those without a worker.
    pub(super) fn send_controls(&mut self) -> Result<()> {
        for job in self.shared.queue.running(&self.shared.owner)? {
            if self.live.get(&job.id).is_some_and(|live| live.lease == job.lease()) {
                self.send_control(&job);
            } else {
                self.give_back(&job)?;
            }
        }
        Ok(())
    }

    fn send_control(&self, job: &Job) {
        let (stop, drain) = (self.shared.stop.is_cancelled(), self.shared.drain.is_cancelled());
        let (active, suspect) = (self.active(), self.suspect_at_work());
        let held = self.live.values().filter(|l| *l.orders.borrow() == Control::Suspend).count();
        let room = held < self.shared.policy.max_suspended;
        let Some(live) = self.live.get(&job.id) else { return };
        let now = *live.orders.borrow();
        let free = active < self.workers() && !suspect && (active == 0 || !live.suspect);
        // A suspended job would never end.
        let stop = stop || (drain && live.stays_suspended());
        let asked = control::ControlInput { stop, cancel: job.cancel_requested, hold: job.hold, room, free };
        let next = control::next(now, asked);
        if next != now {
            live.orders.send_replace(next);
        }
    }

    /// Settles a job that the queue lists as running but that has no worker: its start failed, or its end could not be
    /// stored. No attempt is used. The row has the owner of this engine, so no other engine runs the job.
    fn give_back(&self, job: &Job) -> Result<()> {
        tracing::error!(job = %job.id, "a running job has no worker; it is queued again");
        let outcome = if job.cancel_requested { Outcome::Cancelled } else { Outcome::Interrupted(None) };
        self.shared.queue.settle(job.lease(), &outcome)?;
        self.tell_changed(job.id, outcome.state(), None);
        Ok(())
    }
}
