//! A fake ffprobe. The probe of a source named `fake-probe...` never ends; that of `fake-probekill...` aborts. The
//! probe of a part file does the same while a file `slow-verify` or `kill-verify` exists next to the folder of results.
//! Any other call runs the real ffprobe. After the probe of a source named `fake-looked...`, an empty file with the
//! extension `looked` exists next to it.
#![allow(clippy::unwrap_used, reason = "a test tool fails by panicking")]

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let input = args.last().map(|a| a.to_string_lossy().into_owned()).unwrap_or_default();
    let input = Path::new(input.strip_prefix("file:").unwrap_or(&input));
    let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_requested = |marker: &str| {
        let root = input.parent().and_then(Path::parent);
        input.extension().is_some_and(|e| e == "part") && root.is_some_and(|root| root.join(marker).exists())
    };
    if name.starts_with("fake-probekill") || is_requested("kill-verify") {
        std::process::abort();
    }
    if name.starts_with("fake-probe") || is_requested("slow-verify") {
        loop {
            std::thread::park();
        }
    }
    let me = std::env::current_exe().unwrap().canonicalize().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let mut found = std::env::split_paths(&path).map(|dir| dir.join("ffprobe"));
    let ffprobe = found.find(|p| p.canonicalize().is_ok_and(|p| p != me)).unwrap();
    let status = Command::new(ffprobe).args(&args).status().unwrap();
    if name.starts_with("fake-looked") {
        std::fs::write(input.with_extension("looked"), "").unwrap();
    }
    ExitCode::from(status.code().unwrap_or(1) as u8)
}
