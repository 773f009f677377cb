//! Linux: reads `/proc/self/mountinfo`. Other systems without an implementation have an empty table.

use super::Mount;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(super) fn read() -> Vec<Mount> {
    parse(&std::fs::read("/proc/self/mountinfo").unwrap_or_default())
}

/// Without a table, one file system is assumed.
pub(super) fn assumed(path: &Path) -> Option<PathBuf> {
    path.ancestors().last().filter(|root| root.has_root()).map(Path::to_owned)
}

pub(super) fn is_there(point: &Path) -> bool {
    point == Path::new("/")
}

/// Reads `/etc/fstab`, whose lines are `device point type options`.
pub(super) fn usual() -> Vec<PathBuf> {
    points(&std::fs::read("/etc/fstab").unwrap_or_default())
}

fn points(table: &[u8]) -> Vec<PathBuf> {
    let lines =
        table.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.starts_with(b"#"));
    let words =
        |line: &[u8]| line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(1).map(path);
    lines.filter_map(words).filter(|point| point.is_absolute()).collect()
}

/// Parses lines of the form `36 35 0:45 /root /mount/point options [tags] - type source options`, with special
/// characters in octal.
fn parse(table: &[u8]) -> Vec<Mount> {
    table.split(|byte| *byte == b'\n').filter_map(mount).collect()
}

fn mount(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let device = text(fields.nth(2)?);
    let point = path(fields.nth(1)?);
    let kind = text(fields.skip_while(|field| *field != b"-").nth(1)?);
    Some(Mount { point, kind, device })
}

fn text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}

/// Decodes octal escapes: `\040` is a space.
fn path(field: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, behind)) = rest.split_first() {
        let octal =
            behind.get(..3).filter(|_| *first == b'\\').and_then(|digits| std::str::from_utf8(digits).ok());
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = octal.map_or(behind, |_| &behind[3..]);
    }
    named(bytes)
}

#[cfg(unix)]
fn named(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn named(bytes: Vec<u8>) -> PathBuf {
    OsString::from(String::from_utf8_lossy(&bytes).into_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fstab_is_read_without_comments_and_swap() {
        let table =
            b"# a comment /x\nUUID=1  /\text4 defaults 0 1\n\n//nas/films /mnt/my\\040films cifs noauto\n\
            /dev/sda3 none swap sw\n";
        assert_eq!(points(table), [PathBuf::from("/"), PathBuf::from("/mnt/my films")]);
    }

    #[test]
    fn mountinfo_is_read_with_escapes_and_optional_fields() {
        let table = b"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            40 22 0:51 / /mnt/a\\040b\\134c rw shared:3 master:2 - fuse.sshfs host:/home rw\n\
            garbled\n";
        let mount = |point: &str, kind: &str, device: &str| Mount {
            point: point.into(),
            kind: kind.into(),
            device: device.into(),
        };
        assert_eq!(parse(table), [mount("/", "ext4", "8:1"), mount("/mnt/a b\\c", "fuse.sshfs", "0:51")]);
    }
}
