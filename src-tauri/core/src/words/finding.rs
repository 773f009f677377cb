//! Findings of a check of a result, in English. Pure.

use super::{Sentence, remark};
use crate::finding::{Fault, Finding, Obstacle, Track};
use crate::media::{Kind, codec_name, running_time};

/// The sentence of a finding; `None` if the result is right and has no remarks.
pub fn finding(finding: &Finding) -> Option<Sentence> {
    let text = match finding {
        Finding::Right { remarks } => {
            remark::sentences(remarks).iter().map(Sentence::to_string).collect::<Vec<_>>().join(" ")
        }
        Finding::Wrong { fault } => of_fault(fault),
        Finding::NotChecked { why } => of_obstacle(why),
    };
    (!text.is_empty()).then(|| Sentence::new(text))
}

fn of_fault(fault: &Fault) -> String {
    match fault {
        Fault::Missing { tracks } => missing(tracks),
        Fault::OtherPicture { shown, film } => {
            format!("The result shows track {shown} of the original; the film is track {film}.")
        }
        Fault::Damaged { spots: 0 | 1 } => "The result is damaged in one place.".into(),
        Fault::Damaged { spots } => format!("The result is damaged in {spots} places."),
        Fault::EndsEarly { kind, seconds, of } => {
            let what = if *kind == Kind::Video { "picture" } else { "sound" };
            let (seconds, of) = (running_time(*seconds), running_time(*of));
            format!("The {what} of the result ends early: {seconds} of {of} can be played.")
        }
        Fault::Refused(because) => super::reason(&because.reason).to_string(),
    }
}

fn missing(tracks: &[Track]) -> String {
    let named: Vec<String> = tracks.iter().map(named).collect();
    match named.split_last() {
        Some((only, [])) => format!("Track {only} is missing in the result."),
        Some((last, others)) => {
            format!("Tracks {} and {last} are missing in the result.", others.join(", "))
        }
        None => String::new(),
    }
}

/// `2 (sound, AAC, ger)`
fn named(track: &Track) -> String {
    let what = match track.kind {
        Kind::Video if track.cover => "cover",
        Kind::Video => "picture",
        Kind::Audio => "sound",
        Kind::Subtitle => "subtitles",
        Kind::Attachment => "attached file",
        Kind::Data => "data",
    };
    let codec = Some(codec_name(&track.codec)).filter(|name| !name.is_empty());
    let parts = [Some(what.to_owned()), codec, track.language.clone()];
    format!("{} ({})", track.index, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn of_obstacle(why: &Obstacle) -> String {
    match why {
        Obstacle::SourceGone => "The original is no longer there.",
        Obstacle::SourceAway => "The drive that holds the original is not connected.",
        Obstacle::SourceChanged => "The original was changed since it was added.",
        Obstacle::ResultGone => "The result is no longer there.",
        Obstacle::ResultAway => "The drive that holds the result is not connected.",
        Obstacle::ResultChanged => "The result was changed since it was made.",
        Obstacle::OriginalKept => "The original was kept; there is no result.",
        Obstacle::OtherVersion => "It was made by another version of Spool.",
        Obstacle::NoPlan => "Its plan is not on record.",
        Obstacle::Failed(because) => return super::reason(&because.reason).to_string(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remark::Remark;

    fn track(index: usize, kind: Kind, codec: &str, language: Option<&str>) -> Track {
        let (codec, language) = (codec.to_owned(), language.map(str::to_owned));
        Track { index, kind, cover: false, codec, language }
    }

    fn wrong(fault: Fault) -> String {
        finding(&Finding::Wrong { fault }).unwrap().to_string()
    }

    #[test]
    fn missing_tracks_are_described() {
        let of = |tracks| wrong(Fault::Missing { tracks });
        let sound = track(2, Kind::Audio, "aac", Some("ger"));
        assert_eq!(of(vec![sound.clone()]), "Track 2 (sound, AAC, ger) is missing in the result.");
        let text = track(4, Kind::Subtitle, "", None);
        assert_eq!(
            of(vec![sound, text]),
            "Tracks 2 (sound, AAC, ger) and 4 (subtitles) are missing in the result."
        );
    }

    #[test]
    fn faults_are_described_and_right_results_show_their_remarks() {
        assert_eq!(wrong(Fault::Damaged { spots: 1 }), "The result is damaged in one place.");
        assert_eq!(wrong(Fault::Damaged { spots: 3 }), "The result is damaged in 3 places.");
        let early = Fault::EndsEarly { kind: Kind::Audio, seconds: 4.0, of: 8.0 };
        assert_eq!(wrong(early), "The sound of the result ends early: 0:04 of 0:08 can be played.");
        let other = Fault::OtherPicture { shown: 7, film: 0 };
        assert_eq!(wrong(other), "The result shows track 7 of the original; the film is track 0.");
        let right = |remarks| finding(&Finding::Right { remarks }).map(|sentence| sentence.to_string());
        assert_eq!(right(Vec::new()), None);
        let both = vec![Remark::EndMayBeMissing, Remark::EmptyTrack { track: 1 }];
        assert!(right(both).unwrap().ends_with("may be missing. Track 1 is empty."));
        let gone = Finding::NotChecked { why: Obstacle::SourceGone };
        assert_eq!(finding(&gone).unwrap().to_string(), "The original is no longer there.");
    }
}
