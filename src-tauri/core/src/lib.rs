//! The core of Spool: a durable queue of video jobs, and the pool that runs ffmpeg on them.
//!
//! Data flow: add -> queue -> claim -> plan -> run -> verify -> publish -> notify.
//!
//! | module | contains |
//! |---|---|
//! | [`job`], [`spec`], [`preset`], [`failure`], [`remark`], [`reason`], [`progress`], [`event`], [`verification`], [`finding`] | the terms: plain data |
//! | [`intake`] | paths named by a user -> jobs to add |
//! | [`queue`] | the durable store: traits, SQLite, an in-memory implementation |
//! | [`engine`], `pool`, `shared` | opens the queue, rescues jobs of a dead engine, claims jobs, runs and settles them |
//! | [`policy`] | what happens next and when: pure functions |
//! | [`media`], [`captions`], [`ledger`], [`plan`], [`verify`] | what a file contains, what is planned for it, whether the result matches: pure functions |
//! | [`recheck`] | checks existing results again |
//! | [`ffmpeg`] | the only place that starts processes |
//! | [`volumes`] | the only place that asks file systems of users while jobs run |
//! | [`output`] | part files, and publishing without replacing |
//! | [`words`] | the only place of the core where data becomes sentences; the page has its own short texts, complete by its type checker |
//!
//! # Where a decision is made
//!
//! | question | answer |
//! |---|---|
//! | Is an original truncated? | `media::stated` reads the length that a file declares, `media::boxes` a missing end of an MP4; `verify::cut` compares that with what could be read and fails the attempt |
//! | What happens when a drive goes away? | A queued job is claimed first, and its worker finds the drive missing. A running one fails, or `pool::work::supervise` leaves it behind if the drive is silent; `pool::work::connection` replaces the failure by the missing drive. Both wait without using an attempt ([`failure::Class`]), and `pool::waiting` releases them when the drive is back |
//! | Who writes the state of a job? | `claim` and `settle` of a queue for a job that runs (the worker, and `engine::rescue` for a dead one), and [`queue::Command`] for a job that does not run, which includes releasing a waiting one. [`job::State::may_become`] lists the legal changes |
//! | What if a lease is lost? | A write with an outdated lease changes nothing and returns false ([`queue::Leases`]). The worker stops at that write, deletes its part file and records nothing (`End::Lost` in `pool::work`). A lease is lost when another engine has rescued the job |
//! | Where does the text of a failure come from? | [`failure::Reason`] holds the values, `ffmpeg::classify` reads ffmpeg's log, and [`words`] makes the sentence; the short text of the window is in `ui/src/queue/reasons.ts` |
//! | Which encoder, with which settings and arguments? | `plan::encoder` lists the encoders and chooses one, `plan::encode` holds the typed settings, `plan::render` spells the arguments |
//! | Which subtitles are kept, and how? | `plan::other_streams` decides by fields of [`preset`]; `plan::rewritten` converts their text, `plan::render::inputs` passes it to ffmpeg |
//! | When is a job retried? | [`policy`] |
//! | How is a result published at most once? | `output::publish`: the intent is stored before the rename, and a crash between them is resolved at the next start |
//!
//! # Glossary
//!
//! One word per thing, in code, SQL, JSON and on screen.
//!
//! | word | meaning |
//! |---|---|
//! | job | one input file to one output file, with one frozen preset |
//! | attempt | one run of a job, numbered from 1 |
//! | state | queued, waiting, running, done, failed or cancelled. Lists call a running job of a killed engine *stopped* and a suspended one *paused* |
//! | failure | why an attempt ended: a reason with its values, and the end of the log. An error is a refused call |
//! | query | a request to a drive on a thread of its own, see [`volumes`] |
//! | preset, plan | a named choice of encoding; what it means for one file, stream by stream |
//! | queue | the ordered durable store of jobs |
//! | claim, settle, rescue | a worker takes a job; it records the end; an engine takes back jobs of a dead one |
//! | lease, epoch | the right of one attempt to write to its job; the epoch is a number that grows with each claim |
//! | worker, pool, engine | runs one job; the bounded set of workers; queue, pool and events together |
//! | event, feed, notification | something that happened; the events for one window; a message of the operating system |
//! | delivery | what a subscriber receives: a snapshot or an event |
//! | part file, publish | unfinished output; gives it its final name without replacing a file |
//! | failed list | jobs that failed permanently |
//! | add, cancel, retry, remove | commands of users on jobs |
//! | pause, resume; hold, release | of the queue or a running job; of a job that has not started |
//! | control | what the pool tells a running process: run, suspend, cancel, stop |
//! | repair, recovery, salvage | of a damaged queue; of jobs after a crash; of the readable part of a damaged video |
//! | batch | the jobs from the first start until the queue is idle |
//! | breaker, alarm | stops starting jobs while the environment is broken; reports many failures |
//! | front end | window, command or service |
//! | location | where a video was recorded |
//! | space | free bytes of a disk |
//!
//! Names that are stored or read by scripts keep older words: the JSON fields `worked` (an engine runs the queue), `said` (remarks as
//! sentences) and `standing` (why a run is idle), the flags in `queue::Flag`, and columns of the database.
//!
//! The core reads no home directory and no environment variable but those it passes on to ffmpeg, does no user interaction, and
//! knows no window.

pub mod batch;
pub mod captions;
pub mod clock;
pub mod cues;
mod data;
pub mod engine;
pub mod error;
pub mod event;
pub mod failure;
pub mod ffmpeg;
pub mod finding;
pub mod forecast;
mod input_guard;
pub mod intake;
pub mod job;
mod judge;
pub mod ledger;
mod look;
pub mod media;
pub mod output;
pub mod path_bytes;
pub mod plan;
pub mod policy;
mod pool;
pub mod preset;
pub mod progress;
pub mod queue;
pub mod raised;
pub mod reason;
pub mod recheck;
pub mod remark;
pub mod settings;
mod shared;
pub mod sharing;
pub mod spec;
pub mod subtitles;
mod system;
mod template;
pub mod verification;
pub mod verify;
pub mod volumes;
pub mod words;
