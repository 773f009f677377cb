//! Comparison and storage of reasons.

use super::{FailureCode, Reason};

impl Reason {
    /// Do both have the same cause, whatever their values? Of texts stored by earlier versions only the code is known.
    pub fn is_like(&self, other: &Reason) -> bool {
        use std::mem::discriminant;
        match (self, other) {
            (Reason::Text { .. }, _) | (_, Reason::Text { .. }) => self.code() == other.code(),
            (Reason::WrongResult { fault }, Reason::WrongResult { fault: found }) => {
                discriminant(fault) == discriminant(found)
            }
            (Reason::NotReadBack { because }, Reason::NotReadBack { because: found }) => {
                because.is_like(found)
            }
            _ => discriminant(self) == discriminant(other),
        }
    }

    /// Can salvage keep a part of this video? For texts stored by earlier versions a truncated source counts; salvage
    /// finds out.
    pub fn keeps_some(&self) -> bool {
        match self {
            Reason::EndsEarly { .. } | Reason::SecondRecording => true,
            Reason::Text { code, .. } => *code == FailureCode::SourceTruncated,
            _ => false,
        }
    }

    /// The stored form. Serialising our own types cannot fail.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the stored form. Earlier versions stored a sentence, and newer ones may have unknown kinds; both become
    /// `Text`.
    pub fn stored(code: FailureCode, text: &str) -> Reason {
        serde_json::from_str(text).unwrap_or_else(|_| Reason::Text { code, text: text.to_owned() })
    }
}
