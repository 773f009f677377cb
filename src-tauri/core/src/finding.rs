//! Findings of checking a result again, as data stored with its job.
//!
//! Plain data. Guarantees that data stored by earlier versions can still be read. Must not know how a finding is
//! worded; `words` does.

use crate::clock::Millis;
use crate::failure::{Failure, FailureCode, Reason};
use crate::media::Kind;
use crate::remark::Remark;
use serde::{Deserialize, Serialize};

/// One check of a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// When it ended.
    pub at: Millis,
    /// What was found.
    pub finding: Finding,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "found")]
pub enum Finding {
    /// The result is right.
    Right {
        /// Remarks on it.
        remarks: Vec<Remark>,
    },
    /// The result is wrong.
    Wrong {
        /// What is wrong with it.
        fault: Fault,
    },
    /// The result could not be checked.
    NotChecked {
        /// Why not.
        why: Obstacle,
    },
}

/// What is wrong with a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "fault")]
pub enum Fault {
    /// These tracks of the original are missing, although they could be kept.
    Missing {
        /// In the original's order.
        tracks: Vec<Track>,
    },
    /// Its video is not the original's main video stream.
    OtherPicture {
        /// Index of its video in the original.
        shown: usize,
        /// Index of the main video in the original.
        film: usize,
    },
    /// Decoding it reports errors.
    Damaged {
        /// Number of damaged spots.
        spots: usize,
    },
    /// A track decodes to less than its header declares.
    EndsEarly {
        /// Kind of stream.
        kind: Kind,
        /// Seconds that can be decoded.
        seconds: f64,
        /// Declared length in seconds.
        of: f64,
    },
    /// The current version would not have published it.
    Refused(Because),
}

/// A track of the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Index in the original.
    pub index: usize,
    /// Kind of stream.
    pub kind: Kind,
    /// Whether it is a cover.
    pub cover: bool,
    /// Codec, by ffmpeg's name.
    pub codec: String,
    /// Language.
    pub language: Option<String>,
}

/// What prevents a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "why")]
pub enum Obstacle {
    /// The original is no longer there.
    SourceGone,
    /// The drive of the original is not connected.
    SourceAway,
    /// Size or modification time of the original changed since it was added.
    SourceChanged,
    /// The result is no longer there.
    ResultGone,
    /// The drive of the result is not connected.
    ResultAway,
    /// The size of the result changed since it was published.
    ResultChanged,
    /// The result was discarded as bigger than the original; only the original exists.
    OriginalKept,
    /// Another version of Spool made the job, and this one cannot read its options.
    OtherVersion,
    /// The plan was not stored.
    NoPlan,
    /// One of the files could not be examined.
    Failed(Because),
}

/// Reason of a failure during a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Because {
    /// The reason.
    pub reason: Reason,
}

/// Stored form; earlier versions stored a code and a sentence.
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
    /// Whether the result is wrong.
    pub fn is_wrong(&self) -> bool {
        matches!(self, Finding::Wrong { .. })
    }

    /// The finding in a word or two.
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
    fn stored_findings_are_read_back() {
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
        assert_eq!(serde_json::from_str::<Finding>(old).unwrap(), failed, "as stored by an earlier version");
        let wrong = Finding::Wrong { fault: Fault::Damaged { spots: 3 } };
        let text = r#"{"found":"wrong","fault":{"fault":"damaged","spots":3}}"#;
        assert_eq!(serde_json::to_string(&wrong).unwrap(), text);
    }

    #[test]
    fn check_of_an_earlier_version_is_read_with_its_sentences() {
        let stored = r#"{"at":7,"finding":{"found":"right","remarks":["A remark."]}}"#;
        let Finding::Right { remarks } = serde_json::from_str::<Check>(stored).unwrap().finding else {
            panic!()
        };
        assert_eq!(remarks, [Remark::Text { text: "A remark.".into() }]);
    }
}
