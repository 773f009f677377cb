//! The contract of every queue, written against the trait and run on each implementation.

use crate::queue::fixture::{contract, done, failure, new_job};
use spool_core::clock::Clock;
use spool_core::failure::{Failure, FailureCode};
use spool_core::job::{Intent, Job, JobId, Lease, State};
use spool_core::preset;
use spool_core::progress::Progress;
use spool_core::queue::{
    Added, Command, Filter, NewJob, Note, Outcome, QueuePosition, Refusal, Selection, TakenNames,
};
use spool_core::remark::Remark;
use spool_core::verify::verification::Verification;
use spool_tests::reasons::{failure_with, sentence};
use std::path::{Path, PathBuf};

contract! {
    jobs_are_claimed_once_each_in_list_order => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        let (first, second) = (w.claim(), w.claim());
        assert_eq!([first.id, second.id], [ids[0], ids[1]]);
        assert_eq!((first.state, first.epoch, first.attempt), (State::Running, 1, 1));
        assert!(w.queue.claim("engine", true).unwrap().is_none());
    }

    jobs_added_to_the_top_come_first_in_the_given_order => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        w.add_at(&["x.mkv", "y.mkv"], QueuePosition::Top);
        assert_eq!(w.names(&[State::Queued]), ["x.mkv", "y.mkv", "a.mkv", "b.mkv"]);
    }

    the_same_work_is_added_again_only_after_it_ended => |w| {
        let id = w.add(&["a.mkv"])[0];
        assert_eq!(w.queue.add(&[new_job("a.mkv")], QueuePosition::End, &TakenNames::default()).unwrap(), [Added::Duplicate(id)]);
        let job = w.claim();
        assert_eq!(w.queue.add(&[new_job("a.mkv")], QueuePosition::End, &TakenNames::default()).unwrap(), [Added::Duplicate(id)]);
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        assert_ne!(w.add(&["a.mkv"])[0], id);
    }

    adding_a_job_claims_its_output_name => |w| {
        let mut second = new_job("A.avi");
        second.stem = "É".into();
        let mut first = new_job("a.mkv");
        first.stem = "e\u{301}".into();
        let on_disk = ["/out/É (2).mp4"].into_iter().collect();
        let added = w.queue.add(&[first, second], QueuePosition::End, &on_disk).unwrap();
        let name = |a: &Added| if let Added::Accepted { output, .. } = a { output.clone() } else { panic!() };
        assert_eq!(name(&added[0]), Path::new("/out/e\u{301}.mp4"));
        assert_eq!(name(&added[1]), Path::new("/out/É (3).mp4"), "2 is taken on disk, 1 by the first job");
    }

    the_space_that_was_missing_is_known_at_the_next_claim => |w| {
        w.add(&["a.mkv"]);
        let full = Failure { need_bytes: Some(7000), ..failure_with(FailureCode::DiskFull, "Full.") };
        let job = w.claim();
        w.queue.settle(job.lease(), &Outcome::Waiting(full)).unwrap();
        w.apply(Command::Now, &[job.id]);
        let again = w.claim();
        assert_eq!(again.need_bytes, Some(7000), "admission compares it with the free space");
        w.queue.settle(again.lease(), &done(&again)).unwrap();
        assert_eq!(w.job(job.id).need_bytes, None);
    }

    the_same_work_is_recognized_by_the_settings_of_its_preset => |w| {
        let id = w.add(&["a.mkv"])[0];
        let again = |change: &dyn Fn(&mut NewJob)| {
            let mut job = new_job("a.mkv");
            change(&mut job);
            w.queue.add(&[job], QueuePosition::End, &TakenNames::default()).unwrap().remove(0)
        };
        let renamed = |job: &mut NewJob| {
            let preset = &mut job.spec.preset;
            (preset.id, preset.name, preset.description) = ("mine".into(), "Mine".into(), "My own".into());
        };
        assert_eq!(again(&renamed), Added::Duplicate(id));
        assert_eq!(again(&|job| job.source = "/videos/link.mkv".into()), Added::Duplicate(id), "the real source counts");
        for other in [
            (&|job: &mut NewJob| job.spec.preset.salvage = true) as &dyn Fn(&mut NewJob),
            &|job| job.root = "/elsewhere".into(),
            &|job| job.real_source = "/videos/b.mkv".into(),
        ] {
            assert!(matches!(again(other), Added::Accepted { .. }));
        }
    }

    jobs_of_one_call_keep_their_own_presets => |w| {
        let with = |preset: &str| {
            let mut job = new_job("a.mkv");
            job.spec.preset = preset::find(preset).unwrap().clone();
            job
        };
        let wanted = ["web-1080p", "archive-av1", "web-1080p", "remux-mp4"];
        let added = w.queue.add(&wanted.map(with), QueuePosition::End, &TakenNames::default()).unwrap();
        let presets = |id: &JobId| w.job(*id).spec.unwrap().preset.id;
        let accepted: Vec<JobId> =
            added.iter().filter_map(|a| if let Added::Accepted { id, .. } = a { Some(*id) } else { None }).collect();
        assert_eq!(accepted.iter().map(presets).collect::<Vec<_>>(), ["web-1080p", "archive-av1", "remux-mp4"]);
        assert_eq!(added[2], Added::Duplicate(accepted[0]));
    }

    work_of_an_earlier_version_of_a_built_in_preset_counts_as_done => |w| {
        let mut earlier = new_job("a.mkv");
        let changes = [("video.copy", "never"), ("audio.copy", "never")];
        earlier.spec.preset = preset::set(&earlier.spec.preset, &changes).unwrap();
        w.queue.add(&[earlier], QueuePosition::End, &TakenNames::default()).unwrap();
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let on_disk = [&job.output].into_iter().collect();
        let add = |job| w.queue.add(&[job], QueuePosition::End, &on_disk).unwrap().remove(0);
        assert_eq!(add(new_job("a.mkv")), Added::DoneBefore(job.id));
        let mut other = new_job("a.mkv");
        other.spec.preset = preset::set(&other.spec.preset, &[("video.crf", "30")]).unwrap();
        assert!(matches!(add(other), Added::Accepted { .. }), "it is no longer a built-in preset");
    }

    a_job_keeps_the_spec_size_and_time_it_was_added_with => |w| {
        let job = w.job(w.add(&["a.mkv"])[0]);
        let new = new_job("a.mkv");
        assert_eq!((job.spec, job.real_source), (Some(new.spec), new.real_source));
        assert_eq!((job.source_size, job.source_mtime_ns), (new.source_size, new.source_mtime_ns));
        assert!(job.source_mtime_ns.is_some());
    }

    the_verification_of_a_result_is_stored_with_its_attempt => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        let job = w.claim();
        let seen = Verification { size: 5, seconds: Some(1.5), streams: Vec::new(), damaged: 2, changes: Vec::new() };
        assert!(w.queue.note(job.lease(), &Note::Verified(seen.clone())).unwrap());
        assert!(!w.job(job.id).verified, "not before it is published");
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        assert_eq!(w.queue.attempts(job.id).unwrap()[0].verification, Some(seen.clone()));
        assert!(w.job(job.id).verified);
        assert!(!w.queue.note(job.lease(), &Note::Verified(seen)).unwrap(), "the lease has ended");
        let unchecked = w.claim();
        w.queue.settle(unchecked.lease(), &done(&unchecked)).unwrap();
        assert!(!w.job(unchecked.id).verified);
    }

    jobs_of_another_version_are_listed_and_removable_but_never_started => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        (w.make_unreadable)(ids[0]);
        let job = w.job(ids[0]);
        assert_eq!((job.state, job.spec), (State::Queued, None));
        assert_eq!(w.names(&[State::Queued]), ["a.mkv", "b.mkv", "c.mkv"]);
        let counts = w.queue.counts().unwrap();
        assert_eq!((counts.queued, counts.unreadable, counts.startable()), (3, 1, 2));
        assert_eq!(w.queue.startable_before(i64::MAX).unwrap(), 2);
        assert_eq!(w.queue.queued_bytes().unwrap(), 2000);
        assert_eq!([w.claim().id, w.claim().id], [ids[1], ids[2]]);
        assert!(w.queue.claim("engine", true).unwrap().is_none());
        for command in [Command::Now, Command::Retry] {
            let refusal = w.apply(command, &ids[..1]).refused[0].1;
            assert!(matches!(refusal, Refusal::Unreadable | Refusal::State(_)), "{command:?}: {refusal:?}");
        }
        assert_eq!(w.job(ids[0]).attempt, 0);
        assert!(matches!(w.queue.add(&[new_job("a.mkv")], QueuePosition::End, &TakenNames::default()).unwrap()[0], Added::Duplicate(_)));
        assert_eq!(w.apply(Command::Remove, &ids[..1]).done, ids[..1]);
    }

    jobs_of_another_version_keep_their_state => |w| {
        let ids = w.add(&["running.mkv", "waiting.mkv", "failed.mkv"]);
        let (running, waiting, failed) = (w.claim(), w.claim(), w.claim());
        let full = failure_with(FailureCode::DiskFull, "Full.");
        w.queue.settle(waiting.lease(), &Outcome::Waiting(full)).unwrap();
        w.queue.settle(failed.lease(), &Outcome::Failed(failure())).unwrap();
        for id in &ids {
            (w.make_unreadable)(*id);
        }
        assert_eq!(w.apply(Command::Now, &ids[1..2]).refused, [(ids[1], Refusal::Unreadable)]);
        assert_eq!(w.apply(Command::Retry, &ids[2..]).refused, [(ids[2], Refusal::Unreadable)]);
        let all = w.queue.apply(Command::Retry, &Selection::All(vec![State::Failed])).unwrap();
        assert_eq!(all.refused, [(ids[2], Refusal::Unreadable)], "a job that stays failed is reported");
        assert_eq!([w.job(ids[1]).state, w.job(ids[2]).state], [State::Waiting, State::Failed]);
        assert!(w.queue.settle(running.lease(), &Outcome::Rescued { crashes: 1 }).unwrap());
        let job = w.job(ids[0]);
        assert_eq!((job.state, job.attempt, job.crashes, job.spec), (State::Queued, 0, 1, None));
        assert!(w.queue.claim("engine", true).unwrap().is_none());
    }

    the_output_of_a_known_job_is_skipped_in_a_folder_but_added_when_named => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &done(&job)).unwrap();
        let mut own = new_job("x");
        (own.source, own.real_source, own.stem) = (job.output.clone(), job.output.clone(), "a again".into());
        let named = own.clone();
        own.from_folder = true;
        assert_eq!(w.queue.add(&[own], QueuePosition::End, &TakenNames::default()).unwrap(), [Added::OwnOutput(job.id)]);
        assert!(matches!(w.queue.add(&[named], QueuePosition::End, &TakenNames::default()).unwrap()[0], Added::Accepted { .. }));
    }

    an_original_that_was_kept_does_not_count_as_an_output => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let kept = Outcome::Done { output: job.source.clone(), size: 5, warnings: Vec::new() };
        w.queue.settle(job.lease(), &kept).unwrap();
        let mut other = new_job("a.mkv");
        (other.from_folder, other.again) = (true, true);
        assert!(matches!(w.queue.add(&[other], QueuePosition::End, &TakenNames::default()).unwrap()[0], Added::Accepted { .. }));
    }

    warnings_noted_for_a_result_are_dropped_if_the_attempt_fails => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let intent = Intent { path: job.output.clone(), size: 5, identity: "i".into() };
        w.queue.note(job.lease(), &Note::Publish { intent, warnings: vec![Remark::SecondRecording] }).unwrap();
        assert_eq!(w.job(job.id).warnings, [Remark::SecondRecording], "warnings survive a crash");
        w.queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
        assert!(w.job(job.id).warnings.is_empty());
    }

    a_retry_that_is_due_keeps_its_place => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        let job = w.claim();
        let run_at = w.clock.now() + 10_000;
        w.queue.settle(job.lease(), &Outcome::Retry { failure: failure(), run_at }).unwrap();
        assert_eq!(sentence(&w.job(job.id).failure.unwrap()), "It broke.");
        w.clock.advance(std::time::Duration::from_secs(10));
        assert_eq!(w.claim().id, job.id, "due again, it comes before b");
        assert_eq!(w.job(job.id).attempt, 2);
    }

    a_clock_set_back_a_day_delays_no_retry => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let run_at = w.clock.now() + 10_000;
        w.queue.settle(job.lease(), &Outcome::Retry { failure: failure(), run_at }).unwrap();
        assert!(w.queue.claim("engine", true).unwrap().is_none(), "not due yet");
        w.clock.set_back(24 * 3_600_000);
        assert_eq!(w.claim().id, job.id);
    }

    waiting_and_interruption_cost_no_attempt_and_the_epoch_never_decreases => |w| {
        w.add(&["a.mkv"]);
        for (epoch, outcome) in (1..).zip([
            Outcome::Interrupted(None),
            Outcome::Rescued { crashes: 1 },
            Outcome::Waiting(failure_with(FailureCode::DiskFull, "Full.")),
        ]) {
            let job = w.claim();
            assert_eq!((job.attempt, job.epoch), (1, epoch));
            assert!(w.queue.settle(job.lease(), &outcome).unwrap());
            assert_eq!(w.job(job.id).attempt, 0);
        }
        let job = w.queue.page(&Filter::of(&[State::Waiting]), 0, 1).unwrap().remove(0);
        assert!(w.queue.claim("engine", true).unwrap().is_none(), "waiting jobs are not claimed");
        w.apply(Command::Now, &[job.id]);
        assert_eq!(w.claim().epoch, 4);
    }

    a_lost_lease_changes_nothing => |w| {
        w.add(&["a.mkv"]);
        let old = w.claim();
        w.queue.settle(old.lease(), &Outcome::Rescued { crashes: 1 }).unwrap();
        let new = w.claim();
        let before = w.job(new.id);
        assert!(!w.queue.settle(old.lease(), &done(&old)).unwrap());
        assert!(!w.queue.note(old.lease(), &Note::Command(vec!["ffmpeg".into()])).unwrap());
        w.queue.save_progress(&[(old.lease(), Progress { done_us: 7, ..Progress::default() })]).unwrap();
        assert_eq!(w.job(new.id), before);
        assert!(w.queue.settle(new.lease(), &done(&new)).unwrap());
        assert!(!w.queue.settle(new.lease(), &Outcome::Cancelled).unwrap(), "a job is settled once");
    }

    an_attempt_keeps_its_notes_and_its_outcome => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let lease = job.lease();
        let part = PathBuf::from("/out/.x.1.part");
        let child = spool_core::job::ChildId { pid: 4, started: 5, exe: "/bin/ffmpeg".into() };
        w.queue.note(lease, &Note::Plan { plan: "{}".into(), part: part.clone() }).unwrap();
        for line in ["one", "two"] {
            w.queue.note(lease, &Note::Command(vec![line.into(), "\"quoted\"".into()])).unwrap();
        }
        w.queue.note(lease, &Note::Child(child.clone())).unwrap();
        w.queue.settle(lease, &Outcome::Failed(failure())).unwrap();
        let attempt = w.queue.attempts(job.id).unwrap().remove(0);
        assert_eq!((attempt.plan.as_deref(), attempt.part, attempt.child), (Some("{}"), Some(part), Some(child)));
        assert_eq!(attempt.commands, [["one", "\"quoted\""], ["two", "\"quoted\""]]);
        assert_eq!((attempt.outcome.as_deref(), attempt.exit), (Some("failed"), Some(1)));
        assert_eq!(attempt.log_tail.as_deref(), Some("the end"));
    }

    a_cancel_before_the_intent_wins_and_after_it_loses => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        let (early, late) = (w.claim(), w.claim());
        let intent = |job: &Job| Note::Publish { intent: Intent { path: job.output.clone(), size: 5, identity: "i".into() }, warnings: vec![Remark::PartsJoined] };
        assert_eq!(w.apply(Command::Cancel, &[early.id]).done, [early.id]);
        assert!(w.job(early.id).cancel_requested, "a running job is ended by its worker");
        assert!(!w.queue.note(early.lease(), &intent(&early)).unwrap());
        assert!(w.queue.note(late.lease(), &intent(&late)).unwrap());
        w.apply(Command::Cancel, &[late.id]);
        assert!(w.queue.note(late.lease(), &intent(&late)).unwrap(), "the worker may still try another name");
        assert!(w.queue.settle(late.lease(), &done(&late)).unwrap());
        assert_eq!(w.job(late.id).state, State::Done);
    }

    cancel_ends_a_queued_job_at_once => |w| {
        let ids = w.add(&["a.mkv"]);
        assert_eq!(w.apply(Command::Cancel, &ids).done, ids);
        let job = w.job(ids[0]);
        assert_eq!((job.state, job.finished_at), (State::Cancelled, Some(w.clock.now())));
        assert_eq!(w.apply(Command::Cancel, &ids).refused, [(ids[0], Refusal::State(State::Cancelled))]);
        assert_eq!(w.apply(Command::Cancel, &[JobId(99)]).refused, [(JobId(99), Refusal::NotFound)]);
    }

    retry_gives_three_more_attempts_and_resets_crashes => |w| {
        w.add(&["a.mkv"]);
        let mut job = w.claim();
        for _ in 0..3 {
            w.queue.settle(job.lease(), &Outcome::Retry { failure: failure(), run_at: 0 }).unwrap();
            job = w.claim();
        }
        w.queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
        assert_eq!(w.apply(Command::Retry, &[job.id]).done, [job.id]);
        let job = w.job(job.id);
        assert_eq!((job.state, job.attempt, job.max_attempts, job.crashes), (State::Queued, 4, 7, 0));
        assert_eq!((job.failure, job.finished_at), (None, None));
    }

    retry_all_refuses_work_that_is_active_again_and_loses_no_job => |w| {
        w.add(&["a.mkv", "b.mkv"]);
        for _ in 0..2 {
            let job = w.claim();
            w.queue.settle(job.lease(), &Outcome::Failed(failure())).unwrap();
        }
        let again = NewJob { again: true, ..new_job("a.mkv") };
        w.queue.add(&[again], QueuePosition::End, &TakenNames::default()).unwrap();
        let result = w.queue.apply(Command::Retry, &Selection::All(vec![State::Failed])).unwrap();
        assert_eq!(result.done.len(), 1);
        assert_eq!(result.refused.len(), 1);
        assert_eq!(result.refused[0].1, Refusal::Active);
        assert_eq!(w.names(&[State::Failed]), ["a.mkv"]);
        assert_eq!(w.names(&[State::Queued]), ["b.mkv", "a.mkv"]);
    }

    a_held_job_is_skipped_and_keeps_its_place => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        w.apply(Command::Hold, &ids[..1]);
        assert_eq!(w.claim().id, ids[1]);
        assert_eq!(w.queue.counts().unwrap().held, 1);
        w.apply(Command::Release, &ids[..1]);
        assert_eq!(w.claim().id, ids[0]);
    }

    hold_all_and_release_all_report_only_jobs_that_changed => |w| {
        let ids = w.add(&["a.mkv", "b.mkv", "c.mkv"]);
        let all = |command| w.queue.apply(command, &Selection::All(State::ALL.to_vec())).unwrap().done;
        assert_eq!(all(Command::Release), []);
        w.apply(Command::Hold, &ids[..1]);
        let running = w.claim();
        assert_eq!(all(Command::Hold), [ids[2], running.id]);
        assert_eq!(all(Command::Release), [ids[0], ids[2], running.id]);
    }

    a_suspended_job_stays_on_hold_after_a_rescue => |w| {
        let ids = w.add(&["a.mkv"]);
        let job = w.claim();
        w.apply(Command::Hold, &ids);
        w.queue.settle(job.lease(), &Outcome::Rescued { crashes: 1 }).unwrap();
        assert!(w.job(ids[0]).hold);
        assert!(w.queue.claim("engine", true).unwrap().is_none());
    }

    remove_refuses_running_jobs => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        w.claim();
        let result = w.apply(Command::Remove, &ids);
        assert_eq!(result.done, [ids[1]]);
        assert_eq!(result.refused, [(ids[0], Refusal::State(State::Running))]);
        assert!(w.queue.job(ids[1]).unwrap().is_none());
    }

    a_job_that_crashed_twice_is_claimed_alone_and_not_skipped => |w| {
        let ids = w.add(&["a.mkv", "b.mkv"]);
        let job = w.claim();
        w.queue.settle(job.lease(), &Outcome::Rescued { crashes: 2 }).unwrap();
        assert!(w.queue.claim("engine", false).unwrap().is_none());
        assert_eq!(w.claim().id, ids[0]);
    }

    a_lease_with_another_epoch_is_refused => |w| {
        w.add(&["a.mkv"]);
        let job = w.claim();
        let wrong = Lease { id: job.id, epoch: job.epoch + 1 };
        assert!(!w.queue.settle(wrong, &Outcome::Cancelled).unwrap());
        assert_eq!(w.job(job.id).state, State::Running);
    }
}
