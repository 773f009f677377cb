//! What checking a result again found, as data that is kept with its job, and the sentences for it.

use crate::clock::Millis;
use crate::failure::{Failure, FailureCode};
use crate::media::{Kind, codec_name, running_time};
use serde::{Deserialize, Serialize};

/// One check of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// When.
    pub at: Millis,
    /// What was found.
    pub finding: Finding,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "found")]
pub enum Finding {
    /// The result is what its original promises.
    Right {
        /// To be said of it all the same.
        remarks: Vec<String>,
    },
    /// It is not.
    Wrong {
        /// What is wrong with it.
        fault: Fault,
    },
    /// It could not be checked.
    NotChecked {
        /// Why.
        why: Obstacle,
    },
}

/// What is wrong with a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "fault")]
pub enum Fault {
    /// These tracks of the original could be in it, and are not.
    Missing {
        /// In the order of the original.
        tracks: Vec<Track>,
    },
    /// It shows another track than the film.
    OtherPicture {
        /// The one it shows, by its number in the original.
        shown: usize,
        /// The film.
        film: usize,
    },
    /// Decoding it meets errors.
    Damaged {
        /// At so many spots.
        spots: usize,
    },
    /// Less of a track comes out than its header says.
    EndsEarly {
        /// What it carries.
        kind: Kind,
        /// Seconds that can be decoded.
        seconds: f64,
        /// Seconds it was to last.
        of: f64,
    },
    /// Made today it would not have been published.
    Refused {
        /// The cause.
        code: FailureCode,
        /// What happened, as a sentence.
        message: String,
    },
}

/// A track of the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Its number there.
    pub index: usize,
    /// What it carries.
    pub kind: Kind,
    /// A cover.
    pub cover: bool,
    /// Its codec, in ffmpeg's words.
    pub codec: String,
    /// Its language.
    pub language: Option<String>,
}

/// What keeps a result from being judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "why")]
pub enum Obstacle {
    /// The original is no longer there.
    SourceGone,
    /// The drive of the original is not connected.
    SourceAway,
    /// The original has another size or date than when it was added.
    SourceChanged,
    /// The result is no longer there.
    ResultGone,
    /// The drive of the result is not connected.
    ResultAway,
    /// The result has another size than when it was published.
    ResultChanged,
    /// The result was discarded for being bigger: there is nothing but the original.
    OriginalKept,
    /// Another version of Spool made the job, and this one cannot read what was wanted.
    OtherVersion,
    /// What was planned is not on record.
    NoPlan,
    /// Looking at one of the files failed.
    Failed {
        /// The cause.
        code: FailureCode,
        /// What happened, as a sentence.
        message: String,
    },
}

impl From<Failure> for Fault {
    fn from(Failure { code, message, .. }: Failure) -> Fault {
        Fault::Refused { code, message }
    }
}

impl From<Failure> for Obstacle {
    fn from(Failure { code, message, .. }: Failure) -> Obstacle {
        Obstacle::Failed { code, message }
    }
}

impl Finding {
    /// Is something wrong with the result?
    pub fn is_wrong(&self) -> bool {
        matches!(self, Finding::Wrong { .. })
    }

    /// In one word.
    pub fn word(&self) -> &'static str {
        match self {
            Finding::Right { .. } => "right",
            Finding::Wrong { .. } => "wrong",
            Finding::NotChecked { .. } => "not checked",
        }
    }

    /// What is to be said of it, as sentences; empty where all is right.
    pub fn sentence(&self) -> String {
        match self {
            Finding::Right { remarks } => remarks.join(" "),
            Finding::Wrong { fault } => fault.sentence(),
            Finding::NotChecked { why } => why.sentence(),
        }
    }
}

impl Fault {
    fn sentence(&self) -> String {
        match self {
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
            Fault::Refused { message, .. } => message.clone(),
        }
    }
}

fn missing(tracks: &[Track]) -> String {
    let named: Vec<String> = tracks.iter().map(Track::named).collect();
    match named.split_last() {
        Some((only, [])) => format!("Track {only} is missing in the result."),
        Some((last, others)) => {
            format!("Tracks {} and {last} are missing in the result.", others.join(", "))
        }
        None => String::new(),
    }
}

impl Track {
    /// `2 (sound, AAC, ger)`
    fn named(&self) -> String {
        let what = match self.kind {
            Kind::Video if self.cover => "cover",
            Kind::Video => "picture",
            Kind::Audio => "sound",
            Kind::Subtitle => "subtitles",
            Kind::Attachment => "attached file",
            Kind::Data => "data",
        };
        let codec = Some(codec_name(&self.codec)).filter(|name| !name.is_empty());
        let parts = [Some(what.to_owned()), codec, self.language.clone()];
        format!("{} ({})", self.index, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

impl Obstacle {
    fn sentence(&self) -> String {
        match self {
            Obstacle::SourceGone => "The original is no longer there.",
            Obstacle::SourceAway => "The drive that holds the original is not connected.",
            Obstacle::SourceChanged => "The original was changed since it was added.",
            Obstacle::ResultGone => "The result is no longer there.",
            Obstacle::ResultAway => "The drive that holds the result is not connected.",
            Obstacle::ResultChanged => "The result was changed since it was made.",
            Obstacle::OriginalKept => "The original was kept; there is no result.",
            Obstacle::OtherVersion => "It was made by another version of Spool.",
            Obstacle::NoPlan => "What was planned for it is not on record.",
            Obstacle::Failed { message, .. } => message,
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(index: usize, kind: Kind, codec: &str, language: Option<&str>) -> Track {
        let (codec, language) = (codec.to_owned(), language.map(str::to_owned));
        Track { index, kind, cover: false, codec, language }
    }

    #[test]
    fn missing_tracks_are_named_as_people_know_them() {
        let of = |tracks| Finding::Wrong { fault: Fault::Missing { tracks } }.sentence();
        let sound = track(2, Kind::Audio, "aac", Some("ger"));
        assert_eq!(of(vec![sound.clone()]), "Track 2 (sound, AAC, ger) is missing in the result.");
        let text = track(4, Kind::Subtitle, "", None);
        assert_eq!(
            of(vec![sound, text]),
            "Tracks 2 (sound, AAC, ger) and 4 (subtitles) are missing in the result."
        );
    }

    #[test]
    fn what_is_kept_in_a_row_is_read_back() {
        let early = Fault::EndsEarly { kind: Kind::Audio, seconds: 4.0, of: 8.0 };
        let refused = Fault::Refused { code: FailureCode::SourceTruncated, message: "It ends.".into() };
        for finding in [
            Finding::Right { remarks: vec!["A remark.".into()] },
            Finding::Wrong { fault: Fault::Missing { tracks: vec![track(1, Kind::Audio, "aac", None)] } },
            Finding::Wrong { fault: early },
            Finding::Wrong { fault: refused },
            Finding::NotChecked { why: Obstacle::SourceGone },
        ] {
            let check = Check { at: 7, finding };
            let text = serde_json::to_string(&check).unwrap();
            assert_eq!(serde_json::from_str::<Check>(&text).unwrap(), check, "{text}");
        }
        let wrong = Finding::Wrong { fault: Fault::Damaged { spots: 3 } };
        let text = r#"{"found":"wrong","fault":{"fault":"damaged","spots":3}}"#;
        assert_eq!(serde_json::to_string(&wrong).unwrap(), text);
    }
}
