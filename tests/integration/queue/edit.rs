//! Edits of jobs that have not started: the contract of every queue.

use crate::queue::fixture::{TestQueue, contract, done, failure, new_job};
use spool_core::clock::Clock;
use spool_core::failure::{Failure, FailureCode};
use spool_core::job::{Intent, JobId, State};
use spool_core::preset;
use spool_core::progress::Progress;
use spool_core::queue::{
    Added, Command, Edit, Edited, NewJob, Note, Outcome, QueuePosition, Refusal, TakenNames,
};
use spool_tests::reasons::failure_with;
use std::path::Path;

/// The job of [`new_job`] with this quality.
fn with_crf(name: &str, crf: u8) -> NewJob {
    let mut job = new_job(name);
    job.spec.preset.video.as_mut().unwrap().crf = Some(crf);
    job
}

/// The job of [`new_job`] with its result in a subfolder.
fn in_folder(name: &str) -> NewJob {
    NewJob { folder: "/out/lib".into(), ..new_job(name) }
}

fn edit_with(w: &TestQueue, id: JobId, new: NewJob, on_disk: &[&str]) -> Edited {
    w.queue.edit(&[Edit { id, new }], &on_disk.iter().collect()).unwrap().remove(0)
}

fn edit(w: &TestQueue, id: JobId, new: NewJob) -> Edited {
    edit_with(w, id, new, &[])
}

fn changed(name: &str) -> Edited {
    Edited::Changed(name.into())
}

contract! {
    a_job_that_has_not_started_is_edited_in_place => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        w.apply(Command::Hold, &ids[1..2]);
        let mut new = in_folder("b.mkv");
        new.spec.preset = preset::find("archive-av1").unwrap().clone();
        new.output_volume = Some("/out".into());
        let before = w.job(ids[1]);
        assert_eq!(edit(w, ids[1], new.clone()), changed("/out/lib/b.mkv"));
        let job = w.job(ids[1]);
        assert_eq!(job.spec, Some(new.spec));
        assert_eq!((job.output_root, job.output_volume), (Some("/out".into()), Some("/out".into())));
        assert_eq!((job.state, job.hold, job.position, job.uid), (State::Queued, true, before.position, before.uid));
        assert_eq!((job.source, job.source_size, job.created_at), (before.source, before.source_size, before.created_at));
        assert_eq!(w.names(&[State::Queued]), ["a.mkv", "b.mkv", "c.mkv"]);
        w.apply(Command::Release, &ids[1..2]);
        assert_eq!([w.claim().id, w.claim().id], [ids[0], ids[1]]);
        assert_eq!(w.queue.attempts(ids[1]).unwrap().len(), 1);
    }

    an_edited_job_claims_its_name_like_an_added_one => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        assert_eq!(edit(w, ids[0], with_crf("a.mkv", 30)), changed("/out/a.mp4"), "its own name is free");
        let with_stem = |stem: &str| NewJob { stem: stem.into(), ..with_crf("b.mkv", 31) };
        assert_eq!(edit(w, ids[1], with_stem("A")), changed("/out/A (2).mp4"), "names are compared without case");
        assert_eq!(edit_with(w, ids[1], with_stem("É"), &["/out/É.mp4"]), changed("/out/É (2).mp4"), "taken on disk");
        assert_eq!(w.job(ids[1]).output, Path::new("/out/É (2).mp4"));
        let mut third = new_job("c.mkv");
        third.stem = "e\u{301} (2)".into();
        let added = w.queue.add(&[third], QueuePosition::End, &TakenNames::default()).unwrap().remove(0);
        let Added::Accepted { output, .. } = added else { panic!("{added:?}") };
        assert_eq!(output, Path::new("/out/e\u{301} (2) (2).mp4"), "the new name is claimed");
        let named = |name: &str| NewJob { stem: "b".into(), ..new_job(name) };
        assert!(matches!(w.queue.add(&[named("d.mkv")], QueuePosition::End, &TakenNames::default()).unwrap()[0],
            Added::Accepted { ref output, .. } if output == Path::new("/out/b.mp4")), "the former name is free");
    }

    jobs_edited_in_one_call_get_distinct_names => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        let both = ids.iter().zip(["a.mkv", "b.mkv"]).map(|(id, name)| Edit {
            id: *id,
            new: NewJob { stem: "x".into(), ..new_job(name) },
        });
        let edited = w.queue.edit(&both.collect::<Vec<_>>(), &TakenNames::default()).unwrap();
        assert_eq!(edited, [changed("/out/x.mp4"), changed("/out/x (2).mp4")]);
    }

    an_edited_job_is_recognized_by_its_new_spec => |w| {
        let id = w.add(&["a.mkv"])[0];
        assert_eq!(edit(w, id, with_crf("a.mkv", 30)), changed("/out/a.mp4"));
        let add = |job: NewJob| w.queue.add(&[job], QueuePosition::End, &TakenNames::default()).unwrap().remove(0);
        assert_eq!(add(with_crf("a.mkv", 30)), Added::Duplicate(id));
        let Added::Accepted { id: other, .. } = add(new_job("a.mkv")) else { panic!() };
        assert_eq!(edit(w, id, new_job("a.mkv")), Edited::Duplicate(other));
        assert_eq!(w.job(id).spec, Some(with_crf("a.mkv", 30).spec), "nothing was changed");
        assert_eq!(edit(w, id, NewJob { root: "/x".into(), folder: "/x".into(), ..new_job("a.mkv") }), changed("/x/a.mp4"));
    }

    an_edit_to_work_that_is_done_and_still_on_disk_changes_nothing => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let Added::Accepted { id, .. } = w.queue.add(&[with_crf("a.mkv", 30)], QueuePosition::End, &TakenNames::default()).unwrap()[0] else { panic!() };
        assert_eq!(edit_with(w, id, new_job("a.mkv"), &["/out/a.mp4"]), Edited::DoneBefore(job.id));
        w.apply(Command::Remove, &[job.id]);
        assert_eq!(edit_with(w, id, new_job("a.mkv"), &["/out/a.mp4"]), Edited::DoneBefore(job.id), "also off the list");
        assert_eq!(edit(w, id, new_job("a.mkv")), changed("/out/a.mp4"), "its result is gone");
        // A job that repeats done work can still be renamed.
        assert_eq!(edit_with(w, id, NewJob { stem: "b".into(), ..new_job("a.mkv") }, &["/out/a.mp4"]), changed("/out/b.mp4"));
    }

    jobs_that_started_ended_or_are_unreadable_are_not_edited => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv"]);
        let (running, ended) = (w.claim(), w.claim());
        w.queue.settle(ended.lease(), &done(&ended)).unwrap();
        let failed = w.claim();
        w.queue.settle(failed.lease(), &Outcome::Failed(failure())).unwrap();
        w.apply(Command::Cancel, &ids[3..4]);
        (w.make_unreadable)(ids[4]);
        let states = [State::Running, State::Done, State::Failed, State::Cancelled];
        let names = ["a.mkv", "b.mkv", "c.mkv", "d.mkv"];
        for ((id, name), state) in ids.iter().zip(names).zip(states) {
            let before = w.job(*id);
            assert_eq!(edit(w, *id, with_crf(name, 30)), Edited::Refused(Refusal::State(state)));
            assert_eq!(w.job(*id), before);
        }
        assert_eq!(edit(w, ids[4], with_crf("e.mkv", 30)), Edited::Refused(Refusal::Unreadable));
        assert_eq!(w.job(ids[4]).spec, None);
        assert_eq!(edit(w, JobId(99), new_job("x.mkv")), Edited::Refused(Refusal::NotFound));
        assert_eq!(w.job(running.id).state, State::Running);
    }

    a_job_whose_result_may_be_published_is_not_edited => |w| {
        let id = w.add(&["a.mkv"])[0];
        let job = w.claim();
        let intent = Intent { path: job.output.clone(), size: 5, identity: "i".into() };
        w.queue.note(job.lease(), &Note::Publish { intent, warnings: Vec::new() }).unwrap();
        w.queue.settle(job.lease(), &Outcome::Rescued { crashes: 1 }).unwrap();
        assert_eq!(edit(w, id, with_crf("a.mkv", 30)), Edited::MayBeThere);
        assert_eq!(w.job(id).spec, Some(new_job("a.mkv").spec));
    }

    an_edit_clears_failure_progress_and_retry_time => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        let waiting = w.claim();
        let full = Failure { need_bytes: Some(7000), ..failure_with(FailureCode::DiskFull, "Full.") };
        w.queue.settle(waiting.lease(), &Outcome::Waiting(full)).unwrap();
        let retried = w.claim();
        w.queue.save_progress(&[(retried.lease(), Progress { done_us: 7, ..Progress::default() })]).unwrap();
        let run_at = w.clock.now() + 10_000;
        w.queue.settle(retried.lease(), &Outcome::Retry { failure: failure(), run_at }).unwrap();
        for (id, name) in ids.iter().zip(["a.mkv", "b.mkv"]) {
            assert_eq!(edit(w, *id, with_crf(name, 30)), changed(&format!("/out/{}.mp4", &name[..1])));
            let job = w.job(*id);
            assert_eq!((job.state, job.run_at, job.failure, job.need_bytes), (State::Queued, None, None, None));
            assert_eq!((job.attempt, job.best, job.progress), (0, None, None));
            assert_eq!(w.queue.attempts(*id).unwrap().len(), 1, "attempts stay on record");
        }
        assert_eq!([w.claim().id, w.claim().id], ids[..]);
    }

    an_edit_keeps_the_reason_for_a_hold => |w| {
        let id = w.add(&["a.mkv"])[0];
        let job = w.claim();
        let down = failure_with(FailureCode::MachineDown, "It went down.");
        w.queue.settle(job.lease(), &Outcome::MachineDown { ends: 6, hold: Some(down) }).unwrap();
        edit(w, id, with_crf("a.mkv", 30));
        let job = w.job(id);
        assert_eq!((job.hold, job.machine_ends), (true, 6));
        assert_eq!(job.failure.map(|why| why.code()), Some(FailureCode::MachineDown));
    }
}
