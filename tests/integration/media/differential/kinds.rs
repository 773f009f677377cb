//! The kinds of files that the differential test makes, their containers, and the expectations on their results.

use spool_tests::film::Shown;

/// The peculiarity of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// None; with subtitles and chapters where the container supports them.
    Plain,
    /// A second audio track, half a second later.
    TwoTracks,
    /// Frames at uneven intervals.
    Uneven,
    /// The codec header changes in the middle.
    OtherHeader,
    /// The frame size changes in the middle.
    OtherSize,
    /// More audio channels from the middle on.
    OtherLayout,
    /// Timestamps restart in the middle.
    NewClock,
    /// A second Matroska Segment.
    SecondSegment,
    /// Edit lists that hide a beginning, a middle, an end.
    Head,
    Middle,
    Tail,
    /// Edit lists that show the end first, or something twice.
    Reordered,
    Repeated,
    /// An edit list that starts with an empty edit.
    Empty,
    /// An edit list with another playback speed.
    Faster,
    /// An audio or a video stream that starts at nine seconds.
    LateSound,
    LatePicture,
    /// A capture that starts between two keyframes.
    MidPicture,
    /// An audio track that is declared and has no packets.
    EmptySound,
    /// Chapters or subtitles beyond the end of the video.
    Chapters,
    Cues,
    /// A still picture as the first video stream.
    Still,
    /// Two programmes in one broadcast.
    Programmes,
    /// A gap in the audio.
    Gap,
    /// An animation with a long last frame.
    Animation,
    /// The first half of a file.
    Cut,
    /// Packets with damaged content.
    DamagedH264,
    DamagedHevc,
    DamagedSound,
}

/// Each kind with the containers that support it.
const KINDS: &[(Kind, &[&str])] = &[
    (Kind::Plain, &["mkv", "mp4", "mov", "flv", "ts", "vob", "avi", "webm"]),
    (Kind::TwoTracks, &["mkv", "mp4", "ts"]),
    (Kind::Uneven, &["mkv", "mp4", "flv", "ts"]),
    (Kind::OtherHeader, &["flv", "mp4", "ts"]),
    (Kind::OtherSize, &["flv", "mp4", "ts"]),
    (Kind::OtherLayout, &["ts"]),
    (Kind::NewClock, &["ts", "vob"]),
    (Kind::SecondSegment, &["mkv"]),
    (Kind::Head, &["mp4", "mov"]),
    (Kind::Middle, &["mp4", "mov"]),
    (Kind::Tail, &["mp4", "mov"]),
    (Kind::Reordered, &["mp4"]),
    (Kind::Repeated, &["mp4"]),
    (Kind::Empty, &["mp4"]),
    (Kind::Faster, &["mp4"]),
    (Kind::LateSound, &["ts", "flv", "vob"]),
    (Kind::LatePicture, &["ts"]),
    (Kind::MidPicture, &["ts"]),
    (Kind::EmptySound, &["mkv", "mp4", "mov", "flv", "ts", "avi"]),
    (Kind::Chapters, &["mkv", "mp4", "mov"]),
    (Kind::Cues, &["mkv", "mp4"]),
    (Kind::Still, &["mkv", "mp4", "avi"]),
    (Kind::Programmes, &["ts"]),
    (Kind::Gap, &["mkv", "ts", "mp4"]),
    (Kind::Animation, &["gif"]),
    (Kind::Cut, &["mp4", "mkv", "flv", "ts", "avi"]),
    (Kind::DamagedH264, &["mp4", "mkv", "flv"]),
    (Kind::DamagedHevc, &["mp4", "mkv"]),
    (Kind::DamagedSound, &["mp4", "mkv", "flv"]),
];

/// A file to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) kind: Kind,
    pub(super) container: &'static str,
}

impl Source {
    pub(super) fn name(self) -> String {
        format!("{:?}.{}", self.kind, self.container)
    }
}

/// Every file.
pub(super) fn sources() -> Vec<Source> {
    let of = |(kind, containers): &(Kind, &'static [&'static str])| {
        let kind = *kind;
        containers.iter().map(move |container| Source { kind, container }).collect::<Vec<_>>()
    };
    KINDS.iter().flat_map(of).collect()
}

/// Expectations on a result.
#[derive(Debug, Clone)]
pub(super) struct Want {
    /// What the file shows.
    pub(super) shown: Shown,
    /// Failure codes, one of which is expected; empty if a result is expected.
    pub(super) refused: &'static [&'static str],
    /// Text that a warning must contain, for presets that keep the video.
    pub(super) saying: Option<&'static str>,
    /// Frames and beeps that may be missing.
    pub(super) spare: (usize, usize),
    /// The source is damaged: the result of a remux may be damaged too; results of other presets decode without an
    /// error.
    pub(super) damaged: bool,
    /// There is no audio: an audio preset fails with `no_audio`.
    pub(super) no_sound: bool,
    /// Duration of the last frame, in seconds; `None` if it is like the others.
    pub(super) last: Option<f64>,
    /// The end is missing.
    pub(super) short: bool,
}

impl Want {
    pub(super) fn done(shown: Shown) -> Want {
        Want {
            shown,
            refused: &[],
            saying: None,
            spare: (1, 0),
            damaged: false,
            no_sound: false,
            last: None,
            short: false,
        }
    }

    pub(super) fn refused(codes: &'static [&'static str]) -> Want {
        Want { refused: codes, ..Want::done(Shown::default()) }
    }

    pub(super) fn saying(self, what: &'static str) -> Want {
        Want { saying: Some(what), ..self }
    }
}
