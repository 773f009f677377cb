//! Reasons compared and stored.

use super::{FailureCode, Reason};

impl Reason {
    /// Do both name one cause, whatever their values? Of what an earlier version stored only the code is known.
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

    /// Is something of a video that ends early there to be kept? Of what an earlier version stored that is not known: who
    /// wants it kept finds out.
    pub fn keeps_some(&self) -> bool {
        match self {
            Reason::EndsEarly { .. } | Reason::SecondRecording => true,
            Reason::Text { code, .. } => *code == FailureCode::SourceTruncated,
            _ => false,
        }
    }

    /// As it is stored. Values of our own types cannot fail to serialise.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As it was stored: an earlier version stored a sentence, and a newer one may know more kinds.
    pub fn stored(code: FailureCode, text: &str) -> Reason {
        serde_json::from_str(text).unwrap_or_else(|_| Reason::Text { code, text: text.to_owned() })
    }
}
