//! Builds FLV files tag by tag, as a live recording is written when the streamer reconnects.

const HEADER: usize = 9 + 4;

/// Appends the second recording to the first, with its timestamps shifted by `after` milliseconds. Its script tags
/// (type 18), which describe a whole file, are left out.
pub fn joined(first: &[u8], second: &[u8], after: u32) -> Vec<u8> {
    let mut all = first.to_vec();
    for (kind, time, content) in tags(second).into_iter().filter(|(kind, ..)| *kind != 18) {
        all.extend(tag(kind, time + after, content));
    }
    all
}

/// Returns the recording with its codec headers repeated before tag number `n`, counted from 0.
pub fn with_headers_again(recording: &[u8], n: usize) -> Vec<u8> {
    let all = tags(recording);
    let is_header = |(kind, _, content): &&(u8, u32, &[u8])| *kind != 18 && content.get(1) == Some(&0);
    let headers: Vec<_> = all.iter().filter(is_header).copied().collect();
    let mut bytes = recording[..HEADER].to_vec();
    for (at, (kind, time, content)) in all.iter().enumerate() {
        if at == n {
            for (kind, _, content) in &headers {
                bytes.extend(tag(*kind, *time, content));
            }
        }
        bytes.extend(tag(*kind, *time, content));
    }
    bytes
}

fn tags(recording: &[u8]) -> Vec<(u8, u32, &[u8])> {
    let (mut at, mut all) = (HEADER, Vec::new());
    while at + 11 <= recording.len() {
        let three = |at: usize| u32::from_be_bytes([0, recording[at], recording[at + 1], recording[at + 2]]);
        let (size, time) = (three(at + 1) as usize, three(at + 4) | u32::from(recording[at + 7]) << 24);
        all.push((recording[at], time, &recording[at + 11..at + 11 + size]));
        at += 11 + size + 4;
    }
    all
}

fn tag(kind: u8, time: u32, content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u32).to_be_bytes();
    let [high, a, b, c] = time.to_be_bytes();
    let head = [kind, size[1], size[2], size[3], a, b, c, high, 0, 0, 0];
    [&head[..], content, &(content.len() as u32 + 11).to_be_bytes()].concat()
}
