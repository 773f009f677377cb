//! Existing results judged anew by what is known today: what an earlier version called verified may be wrong.
//!
//! Guarantees that nothing is made, changed or deleted but the note of what was found; and that whatever keeps a result
//! from being judged is said so, and never counts against it. Must not know who asked.

mod checking;
mod decoded;
mod files;
pub mod finding;
mod plans;
mod round;

pub use checking::{Found, Means, recheck};
pub use round::{Round, Tally, Told, run_all};
