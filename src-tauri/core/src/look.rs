//! Examines and plans a source: probes, surveys and measures it as far as its plan needs. Used by an attempt before
//! it makes a result, and by a later check of that result.
//!
//! Guarantees that both get the same information about a source. Only reads it. Must not know the queue.

use crate::failure::Failure;
use crate::ffmpeg::location::LocationSearch;
use crate::ffmpeg::{self, Control, probe};

pub(crate) use crate::ffmpeg::ProbeContext;
use crate::media::{Kind, Learned, MediaInfo};
use crate::plan::{self, Abilities, Plan};
use crate::preset::{Hardware, Metadata};
use crate::spec::JobSpec;
use std::path::Path;

/// Why there is no result.
pub(crate) enum Halt {
    /// It failed.
    Failed(Failure),
    /// An order ended it.
    Ordered,
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Halt {
        Halt::Failed(failure)
    }
}

impl ProbeContext<'_> {
    /// Halts if an order requires it; called between steps.
    pub(crate) fn heed(&self) -> Result<(), Halt> {
        match *self.orders.borrow() {
            Control::Cancel | Control::Stop => Err(Halt::Ordered),
            Control::Go | Control::Suspend => Ok(()),
        }
    }
}

/// Probes a source. `found` is called before the slower parts.
pub(crate) fn look(
    asking: ProbeContext<'_>,
    source: &Path,
    spec: &JobSpec,
    found: impl FnOnce(&MediaInfo),
) -> Result<(MediaInfo, Abilities), Halt> {
    let ProbeContext { tools, policy, orders } = asking;
    let wanted = spec.preset.video.as_ref().is_some_and(|v| v.hardware == Hardware::Auto);
    let (abilities, info) = std::thread::scope(|scope| {
        // ffmpeg's abilities are determined once per process, while ffprobe runs.
        let asked = scope.spawn(|| ffmpeg::abilities(tools, wanted));
        let info = probe::source(tools, source, policy, Some(orders));
        (asked.join().unwrap_or_default(), info)
    });
    let mut info = info?.ok_or(Halt::Ordered)?;
    ffmpeg::survey(tools, source, policy, Some(orders), &mut info);
    found(&info);
    probe::frames(tools, source, policy, Some(orders), &mut info);
    probe::ends(tools, source, policy, Some(orders), &mut info);
    if spec.preset.size_mb().is_some() {
        probe::length(tools, source, policy, Some(orders), &mut info);
    }
    if spec.preset.metadata == Metadata::StripLocation {
        LocationSearch { tools, path: source, policy, orders }.look(&mut info);
    }
    asking.heed()?;
    Ok((info, abilities))
}

/// The converted video stream and its possible tick rates, where the header declares two different frame rates.
fn doubtful_rate(info: &MediaInfo, plan: &Plan) -> Option<(usize, Vec<f64>)> {
    let converted = plan.picture().filter(|s| s.action.converts())?.input;
    let picture = info.streams.iter().find(|s| s.index == converted)?.video.as_ref()?;
    let doubtful = picture.uneven && !picture.fine_clock && picture.tick_rate.is_some();
    doubtful.then(|| (converted, picture.clock_rates()))
}

/// Plans a source. `also_measured`: measure its packets whatever the plan is; else only if it copies streams, or for
/// animations.
pub(crate) fn plan(
    asking: ProbeContext<'_>,
    source: &Path,
    spec: &JobSpec,
    (info, abilities): (&mut MediaInfo, &Abilities),
    also_measured: bool,
) -> Result<Plan, Halt> {
    let mut planned = plan::plan(info, spec, abilities)?;
    if let Some((stream, rates)) = doubtful_rate(info, &planned)
        && probe::is_dense(asking, source, stream, rates)
    {
        info.learn(&Learned { dense: vec![stream], ..Learned::default() });
        planned = plan::plan(info, spec, abilities)?;
    }
    asking.heed()?;
    if !also_measured && !info.is_animation() && planned.copies().next().is_none() {
        return Ok(planned);
    }
    // Only the original's packets show what a copy must show.
    probe::shown(asking.tools, source, asking.policy, Some(asking.orders), info);
    if planned.without_places && planned.copies().any(|s| s.kind == Kind::Video) {
        let ProbeContext { tools, policy, orders } = asking;
        LocationSearch { tools, path: source, policy, orders }.look_between_frames(info);
    }
    asking.heed()?;
    Ok(plan::plan(info, spec, abilities)?)
}
