//! `spool again`: the videos of done jobs queued again, as they were added.

use crate::add;
use crate::args::Again;
use crate::context::{Answer, Context, Failed};
use crate::words;
use spool_core::intake::{self, Asking, Taken};
use spool_core::job::{Job, State};
use spool_core::queue::{Details, Filter, Lists, Place, Queue};

pub(crate) fn again(context: &Context, args: &Again) -> Answer {
    let queue = context.queue()?;
    let (mut jobs, mut fine) = (Vec::new(), true);
    if args.wrong {
        let done = queue.page(&Filter::of(&[State::Done]), 0, u64::MAX >> 1)?;
        let wrong = |job: &Job| job.check.as_ref().is_some_and(|check| check.finding.is_wrong());
        jobs.extend(done.into_iter().filter(wrong));
    }
    let mut missing = Vec::new();
    for id in args.ids.iter().flat_map(|ids| ids.iter()) {
        match queue.job(id)? {
            Some(job) if job.state == State::Done => jobs.push(job),
            Some(job) => {
                eprintln!("spool: Job {id} is {}; only what is done can be done again.", job.state);
                fine = false;
            }
            None => missing.push(id),
        }
    }
    if !missing.is_empty() {
        eprintln!("spool: {}", words::no_such(&missing));
        fine = false;
    }
    Ok(queue_again(context, &queue, &jobs)? && fine)
}

fn queue_again(context: &Context, queue: &dyn Queue, jobs: &[Job]) -> Result<bool, Failed> {
    let (mut new, mut fine, asking) = (Vec::new(), true, Asking::of(&context.volumes));
    for job in jobs {
        match intake::again(asking, job, &context.settings, queue) {
            Ok(job) => new.push(job),
            Err(why) => {
                eprintln!("spool: {}", words::line(&why));
                fine = false;
            }
        }
    }
    if jobs.is_empty() && fine {
        context.say("There was nothing to do.")?;
    }
    let taken = Taken::read(asking, &new, queue)?;
    let added = queue.add(&new, Place::End, &|path| taken.has(path))?;
    for (job, added) in new.iter().zip(&added) {
        add::tell(context, job, added)?;
    }
    add::tell_standstill(context, queue, &added)?;
    Ok(fine)
}
