//! Measures how long jobs have been worked on, without pauses, and how many ran at the same time.
//!
//! Pure: the caller passes the time.

use crate::job::JobId;
use std::collections::HashMap;
use std::time::Duration;

/// The running jobs.
#[derive(Debug, Default)]
pub struct Course {
    jobs: HashMap<JobId, Worked>,
    until: Duration,
    busy: Duration,
}

/// Time spent on a job.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Worked {
    /// Seconds, without pauses.
    pub seconds: f64,
    /// `seconds`, each multiplied by the number of jobs that ran in it.
    load: f64,
    suspended: bool,
}

impl Worked {
    /// Mean number of jobs that ran at the same time, including this one.
    pub fn jobs(&self) -> f64 {
        if self.seconds > 0.0 { self.load / self.seconds } else { 1.0 }
    }
}

impl Course {
    /// A worker starts the job.
    pub fn start(&mut self, id: JobId, awake: Duration) {
        self.advance(awake);
        self.jobs.insert(id, Worked::default());
    }

    /// The job is suspended or resumed.
    pub fn suspend(&mut self, id: JobId, suspended: bool, awake: Duration) {
        self.advance(awake);
        if let Some(worked) = self.jobs.get_mut(&id) {
            worked.suspended = suspended;
        }
    }

    /// Time in which at least one job ran, up to the last call.
    pub fn busy(&self) -> Duration {
        self.busy
    }

    /// The worker ends the job. `None` if it was not running.
    pub fn end(&mut self, id: JobId, awake: Duration) -> Option<Worked> {
        self.advance(awake);
        self.jobs.remove(&id)
    }

    /// The running jobs that are not suspended.
    pub fn at_work(&mut self, awake: Duration) -> impl Iterator<Item = (JobId, Worked)> {
        self.advance(awake);
        self.jobs.iter().filter(|(_, worked)| !worked.suspended).map(|(id, worked)| (*id, *worked))
    }

    fn advance(&mut self, awake: Duration) {
        let span = awake.saturating_sub(self.until);
        self.until = self.until.max(awake);
        let at_work = self.jobs.values().filter(|worked| !worked.suspended).count() as f64;
        if at_work > 0.0 {
            self.busy += span;
        }
        let passed = span.as_secs_f64();
        for worked in self.jobs.values_mut().filter(|worked| !worked.suspended) {
            worked.seconds += passed;
            worked.load += passed * at_work;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_count_neither_as_time_nor_as_load() {
        let (one, two) = (JobId(1), JobId(2));
        let at = Duration::from_secs;
        let mut course = Course::default();
        course.start(one, at(100));
        course.start(two, at(110));
        course.suspend(two, true, at(120));
        let left: Vec<JobId> = course.at_work(at(130)).map(|(id, _)| id).collect();
        assert_eq!(left, [one]);
        course.suspend(two, false, at(150));
        let two = course.end(two, at(160)).unwrap();
        assert_eq!((two.seconds, two.jobs()), (20.0, 2.0));
        let one = course.end(one, at(180)).unwrap();
        assert_eq!((one.seconds, one.jobs()), (80.0, (10.0 + 20.0 + 30.0 + 20.0 + 20.0) / 80.0));
        assert_eq!(course.end(JobId(1), at(190)), None);
        assert_eq!(course.busy(), at(80));
    }
}
