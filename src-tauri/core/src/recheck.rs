//! Checks existing results again with current rules: an earlier version may have accepted a wrong result.
//!
//! Guarantees that nothing is written but the record of the finding, and that whatever prevents a check is reported
//! as such and never counts against the result. Must not know who requested it.

mod checking;
mod decoded;
mod files;
mod plans;
mod round;

pub use crate::finding;
pub use checking::{CheckOutcome, Means, recheck};
pub use round::{Event, Round, RoundTally, done, run_all};
