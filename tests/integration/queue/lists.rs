//! Reads of a queue, the contract of every queue: lists, positions, sums, earlier results and rechecks of results.

use crate::queue::fixture::{TestQueue, contract, done, failure, new_job};
use spool_core::clock::Clock;
use spool_core::failure::{Failure, FailureCode};
use spool_core::job::{Attempt, Job, JobId, Millis, State};
use spool_core::media::Facts;
use spool_core::queue::{
    self, Added, Command, Cursor, Filter, Flag, NewJob, Outcome, QueuePosition, Saved, Selection, Sort,
    TakenNames, WaitingForSpace,
};
use spool_core::recheck::finding::{Check, Fault, Finding};
use spool_core::remark::Remark;
use spool_core::verify::verification::Verification;
use spool_tests::reasons::failure_with;
use std::path::{Path, PathBuf};

/// Adds one job. `on_disk`: earlier results of the same work are on disk.
fn add_one(w: &TestQueue, job: NewJob, on_disk: bool) -> Added {
    let jobs = [job];
    let results = w.queue.earlier_results(&jobs).unwrap();
    let taken = results.into_iter().filter(|_| on_disk).map(|result| result.path).collect();
    w.queue.add(&jobs, QueuePosition::End, &taken).unwrap().remove(0)
}

contract! {
    without_a_modification_time_a_file_is_recognized_by_its_size => |w| {
        let timeless = NewJob { source_mtime_ns: None, ..new_job("a.mkv") };
        assert!(matches!(add_one(w, timeless.clone(), false), Added::Accepted { .. }));
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let add = |job: NewJob| add_one(w, job, true);
        let larger = NewJob { source_size: Some(7), stem: "b".into(), ..timeless.clone() };
        for known in [timeless.clone(), new_job("a.mkv")] {
            assert_eq!(add(known), Added::DoneBefore(job.id));
        }
        w.apply(Command::Remove, &[job.id]);
        assert_eq!(add(new_job("a.mkv")), Added::DoneBefore(job.id), "also off the list");
        assert!(matches!(add_one(w, larger, false), Added::Accepted { .. }));
    }

    a_result_under_a_reused_name_belongs_to_the_newest_job => |w| {
        let finish = || {
            let job = w.claim();
            w.queue.settle(job.lease(), &done(&job)).unwrap();
            job.id
        };
        let (mut first, mut second) = (new_job("a.mkv"), new_job("b.mkv"));
        (first.stem, second.stem) = ("x".into(), "x".into());
        add_one(w, first, false);
        let older = finish();
        add_one(w, second, false);
        let newer = finish();
        let output = w.job(older).output;
        assert_eq!(w.job(newer).output, output, "the result of the first job is no longer on disk");
        let own = NewJob {
            source: output.clone(), real_source: output, source_size: Some(5), from_folder: true, ..new_job("x")
        };
        assert_eq!(add_one(w, own.clone(), false), Added::OwnOutput(newer));
        w.apply(Command::Remove, &[newer]);
        assert_eq!(add_one(w, own.clone(), false), Added::OwnOutput(older), "a job in the list takes precedence");
        w.apply(Command::Remove, &[older]);
        assert_eq!(add_one(w, own, false), Added::OwnOutput(newer));
    }

    the_newest_result_on_disk_of_the_same_work_is_reported => |w| {
        let finish = |name: &str| {
            add_one(w, NewJob { again: true, stem: name.into(), ..new_job("a.mkv") }, false);
            let job = w.claim();
            w.queue.settle(job.lease(), &done(&job)).unwrap();
            job
        };
        let (first, second) = (finish("one"), finish("two"));
        let add = |on_disk: &[&Job]| {
            let on_disk = on_disk.iter().map(|job| &job.output).collect();
            w.queue.add(&[new_job("a.mkv")], QueuePosition::End, &on_disk).unwrap().remove(0)
        };
        assert_eq!(add(&[&first, &second]), Added::DoneBefore(second.id));
        assert_eq!(add(&[&first]), Added::DoneBefore(first.id));
        w.apply(Command::Remove, &[first.id, second.id]);
        assert_eq!(add(&[&first, &second]), Added::DoneBefore(second.id));
        assert_eq!(add(&[&first]), Added::DoneBefore(first.id));
        assert!(matches!(add(&[]), Added::Accepted { .. }));
    }

    the_end_of_the_log_of_an_attempt_is_kept => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let log = format!("{}\u{e4}{}", "a".repeat(100), "b".repeat(queue::KEPT_LOG - 1));
        w.queue.settle(job.lease(), &Outcome::Failed(Failure { log_tail: log, ..failure() })).unwrap();
        let kept = w.queue.attempts(job.id).unwrap().remove(0).log_tail.unwrap();
        assert_eq!(kept, "b".repeat(queue::KEPT_LOG - 1), "no character is cut");
    }

    jobs_that_ended_at_the_same_time_are_reported_newest_first => |w| {
        w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        for fails in [true, false, true] {
            let job = w.claim();
            let outcome = if fails { Outcome::Failed(failure()) } else { done(&job) };
            w.queue.settle(job.lease(), &outcome).unwrap();
        }
        w.add(&["d.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let last = w.queue.recent(0).unwrap().last_ended;
        assert_eq!(last, [State::Done, State::Failed, State::Done, State::Failed]);
    }

    running_jobs_are_listed_by_owner_and_those_of_other_owners_as_abandoned => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        let claim = |owner: &str| w.queue.claim(owner, true).unwrap().unwrap();
        let (first, second) = (claim("one"), claim("two"));
        w.apply(Command::MoveTop, &ids[2..]);
        assert_eq!(claim("one").id, ids[2]);
        let ids_of = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
        let running = |owner: &str| ids_of(w.queue.running(owner).unwrap());
        let abandoned = |owner: &str| ids_of(w.queue.abandoned(owner).unwrap());
        assert_eq!([running("one"), running("two"), running("new")], [vec![ids[2], ids[0]], vec![ids[1]], vec![]]);
        assert_eq!([abandoned("two"), abandoned("new")], [vec![ids[2], ids[0]], vec![ids[2], ids[0], ids[1]]]);
        w.queue.settle(first.lease(), &done(&first)).unwrap();
        w.queue.settle(second.lease(), &Outcome::Interrupted(None)).unwrap();
        assert_eq!([running("one"), running("two"), abandoned("two")], [vec![ids[2]], vec![], vec![ids[2]]]);
    }

    no_job_is_claimed_while_the_queue_is_paused => |w| {
        w.add(&["a.mkv"]);
        queue::pause(w.queue.as_ref(), true).unwrap();
        assert!(w.queue.claim("engine", true).unwrap().is_none());
        queue::pause(w.queue.as_ref(), false).unwrap();
        assert!(w.queue.claim("engine", true).unwrap().is_some());
    }

    a_recheck_of_a_result_is_stored_and_changes_nothing_else => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        let job = w.claim();
        let right = Check { at: 7, finding: Finding::Right { remarks: vec![Remark::PartsJoined] } };
        assert!(!w.queue.keep_check(job.id, &right, None).unwrap(), "the job is not done");
        assert!(!w.queue.keep_check(JobId(99), &right, None).unwrap());
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let (before, attempts) = (w.job(job.id), w.queue.attempts(job.id).unwrap());
        assert_eq!((before.verified, &before.check), (false, &None));
        let wrong = Check { at: 8, finding: Finding::Wrong { fault: Fault::Damaged { spots: 2 } } };
        let seen = Verification { size: 5, seconds: Some(1.5), streams: Vec::new(), damaged: 0, changes: Vec::new() };
        assert!(w.queue.keep_check(job.id, &right, Some(&seen)).unwrap());
        let expected = Job { verified: true, check: Some(right), ..before.clone() };
        assert_eq!(w.job(job.id), expected);
        let expected = vec![Attempt { verification: Some(seen), ..attempts[0].clone() }];
        assert_eq!(w.queue.attempts(job.id).unwrap(), expected);
        assert!(w.queue.keep_check(job.id, &wrong, None).unwrap());
        assert_eq!(w.job(job.id), Job { check: Some(wrong), ..before }, "a wrong result is not verified");
        assert_eq!(w.queue.attempts(job.id).unwrap(), expected, "the verification stays on record");
    }

    a_list_by_name_reflects_the_last_write => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "ab.mkv"]);
        let by_name = Filter { name: "B".into(), ..Filter::of(&[State::Queued]) };
        let listed = || {
            let page = w.queue.page(&by_name, 0, 9).unwrap().iter().map(|job| job.id).collect::<Vec<_>>();
            assert_eq!(w.queue.ids(&by_name).unwrap(), page);
            assert_eq!(w.queue.matching(&by_name).unwrap(), page.len() as u64);
            page
        };
        assert_eq!((listed(), listed()), (vec![ids[1], ids[2]], vec![ids[1], ids[2]]));
        w.apply(Command::MoveTop, &[ids[2]]);
        assert_eq!(listed(), [ids[2], ids[1]]);
        w.claim();
        let more = w.add(&["bc.mkv"])[0];
        assert_eq!(listed(), [ids[1], more]);
        w.apply(Command::Remove, &[ids[1]]);
        assert_eq!(listed(), [more]);
        let other = Filter { name: "A".into(), ..by_name.clone() };
        assert_eq!((w.queue.ids(&other).unwrap(), listed()), (vec![ids[0]], vec![more]));
    }

    only_startable_jobs_count_before_a_position => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        w.claim();
        w.queue.apply(Command::Hold, &Selection::Ids(vec![ids[1]])).unwrap();
        let before = |n: usize| w.queue.startable_before(w.job(ids[n]).position).unwrap();
        assert_eq!([before(0), before(1), before(2), before(3)], [0, 0, 0, 1]);
    }

    a_list_read_in_parts_equals_the_list_read_at_once => |w| {
        use State::{Cancelled, Done, Failed, Queued, Running, Waiting};
        let names: Vec<String> = (0..9).map(|n| format!("{n}.mkv")).collect();
        w.add(&names.iter().map(String::as_str).collect::<Vec<_>>());
        for n in 0..6 {
            let job = w.claim();
            let outcome = if n % 2 == 0 { done(&job) } else { Outcome::Failed(failure()) };
            w.queue.settle(job.lease(), &outcome).unwrap();
        }
        w.queue.apply(Command::MoveTop, &Selection::Ids(vec![JobId(9)])).unwrap();
        let lists: [&[State]; 6] =
            [&[], &[Queued, Waiting, Running], &[Queued], &[Done, Cancelled], &[Failed], &[Failed, Queued]];
        for states in lists {
            let (mut parts, mut after) = (Vec::new(), None);
            loop {
                let part = w.queue.page_after(states, after, 2).unwrap();
                let Some(last) = part.last() else { break };
                (after, parts) = (Some(Cursor::from(last)), [parts, part].concat());
            }
            assert_eq!(parts, w.queue.page(&Filter::of(states), 0, 100).unwrap(), "{states:?}");
        }
    }

    startable_jobs_are_read_in_parts_without_held_ones => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv", "e.mkv"]);
        w.claim();
        w.queue.apply(Command::Hold, &Selection::Ids(vec![ids[1], ids[3]])).unwrap();
        w.queue.apply(Command::MoveTop, &Selection::Ids(vec![ids[4]])).unwrap();
        let first = w.queue.startable(None, 1).unwrap();
        let second = w.queue.startable(Some(Cursor::from(&first[0])), 9).unwrap();
        let found: Vec<JobId> = first.iter().chain(&second).map(|job| job.id).collect();
        assert_eq!(found, [ids[4], ids[2]]);
        assert_eq!(w.queue.startable(second.last().map(Cursor::from), 9).unwrap(), []);
    }

    failed_jobs_are_counted_by_cause_latest_first => |w| {
        w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        for code in [FailureCode::NotMedia, FailureCode::Stalled, FailureCode::NotMedia] {
            w.clock.advance(std::time::Duration::from_secs(1));
            w.queue.settle(w.claim().lease(), &Outcome::Failed(failure_with(code, "It broke."))).unwrap();
        }
        assert_eq!(w.queue.causes().unwrap(), [(FailureCode::NotMedia, 2), (FailureCode::Stalled, 1)]);
        let names = |offset, limit| -> Vec<_> {
            let page = w.queue.failed_by(FailureCode::NotMedia, offset, limit).unwrap();
            page.iter().map(|j| j.source.file_name().unwrap().to_owned()).collect()
        };
        assert_eq!((names(0, 9), names(1, 1)), (vec!["c.mkv".into(), "a.mkv".into()], vec!["a.mkv".into()]));
    }

    jobs_that_wait_for_space_are_counted_with_their_volume => |w| {
        let job = |name: &str, volume: &str| NewJob { output_volume: Some(volume.into()), ..new_job(name) };
        let jobs = [job("a.mkv", "/media/Media"), job("b.mkv", "/media/Media"), job("c.mkv", "/media/Other")];
        w.queue.add(&jobs, QueuePosition::End, &TakenNames::default()).unwrap();
        assert_eq!(w.queue.waiting_for_space().unwrap(), WaitingForSpace::default());
        let full = |code| {
            w.queue.settle(w.claim().lease(), &Outcome::Waiting(failure_with(code, "No."))).unwrap();
            w.queue.waiting_for_space().unwrap()
        };
        let media = |jobs| WaitingForSpace { jobs, volume: Some("/media/Media".into()) };
        assert_eq!((full(FailureCode::DiskFull), full(FailureCode::DiskFull)), (media(1), media(2)));
        assert_eq!(full(FailureCode::DiskFull), WaitingForSpace { jobs: 3, volume: None });
    }

    bytes_left_exclude_running_and_held_jobs => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        w.claim();
        w.queue.apply(Command::Hold, &Selection::Ids(vec![ids[1]])).unwrap();
        assert_eq!(w.queue.queued_bytes().unwrap(), 2000);
    }

    bytes_saved_count_only_done_jobs => |w| {
        w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        w.queue.settle(w.claim().lease(), &Outcome::Failed(failure())).unwrap();
        let Outcome::Done { size, .. } = done(&job) else { unreachable!() };
        assert_eq!(w.queue.saved().unwrap(), Saved { before: 1000, after: size });
    }

    done_work_that_is_still_on_disk_is_added_again_only_on_request => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let on_disk = [&job.output].into_iter().collect();
        let again = |job: NewJob| w.queue.add(&[job], QueuePosition::End, &on_disk).unwrap().remove(0);
        assert_eq!(again(new_job("a.mkv")), Added::DoneBefore(job.id));
        let accepted = |added: &Added| matches!(added, Added::Accepted { .. });
        assert!(accepted(&again(NewJob { source_size: Some(1001), ..new_job("a.mkv") })), "another size");
        w.apply(Command::Cancel, &[JobId(2)]);
        w.apply(Command::Remove, &[JobId(2)]);
        let touched = NewJob { source_mtime_ns: Some(1), ..new_job("a.mkv") };
        assert!(accepted(&again(touched)), "another modification time");
        w.apply(Command::Cancel, &[JobId(3)]);
        w.apply(Command::Remove, &[JobId(3)]);
        w.apply(Command::Remove, &[job.id]);
        assert_eq!(again(new_job("a.mkv")), Added::DoneBefore(job.id), "known after it left the list");
        assert!(accepted(&again(NewJob { again: true, ..new_job("a.mkv") })), "requested");
        w.apply(Command::Remove, &[JobId(4)]);
        assert!(accepted(&add_one(w, new_job("a.mkv"), false)), "the result is gone");
    }

    jobs_removed_by_retention_are_still_recognized => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        assert_eq!(w.queue.retire(Millis::MAX, 0, 0).unwrap(), 1);
        let on_disk = [&job.output].into_iter().collect();
        let add = |job: NewJob| w.queue.add(&[job], QueuePosition::End, &on_disk).unwrap().remove(0);
        assert_eq!(add(new_job("a.mkv")), Added::DoneBefore(job.id));
        let Outcome::Done { size, .. } = done(&job) else { unreachable!() };
        let result = |size| NewJob {
            source: job.output.clone(),
            real_source: job.output.clone(),
            source_size: Some(size),
            from_folder: true,
            ..new_job("x.mkv")
        };
        assert_eq!(add(result(size)), Added::OwnOutput(job.id));
        assert!(matches!(add(result(size + 1)), Added::Accepted { .. }), "another file of that name");
    }

    failed_and_cancelled_work_is_added_again_only_if_changed_or_on_request => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        w.queue.settle(w.claim().lease(), &Outcome::Failed(failure())).unwrap();
        w.apply(Command::Cancel, &ids[1..]);
        let add = |job: NewJob| w.queue.add(&[job], QueuePosition::End, &TakenNames::default()).unwrap().remove(0);
        assert_eq!(add(new_job("a.mkv")), Added::EndedBefore(ids[0], State::Failed));
        assert_eq!(add(new_job("b.mkv")), Added::EndedBefore(ids[1], State::Cancelled));
        let accepted = |job: NewJob| matches!(add(job), Added::Accepted { .. });
        assert!(accepted(NewJob { source_mtime_ns: Some(1), ..new_job("a.mkv") }));
        assert!(accepted(NewJob { again: true, ..new_job("b.mkv") }));
    }

    folders_with_the_same_name_get_separate_result_folders => |w| {
        let name = |destination: &str, root: &str| {
            w.queue.tree(Path::new(destination), Path::new(root)).unwrap().into_string().unwrap()
        };
        assert_eq!(name("/out", "/a/holiday"), "holiday");
        assert_eq!(name("/out", "/b/HOLIDAY"), "HOLIDAY (2)");
        assert_eq!(name("/other", "/b/HOLIDAY"), "HOLIDAY");
        assert_eq!((name("/out", "/"), name("/out", "/a/holiday")), (String::new(), "holiday".into()));
    }

    volumes_of_the_list_are_reported_once_each => |w| {
        let job = |name: &str, volume: &str| NewJob { output_volume: Some(volume.into()), ..new_job(name) };
        w.queue.add(&[job("a.mkv", "/media/usb"), job("b.mkv", "/media/usb")], QueuePosition::End, &TakenNames::default()).unwrap();
        assert_eq!(w.queue.volumes().unwrap(), [PathBuf::from("/"), "/media/usb".into()]);
    }

    facts_about_a_video_are_stored_with_its_job => |w| {
        let id = w.add(&["a.mkv"])[0];
        assert_eq!(w.job(id).facts, None);
        let facts = Facts { width: 1920, codec: "H.264".into(), seconds: Some(3.5), ..Facts::default() };
        w.queue.describe(id, &facts).unwrap();
        assert_eq!(w.job(id).facts, Some(facts.clone()));
        assert_eq!(w.claim().facts, Some(facts), "the claimed job has them");
        w.queue.describe(JobId(99), &Facts::default()).unwrap();
    }

    a_list_is_filtered_by_part_of_a_name => |w| {
        w.add(&["Holiday.mkv", "wedding.mov", "holiday 2.mkv"]);
        let filter = Filter { name: "holi".into(), ..Filter::of(&[State::Queued]) };
        let names = |filter: &Filter, offset, limit| -> Vec<String> {
            let page = w.queue.page(filter, offset, limit).unwrap();
            page.iter().map(|j| j.source.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(names(&filter, 0, 9), ["Holiday.mkv", "holiday 2.mkv"]);
        assert_eq!(names(&filter, 1, 1), ["holiday 2.mkv"]);
        assert_eq!(w.queue.matching(&filter).unwrap(), 2);
        assert_eq!(w.queue.matching(&Filter::of(&[State::Queued])).unwrap(), 3);
        assert_eq!(w.queue.matching(&Filter::of(&[State::Done])).unwrap(), 0);
        let none = Filter { name: "xyz".into(), ..Filter::default() };
        assert_eq!((names(&none, 0, 9).len(), w.queue.matching(&none).unwrap()), (0, 0));
    }

    done_jobs_are_sorted_by_bytes_saved_and_by_name => |w| {
        w.add(&["b.mkv", "a.mkv", "c.mkv"]);
        for size in [700, 100, 1200] {
            let job = w.claim();
            let output = job.output.clone();
            w.queue.settle(job.lease(), &Outcome::Done { output, size, warnings: Vec::new() }).unwrap();
        }
        let sorted = |sort| -> Vec<u64> {
            let filter = Filter { sort, ..Filter::of(&[State::Done]) };
            w.queue.page(&filter, 0, 9).unwrap().iter().filter_map(|j| j.output_size).collect()
        };
        assert_eq!(sorted(Sort::Usual), [1200, 100, 700]);
        assert_eq!(sorted(Sort::MostSaved), [100, 700, 1200]);
        assert_eq!(sorted(Sort::Name), [100, 700, 1200]);
    }

    ended_jobs_come_newest_first_and_are_counted => |w| {
        w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        for name in ["a", "b"] {
            let job = w.claim();
            w.clock.advance(std::time::Duration::from_secs(1));
            w.queue.settle(job.lease(), &done(&job)).unwrap();
            assert_eq!(w.job(job.id).warnings, [Remark::PartsJoined], "{name}");
        }
        assert_eq!(w.names(&[State::Done]), ["b.mkv", "a.mkv"]);
        assert_eq!(w.names(&[]), ["a.mkv", "b.mkv", "c.mkv"]);
        let counts = w.queue.counts().unwrap();
        assert_eq!((counts.done, counts.queued), (2, 1));
        assert_eq!(w.queue.page(&Filter::of(&[]), 1, 1).unwrap()[0].source, Path::new("/videos/b.mkv"));
    }

    recent_failures_and_the_last_ends_are_reported => |w| {
        w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
        w.clock.advance(std::time::Duration::from_mins(1));
        let since = w.clock.now();
        let job = w.claim();
        w.queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
        w.clock.advance(std::time::Duration::from_secs(1));
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let recent = w.queue.recent(since).unwrap();
        assert_eq!(recent.failed, 1);
        assert_eq!(recent.last_ended, [State::Done, State::Failed, State::Failed]);
    }

    flags_are_kept_until_cleared => |w| {
        assert_eq!(w.queue.flag(Flag::Paused).unwrap(), None);
        w.queue.set_flag(Flag::Paused, Some("1")).unwrap();
        w.queue.set_flag(Flag::Paused, Some("2")).unwrap();
        assert_eq!(w.queue.flag(Flag::Paused).unwrap().as_deref(), Some("2"));
        w.queue.set_flag(Flag::Paused, None).unwrap();
        assert_eq!(w.queue.flag(Flag::Paused).unwrap(), None);
    }

    retention_keeps_failed_jobs_and_the_newest_done_ones => |w| {
        w.add(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
        for n in 0..3 {
            let job = w.claim();
            let outcome = if n == 0 { Outcome::Failed(failure()) } else { done(&job) };
            w.clock.advance(std::time::Duration::from_secs(1));
            w.queue.settle(job.lease(), &outcome).unwrap();
        }
        w.queue.apply(Command::Cancel, &Selection::All(vec![State::Queued])).unwrap();
        let later = w.clock.now() + 1;
        assert_eq!(w.queue.retire(later, 1, later).unwrap(), 2, "one done, one cancelled");
        assert_eq!(w.names(&[]), ["a.mkv", "c.mkv"]);
    }
}
