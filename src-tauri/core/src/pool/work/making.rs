//! The state of one making of a result. Plain data.

use super::Work;
use super::log::Log;
use super::scratch::Scratch;
use crate::ffmpeg::Tools;
use crate::media::MediaInfo;
use crate::plan::Step;
use crate::progress::steps::Steps;

/// The state of one making.
pub(super) struct Making<'a> {
    pub(super) work: &'a Work<'a>,
    pub(super) tools: &'a Tools,
    /// What is known of the source; updated when a result is refused.
    pub(super) info: MediaInfo,
    pub(super) steps: Steps,
    pub(super) log: Log,
    /// End of video and audio in seconds, if chapters or subtitles of the result continue after it.
    pub(super) shown: Option<f64>,
    pub(super) scratch: Scratch,
}

impl Making<'_> {
    /// Starts the next step, and resets the shown progress of the previous one.
    pub(super) fn enter(&mut self, step: &Step) {
        self.steps.enter(step);
        self.work.keep(self.steps.shown());
    }
}
