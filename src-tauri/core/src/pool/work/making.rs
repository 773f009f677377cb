//! What one making of a result works on, and how far it is. Plain data.

use super::Work;
use super::log::Log;
use super::scratch::Scratch;
use crate::ffmpeg::Tools;
use crate::media::MediaInfo;
use crate::plan::Step;
use crate::progress::steps::Steps;

/// What one making works on, and how far it is.
pub(super) struct Making<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) tools: &'a Tools,
    /// What is known of the source; grows when a copy is refused.
    pub(super) info: MediaInfo,
    pub(super) steps: Steps,
    pub(super) log: Log,
    /// Where picture and sound of a result end whose chapters or subtitles go on.
    pub(super) shown: Option<f64>,
    pub(super) scratch: Scratch,
}

impl Making<'_> {
    /// The next step begins: what is shown of the one before is no longer true of it.
    pub(super) fn enter(&mut self, step: &Step) {
        self.steps.enter(step);
        self.work.keep(self.steps.shown());
    }
}
