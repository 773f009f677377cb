//! Adding: which output names jobs get next to those of other jobs and of files on disk, and how known files
//! are recognized.

use crate::queue::fixture::{contract, done, new_job};
use spool_core::job::JobId;
use spool_core::queue::{Added, Command, EarlierResult, NewJob, Note, QueuePosition, TakenNames};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn output(added: &Added) -> &Path {
    if let Added::Accepted { output, .. } = added { output } else { panic!("{added:?}") }
}

/// A job that asks for this file stem for its result, whatever the name of its source.
fn named(name: &str, source: &str) -> NewJob {
    NewJob { stem: name.into(), ..new_job(source) }
}

contract! {
    a_done_file_is_recognized_by_its_size_and_time_when_it_was_read => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let grown = NewJob { source_size: Some(4000), source_mtime_ns: Some(7), ..new_job("a.mkv") };
        assert!(w.queue.note(job.lease(), &Note::Source { size: 4000, mtime_ns: Some(7) }).unwrap());
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        assert_eq!((w.job(job.id).source_size, w.job(job.id).source_mtime_ns), (Some(4000), Some(7)));
        assert_eq!(w.queue.saved().unwrap().before, 4000);
        let on_disk = [&job.output].into_iter().collect();
        let add = |job: NewJob| w.queue.add(&[job], QueuePosition::End, &on_disk).unwrap().remove(0);
        assert_eq!(add(grown), Added::DoneBefore(job.id));
        assert!(matches!(add(new_job("a.mkv")), Added::Accepted { .. }), "the size and time at the add do not count");
    }

    earlier_results_include_those_of_active_jobs => |w| {
        let earlier = || w.queue.earlier_results(&[new_job("a.mkv")]).unwrap();
        assert_eq!(earlier(), []);
        w.add(&["a.mkv", "b.mkv"]);
        let path = w.job(JobId(1)).output;
        assert_eq!(earlier(), [EarlierResult { path: path.clone(), to_come: true }]);
        let job = w.claim();
        assert_eq!(earlier(), [EarlierResult { path: path.clone(), to_come: true }]);
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        assert_eq!(earlier(), [EarlierResult { path, to_come: false }]);
    }

    claimed_names_and_names_on_disk_are_skipped_in_any_mix => |w| {
        w.queue.add(&[named("A", "1.mkv"), named("a (3)", "2.mkv")], QueuePosition::End, &TakenNames::default()).unwrap();
        let on_disk = ["/out/a (2).mp4", "/out/A (4).MP4"].into_iter().collect();
        let added = w.queue.add(&[named("a", "3.mkv"), named("b", "4.mkv"), named("a", "5.mkv")], QueuePosition::End, &on_disk);
        let names: Vec<PathBuf> = added.unwrap().iter().map(|added| output(added).to_owned()).collect();
        assert_eq!(names, ["/out/a (5).mp4", "/out/b.mp4", "/out/a (6).mp4"].map(PathBuf::from));
    }

    duplicates_are_decided_at_the_add_and_not_when_the_disk_was_read => |w| {
        let before = TakenNames::default();
        let first = w.add(&["a.mkv"])[0];
        let add = || w.queue.add(&[new_job("a.mkv")], QueuePosition::End, &before).unwrap().remove(0);
        assert_eq!(add(), Added::Duplicate(first));
        w.apply(Command::Remove, &[first]);
        assert_eq!(output(&add()), Path::new("/out/a.mp4"));
    }

    a_file_named_twice_in_one_call_is_added_once => |w| {
        let added = w.queue.add(&[new_job("a.mkv"), new_job("a.mkv")], QueuePosition::End, &TakenNames::default()).unwrap();
        assert_eq!((output(&added[0]), &added[1]), (Path::new("/out/a.mp4"), &Added::Duplicate(JobId(1))));
    }

    numbered_names_do_not_collide_with_names_that_jobs_ask_for => |w| {
        let on_disk = ["/out/a.mp4"].into_iter().collect();
        let jobs = [named("a", "1.mkv"), named("a (2)", "2.mkv"), named("a", "3.mkv")];
        let added = w.queue.add(&jobs, QueuePosition::End, &on_disk).unwrap();
        let names: Vec<&Path> = added.iter().map(output).collect();
        assert_eq!(names, [Path::new("/out/a (2).mp4"), Path::new("/out/a (2) (2).mp4"), Path::new("/out/a (3).mp4")]);
    }

    concurrent_adds_never_share_a_name => |w| {
        // The fixture is not `Sync`; the queue is.
        let queue = &w.queue;
        let add_from = |t: usize| move || {
            let jobs: Vec<_> = (0..60).map(|n| named(&format!("{}", n % 20), &format!("{t}-{n}.mkv"))).collect();
            let calls = jobs.chunks(20).map(|jobs| queue.add(jobs, QueuePosition::End, &TakenNames::default()).unwrap());
            calls.flatten().map(|added| output(&added).to_owned()).collect::<Vec<PathBuf>>()
        };
        let names = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|t| scope.spawn(add_from(t))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(names.len(), 240);
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 240);
    }
}
