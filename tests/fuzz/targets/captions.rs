//! Reads captions from arbitrary bytes: they are parsed or skipped without a panic, and the lines found are in order
//! and do not overlap.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spool_core::captions::{self, Coding};

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (kind, size, bytes) = input;
    let coding = [Coding::H264, Coding::Hevc, Coding::Mpeg2, Coding::Av1][usize::from(kind % 4)];
    let size = usize::from(size % 512) + 1;
    let packets = bytes.chunks(size).enumerate();
    let line = |(n, packet): (usize, &[u8])| format!("0, {n}, {}, 1, {}, 0x0\n", n + 1, packet.len());
    let times: String = "#tb 0: 1/25\n".chars().chain(packets.map(line).collect::<String>().chars()).collect();
    for found in captions::read(coding, times.as_bytes(), bytes, Some(60.0)) {
        assert!(found.lines.iter().all(|line| line.begin < line.end && !line.text.is_empty()));
        assert!(found.lines.windows(2).all(|two| two[0].end <= two[1].begin));
        let _ = captions::srt(&found.lines, 30.0);
    }
});
