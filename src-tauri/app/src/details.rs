//! The details of one job: its plan for each stream, and each attempt with its failure, commands and log.

use crate::environment::shown;
use crate::presets;
use crate::state::Spool;
use crate::view::{AttemptView, Checked, Details, StreamDetails};
use spool_core::error::Result;
use spool_core::job::{Attempt, Job, JobId, State};
use spool_core::media::codec_name;
use spool_core::plan::{Action, Plan, Planned};
use spool_core::reason::StreamReason;
use spool_core::words;

impl Spool {
    /// Returns the details of a job; `None` if it is not in the list any more.
    pub fn details(&self, id: JobId) -> Result<Option<Details>> {
        self.job(id)?.map(|job| self.details_of(&job)).transpose()
    }

    /// Returns the details of this job.
    pub fn details_of(&self, job: &Job) -> Result<Details> {
        let attempts = self.queue().attempts(job.id)?;
        let plan = attempts.iter().rev().find_map(|a| a.plan.as_deref());
        let plan: Option<Plan> = plan.and_then(|json| serde_json::from_str(json).ok());
        Ok(Details {
            row: self.row(job, None),
            changed: presets::changed(job, &self.known_presets()).into_iter().collect(),
            folder: job.output.parent().map(shown).unwrap_or_default(),
            checked: checked(job, &attempts),
            streams: plan.iter().flat_map(|p| &p.streams).map(stream).collect(),
            attempts: attempts.iter().map(AttemptView::from).collect(),
        })
    }
}

/// Returns the verification of a published result, unless a later check found it wrong.
fn checked(job: &Job, attempts: &[Attempt]) -> Option<Checked> {
    let made = attempts.iter().find(|a| job.verified && job.state == State::Done && a.epoch == job.epoch)?;
    made.verification.as_ref().map(Checked::from)
}

fn sentence(reason: &StreamReason) -> String {
    words::stream_reason(reason).to_string()
}

fn stream(planned: &Planned) -> StreamDetails {
    let (done, into, note) = match &planned.action {
        Action::Copy { .. } => ("Kept", String::new(), "Already fits the preset; copied without loss".into()),
        Action::Convert(spec) => {
            ("Converted", codec_name(&spec.codec), spec.instead.as_ref().map(sentence).unwrap_or_default())
        }
        Action::Drop { reason, .. } => ("Dropped", String::new(), sentence(reason)),
    };
    StreamDetails {
        kind: format!("{:?}", planned.kind).to_lowercase(),
        codec: codec_name(&planned.codec),
        into,
        done: done.into(),
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Pictures;
    use spool_core::media::Kind;
    use spool_core::queue::{Note, Outcome};
    use spool_core::verify::verification::{Decoded, Evidence, Measure, StreamCheck, Verification};

    /// Adds two done jobs; only the first has a verification, with a copied video stream.
    fn done(spool: &Spool) {
        let videos = tempfile::tempdir().unwrap();
        for name in ["a.mkv", "b.mkv"] {
            std::fs::write(videos.path().join(name), "x").unwrap();
        }
        spool.add(&[videos.path().to_owned()], "web-1080p").unwrap();
        let video = StreamCheck {
            input: 0,
            kind: Kind::Video,
            cover: false,
            copied: true,
            planned: "h264".into(),
            codec: "h264".into(),
            seconds: Measure { expected: Some(9.0), found: Some(8.5) },
            frames: Measure { expected: Some(225), found: Some(213) },
            by: Evidence::Header,
            compared: false,
            decoded: Some(Decoded::at(7)),
        };
        let seen = Verification {
            size: 5,
            seconds: Some(8.5),
            streams: vec![video],
            damaged: 0,
            changes: Vec::new(),
        };
        for checked in [true, false] {
            let job = spool.queue().claim("engine", true).unwrap().unwrap();
            if checked {
                spool.queue().note(job.lease(), &Note::Verified(seen.clone())).unwrap();
            }
            let outcome = Outcome::Done { output: job.output.clone(), size: 5, warnings: Vec::new() };
            spool.queue().settle(job.lease(), &outcome).unwrap();
        }
    }

    #[test]
    fn only_a_stored_verification_is_shown() {
        let data = tempfile::tempdir().unwrap();
        let spool = Spool::open(data.path().to_owned()).unwrap();
        done(&spool);
        let details = |id| spool.details(JobId(id)).unwrap().unwrap();
        let seen = details(1);
        let checked = seen.checked.unwrap();
        assert_eq!((checked.streams, checked.seconds, checked.places), (1, Some(8.5), Some(7)));
        assert_eq!(checked.pictures, Some(Pictures { found: 213, expected: Some(225) }));
        assert!(seen.row.job.verified && seen.row.copied);
        let unknown = details(2);
        assert_eq!(unknown.checked, None);
        assert!(!unknown.row.job.verified && !unknown.row.copied, "no verification was stored");
    }
}
