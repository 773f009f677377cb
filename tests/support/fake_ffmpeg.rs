//! A fake ffmpeg that misbehaves as the name of its input requests: `fake-stall.mkv` stalls. Any other call runs the
//! real ffmpeg, so that only the fault itself is faked.
#![allow(clippy::unwrap_used, reason = "a test tool fails by panicking")]

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let input = input(&args);
    let stem = input.as_deref().and_then(Path::file_stem).unwrap_or_default().to_string_lossy().into_owned();
    let behaviour = stem.strip_prefix("fake-").map(|b| b.split('.').next().unwrap_or(b).to_owned());
    if let Some(answer) = hardware(&args, behaviour.as_deref()) {
        return answer;
    }
    if let Some(line) = behaviour.as_deref().and_then(error_line) {
        return fail(line);
    }
    match behaviour.as_deref() {
        Some("tenth") => tenth(&args),
        Some("stall") => stall(false),
        Some("slow") => slow(),
        Some("average") => average(),
        Some("deafstall") => stall(true),
        Some("deaf") => deaf(),
        Some("flood") => {
            flood();
            real(&args)
        }
        Some("nooutput") => {
            block("10", "end");
            ExitCode::SUCCESS
        }
        Some("noend") => real(&without_progress(args)),
        Some("short") => real(&shortened(args)),
        // Fails like a muxer that refuses a cue.
        Some("cue") if args.iter().any(|arg| arg == "mov_text") => {
            fail("[mp4 @ 0x55d0] [error] Application provided duration: 2158000000 is invalid")
        }
        Some("sig") => die(),
        Some("na") => {
            block("N/A", "continue");
            block("-9223372036854775808", "continue");
            real(&args)
        }
        Some("touch") => touched(&args, &input.unwrap()),
        Some("once") => once(&args, &input.unwrap(), |_| die()),
        Some("pace") => once(&args, &input.unwrap(), |args| real(&paced(args))),
        Some("bomb") => bomb(&args),
        Some("floodout") => {
            flood_progress();
            real(&args)
        }
        Some("family") => family(&input.unwrap()),
        Some("missing") => after(&args, |output| std::fs::remove_file(output).unwrap(), ""),
        Some("garbage") => after(&args, |output| std::fs::write(output, "x".repeat(9_999)).unwrap(), ""),
        Some("trailer") => {
            after(&args, |_| (), "Error writing trailer of file:/o.mp4: No space left on device")
        }
        Some("terse") => {
            after(&args, |_| (), "Error while decoding stream #0:0: Invalid data found when processing input")
        }
        _ => real(&args),
    }
}

/// Returns the error message of a behaviour that fails at once.
fn error_line(behaviour: &str) -> Option<&'static str> {
    Some(match behaviour {
        "erofs" => "[error] out.mp4: Read-only file system",
        "eio" => "[error] in.mkv: Input/output error",
        "session" => "[h264_nvenc @ 0x55d0] [error] OpenEncodeSessionEx failed: out of memory (10)",
        "noencoder" => "[fatal] Unknown encoder 'libx264'",
        "nodecoder" => "[error] Decoder (codec none) not found for input stream #0:0",
        "exit1" => "[error] something odd happened",
        "enospc" => "[error] av_interleaved_write_frame(): No space left on device",
        "oom" => "[error] Cannot allocate memory",
        _ => return None,
    })
}

/// Pretends to support the NVIDIA encoder: its test encode succeeds, `fake-nogpu.mkv` fails, and any other call for it
/// runs x264 instead. Returns `None` for calls of other encoders.
fn hardware(args: &[OsString], behaviour: Option<&str>) -> Option<ExitCode> {
    let at = args.iter().position(|a| a == "h264_nvenc")?;
    if args.iter().any(|a| a == "lavfi") {
        return Some(ExitCode::SUCCESS);
    }
    if behaviour == Some("nogpu") {
        return Some(fail("[h264_nvenc @ 0x55d0] [error] OpenEncodeSessionEx failed: out of memory (10)"));
    }
    let own = ["-cq:v:0", "-rc:v:0", "-b:v:0"];
    let mut kept: Vec<OsString> = Vec::new();
    let mut all = args.iter().enumerate();
    while let Some((n, arg)) = all.next() {
        if own.iter().any(|option| arg == option) {
            all.next();
        } else {
            kept.push(if n == at { "libx264".into() } else { arg.clone() });
        }
    }
    Some(real(&kept))
}

fn input(args: &[OsString]) -> Option<PathBuf> {
    let at = args.iter().position(|a| a == "-i")?;
    let text = args.get(at + 1)?.to_string_lossy().into_owned();
    Some(PathBuf::from(text.strip_prefix("file:").unwrap_or(&text)))
}

/// Replaces this process with the real ffmpeg; on Windows, runs it as a child.
fn real(args: &[OsString]) -> ExitCode {
    exec(Command::new(real_ffmpeg()).args(args))
}

/// Returns the first ffmpeg in PATH that is not this program.
fn real_ffmpeg() -> PathBuf {
    let me = std::env::current_exe().unwrap().canonicalize().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let mut found = std::env::split_paths(&path).map(|dir| dir.join("ffmpeg"));
    found.find(|p| p.canonicalize().is_ok_and(|p| p != me)).unwrap()
}

#[cfg(unix)]
fn exec(command: &mut Command) -> ExitCode {
    use std::os::unix::process::CommandExt;
    panic!("{}", command.exec())
}

#[cfg(windows)]
fn exec(command: &mut Command) -> ExitCode {
    ExitCode::from(command.status().unwrap().code().unwrap_or(1) as u8)
}

/// Removes `-progress`: the result is correct, but its end is never reported.
fn without_progress(mut args: Vec<OsString>) -> Vec<OsString> {
    let at = args.iter().position(|a| a == "-progress").unwrap();
    args.drain(at..at + 2);
    args
}

/// Limits the result to half a second.
fn shortened(mut args: Vec<OsString>) -> Vec<OsString> {
    let output = args.iter().rposition(|a| a.to_string_lossy().starts_with("file:")).unwrap();
    args.splice(output..output, ["-t".into(), "0.5".into()]);
    args
}

/// Prints a block of progress with `time` for each number.
fn block(time: &str, state: &str) {
    println!("frame={time}\nout_time_us={time}\ntotal_size={time}\nspeed={time}\nprogress={state}");
    std::io::stdout().flush().unwrap();
}

/// Fails with a full disk after one megabyte and 6 seconds of video, a tenth of a minute. A first pass succeeds,
/// because it writes no video.
fn tenth(args: &[OsString]) -> ExitCode {
    if args.windows(2).any(|pair| pair[0] == "-pass:v:0" && pair[1] == "1") {
        return real(args);
    }
    println!("out_time_us=6000000\ntotal_size=1000000\nspeed=2x\nprogress=continue");
    fail("[error] av_interleaved_write_frame(): No space left on device")
}

/// Reports progress once and then never again. Ends on `q` unless `deaf`, which also ignores SIGTERM.
fn stall(deaf: bool) -> ExitCode {
    if deaf {
        ignore_terminate();
    }
    block("1000", "continue");
    let mut byte = [0];
    while let Ok(1) = std::io::stdin().read(&mut byte) {
        if byte[0] == b'q' && !deaf {
            return ExitCode::SUCCESS;
        }
    }
    loop {
        std::thread::park();
    }
}

/// Reports a little progress four times a second, without end. Ends on `q` or when stdin ends.
fn slow() -> ExitCode {
    std::thread::spawn(|| {
        for n in 1.. {
            block(&(n * 1000).to_string(), "continue");
            std::thread::park_timeout(std::time::Duration::from_millis(250));
        }
    });
    until_q()
}

/// Reports progress in real time while it runs, and its speed as ffmpeg does: the average since its start, including
/// time in which it was suspended. Ends on `q` or when stdin ends.
fn average() -> ExitCode {
    std::thread::spawn(|| {
        let started = std::time::Instant::now();
        for n in 1.. {
            std::thread::park_timeout(std::time::Duration::from_millis(250));
            let speed = f64::from(n) * 0.25 / started.elapsed().as_secs_f64();
            println!("out_time_us={}\ntotal_size=1000\nspeed={speed:.3}x\nprogress=continue", n * 250_000);
            std::io::stdout().flush().unwrap();
        }
    });
    until_q()
}

fn until_q() -> ExitCode {
    let mut byte = [0];
    while let Ok(1) = std::io::stdin().read(&mut byte) {
        if byte[0] == b'q' {
            break;
        }
    }
    ExitCode::SUCCESS
}

/// Reports progress without end. Ignores `q` and SIGTERM.
fn deaf() -> ExitCode {
    ignore_terminate();
    for n in 1.. {
        block(&(n * 1000).to_string(), "continue");
        std::thread::park_timeout(std::time::Duration::from_millis(50));
    }
    ExitCode::SUCCESS
}

/// Restarts this program from a shell that ignores SIGTERM, because ignoring it here would need unsafe code.
#[cfg(unix)]
fn ignore_terminate() {
    use std::os::unix::process::CommandExt;
    if std::env::args_os().any(|a| a == "-deaf-already") {
        return;
    }
    let me = std::env::current_exe().unwrap();
    let script = r#"trap '' TERM; exec "$@" -deaf-already"#;
    let args = std::env::args_os().skip(1);
    panic!("{}", Command::new("/bin/sh").args(["-c", script, "sh"]).arg(me).args(args).exec())
}

#[cfg(windows)]
fn ignore_terminate() {}

/// Writes 100 MB of log in long lines to stderr.
fn flood() {
    let line = format!("[info] {}\n", "x".repeat(9_990));
    let mut stderr = std::io::stderr().lock();
    for _ in 0..10_000 {
        stderr.write_all(line.as_bytes()).unwrap();
    }
}

/// Ends by SIGABRT on systems with signals.
fn die() -> ExitCode {
    std::process::abort()
}

/// Appends a byte to the source, as another process would, and then runs the real ffmpeg.
fn touched(args: &[OsString], input: &Path) -> ExitCode {
    let mut file = std::fs::OpenOptions::new().append(true).open(input).unwrap();
    file.write_all(&[0]).unwrap();
    real(args)
}

fn fail(line: &str) -> ExitCode {
    eprintln!("{line}");
    ExitCode::FAILURE
}

/// Calls `first` at the first call for this input, and runs the real ffmpeg from the second on.
fn once(args: &[OsString], input: &Path, first: fn(&[OsString]) -> ExitCode) -> ExitCode {
    let marker = input.with_extension("tried");
    if marker.exists() {
        return real(args);
    }
    std::fs::write(marker, "").unwrap();
    first(args)
}

/// Limits the speed to real time, so that the encode is still running when a test intervenes, even on a slow machine.
fn paced(args: &[OsString]) -> Vec<OsString> {
    let input = args.iter().position(|a| a == "-i").unwrap();
    let mut paced = args.to_vec();
    paced.insert(input, "-re".into());
    paced
}

/// Grows its output without end; the file is sparse and takes no space. Ends on `q` or when stdin ends.
fn bomb(args: &[OsString]) -> ExitCode {
    let output = args.last().unwrap().to_string_lossy().into_owned();
    let file = std::fs::File::create(output.strip_prefix("file:").unwrap_or(&output)).unwrap();
    std::thread::spawn(move || {
        for n in 1.. {
            file.set_len(n << 26).unwrap();
            block(&(n << 26).to_string(), "continue");
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    });
    until_q()
}

/// Writes 100 MB of progress in long lines, without the end of a block.
fn flood_progress() {
    let line = format!("frame={}\n", "9".repeat(9_990));
    let mut stdout = std::io::stdout().lock();
    for _ in 0..10_000 {
        stdout.write_all(line.as_bytes()).unwrap();
    }
}

/// Starts a child process, writes its id to a file next to the input, and reports progress like `slow`. Ends on `q`
/// without its child.
#[expect(clippy::zombie_processes, reason = "it outlives its parent unless the engine ends it")]
fn family(input: &Path) -> ExitCode {
    let child = Command::new("sleep").arg("1000").spawn().unwrap();
    let (unfinished, marker) = (input.with_extension("new"), input.with_extension("child"));
    std::fs::write(&unfinished, child.id().to_string()).unwrap();
    std::fs::rename(unfinished, marker).unwrap();
    slow()
}

/// Runs the real ffmpeg, then applies `then` to its output and prints `message`, if not empty, as a coloured error.
/// Returns the exit code of the real ffmpeg.
fn after(args: &[OsString], then: fn(&Path), message: &str) -> ExitCode {
    let output = args.last().unwrap().to_string_lossy().into_owned();
    let status = Command::new(real_ffmpeg()).args(args).status().unwrap();
    then(Path::new(output.strip_prefix("file:").unwrap_or(&output)));
    if !message.is_empty() {
        eprintln!("\x1b[1;31m[error] \x1b[0m\x1b[1;31m{message}\n\x1b[0m");
    }
    ExitCode::from(status.code().unwrap() as u8)
}
