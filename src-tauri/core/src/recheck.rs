//! Checks existing results again with the rules of today: an earlier version may have called a wrong result verified.
//!
//! Guarantees that nothing is made, changed or deleted but the note of what was found; and that whatever keeps a result
//! from being judged is said so, and never counts against it. Must not know who asked.

mod checking;
mod decoded;
mod files;
mod plans;
mod round;

pub use crate::finding;
pub use checking::{Found, Means, recheck};
pub use round::{Event, Round, Tally, done, run_all};
