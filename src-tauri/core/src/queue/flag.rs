//! The small facts that a queue keeps beside its jobs. Plain data.

/// Small facts that outlive the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// The user paused the queue.
    Paused,
    /// The breaker is open; why, as a sentence.
    Breaker,
    /// The alarm was raised; its sentence.
    Alarm,
    /// Something ended since the last crash.
    EndedSinceCrash,
    /// An engine is at work, or died without saying goodbye; its incarnation.
    Engine,
    /// The queue was damaged and has been repaired: what was done. Kept until the queue is resumed.
    Restored,
    /// The last run was ended because its terminal was closed or the connection to it lost; when, in milliseconds since
    /// 1970. Until the next engine starts.
    HungUp,
    /// How long the rest takes, as the engine at work reckons it: a `forecast::TimeLeftAt` in JSON.
    TimeLeft,
    /// How the present batch stands, or what came of the last one: a `batch::Batch` in JSON.
    Batch,
    /// Folders that were made for results and have none yet; see `shared::folders`.
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
