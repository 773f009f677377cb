//! Flags: small values that a queue stores besides its jobs. Plain data.

/// A small value that outlives the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// The user paused the queue.
    Paused,
    /// The breaker is open: a `failure::Reason` in JSON; earlier versions stored a sentence.
    Breaker,
    /// The alarm was raised: a `raised::Alarm` in JSON; earlier versions stored a sentence.
    Alarm,
    /// A job was done or failed since the last crash.
    EndedSinceCrash,
    /// Id of the engine that is running, or that ended uncleanly.
    Engine,
    /// The queue was damaged and has been repaired: a `raised::Restored` in JSON; earlier versions stored a sentence.
    /// Kept until the queue is resumed.
    Restored,
    /// The last run ended because its terminal was closed or the connection to it was lost: the time, in milliseconds
    /// since 1970. Kept until the next engine starts.
    HungUp,
    /// The time left, as the running engine estimates it: a `forecast::TimeLeftAt` in JSON.
    TimeLeft,
    /// The current or the last batch: a `batch::Batch` in JSON.
    Batch,
    /// Folders that were created for results and have none yet; see `shared::folders`.
    MadeFolders,
}

impl Flag {
    /// The key it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::Paused => "paused",
            Flag::Breaker => "breaker",
            Flag::Alarm => "alarm",
            Flag::EndedSinceCrash => "ended_since_crash",
            Flag::Engine => "engine",
            Flag::Restored => "restored",
            Flag::HungUp => "hung_up",
            Flag::TimeLeft => "time_left",
            Flag::Batch => "batch",
            Flag::MadeFolders => "made_folders",
        }
    }
}
