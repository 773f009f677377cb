//! Facts about a file that only decoding shows, and how they are merged into its [`MediaInfo`].
//!
//! Pure. Guarantees that each fact is learned only once, so learning ends.

use super::{Kind, MediaInfo};
use std::collections::BTreeMap;

/// Facts shown by decoding, by stream index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// Further frame sizes, upright and in square pixels.
    pub sizes: BTreeMap<usize, Vec<(u32, u32)>>,
    /// Channel counts above the declared ones, with the layout as ffmpeg names it.
    pub channels: BTreeMap<usize, (u32, String)>,
    /// Video streams whose frames come closer together than their frame rate allows.
    pub dense: Vec<usize>,
    /// Packets without a timestamp were given a wrong one, because the audio sample rate changes.
    pub false_times: bool,
}

impl Learned {
    /// True if nothing was learned.
    pub fn is_empty(&self) -> bool {
        *self == Learned::default()
    }
}

impl MediaInfo {
    /// Merges what decoding showed.
    pub fn learn(&mut self, learned: &Learned) {
        self.false_times |= learned.false_times;
        for stream in &mut self.streams {
            if let Some(picture) = stream.video.as_mut() {
                let sizes = learned.sizes.get(&stream.index).into_iter().flatten();
                for size in sizes.filter(|size| !picture.sizes.contains(size)).copied().collect::<Vec<_>>() {
                    picture.sizes.push(size);
                }
                picture.fine_clock |= learned.dense.contains(&stream.index);
            }
            let more_channels = learned.channels.get(&stream.index).filter(|_| stream.kind == Kind::Audio);
            if let Some((channels, layout)) = more_channels {
                (stream.channels, stream.layout) = (Some(*channels), layout.clone());
            }
        }
    }
}
