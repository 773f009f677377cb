//! What only decoding a file shows of its streams, and what becomes known of the file by it.
//!
//! Pure. Guarantees that what was learned once is never learned again, so that learning ends.

use super::{Kind, MediaInfo};
use std::collections::BTreeMap;

/// What decoding showed, by the index of the stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Learned {
    /// Further sizes of its pictures, upright and in square pixels.
    pub sizes: BTreeMap<usize, Vec<(u32, u32)>>,
    /// More channels than its header tells, with their layout in ffmpeg's words.
    pub channels: BTreeMap<usize, (u32, String)>,
    /// Pictures that come closer to each other than their rate tells.
    pub dense: Vec<usize>,
    /// Packets without a time of their own were given a wrong one, for the rate of the sound changes.
    pub false_times: bool,
}

impl Learned {
    /// Is there nothing new?
    pub fn is_empty(&self) -> bool {
        *self == Learned::default()
    }
}

impl MediaInfo {
    /// Takes in what decoding showed.
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
            let wider = learned.channels.get(&stream.index).filter(|_| stream.kind == Kind::Audio);
            if let Some((channels, layout)) = wider {
                (stream.channels, stream.layout) = (Some(*channels), layout.clone());
            }
        }
    }
}
