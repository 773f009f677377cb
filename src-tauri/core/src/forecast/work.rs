//! What there is to do for one job, as far as it is known before it was done.

use crate::job::Job;
use crate::media::Facts;
use crate::preset::{self, CopyRule, Preset, Speed, VideoCodec};
use crate::spec::JobSpec;
use uuid::Uuid;

/// What there is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// Names what is done: two jobs with the same are done alike.
    pub task: Uuid,
    /// Seconds of one core for a second of video of a million pixels, where nothing was learned yet.
    pub cost: f64,
    /// Codec of the picture, as [`Facts`] has it; empty where it is not known.
    pub codec: String,
    /// Millions of pixels of a picture; `None` where that is not known, or there is no picture.
    pub megapixels: Option<f64>,
    /// Length of the video; `None` where it was not looked at yet.
    pub seconds: Option<f64>,
    /// Size of the original; 0 where that is not known.
    pub bytes: u64,
}

impl Workload {
    /// Seconds of a video of a million pixels that it amounts to; `None` where it was not looked at yet. Sound, and what
    /// has neither, counts as a small picture.
    pub fn units(&self) -> Option<f64> {
        Some(self.seconds?.max(0.0) * self.megapixels.unwrap_or(0.0).max(SMALLEST))
    }
}

impl Workload {
    /// The same as it was before the video was looked at.
    #[must_use]
    pub fn unseen(&self) -> Workload {
        Workload { codec: String::new(), megapixels: None, seconds: None, ..self.clone() }
    }
}

/// Millions of pixels below which a picture takes no less time than its sound and its bytes do.
const SMALLEST: f64 = 0.02;

/// Makes workloads of jobs. Those of one list mostly have the same preset, whose meaning costs more than all else.
#[derive(Debug, Default)]
pub struct Workloads {
    last: Option<(JobSpec, Uuid, f64)>,
}

impl Workloads {
    /// What there is to do for this job; `None` where it cannot be read.
    pub fn of(&mut self, job: &Job) -> Option<Workload> {
        let (task, cost) = self.task(job.spec.as_ref()?);
        Some(workload(task, cost, job.facts.as_ref(), job.source_size.unwrap_or(0)))
    }

    /// The same of a video that is no job.
    pub fn of_video(&mut self, spec: &JobSpec, facts: Option<&Facts>, bytes: u64) -> Workload {
        let (task, cost) = self.task(spec);
        workload(task, cost, facts, bytes)
    }

    fn task(&mut self, spec: &JobSpec) -> (Uuid, f64) {
        match &self.last {
            Some((last, task, cost)) if last == spec => (*task, *cost),
            _ => {
                let (task, cost) = (task(spec), cost(&spec.preset));
                self.last = Some((spec.clone(), task, cost));
                (task, cost)
            }
        }
    }
}

fn task(spec: &JobSpec) -> Uuid {
    let meaning = preset::meaning(&spec.preset) + &preset::meaning_of(&spec.options);
    Uuid::new_v5(&Uuid::NAMESPACE_OID, meaning.as_bytes())
}

fn workload(task: Uuid, cost: f64, facts: Option<&Facts>, bytes: u64) -> Workload {
    let pixels = facts.map_or(0.0, |facts| f64::from(facts.width) * f64::from(facts.height));
    Workload {
        task,
        cost,
        codec: facts.map(|facts| facts.codec.clone()).unwrap_or_default(),
        megapixels: (pixels > 0.0).then_some(pixels / 1e6),
        seconds: facts.and_then(|facts| facts.seconds),
        bytes,
    }
}

/// Seconds of one core for a second of video of a million pixels at 30 frames: a first guess, soon replaced by what is
/// learned. Measured once with `./dev bench eta record` for H.264 at medium speed; the others by their ratio to it.
fn cost(preset: &Preset) -> f64 {
    let Some(video) = &preset.video else { return 0.05 };
    if video.copy == CopyRule::WhenHeld {
        return 0.1;
    }
    let codec = match video.codec {
        VideoCodec::H264 => 1.0,
        VideoCodec::Hevc => 3.0,
        VideoCodec::Av1 => 2.5,
        VideoCodec::ProRes => 0.6,
    };
    let speed = match video.speed {
        Speed::Ultrafast => 0.2,
        Speed::Superfast => 0.3,
        Speed::Veryfast => 0.4,
        Speed::Faster => 0.6,
        Speed::Fast => 0.8,
        Speed::Medium => 1.0,
        Speed::Slow => 1.7,
        Speed::Slower => 3.0,
        Speed::Veryslow => 6.0,
    };
    let passes = if video.size_mb.is_some() { 1.5 } else { 1.0 };
    codec * speed * passes
}
