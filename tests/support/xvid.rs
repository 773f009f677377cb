//! Converts AVI files of MPEG-4 video to the packed bitstream of the `XviD` and `DivX` encoders.

/// Returns the AVI with its frames packed: a P-frame and the B-frame that follows it in coding order share a
/// chunk, and the next chunk is a placeholder without a coded frame.
pub fn packed(avi: &[u8]) -> Vec<u8> {
    let number = |at: usize| u32::from_le_bytes(avi[at..at + 4].try_into().unwrap()) as usize;
    let list = avi.windows(4).position(|w| w == b"movi").unwrap();
    let (mut at, end) = (list + 4, list + number(list - 4));
    let (mut audio, mut video, mut order) = (Vec::new(), Vec::new(), Vec::new());
    while at < end {
        let (kind, size) = (avi[at..at + 4].to_vec(), number(at + 4));
        let is_frame = kind.ends_with(b"dc");
        if is_frame { &mut video } else { &mut audio }.push(avi[at + 8..at + 8 + size].to_vec());
        order.push((kind, is_frame));
        at += 8 + size + (size & 1);
    }
    let (mut frames, mut audio_chunks) = (pack(&video).into_iter(), audio.into_iter());
    let (mut movi, mut index) = (b"movi".to_vec(), Vec::new());
    for (kind, is_frame) in order {
        let body = if is_frame { frames.next() } else { audio_chunks.next() }.unwrap();
        let key = if is_frame && coding(&body) != 0 { 0_u32 } else { 0x10 };
        let words = [key, movi.len() as u32, body.len() as u32].map(u32::to_le_bytes).concat();
        index.extend([&kind[..], &words].concat());
        movi.extend(
            [&kind[..], &(body.len() as u32).to_le_bytes(), &body, &vec![0; body.len() & 1]].concat(),
        );
    }
    let chunk = |name: &[u8], body: &[u8]| [name, &(body.len() as u32).to_le_bytes(), body].concat();
    chunk(b"RIFF", &[&avi[8..list - 8], &chunk(b"LIST", &movi), &chunk(b"idx1", &index)].concat())
}

/// Returns the index of the start code of the frame.
fn header(frame: &[u8]) -> usize {
    frame.windows(4).position(|w| w == [0, 0, 1, 0xb6]).unwrap()
}

/// Returns the coding type of the frame: 0 for an I-frame, 1 for a P-frame, 2 for a B-frame.
fn coding(frame: &[u8]) -> u8 {
    frame[header(frame) + 4] >> 6
}

fn pack(video: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (mut all, mut n) = (Vec::new(), 0);
    while n < video.len() {
        let next = video.get(n + 1).filter(|next| coding(&video[n]) == 1 && coding(next) == 2);
        let Some(next) = next else {
            all.push(video[n].clone());
            n += 1;
            continue;
        };
        all.push([&video[n][..], next].concat());
        let time = &next[header(next) + 4..];
        all.push([&[0, 0, 1, 0xb6][..], &[0x40 | (time[0] & 0x3f), time[1], 0x7f]].concat());
        n += 2;
    }
    let begin = all[0].windows(4).position(|w| w == [0, 0, 1, 0xb2]).unwrap();
    let end = begin + 4 + all[0][begin + 4..].windows(3).position(|w| w == [0, 0, 1]).unwrap();
    all[0].splice(begin..end, *b"\0\0\x01\xb2DivX503b1393p\0");
    all
}
