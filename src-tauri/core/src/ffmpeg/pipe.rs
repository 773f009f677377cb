//! Reading of a child's pipes: they are always drained, and the memory kept is bounded.

use std::io::{self, Read};
use std::sync::mpsc::SyncSender;

/// Longest line kept, in bytes; the rest of a longer one is dropped.
const LONGEST_LINE: usize = 4096;

/// Sends each line of `pipe` until it closes. After the receiver is dropped the pipe is still drained, so that the
/// child never blocks.
pub(super) fn send_lines<T>(pipe: impl Read, lines: &SyncSender<T>, wrap: impl Fn(String) -> T) {
    let mut receiving = true;
    each_line(pipe, |line| receiving = receiving && lines.send(wrap(line.into())).is_ok());
}

/// Passes each line of `pipe` to `take` until it closes; `\r` ends a line too.
pub(super) fn each_line(pipe: impl Read, mut take: impl FnMut(&str)) {
    lines_while(pipe, |line| {
        take(line);
        true
    });
}

/// Passes each line of `pipe` to `take` while it returns true. Returns whether all lines were taken.
pub(super) fn lines_while(mut pipe: impl Read, mut take: impl FnMut(&str) -> bool) -> bool {
    let mut chunk = [0; 16 * 1024];
    let mut line = Vec::with_capacity(256);
    let mut end = |line: &mut Vec<u8>| {
        let more = take(&String::from_utf8_lossy(line));
        line.clear();
        more
    };
    loop {
        let read = match pipe.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        for byte in &chunk[..read] {
            match byte {
                b'\n' | b'\r' if line.is_empty() => {}
                b'\n' | b'\r' if end(&mut line) => {}
                b'\n' | b'\r' => return false,
                _ if line.len() < LONGEST_LINE => line.push(*byte),
                _ => {}
            }
        }
    }
    line.is_empty() || end(&mut line)
}

/// The first `most` bytes of `pipe`; the rest is drained and dropped.
pub(super) fn read_at_most(mut pipe: impl Read, most: u64) -> String {
    let mut bytes = Vec::new();
    // A broken pipe ends the reading; the bytes before it count.
    let _ = (&mut pipe).take(most).read_to_end(&mut bytes);
    let _ = io::copy(&mut pipe, &mut io::sink());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn lines_end_at_cr_or_lf_and_are_cut_at_the_limit() {
        let (sender, receiver) = sync_channel(16);
        let long = "x".repeat(LONGEST_LINE * 3);
        send_lines(format!("a\rb\r\n\nc\n{long}\nend").as_bytes(), &sender, |line| line);
        drop(sender);
        let lines: Vec<String> = receiver.iter().collect();
        assert_eq!(lines[..3], ["a", "b", "c"]);
        assert_eq!(lines[3].len(), LONGEST_LINE);
        assert_eq!(lines[4], "end");
    }

    #[test]
    fn reading_ends_when_take_returns_false() {
        let mut taken = 0;
        let mut one = || {
            taken += 1;
            taken < 3
        };
        assert!(!lines_while("a\nb\nc\nd\n".as_bytes(), |_| one()));
        assert_eq!(taken, 3);
        assert!(lines_while("a\nb".as_bytes(), |_| true));
    }

    #[test]
    fn pipe_is_drained_after_the_receiver_is_dropped() {
        let (sender, receiver) = sync_channel(1);
        drop(receiver);
        let mut flood = io::repeat(b'\n').take(10 << 20);
        send_lines(&mut flood, &sender, |line| line);
        assert_eq!(flood.limit(), 0);
        assert_eq!(read_at_most(io::repeat(b'x').take(10 << 20), 100).len(), 100);
    }
}
