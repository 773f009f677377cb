//! What there is to do for one job, as far as it is known before it was done.

use crate::job::Job;
use crate::media::Facts;
use crate::preset::{self, CopyRule, Depth, Preset, Speed, VideoCodec, VideoPreset};
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
    last: Option<(JobSpec, Uuid)>,
}

impl Workloads {
    /// What there is to do for this job; `None` where it cannot be read.
    pub fn of(&mut self, job: &Job) -> Option<Workload> {
        Some(self.of_video(job.spec.as_ref()?, job.facts.as_ref(), job.source_size.unwrap_or(0)))
    }

    /// The same of a video that is no job.
    pub fn of_video(&mut self, spec: &JobSpec, facts: Option<&Facts>, bytes: u64) -> Workload {
        let pixels = facts.map_or(0.0, |facts| f64::from(facts.width) * f64::from(facts.height));
        Workload {
            task: self.task(spec),
            cost: cost(&spec.preset, facts, bytes),
            codec: facts.map(|facts| facts.codec.clone()).unwrap_or_default(),
            megapixels: (pixels > 0.0).then_some(pixels / 1e6),
            seconds: facts.and_then(|facts| facts.seconds),
            bytes,
        }
    }

    fn task(&mut self, spec: &JobSpec) -> Uuid {
        match &self.last {
            Some((last, task)) if last == spec => *task,
            _ => {
                let task = task(spec);
                self.last = Some((spec.clone(), task));
                task
            }
        }
    }
}

fn task(spec: &JobSpec) -> Uuid {
    let meaning = preset::meaning(&spec.preset) + &preset::meaning_of(&spec.options);
    Uuid::new_v5(&Uuid::NAMESPACE_OID, meaning.as_bytes())
}

/// Seconds of one core for a second of video of a million pixels at 30 frames: a first guess, soon replaced by what is
/// learned. Of H.264, H.265 and copies as `./dev bench eta record` found them at medium speed on two cores; the others by
/// what is generally said of these encoders.
fn cost(preset: &Preset, facts: Option<&Facts>, bytes: u64) -> f64 {
    let Some(video) = &preset.video else { return 0.05 };
    if video.copy == CopyRule::WhenHeld || facts.is_some_and(|facts| may_be_copied(video, facts, bytes)) {
        return 0.3;
    }
    let codec = match video.codec {
        VideoCodec::H264 => 1.4,
        VideoCodec::Hevc => 3.0,
        VideoCodec::Av1 => 3.5,
        VideoCodec::ProRes => 0.8,
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

/// Does the video look as if it already were what the preset makes? The plan may know better.
fn may_be_copied(video: &VideoPreset, facts: &Facts, bytes: u64) -> bool {
    let codec = match video.codec {
        VideoCodec::H264 => "H.264",
        VideoCodec::Hevc => "HEVC",
        VideoCodec::Av1 => "AV1",
        VideoCodec::ProRes => "ProRes",
    };
    let (long, short) = (facts.width.max(facts.height), facts.width.min(facts.height));
    video.copy == CopyRule::WhenFits
        && facts.codec == codec
        && video.box_long.is_none_or(|side| long <= side)
        && video.box_short.is_none_or(|side| short <= side)
        && video.size_mb.is_none_or(|most| bytes <= u64::from(most) * 1_000_000)
        && !(video.depth == Depth::Eight && facts.bits > 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_already_fits_is_thought_to_be_copied() {
        let spec = JobSpec::of(preset::find("web-1080p").unwrap().clone());
        let fits = Facts { width: 1080, height: 1920, codec: "H.264".into(), bits: 8, ..Facts::default() };
        let of = |facts: &Facts| Workloads::default().of_video(&spec, Some(facts), 1).cost;
        let copied = of(&fits);
        for other in [
            Facts { codec: "HEVC".into(), ..fits.clone() },
            Facts { width: 3840, ..fits.clone() },
            Facts { bits: 10, ..fits.clone() },
        ] {
            assert!(of(&other) > 2.0 * copied, "{other:?}");
        }
    }

    #[test]
    fn two_jobs_are_one_task_where_their_presets_mean_the_same() {
        let mut works = Workloads::default();
        let mut of = |preset: &Preset| works.of_video(&JobSpec::of(preset.clone()), None, 1).task;
        let web = preset::find("web-1080p").unwrap();
        let named = Preset { id: "mine".into(), name: "Mine".into(), ..web.clone() };
        assert_eq!(of(web), of(&named));
        assert_ne!(of(web), of(preset::find("web-720p").unwrap()));
    }
}
