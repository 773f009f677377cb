//! Answers from the first packets of a file what no header declares: whether a track has any packets, which video
//! stream moves, how far to read to find every stream.
//!
//! Pure. Guarantees that reading ends as soon as the question is answered, and that a track is called empty only if
//! the file was read to its end. Must not know how packets are read.

use super::{Dense, Kind, MediaInfo, Stream, decimal};
use std::collections::{BTreeMap, BTreeSet};

/// What to find out from the packets of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SurveyRequest {
    /// Streams whose first packet is awaited.
    awaited: BTreeSet<usize>,
    /// Video streams of which one moves, and no header declares which.
    compared: BTreeSet<usize>,
    /// Streams with unknown parameters; those of a video stream are in its first keyframe.
    unknown: BTreeMap<usize, Kind>,
    /// Number of streams known so far, if the container announces others only as they come.
    announced: Option<usize>,
    /// The main video stream, whose frame rate is only a claim, and the rates at which its encoder's clock may tick.
    claimed: Option<(usize, Vec<f64>)>,
}

/// Maximum bytes read to find late streams: minutes of a disc. ffmpeg keeps them in memory.
const MAX_READ: u64 = 256 << 20;
/// Bytes after the start of a stream that hold its first complete frames.
const FIRST_FRAMES: u64 = 8 << 20;

/// Packets of the film after which a video stream with only one packet is a still: ten seconds.
const STILL_AFTER: u64 = 250;

impl SurveyRequest {
    /// What the headers leave open; `None` if nothing.
    pub fn of(info: &MediaInfo) -> Option<SurveyRequest> {
        let awaited: BTreeSet<usize> =
            info.streams.iter().filter(|s| may_be_empty(s)).map(|s| s.index).collect();
        // The MP4 index counts samples; other headers only estimate.
        let counted = info.container.starts_with("mov") && info.pictures().all(|s| s.packets.is_some());
        let uncounted = !counted && info.pictures().count() > 1;
        let compared = info.pictures().filter(|_| uncounted).map(|s| s.index).collect();
        let unknown =
            info.streams.iter().filter(|s| s.lacks_parameters()).map(|s| (s.index, s.kind)).collect();
        let late = ["mpegts", "mpeg", "flv"].contains(&info.container.as_str());
        let announced = late.then_some(info.streams.len());
        let question = SurveyRequest { awaited, compared, unknown, announced, claimed: None };
        // The frame rate alone does not justify a pass over the packets.
        (question != SurveyRequest::default())
            .then(|| SurveyRequest { claimed: claimed_rates(info), ..question })
    }

    /// Bytes ffmpeg must read before it returns packets, so that later streams are not missed.
    pub fn reach(&self) -> Option<u64> {
        self.announced.map(|_| MAX_READ)
    }
}

/// Number of frames whose times are compared with the claimed rate.
const TIMED_FRAMES: u64 = 60;

/// Not for MP4: it lists when each frame is shown, and its mean rate follows from that.
fn claimed_rates(info: &MediaInfo) -> Option<(usize, Vec<f64>)> {
    let stream = info.video().filter(|_| !info.container.starts_with("mov"))?;
    Some((stream.index, stream.video.as_ref()?.clock_rates())).filter(|(_, rates)| !rates.is_empty())
}

/// Audio whose samples no index counts. Subtitles begin minutes in: finding their first line would mean reading half
/// of the film.
fn may_be_empty(stream: &Stream) -> bool {
    stream.kind == Kind::Audio && stream.packets.is_none_or(|n| n == 0)
}

impl Stream {
    /// True if a parameter that decoding needs is unknown.
    fn lacks_parameters(&self) -> bool {
        let picture = self.video.as_ref().is_some_and(|p| p.width == 0 || p.height == 0);
        let sound = self.sample_rate.unwrap_or(0) == 0 || self.channels.unwrap_or(0) == 0;
        match self.kind {
            Kind::Video => picture || self.codec.is_empty(),
            Kind::Audio => sound || self.codec.is_empty(),
            Kind::Subtitle | Kind::Attachment | Kind::Data => false,
        }
    }
}

/// Collects packets as they are read.
#[derive(Debug, Default)]
pub struct Survey {
    seen: BTreeMap<usize, Seen>,
    /// The largest offset of a packet in the file, in bytes.
    offset: u64,
    /// Presentation times of the first frames of the stream whose rate is claimed.
    frame_times: Vec<f64>,
}

/// The packets of one stream.
#[derive(Debug, Default)]
struct Seen {
    packets: u64,
    /// Offset of the first packet.
    first: Option<u64>,
    /// Offset of the first keyframe.
    key: Option<u64>,
}

impl Survey {
    /// Takes a `stream|time|offset|flags` line; malformed lines are skipped. Returns whether to read on.
    pub fn take(&mut self, line: &str, question: &SurveyRequest) -> bool {
        let mut fields = line.split('|').map(str::trim);
        if let Some(index) = fields.next().and_then(|field| field.parse().ok()) {
            let time = fields.next().and_then(decimal);
            if question.claimed.as_ref().is_some_and(|(claimed, _)| *claimed == index)
                && self.needs_times(question)
            {
                self.frame_times.extend(time);
            }
            let offset: Option<u64> = fields.next().and_then(|field| field.parse().ok());
            let key = fields.next().is_some_and(|flags| flags.starts_with('K'));
            self.offset = self.offset.max(offset.unwrap_or(0));
            let seen = self.seen.entry(index).or_default();
            seen.packets += 1;
            seen.first = seen.first.or(offset);
            seen.key = seen.key.or(offset.filter(|_| key));
        }
        let searching =
            self.offset < MAX_READ && (question.announced.is_some() || !self.found_all(&question.unknown));
        searching
            || !question.awaited.iter().all(|index| self.count(*index) > 0)
            || !self.compared_all(&question.compared)
            || (self.offset < MAX_READ && self.needs_times(question))
    }

    /// True while more frame times are needed.
    fn needs_times(&self, question: &SurveyRequest) -> bool {
        question.claimed.as_ref().is_some_and(|(index, _)| self.count(*index) < TIMED_FRAMES)
    }

    /// The video stream whose frame times do not match its claimed rate.
    pub fn misplaced(&self, question: &SurveyRequest) -> Option<usize> {
        let (index, rates) = question.claimed.as_ref()?;
        let mut dense = Dense::new(rates.clone());
        self.frame_times.iter().for_each(|at| dense.take(*at));
        dense.misplaces().then_some(*index)
    }

    fn count(&self, index: usize) -> u64 {
        self.seen.get(&index).map_or(0, |seen| seen.packets)
    }

    /// Offset of the packet that holds the parameters of a stream.
    fn parameters(&self, index: usize, kind: Kind) -> Option<u64> {
        let seen = self.seen.get(&index)?;
        if kind == Kind::Video { seen.key } else { seen.first }
    }

    fn found_all(&self, unknown: &BTreeMap<usize, Kind>) -> bool {
        unknown.iter().all(|(index, kind)| self.parameters(*index, *kind).is_some())
    }

    /// Bytes that must be read to know every stream found; `None` if no more than ffmpeg reads by default.
    pub fn reach(&self, question: &SurveyRequest) -> Option<u64> {
        let unknown = question.unknown.iter().filter_map(|(index, kind)| self.parameters(*index, *kind));
        let known = question.announced.unwrap_or(usize::MAX);
        let new = self.seen.iter().filter(|(index, _)| **index >= known).filter_map(|(_, seen)| seen.first);
        let within = |offset: &u64| *offset < MAX_READ;
        unknown.chain(new).filter(within).max().map(|offset| offset + FIRST_FRAMES)
    }

    /// True if all these streams move, or one of them is the film.
    fn compared_all(&self, pictures: &BTreeSet<usize>) -> bool {
        let counts = || pictures.iter().map(|index| self.count(*index));
        counts().all(|n| n > 1) || counts().any(|n| n >= STILL_AFTER)
    }
}

impl MediaInfo {
    /// Merges the result of a survey. `to_the_end`: all packets were read.
    pub fn surveyed(&mut self, survey: &Survey, to_the_end: bool) {
        let several = self.pictures().count() > 1;
        for stream in &mut self.streams {
            let seen = survey.count(stream.index);
            match stream.kind {
                Kind::Audio | Kind::Subtitle => stream.empty |= to_the_end && seen == 0,
                Kind::Video => stream.sampled = several.then_some(seen),
                Kind::Attachment | Kind::Data => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Picture;

    fn film() -> MediaInfo {
        let stream = |index, kind| Stream {
            index,
            kind,
            codec: "known".into(),
            channels: Some(2),
            sample_rate: Some(48_000),
            ..Stream::default()
        };
        let kinds = [Kind::Video, Kind::Audio, Kind::Audio, Kind::Subtitle];
        let streams = kinds.into_iter().enumerate().map(|(n, kind)| stream(n, kind)).collect();
        MediaInfo { streams, ..MediaInfo::default() }
    }

    #[test]
    fn reading_ends_when_every_awaited_track_has_a_packet() {
        let question = SurveyRequest::of(&film()).unwrap();
        let mut survey = Survey::default();
        let more: Vec<bool> = ["0||0|K", "1||0|K", "nonsense", "0||1|K", "2||9|K"]
            .map(|line| survey.take(line, &question))
            .into();
        assert_eq!(more, [true, true, true, true, false]);
    }

    #[test]
    fn video_streams_are_compared_until_all_move_or_one_is_far_ahead() {
        let mut info = film();
        info.streams[1].kind = Kind::Video;
        info.streams.truncate(2);
        let question = SurveyRequest::of(&info).unwrap();
        let read = |lines: &str| {
            let mut survey = Survey::default();
            let left: Vec<bool> = lines.split(' ').map(|line| survey.take(line, &question)).collect();
            (left.iter().filter(|more| **more).count(), left.len())
        };
        assert_eq!(read("0 1 1 0"), (3, 4), "both move");
        assert_eq!(read(&["0"].iter().chain(&["1"; 250]).copied().collect::<Vec<_>>().join(" ")), (250, 251));
    }

    #[test]
    fn reach_covers_the_first_keyframe_and_the_last_new_stream() {
        let survey = |info: &MediaInfo, lines: &[&str]| {
            let question = SurveyRequest::of(info).unwrap();
            let mut survey = Survey::default();
            let more = lines.iter().map(|line| survey.take(line, &question)).last();
            (survey.reach(&question), more)
        };
        let mut info = film();
        assert_eq!(
            survey(&info, &["0||5|K_", "1||9|K_", "2||9|K_"]),
            (None, Some(false)),
            "nothing is missing"
        );
        info.streams[0].codec.clear();
        let lines = ["0||5|__", "1||9|K_", "2||9|K_", "0||1000|K_"];
        assert_eq!(survey(&info, &lines[..3]), (None, Some(true)), "before the first keyframe");
        assert_eq!(survey(&info, &lines), (Some(1000 + FIRST_FRAMES), Some(false)));
        let mut disc = MediaInfo { container: "mpeg".into(), ..film() };
        assert_eq!(survey(&disc, &["1||9|K_", "2||9|K_"]), (None, Some(true)), "others may come");
        assert_eq!(survey(&disc, &["1||9|K_", "2||9|K_", "4||2000|K_"]).0, Some(2000 + FIRST_FRAMES));
        disc.streams[1].sample_rate = None;
        let far = format!("1||{MAX_READ}|K_");
        assert_eq!(survey(&disc, &["2||9|K_", &far]), (None, Some(false)), "too far");
    }

    #[test]
    fn tracks_are_empty_only_if_the_file_was_read_to_its_end() {
        let question = SurveyRequest::of(&film()).unwrap();
        let mut survey = Survey::default();
        survey.take("1|0.0", &question);
        for (to_the_end, expected) in [(false, [false; 4]), (true, [false, false, true, true])] {
            let mut info = film();
            info.surveyed(&survey, to_the_end);
            assert_eq!(info.streams.iter().map(|s| s.empty).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn streams_counted_by_an_index_are_not_surveyed() {
        let mut info = film();
        info.streams.iter_mut().for_each(|s| s.packets = Some(100));
        assert_eq!(SurveyRequest::of(&info), None);
        info.streams[2].packets = None;
        assert_eq!(SurveyRequest::of(&info).unwrap().awaited, [2].into());
    }

    #[test]
    fn a_claimed_rate_is_checked_against_the_first_frame_times() {
        let misplaced = |container: &str, claimed: f64, steps: &[f64]| {
            let mut info = MediaInfo { container: container.into(), ..film() };
            let picture = Picture { rate: Some(claimed), tick_rate: Some(claimed), ..Picture::default() };
            info.streams[0].video = Some(picture);
            let question = SurveyRequest::of(&info).unwrap();
            let mut survey = Survey::default();
            let times = steps.iter().cycle().scan(0.0, |at, step| Some(std::mem::replace(at, *at + step)));
            survey.take("1|0.0|9|K_", &question);
            survey.take("2|0.0|9|K_", &question);
            let read = times.take_while(|at| survey.take(&format!("0|{at:.3}|9|K_"), &question)).count();
            assert!(read as u64 <= TIMED_FRAMES, "{read}");
            survey.misplaced(&question)
        };
        let film = 24_000.0 / 1001.0;
        assert_eq!(misplaced("matroska,webm", film, &[1.0 / film]), None);
        assert_eq!(misplaced("matroska,webm", 25.0, &[0.02]), Some(0));
        assert_eq!(misplaced("matroska,webm", 30.0, &[0.033, 0.05]), Some(0));
        assert_eq!(misplaced("mov,mp4", 30.0, &[0.033, 0.05]), None, "its index lists frame times");
    }
}
