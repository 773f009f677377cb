//! What the first packets of a file show and no header says: whether anything ever comes on a track.
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
}

impl Question {
    /// What the headers leave open; `None`: nothing.
    pub fn of(info: &MediaInfo) -> Option<Question> {
        let awaited: BTreeSet<usize> =
            info.streams.iter().filter(|s| may_be_empty(s)).map(|s| s.index).collect();
        (!awaited.is_empty()).then_some(Question { awaited })
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
        !question.awaited.iter().all(|index| self.seen.contains_key(index))
    }
}

impl MediaInfo {
    /// Takes in what a survey showed. `to_the_end`: it has read all packets.
    pub fn surveyed(&mut self, survey: &Survey, to_the_end: bool) {
        let timed = |s: &&mut Stream| matches!(s.kind, Kind::Audio | Kind::Subtitle);
        for stream in self.streams.iter_mut().filter(timed) {
            stream.empty |= to_the_end && !survey.seen.contains_key(&stream.index);
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
