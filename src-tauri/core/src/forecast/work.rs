//! The workload of a job, as far as it is known before it runs.

use crate::job::Job;
use crate::media::Facts;
use crate::preset::{self, CopyRule, Depth, Preset, Speed, VideoCodec, VideoPreset};
use crate::spec::JobSpec;
use uuid::Uuid;

/// The workload of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Workload {
    /// Identifies the kind of work: jobs with equal presets and options share it.
    pub task: Uuid,
    /// Core-seconds for a second of video of one megapixel, before anything was learned.
    pub cost: f64,
    /// Video codec, as in [`Facts`]; empty if unknown.
    pub codec: String,
    /// Megapixels of a frame; `None` if unknown, or without video.
    pub megapixels: Option<f64>,
    /// Duration of the video in seconds; `None` before it was probed.
    pub seconds: Option<f64>,
    /// Size of the original in bytes; 0 if unknown.
    pub bytes: u64,
}

impl Workload {
    /// Equivalent seconds of video of one megapixel; `None` before the video was probed. Audio only counts as a small
    /// picture.
    pub fn units(&self) -> Option<f64> {
        Some(self.seconds?.max(0.0) * self.megapixels.unwrap_or(0.0).max(SMALLEST))
    }
}

impl Workload {
    /// The workload as it was before the video was probed.
    #[must_use]
    pub fn unseen(&self) -> Workload {
        Workload { codec: String::new(), megapixels: None, seconds: None, ..self.clone() }
    }
}

/// Megapixels below which a frame takes as long as its audio and bytes do.
const SMALLEST: f64 = 0.02;

/// Computes workloads. Caches the last task, as most jobs of a list share a preset and its meaning is the costly part.
#[derive(Debug, Default)]
pub struct Workloads {
    last: Option<(JobSpec, Uuid)>,
}

impl Workloads {
    /// The workload of this job; `None` if its options are unreadable.
    pub fn of(&mut self, job: &Job) -> Option<Workload> {
        Some(self.of_video(job.spec.as_ref()?, job.facts.as_ref(), job.source_size.unwrap_or(0)))
    }

    /// The workload of a video that is not a job.
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

/// Core-seconds for a second of video of one megapixel at 30 frames per second: a default, soon replaced by what is
/// learned. Measured with `./dev bench eta record` at medium speed on two cores for H.264, H.265 and copies; the others
/// follow what is generally reported of these encoders.
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

/// Does the video appear to be what the preset makes? The plan may decide otherwise.
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
    fn fitting_video_is_estimated_as_a_copy() {
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
    fn presets_of_one_meaning_are_one_task() {
        let mut works = Workloads::default();
        let mut of = |preset: &Preset| works.of_video(&JobSpec::of(preset.clone()), None, 1).task;
        let web = preset::find("web-1080p").unwrap();
        let named = Preset { id: "mine".into(), name: "Mine".into(), ..web.clone() };
        assert_eq!(of(web), of(&named));
        assert_ne!(of(web), of(preset::find("web-720p").unwrap()));
    }
}
