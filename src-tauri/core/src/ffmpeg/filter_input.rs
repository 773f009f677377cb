//! What decoders passed to ffmpeg's filters, as the filters log it: size, shape and time of the frames, layout and rate
//! of the audio. Headers describe only how a stream begins; this shows what it became.
//!
//! Pure. Guarantees bounded memory however often a stream changes. Must not know what a plan expected.

use crate::media::Ticks;
use std::collections::BTreeMap;

/// Filter input by stream index.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilterInput {
    /// Frames of streams whose filter graph begins with `showinfo`.
    pub pictures: BTreeMap<usize, Pictures>,
    /// Distinct audio formats, in order of first appearance.
    pub sounds: BTreeMap<usize, Vec<Sound>>,
}

/// The frames of one stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pictures {
    /// How many there were.
    pub count: u64,
    /// How many had the same timestamp as the frame before.
    pub shared: u64,
    /// How many had an earlier timestamp than a frame before; frames in display order have none.
    pub earlier: u64,
    /// Where the frame size or shape changes; the first part is that of the first frame.
    pub parts: Vec<Part>,
    /// The frames on an encoder's time base of one tick per frame, if their rate is known.
    pub ticks: Option<Ticks>,
    /// The latest timestamp so far, in the time base of the stream.
    latest: Option<i64>,
}

/// Consecutive frames of one size and shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Time of the first frame, in seconds of the result.
    pub at: f64,
    /// Width in square pixels and height, after rotation.
    pub size: (u32, u32),
}

/// An audio format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// Samples a second.
    pub rate: u32,
    /// ffmpeg's name of the channel layout: `5.1(side)`.
    pub layout: String,
}

/// Most changes kept; a stream that changes more often is broken.
const MOST_PARTS: usize = 1000;
/// Most audio formats kept per stream.
const MOST_SOUNDS: usize = 20;

impl FilterInput {
    /// Was nothing decoded, as far as filters report?
    pub fn is_empty(&self) -> bool {
        self.pictures.is_empty() && self.sounds.is_empty()
    }

    /// Does this component report frames?
    pub(super) fn reports_frames(component: &str) -> bool {
        component.starts_with("showinfo@")
    }

    /// `n:   0 pts:   3000 pts_time:3 ... sar:1/1 s:180x320 i:P iskey:1 type:I`
    pub(crate) fn take_picture(&mut self, component: &str, text: &str) {
        let input = component.strip_prefix("showinfo@").and_then(|index| index.parse().ok());
        let Some(input) = input else { return };
        if let Some(picture) = Picture::read(text) {
            self.pictures.entry(input).or_default().take(&picture);
        } else if let Some(rate) = rate(text) {
            self.pictures.entry(input).or_default().ticks.get_or_insert(Ticks::new(rate));
        }
    }

    /// `tb:1/48000 samplefmt:fltp samplerate:48000 chlayout:5.1(side)`, from the source of a filter graph.
    pub(crate) fn take_sound(&mut self, component: &str, text: &str) {
        let Some((input, sound)) = graph_input(component).zip(Sound::read(text)) else { return };
        let kinds = self.sounds.entry(input).or_default();
        if kinds.len() < MOST_SOUNDS && !kinds.contains(&sound) {
            kinds.push(sound);
        }
    }
}

/// What a line reports of a frame.
struct Picture {
    time: Option<(i64, f64)>,
    size: (u32, u32),
}

impl Picture {
    fn read(text: &str) -> Option<Picture> {
        let number = field(text, "n:")?.parse::<u64>().ok();
        let (width, height) = field(text, "s:")?.split_once('x')?;
        let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
        let aspect = field(text, "sar:").and_then(aspect).unwrap_or(1.0);
        let time = field(text, "pts:")?.parse().ok().zip(field(text, "pts_time:")?.parse().ok());
        let shown = (f64::from(width) * aspect).round() as u32;
        number.map(|_| Picture { time, size: (shown, height) })
    }
}

/// The frame rate of an encoder's time base: `config in time_base: 1/1000, frame_rate: 25/1`.
fn rate(text: &str) -> Option<f64> {
    let (a, b) = field(text.strip_prefix("config in")?, "frame_rate:")?.split_once('/')?;
    Some(a.parse::<f64>().ok()? / b.parse::<f64>().ok()?).filter(|rate| *rate > 0.0 && rate.is_finite())
}

/// `64/45`; an implausible ratio counts as square, as it does in headers.
fn aspect(text: &str) -> Option<f64> {
    let (a, b) = text.split_once('/')?;
    let ratio = a.parse::<f64>().ok()? / b.parse::<f64>().ok()?;
    (0.05..=20.0).contains(&ratio).then_some(ratio)
}

/// The word after `name`, which starts the text or follows a space.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let starts = text.match_indices(name).map(|(at, _)| at);
    let mut starts = starts.filter(|at| *at == 0 || text.as_bytes()[at - 1] == b' ');
    text[starts.next()? + name.len()..].split_whitespace().next()
}

/// The stream index in `graph_0_in_0_1`, newer `graph_-1_in_0:1`.
fn graph_input(component: &str) -> Option<usize> {
    let (_, stream) = component.strip_prefix("graph_")?.split_once("_in_")?;
    stream.strip_prefix("0_").or_else(|| stream.strip_prefix("0:"))?.parse().ok()
}

impl Sound {
    fn read(text: &str) -> Option<Sound> {
        let rate = field(text, "samplerate:")?.parse().ok()?;
        let (_, layout) = text.split_once("chlayout:")?;
        Some(Sound { rate, layout: layout.trim().to_owned() })
    }

    /// The channel count, if the name of the layout shows it.
    pub fn channels(&self) -> Option<u32> {
        let plain = self.layout.split('(').next().unwrap_or_default();
        Some(match plain {
            "mono" => 1,
            "stereo" | "downmix" => 2,
            "quad" => 4,
            "hexagonal" => 6,
            "octagonal" => 8,
            _ => match plain.split_once(' ') {
                Some((count, _)) => count.parse().ok()?,
                None => plain.split('.').map(|n| n.parse::<u32>().ok()).sum::<Option<u32>>()?,
            },
        })
    }
}

impl Pictures {
    /// How many have a distinct timestamp.
    pub fn distinct(&self) -> u64 {
        self.count - self.shared - self.earlier
    }

    fn take(&mut self, picture: &Picture) {
        self.count += 1;
        if let Some((at, seconds)) = picture.time {
            if let Some(ticks) = &mut self.ticks {
                ticks.show((seconds * 1e6).round() as i64);
            }
            self.shared += u64::from(self.latest == Some(at));
            self.earlier += u64::from(self.latest.is_some_and(|latest| at < latest));
            self.latest = self.latest.max(Some(at));
        }
        if self.parts.last().is_none_or(|part| part.size != picture.size) && self.parts.len() < MOST_PARTS {
            let at = picture.time.map_or(0.0, |(_, seconds)| seconds.max(0.0));
            self.parts.push(Part { at, size: picture.size });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_size_and_shape_are_recorded_with_their_time() {
        let mut given = FilterInput::default();
        for text in [
            "config in time_base: 1/1000, frame_rate: 25/1",
            "n:   0 pts:      0 pts_time:0       pos:      477 fmt:yuv420p sar:1/1 s:320x180 i:P iskey:1 type:I ",
            "  side data - timecode - 00:00:00:00",
            "color_range:tv color_space:bt470bg color_primaries:unknown color_trc:unknown",
            "n:   1 pts:     40 pts_time:0.04    pos:      577 fmt:yuv420p sar:0/1 s:320x180 i:P iskey:0 type:P ",
            "n:   0 pts:   3000 pts_time:3       duration:     40 duration_time:0.04    fmt:yuv420p cl:left sar:1/1 s:180x320 i:P iskey:1 type:I ",
            "n:   1 pts:   3000 pts_time:3       duration:     40 duration_time:0.04    fmt:yuv420p cl:left sar:64/45 s:720x576 i:T iskey:1 type:I ",
            "n:   2 pts:NOPTS pts_time:NOPTS fmt:yuv420p sar:64/45 s:720x576 i:T iskey:1 type:I ",
        ] {
            given.take_picture("showinfo@3", text);
        }
        let pictures = &given.pictures[&3];
        assert!(pictures.ticks.is_some(), "the rate is known");
        let part = |at, width, height| Part { at, size: (width, height) };
        assert_eq!(pictures.parts, [part(0.0, 320, 180), part(3.0, 180, 320), part(3.0, 1024, 576)]);
        assert_eq!((pictures.count, pictures.shared), (5, 1));
    }

    #[test]
    fn audio_formats_are_kept_once_per_stream() {
        let mut given = FilterInput::default();
        let stereo = "tb:1/48000 samplefmt:fltp samplerate:48000 chlayout:stereo";
        for text in [stereo, "tb:1/48000 samplefmt:fltp samplerate:48000 chlayout:5.1(side)", stereo] {
            given.take_sound("graph_0_in_0_1", text);
            given.take_sound("graph_-1_in_0:2", text);
        }
        given.take_sound("graph_0_in_1_1", stereo);
        given.take_sound("Parsed_anull_0", stereo);
        let layouts = |input| given.sounds[&input].iter().map(|s| s.layout.as_str()).collect::<Vec<_>>();
        assert_eq!((layouts(1), layouts(2)), (vec!["stereo", "5.1(side)"], vec!["stereo", "5.1(side)"]));
        assert_eq!(given.sounds.len(), 2);
    }

    #[test]
    fn channel_count_follows_from_the_layout_name() {
        let channels = |layout: &str| Sound { rate: 1, layout: layout.into() }.channels();
        for (layout, count) in
            [("mono", 1), ("stereo", 2), ("2.1", 3), ("quad(side)", 4), ("5.1(side)", 6), ("7.1", 8)]
        {
            assert_eq!(channels(layout), Some(count), "{layout}");
        }
        assert_eq!(
            (channels("9 channels (FL+FR)"), channels("5.1.4"), channels("odd")),
            (Some(9), Some(10), None)
        );
    }

    #[test]
    fn constantly_changing_stream_is_bounded() {
        let mut given = FilterInput::default();
        for n in 0..5000 {
            given.take_picture(
                "showinfo@0",
                &format!("n: {n} pts: {n} pts_time:{n} sar:1/1 s:{}x100", 100 + n % 7),
            );
            given.take_sound("graph_0_in_0_1", &format!("samplerate:{n} chlayout:mono"));
        }
        assert_eq!((given.pictures[&0].parts.len(), given.sounds[&1].len()), (MOST_PARTS, MOST_SOUNDS));
    }
}
