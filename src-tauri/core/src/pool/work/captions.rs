//! Reads the captions inside a video stream before the stream is converted, because they decide what the encoder must
//! keep and which captions become tracks.
//!
//! Guarantees that a source is read for captions only once.

use super::End;
use super::making::Making;
use crate::ffmpeg::{self, CaptionRequest};
use crate::plan::Plan;

/// Returns the plan with the tracks that captions become. In a copied video stream they stay as they are.
pub(super) fn add(making: &mut Making<'_>, plan: Plan) -> Result<Plan, End> {
    if making.info.captions.is_some() || !plan.converts_picture() {
        return Ok(plan);
    }
    let work = making.work;
    let (policy, orders) = (&work.shared.policy, Some(work.orders));
    let beside: Vec<usize> = plan.timed().map(|stream| stream.input).collect();
    let asked = CaptionRequest {
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
