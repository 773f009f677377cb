//! Which kinds of files the differential test makes, in which containers, and what is wanted of their results.

use spool_tests::film::Shown;

/// What is odd about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing; with subtitles and chapters where the container has them.
    Plain,
    /// A second sound track, half a second later.
    TwoTracks,
    /// Frames at uneven times.
    Uneven,
    /// Another header of the codec in the middle.
    OtherHeader,
    /// Another size of the picture in the middle.
    OtherSize,
    /// More channels of sound from the middle on.
    OtherLayout,
    /// Time stamps begin again in the middle.
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
    /// An edit list that begins with nothing.
    Empty,
    /// An edit list that is to be played at another speed.
    Faster,
    /// Streams that begin at nine seconds.
    LateSound,
    LatePicture,
    /// A capture that begins between two keyframes.
    MidPicture,
    /// Sound that is announced and never comes.
    EmptySound,
    /// Chapters or subtitles beyond the end of the film.
    Chapters,
    Cues,
    /// A still as the first picture.
    Still,
    /// Two programmes in one broadcast.
    Programmes,
    /// Sound that is missing for a while.
    Gap,
    /// An animation, whose last frame stands for long.
    Animation,
    /// Half a file.
    Cut,
    /// Packets whose content is damaged.
    DamagedH264,
    DamagedHevc,
    DamagedSound,
}

/// Each kind with the containers that have it.
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

/// What is wanted of a result.
#[derive(Debug, Clone)]
pub(super) struct Want {
    /// What the file shows.
    pub(super) shown: Shown,
    /// Codes of which one is the answer; empty: a result.
    pub(super) refused: &'static [&'static str],
    /// A remark that says this, under presets that show a picture.
    pub(super) saying: Option<&'static str>,
    /// Frames and beeps that may be missing.
    pub(super) spare: (usize, usize),
    /// Its data is damaged: presets that play everywhere give what decodes without an error, all others say so.
    pub(super) damaged: bool,
    /// There is no sound: a preset for sound has nothing to do.
    pub(super) no_sound: bool,
    /// How long the last frame stands, in seconds.
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
