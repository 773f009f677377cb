//! Queues of earlier versions: files that those versions wrote, opened by this one. `versions/schema-N.db` was written
//! by the version with schema N. It holds three done jobs (one added through a symlink), one failed, one cancelled, one
//! whose engine was killed while it ran, two queued that differ in the name of their preset alone, and one on hold.
//! From schema 4 on two are done and one is queued, because such a pair is no longer possible.

use crate::queue::fixture::{START, new_job};
use serde_json::json;
use spool_app::view::{AttemptView, JobView};
use spool_core::clock::ManualClock;
use spool_core::failure::{Failure, FailureCode, Reason};
use spool_core::job::{Job, JobId, State};
use spool_core::plan::Plan;
use spool_core::preset;
use spool_core::queue::raised;
use spool_core::queue::sqlite::SqliteQueue;
use spool_core::queue::{
    Added, Command, Commands, Details, Filter, Leases, Lists, NewJob, Outcome, QueuePosition, Saved,
    Selection,
};
use spool_core::raised::Alarm;
use spool_core::recheck::finding::{Check, Finding, Obstacle};
use spool_core::remark::Remark;
use spool_core::words;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The newest schema that recognized jobs by the name of their preset and stored no verification.
const FORMER: u32 = 3;

struct Upgraded {
    queue: SqliteQueue,
    path: PathBuf,
    _dir: tempfile::TempDir,
}

fn open(schema: u32) -> Upgraded {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("queue.db");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("integration/queue/versions");
    std::fs::copy(folder.join(format!("schema-{schema}.db")), &path).unwrap();
    let queue = SqliteQueue::open(&path, Arc::new(ManualClock::at(START))).unwrap();
    Upgraded { queue, path, _dir: dir }
}

impl Upgraded {
    fn job(&self, id: i64) -> Job {
        self.queue.job(JobId(id)).unwrap().unwrap()
    }

    /// The file of this job as it is added today. `real`: the target of a symlink.
    fn again(&self, id: i64, preset: &str, real: Option<&str>) -> NewJob {
        let job = self.job(id);
        let mut new = new_job("x");
        new.real_source = real.map_or_else(|| job.source.clone(), PathBuf::from);
        (new.stem, new.source, new.source_size) =
            (job.source.file_stem().unwrap().into(), job.source, job.source_size);
        new.source_mtime_ns = job.source_mtime_ns.or(new.source_mtime_ns);
        (new.root, new.folder) = ("/out/holiday".into(), "/out/holiday".into());
        new.spec.preset = preset::find(preset).unwrap().clone();
        new
    }

    fn add(&self, job: NewJob) -> Added {
        let done = self.queue.page(&Filter::of(&[State::Done]), 0, 100).unwrap();
        let on_disk = done.iter().map(|job| &job.output).collect();
        self.queue.add(&[job], QueuePosition::End, &on_disk).unwrap().remove(0)
    }
}

#[test]
fn jobs_of_schemas_1_to_3_survive_the_upgrade() {
    use State::{Cancelled, Done, Failed, Queued, Running};
    for schema in 1..=FORMER {
        let upgraded = open(schema);
        let all = upgraded.queue.page(&Filter::default(), 0, 100).unwrap();
        let states: Vec<State> = all.iter().map(|job| job.state).collect();
        assert_eq!(
            states,
            [Done, Done, Done, Failed, Cancelled, Running, Queued, Queued, Queued],
            "{schema}"
        );
        assert!(all.iter().all(|job| job.spec.is_some() && job.real_source == job.source));
        assert!(all.iter().all(|job| !job.verified && job.source_mtime_ns.is_none()));
        let counts = upgraded.queue.counts().unwrap();
        assert_eq!((counts.queued, counts.held, counts.startable()), (3, 1, 2), "{schema}");
        assert_eq!(upgraded.queue.startable_before(i64::MAX).unwrap(), 2);
        let attempts = upgraded.queue.attempts(JobId(1)).unwrap();
        assert!(attempts[0].plan.is_some() && attempts[0].verification.is_none());
        let running = upgraded.job(6);
        assert!(upgraded.queue.settle(running.lease(), &Outcome::Rescued { crashes: 1 }).unwrap());
        let claimed = upgraded.queue.claim("engine", true).unwrap().unwrap();
        assert_eq!(claimed.id, JobId(6), "first in the list");
    }
}

#[test]
fn jobs_of_schema_4_survive_with_verifications_and_without_rechecks() {
    use State::{Cancelled, Done, Failed, Queued, Running};
    let upgraded = open(4);
    let all = upgraded.queue.page(&Filter::default(), 0, 100).unwrap();
    let states: Vec<State> = all.iter().map(|job| job.state).collect();
    assert_eq!(states, [Done, Done, Failed, Cancelled, Running, Queued, Queued]);
    assert!(all.iter().all(|job| job.spec.is_some() && job.source_mtime_ns.is_some() && job.check.is_none()));
    assert!(all.iter().all(|job| job.verified == (job.state == Done)));
    let attempts = upgraded.queue.attempts(JobId(1)).unwrap();
    assert!(attempts[0].plan.is_some() && attempts[0].verification.is_some());
    assert_eq!(upgraded.add(upgraded.again(1, "web-1080p", None)), Added::DoneBefore(JobId(1)));
    let check = Check { at: 7, finding: Finding::NotChecked { why: Obstacle::SourceGone } };
    assert!(upgraded.queue.keep_check(JobId(1), &check, None).unwrap());
    assert_eq!(upgraded.job(1).check, Some(check));
}

#[test]
fn jobs_of_schema_5_survive_and_their_attempts_have_no_boot_id() {
    let upgraded = open(5);
    let all = upgraded.queue.page(&Filter::default(), 0, 100).unwrap();
    assert_eq!(all.len(), 7);
    assert!(all.iter().all(|job| job.spec.is_some() && job.machine_ends == 0 && job.best.is_none()));
    let running = upgraded.job(5);
    assert_eq!((running.state, running.progress.is_some()), (State::Running, true));
    assert_eq!(upgraded.queue.attempts(running.id).unwrap()[0].boot, None);
    let down = Outcome::MachineDown { ends: 1, hold: None };
    assert!(upgraded.queue.settle(running.lease(), &down).unwrap());
    let claimed = upgraded.queue.claim_on(Some("a"), "engine", true).unwrap().unwrap();
    assert_eq!((claimed.id, claimed.machine_ends), (JobId(5), 1));
    assert_eq!(upgraded.queue.attempts(claimed.id).unwrap()[1].boot.as_deref(), Some("a"));
}

/// Schema 6 counted its rows on each read, and forgot done work when its row was removed.
#[test]
fn jobs_of_schema_6_are_listed_and_counted_and_known_after_they_left_the_list() {
    use State::{Cancelled, Done, Failed, Queued, Running};
    let upgraded = open(6);
    let queue = &upgraded.queue;
    let all = queue.page(&Filter::default(), 0, 100).unwrap();
    let states: Vec<State> = all.iter().map(|job| job.state).collect();
    assert_eq!(states, [Done, Done, Failed, Cancelled, Running, Queued, Queued]);
    assert!(all.iter().all(|job| job.spec.is_some() && job.output_root.is_none()));
    let counts = queue.counts().unwrap();
    let ended = [counts.running, counts.done, counts.failed, counts.cancelled];
    assert_eq!((counts.queued, counts.held, counts.startable(), ended), (2, 1, 1, [1, 2, 1, 1]));
    let sum = |size: fn(&Job) -> Option<u64>| all[..2].iter().filter_map(size).sum::<u64>();
    let (before, after) = (sum(|job| job.source_size), sum(|job| job.output_size));
    assert!(before > after && after > 0);
    assert_eq!(queue.saved().unwrap(), Saved { before, after });
    assert_eq!(Some(queue.queued_bytes().unwrap()), all[5].source_size, "the job on hold does not count");
    assert_eq!(queue.causes().unwrap(), [(FailureCode::NotMedia, 1)]);
    assert_eq!(upgraded.add(upgraded.again(3, "web-1080p", None)), Added::EndedBefore(JobId(3), Failed));
    assert_eq!(upgraded.add(upgraded.again(4, "remux-mp4", None)), Added::EndedBefore(JobId(4), Cancelled));
    let again = upgraded.again(1, "web-1080p", None);
    let result = NewJob {
        source: all[0].output.clone(),
        real_source: all[0].output.clone(),
        source_size: all[0].output_size,
        from_folder: true,
        ..again.clone()
    };
    assert_eq!(queue.apply(Command::Remove, &Selection::All(vec![Done])).unwrap().done, [JobId(1), JobId(2)]);
    assert_eq!((queue.counts().unwrap().done, queue.saved().unwrap()), (0, Saved::default()));
    let on_disk = all.iter().map(|job| &job.output).collect();
    let add = |job: NewJob| queue.add(&[job], QueuePosition::End, &on_disk).unwrap().remove(0);
    assert_eq!(add(again.clone()), Added::DoneBefore(JobId(1)));
    assert_eq!(add(result), Added::OwnOutput(JobId(1)));
    let changed = NewJob { source_mtime_ns: Some(1), ..again };
    assert!(matches!(add(changed), Added::Accepted { .. }));
}

#[test]
fn a_queue_of_schema_6_restarts_its_running_job_and_remembers_new_results() {
    let upgraded = open(6);
    let queue = &upgraded.queue;
    let (running, again) = (upgraded.job(5), upgraded.again(6, "web-720p", None));
    assert!(queue.attempts(running.id).unwrap()[0].boot.is_some());
    assert!(queue.settle(running.lease(), &Outcome::MachineDown { ends: 1, hold: None }).unwrap());
    let first = queue.claim("engine", true).unwrap().unwrap();
    assert_eq!((first.id, first.best.is_some()), (JobId(5), true), "first in the list, with its progress");
    let second = queue.claim("engine", true).unwrap().unwrap();
    let done = Outcome::Done { output: second.output.clone(), size: 7, warnings: Vec::new() };
    assert!(queue.settle(second.lease(), &done).unwrap());
    assert!(queue.claim("engine", true).unwrap().is_none(), "the last job is on hold");
    assert_eq!(queue.retire(i64::MAX, 0, 0).unwrap(), 3, "all done jobs");
    let on_disk = [&second.output].into_iter().collect();
    assert_eq!(queue.add(&[again], QueuePosition::End, &on_disk).unwrap(), [Added::DoneBefore(second.id)]);
    let counts = queue.counts().unwrap();
    assert_eq!([counts.queued, counts.running, counts.done, counts.failed], [1, 1, 0, 1]);
}

/// The previous version stored remarks and reasons as sentences, in the same schema.
#[test]
fn sentences_that_the_previous_version_stored_are_read_and_shown() {
    let upgraded = open(6);
    let change = r#"
        UPDATE job SET warnings = '["It was odd.", "The result is 12 % bigger than the original."]',
            checked = '{"at":7,"finding":{"found":"right","remarks":["It was odd."]}}' WHERE id = 1;
        UPDATE attempt SET plan = json_set(plan,
            '$.streams[0].action', json('{"do":"drop","reason":"it was odd","usual":false}'),
            '$.streams[1].action', json('{"do":"convert","codec":"aac","encoder":"aac","options":[],"filters":[],
                "framesChange":false,"instead":"MP4 cannot hold VP8"}'),
            '$.changes', json('[{"of":{"stream":0},"property":"stream","from":"video","why":{"words":"it was odd"}}]'))
            WHERE job_id = 1"#;
    rusqlite::Connection::open(&upgraded.path).unwrap().execute_batch(change).unwrap();
    let view = JobView::of(&upgraded.job(1), None);
    let sentences = ["It was odd.", "The result is 12 % bigger than the original."];
    assert_eq!(view.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(), sentences);
    assert_eq!(view.remarks, sentences.map(|text| Remark::Text { text: text.into() }));
    assert_eq!(view.check.unwrap().message, "It was odd.");
    let attempt = upgraded.queue.attempts(JobId(1)).unwrap().remove(0);
    let plan: Plan = serde_json::from_str(attempt.plan.as_deref().unwrap()).unwrap();
    let differences = words::differences(plan.changes.iter());
    assert_eq!(differences[0].to_string(), "Track 0 was left out: it was odd.");
    let shown = AttemptView::from(&attempt).plan.unwrap();
    assert_eq!(shown["streams"][0]["action"]["reason"]["message"], "it was odd");
    assert_eq!(shown["streams"][1]["action"]["instead"]["message"], "MP4 cannot hold VP8");
}

#[test]
fn plans_of_earlier_versions_are_readable() {
    for schema in 1..=6 {
        let attempts = open(schema).queue.attempts(JobId(1)).unwrap();
        let plan: Plan = serde_json::from_str(attempts[0].plan.as_deref().unwrap()).unwrap();
        assert_eq!(plan.kept().count(), 2, "{schema}");
    }
}

#[test]
fn work_done_before_the_upgrade_is_not_added_again() {
    let upgraded = open(FORMER);
    let count = || upgraded.queue.matching(&Filter::default()).unwrap();
    let before = count();
    let link = Some("/videos/elsewhere/film.mkv");
    assert_eq!(upgraded.add(upgraded.again(1, "web-1080p", None)), Added::DoneBefore(JobId(1)));
    assert_eq!(upgraded.add(upgraded.again(2, "web-1080p", None)), Added::DoneBefore(JobId(2)));
    assert_eq!(
        upgraded.add(upgraded.again(3, "web-1080p", link)),
        Added::DoneBefore(JobId(3)),
        "by its former key"
    );
    assert_eq!(upgraded.add(upgraded.again(6, "small-hevc", None)), Added::Duplicate(JobId(6)));
    assert_eq!(upgraded.add(upgraded.again(7, "web-720p", None)), Added::Duplicate(JobId(7)));
    assert_eq!(count(), before);
    let mut renamed = upgraded.again(2, "web-1080p", None);
    (renamed.spec.preset.id, renamed.spec.preset.name) = ("mine".into(), "Mine".into());
    assert_eq!(upgraded.add(renamed), Added::DoneBefore(JobId(2)), "only the preset's name differs");
    let mut other = upgraded.again(2, "web-1080p", None);
    (other.spec.preset.salvage, other.stem) = (true, "new".into());
    assert!(matches!(upgraded.add(other), Added::Accepted { .. }));
}

#[test]
fn two_queued_jobs_with_the_same_settings_both_stay() {
    for schema in 1..=FORMER {
        let upgraded = open(schema);
        let claimed: Vec<i64> = std::iter::from_fn(|| upgraded.queue.claim("engine", true).unwrap())
            .map(|job| job.id.0)
            .collect();
        assert_eq!(claimed, [7, 8], "{schema}");
    }
}

#[test]
fn work_done_by_a_built_in_preset_before_its_values_changed_counts_as_done() {
    for schema in 1..FORMER {
        let upgraded = open(schema);
        assert_eq!(
            upgraded.add(upgraded.again(1, "web-1080p", None)),
            Added::DoneBefore(JobId(1)),
            "{schema}"
        );
    }
}

#[test]
fn an_interrupted_upgrade_is_finished_at_the_next_start() {
    let upgraded = open(FORMER);
    let sql = "UPDATE job SET spec_version = 0, unique_key = former_key, former_key = NULL WHERE id <> 1";
    rusqlite::Connection::open(&upgraded.path).unwrap().execute(sql, []).unwrap();
    let reopened = SqliteQueue::open(&upgraded.path, Arc::new(ManualClock::at(START))).unwrap();
    let again = Upgraded { queue: reopened, path: upgraded.path.clone(), _dir: tempfile::tempdir().unwrap() };
    assert_eq!(again.queue.counts().unwrap().startable(), 2);
    assert_eq!(again.add(again.again(2, "web-1080p", None)), Added::DoneBefore(JobId(2)));
    let link = Some("/videos/elsewhere/film.mkv");
    assert_eq!(again.add(again.again(3, "web-1080p", link)), Added::DoneBefore(JobId(3)));
}

/// `versions/schema-9.db` holds two done jobs, one of a damaged video, and three failed ones, which raised the alarm. It
/// stores failures, remarks and the alarm as sentences.
#[test]
fn failures_and_alarms_stored_as_sentences_are_read_and_shown() {
    let upgraded = open(9);
    for (id, code, text) in [
        (2, FailureCode::SourceTruncated, "The recording ends early: 0:05 of 0:06 can be read."),
        (3, FailureCode::NotMedia, "notes.mkv is not a video that can be read."),
        (4, FailureCode::NoVideo, "There is no moving picture in this file."),
    ] {
        let stored = Reason::Text { code, text: text.to_owned() };
        assert_eq!(upgraded.job(id).failure, Some(stored.clone()));
        let attempts = upgraded.queue.attempts(JobId(id)).unwrap();
        assert_eq!(attempts[0].failure, Some(stored));
        let shown = serde_json::to_value(JobView::of(&upgraded.job(id), None)).unwrap();
        assert_eq!(shown["failure"]["message"], text);
        assert_eq!((&shown["failure"]["code"], &shown["failure"]["kind"]), (&json!(code), &json!("text")));
        let again =
            Failure { exit: attempts[0].exit, signal: attempts[0].signal, ..Reason::NoPicture.into() };
        assert_eq!(attempts[0].failed_like(&again), code == FailureCode::NoVideo);
    }
    let alarm = raised::alarm(&upgraded.queue).unwrap().unwrap();
    assert!(matches!(&alarm, Alarm::Text { .. }), "{alarm:?}");
    assert_eq!(
        words::alarm(&alarm).to_string(),
        "3 videos failed in the last 10 minutes. Look at their reasons before the rest runs into the same."
    );
}
