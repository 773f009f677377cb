//! Files whose packets are damaged while their container stays whole, as a failing disk or a bad download leaves them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Overwrites bytes of packets in the middle of one stream, and leaves all else as it is.
pub fn damage(path: &Path, stream: &str, count: usize) {
    let entries =
        ["-v", "quiet", "-of", "csv=p=0", "-select_streams", stream, "-show_entries", "packet=pos,size"];
    let listed = Command::new("ffprobe").args(entries).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let packets: Vec<(usize, usize)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(',').map(|field| field.trim().parse::<usize>());
            // ffprobe prints the size before the place.
            let (size, at) = (fields.next()?.ok()?, fields.next()?.ok()?);
            Some((at, size))
        })
        .collect();
    let mut bytes = fs::read(path).unwrap();
    for (at, size) in packets.iter().skip(packets.len() / 2).take(count) {
        // Behind the head of the packet, so that its container stays whole.
        let (from, to) = (at + (size / 3).max(8), at + size);
        bytes[from..to]
            .iter_mut()
            .enumerate()
            .for_each(|(n, byte)| *byte = (n as u8).wrapping_mul(31) ^ 0x5a);
    }
    fs::write(path, bytes).unwrap();
}
