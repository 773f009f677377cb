//! Resolves the arguments of `spool add`: the paths to add, and the path of a single result.

use crate::args::Add;
use crate::context::{Failed, absolute};
use spool_core::error::message;
use spool_core::intake;
use spool_core::preset::Preset;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Returns the paths of the command line, followed by those of the list.
pub(super) fn paths(args: &Add) -> Result<Vec<PathBuf>, Failed> {
    let mut all = args.paths.clone();
    if let Some(list) = &args.files_from {
        all.extend(listed(&read(list)?));
    }
    Ok(all)
}

fn read(list: &Path) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let read = if list == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(list).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.map_err(|e| Failed::Usage(format!("The list {} cannot be read: {}.", list.display(), message(&e))))?;
    Ok(bytes)
}

/// Splits a list into paths: at null characters, as `find -print0` writes them, if there are any, otherwise into lines.
fn listed(bytes: &[u8]) -> Vec<PathBuf> {
    // Editors on Windows write a byte order mark at the start.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let end = if bytes.contains(&0) { 0 } else { b'\n' };
    let lines =
        bytes.split(|byte| *byte == end).map(|line| if end == 0 { line } else { line.trim_ascii_end() });
    lines.filter(|line| !line.is_empty()).map(path_of).collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Returns the folder and the name without extension for `-o`, which is valid only for a single video.
pub(super) fn result(file: &Path, paths: &[PathBuf], preset: &Preset) -> Result<(PathBuf, OsString), Failed> {
    if paths.len() != 1 || paths[0].is_dir() {
        let why = "-o names the result of one video; for several, or for a folder, use --output-dir.";
        return Err(Failed::Usage(why.into()));
    }
    place(file, preset)
}

/// Returns the folder and the name without extension of this result path.
pub(crate) fn place(file: &Path, preset: &Preset) -> Result<(PathBuf, OsString), Failed> {
    let path = absolute(file)?;
    if path.is_dir() {
        let name = file.display();
        return Err(Failed::Usage(format!(
            "{name} is a folder; use --output-dir {name}, or name a file in it."
        )));
    }
    let extension = preset.container.extension();
    let name = intake::called(&path, extension).map_err(|extension| {
        let named = file.with_extension(extension);
        let (preset, named) = (&preset.name, named.display());
        Failed::Usage(format!(
            "The preset {preset} makes .{extension} files; use -o {named}, or another preset."
        ))
    })?;
    Ok((path.parent().unwrap_or(&path).to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_into_lines_or_at_null_characters() {
        let paths =
            |bytes: &[u8]| listed(bytes).iter().map(|p| p.to_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(paths(b"/v/a.mkv\r\n\nb c.mkv\n"), ["/v/a.mkv", "b c.mkv"]);
        assert_eq!(paths(b"/v/a\nb.mkv\0c .mkv \0"), ["/v/a\nb.mkv", "c .mkv "]);
        assert_eq!(paths(b""), [""; 0]);
        assert_eq!(paths("\u{feff}/v/a.mkv\nb.mkv".as_bytes()), ["/v/a.mkv", "b.mkv"]);
        assert_eq!(paths("\u{feff}/v/a.mkv\0b.mkv".as_bytes()), ["/v/a.mkv", "b.mkv"]);
    }
}
