//! Aiming at a size: how many bits a second the picture may take so that the whole result stays below a limit.

use super::encode::{Quality, Settings};
use super::{Action, Plan, Task};
use crate::failure::{Failure, Reason};
use crate::media::Kind;

/// Share of the limit that is aimed at: x264's second pass comes out within some 2 % of its aim.
const AIM: f64 = 0.975;
/// What the container takes of each stream, in kilobits per second: its index, some 12 bytes a frame.
const INDEX: f64 = 4.0;
/// Fewer bits a pixel of a frame show nothing that is worth keeping.
const LEAST_BITS_PER_PIXEL: f64 = 0.01;
/// The picture's least rate in kilobits per second, however small it is.
const LEAST: f64 = 40.0;

/// Gives the picture the rate that the preset's size leaves for it.
///
/// # Errors
/// `plan_refused` when the length is unknown, or the size hopeless: then with the smallest one possible.
pub(super) fn aim(plan: &mut Plan, task: &Task<'_>) -> Result<(), Failure> {
    let Some(megabytes) = task.preset.size_mb() else { return Ok(()) };
    plan.limit = Some(u64::from(megabytes) * 1_000_000);
    if plan.picture().is_some_and(|picture| matches!(picture.action, Action::Copy { .. })) {
        return Ok(());
    }
    let seconds = task.info.length().ok_or(Reason::LengthUnknown)?;
    let others = other_kbps(plan);
    let kbps = f64::from(megabytes) * 8000.0 * AIM / seconds - others;
    let least = least_kbps(task);
    if kbps < least {
        let smallest = ((least + others) * seconds / 8000.0 / AIM).ceil();
        return Err(Reason::CannotFit { limit: megabytes, smallest: smallest as u64 }.into());
    }
    // More than the source has would only fill the size up.
    let had = task.info.size.map_or(f64::INFINITY, |size| size as f64 * 8.0 / seconds / 1000.0);
    set_rate(plan, kbps.min(had.max(least)) as u64);
    Ok(())
}

/// The same with the picture's rate lowered, after a result of `made` bytes came out too big.
pub fn slower(plan: &Plan, made: u64) -> Option<Plan> {
    let limit = plan.limit.filter(|limit| made > *limit)?;
    let now = rate(plan)?;
    let mut plan = plan.clone();
    set_rate(&mut plan, (now as f64 * limit as f64 / made as f64 * AIM) as u64);
    Some(plan)
}

fn least_kbps(task: &Task<'_>) -> f64 {
    let Some((picture, preset)) = task.main.video.as_ref().zip(task.preset.video.as_ref()) else {
        return LEAST;
    };
    let (width, height) = super::shape::target_size(picture, preset);
    let fps = picture.rate.unwrap_or(30.0).min(f64::from(preset.max_fps.unwrap_or(1000)));
    (f64::from(width) * f64::from(height) * fps * LEAST_BITS_PER_PIXEL / 1000.0).max(LEAST)
}

/// What sound and container take, in kilobits per second.
fn other_kbps(plan: &Plan) -> f64 {
    let sound = plan.streams.iter().filter(|s| s.kind == Kind::Audio && s.action.keeps());
    let kbps = |action: &Action| action.encoded()?.sound()?.kbps;
    sound.map(|s| f64::from(kbps(&s.action).unwrap_or(0)) + INDEX).sum::<f64>() + INDEX
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

    fn film(seconds: f64) -> MediaInfo {
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
    fn what_is_below_the_size_and_plays_is_copied_whole_and_nothing_else_is() {
        let small = |size, change: &dyn Fn(&mut MediaInfo)| {
            let mut info = MediaInfo { size: Some(size), container: "matroska,webm".into(), ..film(100.0) };
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
    fn the_picture_gets_what_the_sound_leaves() {
        let fit = fit();
        let aimed = plan(&film(100.0), &fit, &Abilities::default()).unwrap();
        assert_eq!(aimed.limit, Some(25_000_000));
        assert_eq!(rate(&aimed), Some(1846), "25 MB in 100 s are 2,000 kbit/s, less 2.5 %, 96 and 8");
        let small = MediaInfo { size: Some(5_000_000), ..film(100.0) };
        assert_eq!(
            rate(&plan(&small, &fit, &Abilities::default()).unwrap()),
            Some(622),
            "as the source; never less than shows anything"
        );
        assert_eq!(slower(&aimed, 24_000_000), None);
        assert_eq!(rate(&slower(&aimed, 27_500_000).unwrap()), Some(1636));
    }

    #[test]
    fn a_hopeless_size_is_refused_with_the_smallest_possible_one() {
        let fit = fit();
        let refusal = plan(&film(3600.0), &fit, &Abilities::default()).unwrap_err();
        assert_eq!(refusal.code(), crate::failure::FailureCode::PlanRefused);
        assert_eq!(refusal.said(), "Cannot fit into 25 MB. The smallest possible is 336 MB.");
    }
}
