//! Captions inside the picture, read before a picture is converted: only then is it known what its encoder must keep, or
//! what becomes a track of its own.
//!
//! Guarantees that a source is read for them once.

use super::End;
use super::making::Making;
use crate::ffmpeg::{self, Asked};
use crate::plan::Plan;

/// The plan with the tracks that they become. Where the picture is copied they stay in it.
pub(super) fn add(making: &mut Making<'_>, plan: Plan) -> Result<Plan, End> {
    if making.info.captions.is_some() || !plan.converts_picture() {
        return Ok(plan);
    }
    let work = making.work;
    let (policy, orders) = (&work.shared.policy, Some(work.orders));
    let beside: Vec<usize> = plan.timed().map(|stream| stream.input).collect();
    let asked = Asked {
        tools: making.tools,
        policy,
        orders,
        notes: &making.scratch.prefix,
        beside: &beside,
        within: u64::MAX,
    };
    making.info.captions = Some(ffmpeg::captions(asked, &work.job.source, &making.info));
    work.heed()?;
    Ok(plan.captioned(&making.info, &work.spec.preset))
}
