//! What the first packets of a file show and no header says: whether anything ever comes on a track, which picture
//! moves, how far one has to read to know every stream.
//!
//! Pure. Guarantees that reading ends as soon as the question is answered, and that *nothing* is said only of a file
//! that was read to its end. Must not know how packets are read.

use super::{Dense, Kind, MediaInfo, Stream, decimal};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be found out of the packets of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Streams of which a packet is looked for.
    awaited: BTreeSet<usize>,
    /// Pictures of which one moves, and no header says which.
    compared: BTreeSet<usize>,
    /// Streams whose parameters were not found; those of a picture stand in its first keyframe.
    unknown: BTreeMap<usize, Kind>,
    /// Streams known so far, where the container announces others only as they come.
    announced: Option<usize>,
    /// The moving picture, whose rate is no more than a claim, and the rates by which its encoder's clock may tick.
    claimed: Option<(usize, Vec<f64>)>,
}

/// Bytes of a file that are read to find late streams: minutes of a disc. ffmpeg keeps them in memory.
const FARTHEST: u64 = 256 << 20;
/// Bytes after the beginning of a stream that hold its first whole frames.
const FRAMES: u64 = 8 << 20;

/// Packets of the film after which a picture of which but one was read is a still: ten seconds of it.
const TELLING: u64 = 250;

impl Question {
    /// What the headers leave open; `None`: nothing.
    pub fn of(info: &MediaInfo) -> Option<Question> {
        let awaited: BTreeSet<usize> =
            info.streams.iter().filter(|s| may_be_empty(s)).map(|s| s.index).collect();
        // The index of MP4 counts samples; what other headers declare is a guess.
        let counted = info.container.starts_with("mov") && info.pictures().all(|s| s.packets.is_some());
        let uncounted = !counted && info.pictures().count() > 1;
        let compared = info.pictures().filter(|_| uncounted).map(|s| s.index).collect();
        let unknown =
            info.streams.iter().filter(|s| s.lacks_parameters()).map(|s| (s.index, s.kind)).collect();
        let late = ["mpegts", "mpeg", "flv"].contains(&info.container.as_str());
        let announced = late.then_some(info.streams.len());
        let question = Question { awaited, compared, unknown, announced, claimed: None };
        // Reading on for the rate alone would be a reading of its own.
        (question != Question::default()).then(|| Question { claimed: claimed_rates(info), ..question })
    }

    /// Bytes to be read before packets are, lest those of streams that come later are passed over.
    pub fn reach(&self) -> Option<u64> {
        self.announced.map(|_| FARTHEST)
    }
}

/// Pictures of which the times are held against the rate that is claimed.
const PACE: u64 = 60;

/// MP4 lists when each picture is shown, and its mean rate follows from that.
fn claimed_rates(info: &MediaInfo) -> Option<(usize, Vec<f64>)> {
    let stream = info.video().filter(|_| !info.container.starts_with("mov"))?;
    Some((stream.index, stream.video.as_ref()?.clock_rates())).filter(|(_, rates)| !rates.is_empty())
}

/// Sound of which no index counts samples. Subtitles begin minutes in: looking for their first line would mean to read
/// half of the film.
fn may_be_empty(stream: &Stream) -> bool {
    stream.kind == Kind::Audio && stream.packets.is_none_or(|n| n == 0)
}

impl Stream {
    /// Is something not known without which it cannot be decoded?
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

/// Packets as they are read.
#[derive(Debug, Default)]
pub struct Survey {
    seen: BTreeMap<usize, Seen>,
    /// The farthest place of a packet in the file, in bytes.
    place: u64,
    /// When the first pictures are shown whose rate is claimed.
    pace: Vec<f64>,
}

/// The packets of one stream.
#[derive(Debug, Default)]
struct Seen {
    packets: u64,
    /// Where the first is.
    first: Option<u64>,
    /// Where the first keyframe is.
    key: Option<u64>,
}

impl Survey {
    /// Takes a line of `stream|time|place|flags`; what is no number is passed over. Is more to be read?
    pub fn take(&mut self, line: &str, question: &Question) -> bool {
        let mut fields = line.split('|').map(str::trim);
        if let Some(index) = fields.next().and_then(|field| field.parse().ok()) {
            let time = fields.next().and_then(decimal);
            if question.claimed.as_ref().is_some_and(|(claimed, _)| *claimed == index) && self.paces(question)
            {
                self.pace.extend(time);
            }
            let place: Option<u64> = fields.next().and_then(|field| field.parse().ok());
            let key = fields.next().is_some_and(|flags| flags.starts_with('K'));
            self.place = self.place.max(place.unwrap_or(0));
            let seen = self.seen.entry(index).or_default();
            seen.packets += 1;
            seen.first = seen.first.or(place);
            seen.key = seen.key.or(place.filter(|_| key));
        }
        let looks = self.place < FARTHEST && (question.announced.is_some() || !self.finds(&question.unknown));
        looks
            || !question.awaited.iter().all(|index| self.count(*index) > 0)
            || !self.compares(&question.compared)
            || (self.place < FARTHEST && self.paces(question))
    }

    /// Are more times of pictures wanted?
    fn paces(&self, question: &Question) -> bool {
        question.claimed.as_ref().is_some_and(|(index, _)| self.count(*index) < PACE)
    }

    /// The picture whose times are not those of the rate that is claimed.
    pub fn misplaced(&self, question: &Question) -> Option<usize> {
        let (index, rates) = question.claimed.as_ref()?;
        let mut dense = Dense::new(rates.clone());
        self.pace.iter().for_each(|at| dense.take(*at));
        dense.misplaces().then_some(*index)
    }

    fn count(&self, index: usize) -> u64 {
        self.seen.get(&index).map_or(0, |seen| seen.packets)
    }

    /// Where the parameters of a stream stand.
    fn parameters(&self, index: usize, kind: Kind) -> Option<u64> {
        let seen = self.seen.get(&index)?;
        if kind == Kind::Video { seen.key } else { seen.first }
    }

    fn finds(&self, unknown: &BTreeMap<usize, Kind>) -> bool {
        unknown.iter().all(|(index, kind)| self.parameters(*index, *kind).is_some())
    }

    /// Bytes that must be read to know every stream that was found; `None`: no more than were.
    pub fn reach(&self, question: &Question) -> Option<u64> {
        let unknown = question.unknown.iter().filter_map(|(index, kind)| self.parameters(*index, *kind));
        let known = question.announced.unwrap_or(usize::MAX);
        let new = self.seen.iter().filter(|(index, _)| **index >= known).filter_map(|(_, seen)| seen.first);
        let within = |place: &u64| *place < FARTHEST;
        unknown.chain(new).filter(within).max().map(|place| place + FRAMES)
    }

    /// Do all of these move, or is one of them the film?
    fn compares(&self, pictures: &BTreeSet<usize>) -> bool {
        let counts = || pictures.iter().map(|index| self.count(*index));
        counts().all(|n| n > 1) || counts().any(|n| n >= TELLING)
    }
}

impl MediaInfo {
    /// Takes in what a survey showed. `to_the_end`: it has read all packets.
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
    fn reading_ends_with_the_first_packet_of_the_last_track_in_question() {
        let question = Question::of(&film()).unwrap();
        let mut survey = Survey::default();
        let more: Vec<bool> = ["0||0|K", "1||0|K", "nonsense", "0||1|K", "2||9|K"]
            .map(|line| survey.take(line, &question))
            .into();
        assert_eq!(more, [true, true, true, true, false]);
    }

    #[test]
    fn pictures_are_compared_until_all_move_or_one_has_left_the_others_behind() {
        let mut info = film();
        info.streams[1].kind = Kind::Video;
        info.streams.truncate(2);
        let question = Question::of(&info).unwrap();
        let read = |lines: &str| {
            let mut survey = Survey::default();
            let left: Vec<bool> = lines.split(' ').map(|line| survey.take(line, &question)).collect();
            (left.iter().filter(|more| **more).count(), left.len())
        };
        assert_eq!(read("0 1 1 0"), (3, 4), "both move");
        assert_eq!(read(&["0"].iter().chain(&["1"; 250]).copied().collect::<Vec<_>>().join(" ")), (250, 251));
    }

    #[test]
    fn reading_goes_as_far_as_the_first_keyframe_and_the_last_stream_to_come() {
        let survey = |info: &MediaInfo, lines: &[&str]| {
            let question = Question::of(info).unwrap();
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
        assert_eq!(survey(&info, &lines), (Some(1000 + FRAMES), Some(false)));
        let mut disc = MediaInfo { container: "mpeg".into(), ..film() };
        assert_eq!(survey(&disc, &["1||9|K_", "2||9|K_"]), (None, Some(true)), "others may come");
        assert_eq!(survey(&disc, &["1||9|K_", "2||9|K_", "4||2000|K_"]).0, Some(2000 + FRAMES));
        disc.streams[1].sample_rate = None;
        let far = format!("1||{FARTHEST}|K_");
        assert_eq!(survey(&disc, &["2||9|K_", &far]), (None, Some(false)), "too far");
    }

    #[test]
    fn only_what_was_read_to_the_end_is_called_empty() {
        let question = Question::of(&film()).unwrap();
        let mut survey = Survey::default();
        survey.take("1|0.0", &question);
        for (to_the_end, expected) in [(false, [false; 4]), (true, [false, false, true, true])] {
            let mut info = film();
            info.surveyed(&survey, to_the_end);
            assert_eq!(info.streams.iter().map(|s| s.empty).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_an_index_counts_is_not_in_question() {
        let mut info = film();
        info.streams.iter_mut().for_each(|s| s.packets = Some(100));
        assert_eq!(Question::of(&info), None);
        info.streams[2].packets = None;
        assert_eq!(Question::of(&info).unwrap().awaited, [2].into());
    }

    #[test]
    fn a_rate_that_is_claimed_is_held_against_the_times_of_the_first_pictures() {
        let misplaced = |container: &str, claimed: f64, steps: &[f64]| {
            let mut info = MediaInfo { container: container.into(), ..film() };
            let picture = Picture { rate: Some(claimed), tick_rate: Some(claimed), ..Picture::default() };
            info.streams[0].video = Some(picture);
            let question = Question::of(&info).unwrap();
            let mut survey = Survey::default();
            let times = steps.iter().cycle().scan(0.0, |at, step| Some(std::mem::replace(at, *at + step)));
            survey.take("1|0.0|9|K_", &question);
            survey.take("2|0.0|9|K_", &question);
            let read = times.take_while(|at| survey.take(&format!("0|{at:.3}|9|K_"), &question)).count();
            assert!(read as u64 <= PACE, "{read}");
            survey.misplaced(&question)
        };
        let film = 24_000.0 / 1001.0;
        assert_eq!(misplaced("matroska,webm", film, &[1.0 / film]), None);
        assert_eq!(misplaced("matroska,webm", 25.0, &[0.02]), Some(0));
        assert_eq!(misplaced("matroska,webm", 30.0, &[0.033, 0.05]), Some(0));
        assert_eq!(misplaced("mov,mp4", 30.0, &[0.033, 0.05]), None, "its index tells");
    }
}
