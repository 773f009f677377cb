//! FLV files put together tag by tag, as a live recording is when its streamer connects again.

const HEAD: usize = 9 + 4;

/// The second recording behind the first, `after` milliseconds later; its own description of the file is left out.
pub fn joined(first: &[u8], second: &[u8], after: u32) -> Vec<u8> {
    let mut all = first.to_vec();
    for (kind, time, content) in tags(second).into_iter().filter(|(kind, ..)| *kind != 18) {
        all.extend(tag(kind, time + after, content));
    }
    all
}

/// The recording with its headers once more before each tag number `n` counts.
pub fn with_headers_again(film: &[u8], n: usize) -> Vec<u8> {
    let all = tags(film);
    let is_header = |(kind, _, content): &&(u8, u32, &[u8])| *kind != 18 && content.get(1) == Some(&0);
    let headers: Vec<_> = all.iter().filter(is_header).copied().collect();
    let mut made = film[..HEAD].to_vec();
    for (at, (kind, time, content)) in all.iter().enumerate() {
        if at == n {
            for (kind, _, content) in &headers {
                made.extend(tag(*kind, *time, content));
            }
        }
        made.extend(tag(*kind, *time, content));
    }
    made
}

fn tags(film: &[u8]) -> Vec<(u8, u32, &[u8])> {
    let (mut at, mut all) = (HEAD, Vec::new());
    while at + 11 <= film.len() {
        let three = |at: usize| u32::from_be_bytes([0, film[at], film[at + 1], film[at + 2]]);
        let (size, time) = (three(at + 1) as usize, three(at + 4) | u32::from(film[at + 7]) << 24);
        all.push((film[at], time, &film[at + 11..at + 11 + size]));
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
