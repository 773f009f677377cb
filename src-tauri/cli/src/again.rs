//! `spool again`: queues the videos of done jobs again, with the options they were added with.

use crate::add;
use crate::args::Again;
use crate::context::{Answer, Context, Failed};
use crate::text;
use spool_app::state::Spool;
use spool_core::intake;
use spool_core::job::{Job, State};
use spool_core::queue::{Filter, QueuePosition};

pub(crate) fn again(context: &Context, args: &Again) -> Answer {
    let app = context.app()?;
    let (mut jobs, mut complete) = (Vec::new(), true);
    if args.wrong {
        let done = app.queue().page(&Filter::of(&[State::Done]), 0, u64::MAX >> 1)?;
        let wrong = |job: &Job| job.check.as_ref().is_some_and(|check| check.finding.is_wrong());
        jobs.extend(done.into_iter().filter(wrong));
    }
    let mut missing = Vec::new();
    for id in args.ids.iter().flat_map(|ids| ids.iter()) {
        match app.job(id)? {
            Some(job) if job.state == State::Done => jobs.push(job),
            Some(job) => {
                eprintln!("spool: Job {id} is {}; only what is done can be done again.", job.state);
                complete = false;
            }
            None => missing.push(id),
        }
    }
    if !missing.is_empty() {
        eprintln!("spool: {}", text::no_such(&missing));
        complete = false;
    }
    Ok(queue_again(context, &app, &jobs)? && complete)
}

fn queue_again(context: &Context, app: &Spool, jobs: &[Job]) -> Result<bool, Failed> {
    let (mut new, mut complete) = (Vec::new(), true);
    for job in jobs {
        match intake::again(app.asking(), job, &context.settings, app.queue()) {
            Ok(job) => new.push(job),
            Err(why) => {
                eprintln!("spool: {}", text::line(&why));
                complete = false;
            }
        }
    }
    if jobs.is_empty() && complete {
        context.say("There was nothing to do.")?;
    }
    let added = app.accept(&new, QueuePosition::End)?;
    for (job, added) in new.iter().zip(&added) {
        add::tell(context, job, added)?;
    }
    add::tell_standstill(context, app.queue(), &added)?;
    Ok(complete)
}
