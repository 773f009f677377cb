//! Simulates the pool to its end: workers take the next job as soon as they are free.
//!
//! Pure. Times are in seconds from now.

/// Time left of a running job.
pub(super) struct Rest(pub(super) f64);

/// A job to come: when it may start, and its duration.
#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) due: f64,
    pub(super) length: f64,
}

/// When the last job ends. `coming` stands for `scale` times its work. `faster`: how many times faster a job runs when
/// so many run than when all workers do.
pub(super) fn end(
    workers: usize,
    running: &[Rest],
    coming: &[Waiting],
    scale: f64,
    faster: &dyn Fn(usize) -> f64,
) -> f64 {
    let mut at_work: Vec<f64> = running.iter().map(|rest| rest.0).collect();
    // A retry that is not due yet does not block a worker.
    let (mut later, ready): (Vec<&Waiting>, Vec<&Waiting>) = coming.iter().partition(|job| job.due > 0.0);
    later.sort_by(|a, b| b.due.total_cmp(&a.due));
    let mut ready = ready.into_iter();
    let mut now = 0.0;
    loop {
        // More jobs may run than there are workers now: the surplus is not replaced.
        while at_work.len() < workers.max(1) {
            let due = later.pop_if(|retry| retry.due <= now);
            let Some(next) = due.or_else(|| ready.next()) else { break };
            at_work.push(next.length);
        }
        let due = later.last().map_or(f64::INFINITY, |retry| retry.due - now);
        if at_work.is_empty() && due.is_infinite() {
            break;
        }
        let speed = faster(at_work.len().max(1));
        let ends = at_work.iter().copied().fold(f64::INFINITY, f64::min) / speed;
        let step = if at_work.len() < workers.max(1) { ends.min(due) } else { ends };
        now += step;
        at_work.retain_mut(|rest| {
            *rest -= step * speed;
            *rest > 1e-9
        });
    }
    let listed: f64 = coming.iter().map(|job| job.length).sum();
    now + listed * (scale - 1.0).max(0.0) / workers.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(lengths: &[f64]) -> Vec<Waiting> {
        lengths.iter().map(|length| Waiting { due: 0.0, length: *length }).collect()
    }

    /// Rounded to seconds.
    fn end(workers: usize, running: &[Rest], coming: &[Waiting], scale: f64) -> i64 {
        super::end(workers, running, coming, scale, &|_| 1.0).round() as i64
    }

    #[test]
    fn job_that_runs_alone_is_faster() {
        let faster = |at_work: usize| 2.0 / at_work as f64;
        let end = super::end(2, &[Rest(3.0), Rest(7.0)], &[], 1.0, &faster);
        assert!((end - 5.0).abs() < 1e-9, "{end}");
    }

    #[test]
    fn free_worker_takes_the_next_job() {
        assert_eq!(end(2, &[], &waiting(&[4.0, 1.0, 1.0, 1.0]), 1.0), 4);
        assert_eq!(end(1, &[Rest(3.0)], &waiting(&[4.0]), 1.0), 7);
        assert_eq!(
            end(1, &[Rest(3.0), Rest(9.0)], &waiting(&[4.0]), 1.0),
            13,
            "one more than there are workers"
        );
    }

    #[test]
    fn retry_waits_for_its_time_and_unlisted_jobs_count() {
        let retry = || Waiting { due: 10.0, length: 2.0 };
        assert_eq!(end(1, &[], &[retry()], 1.0), 12);
        assert_eq!(
            end(1, &[], &[vec![retry()], waiting(&[4.0, 3.0])].concat(), 1.0),
            12,
            "the others go first"
        );
        assert_eq!(end(1, &[], &[vec![retry()], waiting(&[11.0, 3.0])].concat(), 1.0), 16, "due in between");
        assert_eq!(end(2, &[], &waiting(&[4.0, 4.0]), 10.0), 4 + 8 * 9 / 2);
    }
}
