//! Damages packets of a file but not its container, as a failing disk or a bad download does.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Overwrites bytes in `count` packets from the middle of one stream on; nothing else changes.
pub fn damage(path: &Path, stream: &str, count: usize) {
    let entries =
        ["-v", "quiet", "-of", "csv=p=0", "-select_streams", stream, "-show_entries", "packet=pos,size"];
    let listed = Command::new("ffprobe").args(entries).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let packets: Vec<(usize, usize)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(',').map(|field| field.trim().parse::<usize>());
            // ffprobe prints the size before the position, whatever the order in the request.
            let (size, at) = (fields.next()?.ok()?, fields.next()?.ok()?);
            Some((at, size))
        })
        .collect();
    let mut bytes = fs::read(path).unwrap();
    for (at, size) in packets.iter().skip(packets.len() / 2).take(count) {
        // The start of the packet stays, so that the container remains intact.
        let (from, to) = (at + (size / 3).max(8), at + size);
        bytes[from..to]
            .iter_mut()
            .enumerate()
            .for_each(|(n, byte)| *byte = (n as u8).wrapping_mul(31) ^ 0x5a);
    }
    fs::write(path, bytes).unwrap();
}
