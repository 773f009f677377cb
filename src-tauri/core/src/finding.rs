//! What checking a result again found, as data that is kept with its job.
//!
//! Plain data. Guarantees that what an earlier version stored can still be read. Must not know how a finding is put into
//! words: `words` does.

use crate::clock::Millis;
use crate::failure::{Failure, FailureCode, Reason};
use crate::media::Kind;
use crate::remark::Remark;
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
        remarks: Vec<Remark>,
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
    Refused(Because),
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
    Failed(Because),
}

/// The reason of a failure that a check met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Because {
    /// It.
    pub reason: Reason,
}

/// An earlier version kept a code and a sentence.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Reason { reason: Reason },
    Sentence { code: FailureCode, message: String },
}

impl From<Stored> for Because {
    fn from(stored: Stored) -> Because {
        Because {
            reason: match stored {
                Stored::Reason { reason } => reason,
                Stored::Sentence { code, message } => Reason::Text { code, text: message },
            },
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        Fault::Refused(Because { reason: failure.reason })
    }
}

impl From<Failure> for Obstacle {
    fn from(failure: Failure) -> Obstacle {
        Obstacle::Failed(Because { reason: failure.reason })
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_in_a_row_is_read_back() {
        let (kind, codec) = (Kind::Audio, "aac".to_owned());
        let track = Track { index: 1, kind, cover: false, codec, language: None };
        let early = Fault::EndsEarly { kind: Kind::Audio, seconds: 4.0, of: 8.0 };
        let refused = Fault::Refused(Because { reason: Reason::NothingReadable });
        for finding in [
            Finding::Right { remarks: vec![Remark::EmptyTrack { track: 1 }] },
            Finding::Wrong { fault: Fault::Missing { tracks: vec![track] } },
            Finding::Wrong { fault: early },
            Finding::Wrong { fault: refused },
            Finding::NotChecked { why: Obstacle::SourceGone },
        ] {
            let check = Check { at: 7, finding };
            let text = serde_json::to_string(&check).unwrap();
            assert_eq!(serde_json::from_str::<Check>(&text).unwrap(), check, "{text}");
        }
        let old =
            r#"{"found":"notChecked","why":{"why":"failed","code":"io_error","message":"It was gone."}}"#;
        let because =
            Because { reason: Reason::Text { code: FailureCode::IoError, text: "It was gone.".into() } };
        let failed = Finding::NotChecked { why: Obstacle::Failed(because) };
        assert_eq!(serde_json::from_str::<Finding>(old).unwrap(), failed, "as an earlier version kept it");
        let wrong = Finding::Wrong { fault: Fault::Damaged { spots: 3 } };
        let text = r#"{"found":"wrong","fault":{"fault":"damaged","spots":3}}"#;
        assert_eq!(serde_json::to_string(&wrong).unwrap(), text);
    }

    #[test]
    fn a_check_of_an_earlier_version_is_read_with_its_sentences() {
        let stored = r#"{"at":7,"finding":{"found":"right","remarks":["A remark."]}}"#;
        let Finding::Right { remarks } = serde_json::from_str::<Check>(stored).unwrap().finding else {
            panic!()
        };
        assert_eq!(remarks, [Remark::Text { text: "A remark.".into() }]);
    }
}
