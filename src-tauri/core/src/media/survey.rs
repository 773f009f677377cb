//! What the first packets of a file show and no header says: whether anything ever comes on a track, which picture
//! moves.
//!
//! Pure. Guarantees that reading ends as soon as the question is answered, and that *nothing* is said only of a file
//! that was read to its end. Must not know how packets are read.

use super::{Kind, MediaInfo, Stream};
use std::collections::{BTreeMap, BTreeSet};

/// What is to be found out of the packets of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Streams of which a packet is looked for.
    awaited: BTreeSet<usize>,
    /// Pictures of which one moves, and no header says which.
    compared: BTreeSet<usize>,
}

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
        let question = Question { awaited, compared };
        (question != Question::default()).then_some(question)
    }
}

/// Sound of which no index counts samples. Subtitles begin minutes in: looking for their first line would mean to read
/// half of the film.
fn may_be_empty(stream: &Stream) -> bool {
    stream.kind == Kind::Audio && stream.packets.is_none_or(|n| n == 0)
}

/// Packets as they are read.
#[derive(Debug, Default)]
pub struct Survey {
    seen: BTreeMap<usize, u64>,
}

impl Survey {
    /// Takes a line that begins with the index of a stream; what is no number is passed over. Is more to be read?
    pub fn take(&mut self, line: &str, question: &Question) -> bool {
        if let Some(index) = line.split(',').next().and_then(|field| field.trim().parse().ok()) {
            *self.seen.entry(index).or_default() += 1;
        }
        !question.awaited.iter().all(|index| self.count(*index) > 0) || !self.compares(&question.compared)
    }

    fn count(&self, index: usize) -> u64 {
        self.seen.get(&index).copied().unwrap_or(0)
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

    fn film() -> MediaInfo {
        let stream = |index, kind| Stream { index, kind, ..Stream::default() };
        let kinds = [Kind::Video, Kind::Audio, Kind::Audio, Kind::Subtitle];
        let streams = kinds.into_iter().enumerate().map(|(n, kind)| stream(n, kind)).collect();
        MediaInfo { streams, ..MediaInfo::default() }
    }

    #[test]
    fn reading_ends_with_the_first_packet_of_the_last_track_in_question() {
        let question = Question::of(&film()).unwrap();
        let mut survey = Survey::default();
        let more: Vec<bool> =
            ["0,0.0", "1,0.0", "nonsense", "0,0.1", "2,9.0"].map(|line| survey.take(line, &question)).into();
        assert_eq!(more, [true, true, true, true, false]);
    }

    #[test]
    fn pictures_are_compared_until_all_move_or_one_has_left_the_others_behind() {
        let mut info = film();
        info.streams[1] = Stream { index: 1, kind: Kind::Video, ..Stream::default() };
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
    fn only_what_was_read_to_the_end_is_called_empty() {
        let question = Question::of(&film()).unwrap();
        let mut survey = Survey::default();
        survey.take("1,0.0", &question);
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
}
