//! Produces every failure code: with real sources and tools where a test can, otherwise with a fake ffmpeg that
//! misbehaves. A new code without a case here fails the test.

use spool_core::clock::SystemClock;
use spool_core::engine::{Engine, open_queue};
use spool_core::failure::{Class, FailureCode};
use spool_core::intake;
use spool_core::job::JobId;
use spool_core::policy::Policy;
use spool_core::preset::{self, Preset};
use spool_core::queue::{Added, Commands, Flag, NewJob, QueuePosition};
use spool_core::spec::JobSpec;
use spool_tests::engine::{Setup, fast, faulty, impatient, start, wish};
use spool_tests::env::TestEnv;
use spool_tests::reasons;
use spool_tests::{clips, wait_until};
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A job and a setup that produce a failure code.
struct Trouble {
    job: NewJob,
    setup: Setup,
    /// Applied to the source after it is added and before the engine starts.
    meanwhile: fn(&NewJob),
}

fn job(env: &TestEnv, source: PathBuf, preset: &Preset) -> NewJob {
    let wish = intake::AddOptions { spec: JobSpec::of(preset.clone()), ..wish(env) };
    spool_tests::engine::find(&[source], &wish).jobs.remove(0)
}

fn trouble(env: &TestEnv, source: PathBuf) -> Trouble {
    let policy = Policy { max_attempts: 1, ..fast() };
    Trouble {
        job: job(env, source, &wish(env).spec.preset),
        setup: Setup { policy, ..faulty() },
        meanwhile: |_| {},
    }
}

/// A job whose result gets this name.
fn with_name(env: &TestEnv, stem: Vec<u8>) -> Trouble {
    let good = trouble(env, env.video(&clips::ordinary(), "a.mkv"));
    Trouble { job: NewJob { stem: std::ffi::OsString::from_vec(stem), ..good.job }, ..good }
}

/// A job on which the fake ffmpeg shows this misbehaviour of `MISBEHAVIOURS`.
fn misbehaving(env: &TestEnv, word: &str) -> Trouble {
    let mut trouble = trouble(env, env.video(&clips::ordinary(), &format!("fake-{word}.mkv")));
    if word == "stall" {
        trouble.setup.policy = Policy { max_attempts: 1, ..impatient() };
    }
    trouble
}

/// A job whose source has this content.
fn file(env: &TestEnv, content: &[u8]) -> Trouble {
    let path = env.videos().join("file.mp4");
    fs::write(&path, content).unwrap();
    trouble(env, path)
}

/// A job with a valid video, to which `meanwhile` is applied.
fn video(env: &TestEnv, meanwhile: fn(&NewJob)) -> Trouble {
    Trouble { meanwhile, ..trouble(env, env.video(&clips::ordinary(), "a.mkv")) }
}

fn with_ffmpeg(env: &TestEnv, ffmpeg: PathBuf) -> Trouble {
    let good = video(env, |_| {});
    Trouble { setup: Setup { ffmpeg: Some(ffmpeg), ..good.setup }, ..good }
}

fn with_preset(env: &TestEnv, clip: PathBuf, id: &str) -> Trouble {
    let good = trouble(env, clip.clone());
    Trouble { job: job(env, clip, preset::find(id).unwrap()), ..good }
}

fn gone(job: &NewJob) {
    fs::remove_file(&job.source).unwrap();
}

const ELSEWHERE: &str = "/no/such/volume";

/// Codes that only a misbehaving ffmpeg produces, with the misbehaviour of the fake ffmpeg (see `fake_ffmpeg.rs`).
const MISBEHAVIOURS: &[(FailureCode, &str)] = &[
    (FailureCode::DiskFull, "enospc"),
    (FailureCode::DestinationReadOnly, "erofs"),
    (FailureCode::EncoderMissing, "noencoder"),
    (FailureCode::KilledBySignal, "sig"),
    (FailureCode::Stalled, "stall"),
    (FailureCode::IoError, "eio"),
    (FailureCode::OutOfMemory, "oom"),
    (FailureCode::EncoderSession, "session"),
    (FailureCode::SourceChanged, "touch"),
    (FailureCode::VerificationFailed, "nooutput"),
    (FailureCode::EncodeFailed, "exit1"),
    (FailureCode::UnsupportedCodec, "nodecoder"),
];

/// Returns what produces this code, or `None` if other tests cover the code (see the comments at the end).
fn produce(code: FailureCode, env: &TestEnv) -> Option<Trouble> {
    use FailureCode as Code;
    if let Some((_, word)) = MISBEHAVIOURS.iter().find(|(of, _)| *of == code) {
        return Some(misbehaving(env, word));
    }
    let small = || clips::clip("tiny.mkv", 0.2, false, &["-vf", "scale=10:12", "-c:v", "libx264"]);
    Some(match code {
        Code::SourceVolumeMissing => {
            let lost = video(env, gone);
            Trouble { job: NewJob { source_volume: Some(ELSEWHERE.into()), ..lost.job }, ..lost }
        }
        Code::DestinationMissing => {
            let lost = video(env, |_| {});
            Trouble { job: NewJob { output_volume: Some(ELSEWHERE.into()), ..lost.job }, ..lost }
        }
        Code::PlanRefused => with_preset(env, small(), "small-hevc"),
        Code::NameTooLong => with_name(env, vec![0xff; 300]),
        // No file system allows a NUL byte in a name.
        Code::NameRefused => with_name(env, b"a\0b".to_vec()),
        Code::ProbeTimeout => {
            let slow = video(env, |_| {});
            let policy = Policy { probe_limit: Duration::from_millis(1), ..slow.setup.policy };
            Trouble { setup: Setup { policy, ..slow.setup }, ..slow }
        }
        Code::FfmpegMissing => with_ffmpeg(env, "/no/such/ffmpeg".into()),
        Code::FfmpegBroken => with_ffmpeg(env, clips::ordinary()),
        // AppCrashed: `crash.rs` tests a job that crashes the application three times.
        // MachineDown: `machine_ends.rs` tests a job during which the machine goes down six times.
        // Internal: nothing is known to cause it; `work.rs` converts every panic to it.
        // VolumeSilent: `volumes.rs` tests a drive that hangs, and one whose server was killed.
        Code::AppCrashed | Code::MachineDown | Code::Internal | Code::VolumeSilent => return None,
        _ => of_source(code, env).unwrap_or_else(|| panic!("{code} has no case here")),
    })
}

/// Produces the codes that the source itself causes.
fn of_source(code: FailureCode, env: &TestEnv) -> Option<Trouble> {
    use FailureCode as Code;
    let without_audio = || clips::clip("mute.mkv", 0.2, false, &["-c:v", "libx264"]);
    let audio_only = || clips::clip("sound.m4a", 0.2, true, &["-vn"]);
    Some(match code {
        Code::SourceGrowing => {
            Trouble { meanwhile: |job| fs::write(&job.source, "more").unwrap(), ..file(env, b"x") }
        }
        Code::NotMedia => file(env, b"Dear reader, this is no video."),
        Code::NoVideo => trouble(env, audio_only()),
        Code::NoAudio => with_preset(env, without_audio(), "audio-m4a"),
        Code::SourceTruncated => {
            let whole = fs::read(clips::clip("h264-aac.mp4", 1.0, true, &["-c:v", "libx264"])).unwrap();
            file(env, &whole[..whole.len() / 2])
        }
        Code::SourceGone => video(env, gone),
        Code::SourceUnreadable => video(env, |job| {
            gone(job);
            fs::create_dir(&job.source).unwrap();
        }),
        // The memory of a process: reading fails at its first byte.
        Code::SourceDefective => {
            let source = env.videos().join("a.mkv");
            std::os::unix::fs::symlink("/proc/self/mem", &source).unwrap();
            trouble(env, source)
        }
        Code::DrmProtected => file(env, b"\0\0\0\x08ftyp\0\0\0\x10moov....encv"),
        _ => return None,
    })
}

fn has_occurred(engine: &Engine, id: JobId, code: FailureCode) -> bool {
    let queue = engine.queue();
    let of_row = queue.job(id).unwrap().and_then(|job| job.failure).map(|f| f.code());
    let of_attempts = queue.attempts(id).unwrap().into_iter().filter_map(|a| Some(a.failure?.code()));
    of_row.into_iter().chain(of_attempts).any(|found| found == code)
}

/// Produces the codes of one class. Each class is a test, so that the classes run in parallel.
async fn every_code_of(class: Class) {
    for code in FailureCode::ALL.iter().copied().filter(|code| code.class() == class) {
        let env = TestEnv::new();
        let Some(trouble) = produce(code, &env) else { continue };
        let queue = open_queue(&env.data(), Arc::new(SystemClock::default())).unwrap();
        let jobs = std::slice::from_ref(&trouble.job);
        let added = queue.add(jobs, QueuePosition::End, &spool_tests::engine::taken(jobs)).unwrap();
        let Added::Accepted { id, .. } = added[0] else { panic!("{added:?}") };
        drop(queue);
        (trouble.meanwhile)(&trouble.job);
        let engine = start(&env, trouble.setup);
        wait_until(&format!("{code}"), Duration::from_secs(20), || has_occurred(&engine, id, code));
        let attempts = engine.queue().attempts(id).unwrap();
        let failure = attempts.into_iter().filter_map(|a| a.failure).find(|f| f.code() == code);
        let message = failure.map_or_else(String::new, |f| reasons::sentence(&f));
        assert!(message.ends_with('.') && !message.contains("Err("), "{code}: {message}");
        if class == Class::Environment {
            // The pool opens the breaker after it has returned the job to the queue.
            let open = || engine.queue().flag(Flag::Breaker).unwrap().is_some();
            wait_until(&format!("{code} to open the breaker"), Duration::from_secs(20), open);
        }
        engine.stop().await;
        assert!(env.results().is_empty(), "{code} leaves nothing behind: {:?}", env.results());
    }
}

macro_rules! each_class {
    ($($name:ident: $class:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            every_code_of(Class::$class).await;
        })*
    };
}
each_class! {
    every_wait_code_is_produced_with_its_sentence: Wait,
    every_transient_code_is_produced_with_its_sentence: Transient,
    every_suspect_code_is_produced_with_its_sentence: Suspect,
    every_permanent_code_is_produced_with_its_sentence: Permanent,
    every_environment_code_is_produced_with_its_sentence: Environment,
}
