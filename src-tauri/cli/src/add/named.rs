//! What the arguments of `spool add` name: the paths to add, and the result of one.

use crate::args::Add;
use crate::context::{Failed, absolute};
use spool_core::error::said;
use spool_core::intake;
use spool_core::preset::Preset;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The paths of the command line, and behind them those of a list.
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
    read.map_err(|e| Failed::Usage(format!("The list {} cannot be read: {}.", list.display(), said(&e))))?;
    Ok(bytes)
}

/// One path in a line; where there is a null character, as `find -print0` writes them, between those.
fn listed(bytes: &[u8]) -> Vec<PathBuf> {
    // Editors on Windows put a mark of the byte order in front.
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

/// Folder and name without extension of the one result that is named.
pub(super) fn result(file: &Path, paths: &[PathBuf], preset: &Preset) -> Result<(PathBuf, OsString), Failed> {
    if paths.len() != 1 || paths[0].is_dir() {
        let why = "-o names the result of one video; for several, or for a folder, use --output-dir.";
        return Err(Failed::Usage(why.into()));
    }
    place(file, preset)
}

/// Folder and name without extension of a result that is named.
pub(crate) fn place(file: &Path, preset: &Preset) -> Result<(PathBuf, OsString), Failed> {
    let whole = absolute(file)?;
    if whole.is_dir() {
        let name = file.display();
        return Err(Failed::Usage(format!(
            "{name} is a folder; use --output-dir {name}, or name a file in it."
        )));
    }
    let extension = preset.container.extension();
    let name = intake::called(&whole, extension).map_err(|extension| {
        let named = file.with_extension(extension);
        let (preset, named) = (&preset.name, named.display());
        Failed::Usage(format!(
            "The preset {preset} makes .{extension} files; use -o {named}, or another preset."
        ))
    })?;
    Ok((whole.parent().unwrap_or(&whole).to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_a_path_in_each_line_or_between_null_characters() {
        let paths =
            |bytes: &[u8]| listed(bytes).iter().map(|p| p.to_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(paths(b"/v/a.mkv\r\n\nb c.mkv\n"), ["/v/a.mkv", "b c.mkv"]);
        assert_eq!(paths(b"/v/a\nb.mkv\0c .mkv \0"), ["/v/a\nb.mkv", "c .mkv "]);
        assert_eq!(paths(b""), [""; 0]);
        assert_eq!(paths("\u{feff}/v/a.mkv\nb.mkv".as_bytes()), ["/v/a.mkv", "b.mkv"]);
        assert_eq!(paths("\u{feff}/v/a.mkv\0b.mkv".as_bytes()), ["/v/a.mkv", "b.mkv"]);
    }
}
