//! Bit rate control for a size limit: the video bit rate that keeps the whole result below it.

use super::encode::{Quality, Settings};
use super::{Action, Plan, Task};
use crate::failure::{Failure, Reason};
use crate::media::Kind;

/// Share of the limit to aim at: x264's second pass lands within some 2 % of its target.
const AIM: f64 = 0.975;
/// Container overhead per stream, in kbit/s: its index, some 12 bytes a frame.
const CONTAINER_KBPS: f64 = 4.0;
/// Minimum bits per pixel; less is not worth keeping.
const MIN_BITS_PER_PIXEL: f64 = 0.01;
/// Minimum video bit rate in kbit/s, however small the picture.
const MIN_KBPS: f64 = 40.0;

/// Sets the video bit rate that the preset's size limit leaves.
///
/// # Errors
/// `plan_refused` if the length is unknown or the size is unreachable; then with the smallest possible size.
pub(super) fn aim(plan: &mut Plan, task: &Task<'_>) -> Result<(), Failure> {
    let Some(megabytes) = task.preset.size_mb() else { return Ok(()) };
    plan.limit = Some(u64::from(megabytes) * 1_000_000);
    if plan.picture().is_some_and(|picture| matches!(picture.action, Action::Copy { .. })) {
        return Ok(());
    }
    let seconds = task.info.length().ok_or(Reason::LengthUnknown)?;
    let others = other_kbps(plan);
    let kbps = f64::from(megabytes) * 8000.0 * AIM / seconds - others;
    let min = min_kbps(task);
    if kbps < min {
        let smallest = ((min + others) * seconds / 8000.0 / AIM).ceil();
        return Err(Reason::CannotFit { limit: megabytes, smallest: smallest as u64 }.into());
    }
    // More than the source's bit rate would only waste space.
    let had = task.info.size.map_or(f64::INFINITY, |size| size as f64 * 8.0 / seconds / 1000.0);
    set_rate(plan, kbps.min(had.max(min)) as u64);
    Ok(())
}

/// Lowers the video bit rate after a result of `made` bytes exceeded the limit. `None`: it did not, or no bit rate is
/// set.
pub fn slower(plan: &Plan, made: u64) -> Option<Plan> {
    let limit = plan.limit.filter(|limit| made > *limit)?;
    let now = rate(plan)?;
    let mut plan = plan.clone();
    set_rate(&mut plan, (now as f64 * limit as f64 / made as f64 * AIM) as u64);
    Some(plan)
}

fn min_kbps(task: &Task<'_>) -> f64 {
    let Some((picture, preset)) = task.main.video.as_ref().zip(task.preset.video.as_ref()) else {
        return MIN_KBPS;
    };
    let (width, height) = super::shape::target_size(picture, preset);
    let fps = picture.rate.unwrap_or(30.0).min(f64::from(preset.max_fps.unwrap_or(1000)));
    (f64::from(width) * f64::from(height) * fps * MIN_BITS_PER_PIXEL / 1000.0).max(MIN_KBPS)
}

/// Bit rate of audio and container, in kbit/s.
fn other_kbps(plan: &Plan) -> f64 {
    let sound = plan.streams.iter().filter(|s| s.kind == Kind::Audio && s.action.keeps());
    let kbps = |action: &Action| action.encoded()?.sound()?.kbps;
    sound.map(|s| f64::from(kbps(&s.action).unwrap_or(0)) + CONTAINER_KBPS).sum::<f64>() + CONTAINER_KBPS
}

fn set_rate(plan: &mut Plan, kbps: u64) {
    let picture = plan.picture().map(|picture| picture.input);
    let stream = plan.streams.iter_mut().find(|s| Some(s.input) == picture);
    if let Some(Action::Convert(spec)) = stream.map(|stream| &mut stream.action)
        && let Some(Settings::Picture(settings)) = &mut spec.settings
    {
        settings.quality = Quality::Kbps(kbps.max(1));
    }
}

fn rate(plan: &Plan) -> Option<u64> {
    match plan.picture()?.action.encoded()?.picture()?.quality {
        Quality::Kbps(kbps) => Some(kbps),
        Quality::Fixed | Quality::Crf(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{MediaInfo, Picture, Stream};
    use crate::plan::{Abilities, plan};
    use crate::preset;
    use crate::spec::JobSpec;

    fn video(seconds: f64) -> MediaInfo {
        let picture = Picture {
            width: 1920,
            height: 1080,
            pixel_aspect: 1.0,
            bits: 8,
            rate: Some(30.0),
            ..Picture::default()
        };
        let video = Stream {
            kind: Kind::Video,
            codec: "h264".into(),
            seconds: Some(seconds),
            video: Some(picture),
            ..Stream::default()
        };
        let audio = Stream {
            index: 1,
            kind: Kind::Audio,
            codec: "aac".into(),
            channels: Some(2),
            ..Stream::default()
        };
        MediaInfo { streams: vec![video, audio], ..MediaInfo::default() }
    }

    fn fit() -> JobSpec {
        let fit = preset::find("fit-size").unwrap();
        JobSpec::of(preset::set(fit, &[("video.sizeMb", "25")]).unwrap())
    }

    #[test]
    fn file_below_the_size_that_plays_is_copied_and_no_other() {
        let small = |size, change: &dyn Fn(&mut MediaInfo)| {
            let mut info = MediaInfo { size: Some(size), container: "matroska,webm".into(), ..video(100.0) };
            info.streams[0].level = Some(40);
            if let Some(picture) = &mut info.streams[0].video {
                picture.pixel_format = "yuv420p".into();
            }
            info.streams[1].sample_rate = Some(48_000);
            change(&mut info);
            let plan = plan(&info, &fit(), &Abilities::default()).unwrap();
            (plan.copies().count(), plan.limit)
        };
        assert_eq!(small(18_000_000, &|_| {}), (2, Some(25_000_000)));
        assert_eq!(small(25_000_001, &|_| {}).0, 0, "too big: the sound is converted as well");
        assert_eq!(small(18_000_000, &|info| info.streams[0].codec = "hevc".into()).0, 0, "few play it");
        assert_eq!(small(18_000_000, &|info| info.streams[1].codec = "ac3".into()).0, 1);
        let refused = |info: &mut MediaInfo| info.streams[0].copy_fault = Some(crate::media::CopyFault::Big);
        assert_eq!(small(18_000_000, &refused).0, 0, "its copy came out too big");
    }

    #[test]
    fn video_gets_the_bit_rate_that_audio_leaves() {
        let fit = fit();
        let aimed = plan(&video(100.0), &fit, &Abilities::default()).unwrap();
        assert_eq!(aimed.limit, Some(25_000_000));
        assert_eq!(rate(&aimed), Some(1846), "25 MB in 100 s are 2,000 kbit/s, less 2.5 %, 96 and 8");
        let small = MediaInfo { size: Some(5_000_000), ..video(100.0) };
        assert_eq!(
            rate(&plan(&small, &fit, &Abilities::default()).unwrap()),
            Some(622),
            "the source's bit rate, but not less than the minimum"
        );
        assert_eq!(slower(&aimed, 24_000_000), None);
        assert_eq!(rate(&slower(&aimed, 27_500_000).unwrap()), Some(1636));
    }

    #[test]
    fn unreachable_size_is_refused_with_the_smallest_possible_one() {
        let fit = fit();
        let refusal = plan(&video(3600.0), &fit, &Abilities::default()).unwrap_err();
        assert_eq!(refusal.code(), crate::failure::FailureCode::PlanRefused);
        assert_eq!(refusal.sentence(), "Cannot fit into 25 MB. The smallest possible is 336 MB.");
    }
}
