//! Replacing failed jobs and undoing an add: which jobs leave the list, which are added and which stay.

use crate::queue::fixture::{TestQueue, contract, done, failure, new_job};
use spool_core::job::{JobId, State};
use spool_core::queue::{Command, NewJob, Outcome, Refusal, Replaced, Successor, TakenNames};
use std::path::Path;

/// The same video with another quality.
fn successor(of: JobId, name: &str) -> Successor {
    let mut new = NewJob { again: true, ..new_job(name) };
    new.spec.preset.video.as_mut().unwrap().crf = Some(30);
    Successor { of, new }
}

fn failed(w: &TestQueue, names: &[&str]) -> Vec<JobId> {
    let ids = w.add(names);
    for _ in names {
        w.queue.settle(w.claim().lease(), &Outcome::Failed(failure())).unwrap();
    }
    ids
}

fn replace(w: &TestQueue, successors: &[Successor]) -> Vec<Replaced> {
    w.queue.replace(successors, &TakenNames::default()).unwrap()
}

fn state_of(w: &TestQueue, id: JobId) -> Option<State> {
    w.queue.job(id).unwrap().map(|job| job.state)
}

contract! {
    a_failed_job_is_replaced_by_a_new_job_at_the_end_of_the_list => |w| {
        let ids = failed(w, &["a.mkv", "b.mkv"]);
        w.add(&["c.mkv"]);
        let replaced = replace(w, &[successor(ids[1], "b.mkv"), successor(ids[0], "a.mkv")]);
        assert_eq!(replaced, [Replaced::By(JobId(4)), Replaced::By(JobId(5))]);
        assert_eq!(w.names(&[]), ["c.mkv", "b.mkv", "a.mkv"]);
        let job = w.job(JobId(5));
        assert_eq!((job.output.as_path(), job.attempt, &job.failure), (Path::new("/out/a.mp4"), 0, &None));
        assert_eq!(job.spec, Some(successor(ids[0], "a.mkv").new.spec));
    }

    successors_claim_names_that_are_free_on_disk => |w| {
        let ids = failed(w, &["a.mkv", "b.mkv"]);
        let with_stem = |id, name: &str| {
            let Successor { of, new } = successor(id, name);
            Successor { of, new: NewJob { stem: "x".into(), ..new } }
        };
        let on_disk = ["/out/X.mp4"].into_iter().collect();
        w.queue.replace(&[with_stem(ids[0], "a.mkv"), with_stem(ids[1], "b.mkv")], &on_disk).unwrap();
        let output = |id| w.job(JobId(id)).output;
        assert_eq!([output(3), output(4)].map(|path| path.to_str().unwrap().to_owned()), ["/out/x (2).mp4", "/out/x (3).mp4"]);
    }

    only_failed_jobs_are_replaced => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv"]);
        let (running, ended) = (w.claim(), w.claim());
        w.queue.settle(ended.lease(), &done(&ended)).unwrap();
        w.apply(Command::Cancel, &ids[2..3]);
        w.queue.settle(w.claim().lease(), &Outcome::Waiting(failure())).unwrap();
        let names = ["a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv"];
        let all: Vec<_> = ids.iter().zip(names).map(|(id, name)| successor(*id, name)).collect();
        let states = [State::Running, State::Done, State::Cancelled, State::Waiting, State::Queued];
        assert_eq!(replace(w, &all), states.map(|state| Replaced::Refused(Refusal::State(state))));
        assert_eq!(replace(w, &[successor(JobId(99), "x.mkv")]), [Replaced::Refused(Refusal::NotFound)]);
        assert_eq!((w.names(&[]).len(), w.job(running.id).state), (5, State::Running));
    }

    a_job_is_replaced_once_and_an_active_job_with_the_same_work_takes_its_place => |w| {
        let ids = failed(w, &["a.mkv", "b.mkv"]);
        let twice = replace(w, &[successor(ids[0], "a.mkv"), successor(ids[0], "a.mkv")]);
        assert_eq!(twice, [Replaced::By(JobId(3)), Replaced::Refused(Refusal::NotFound)]);
        assert_eq!(replace(w, &[successor(ids[1], "a.mkv")]), [Replaced::By(JobId(3))], "it is the same work");
        assert_eq!((state_of(w, ids[1]), w.names(&[]).len()), (None, 1));
    }

    a_failed_job_can_be_replaced_with_the_same_spec => |w| {
        let ids = failed(w, &["a.mkv"]);
        let again = Successor { of: ids[0], new: new_job("a.mkv") };
        assert_eq!(replace(w, &[again]), [Replaced::By(JobId(2))]);
        assert_eq!((state_of(w, ids[0]), state_of(w, JobId(2))), (None, Some(State::Queued)));
    }

    undoing_an_add_affects_only_jobs_that_have_not_ended => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv"]);
        let running = w.claim();
        let finished = w.claim();
        w.queue.settle(finished.lease(), &done(&finished)).unwrap();
        w.queue.settle(w.claim().lease(), &Outcome::Failed(failure())).unwrap();
        w.queue.settle(w.claim().lease(), &Outcome::Waiting(failure())).unwrap();
        let result = w.apply(Command::UndoAdd, &[ids.clone(), vec![JobId(99)]].concat());
        assert_eq!(result.done, [ids[0], ids[3], ids[4]]);
        let ended = [(ids[1], Refusal::State(State::Done)), (ids[2], Refusal::State(State::Failed))];
        assert_eq!(result.refused, [&ended[..], &[(JobId(99), Refusal::NotFound)]].concat());
        assert_eq!([state_of(w, ids[3]), state_of(w, ids[4])], [None, None]);
        let job = w.job(running.id);
        assert!(job.state == State::Running && job.cancel_requested, "its worker ends it");
    }
}
