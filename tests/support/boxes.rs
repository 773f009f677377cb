//! Edits MP4 files box by box, like programs that trim or join clips without encoding.

/// One entry of an edit list.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    /// Start in the track, in seconds; `None` for an empty edit, which shows nothing.
    pub from: Option<f64>,
    /// Duration in the presentation, in seconds.
    pub seconds: f64,
    /// Playback rate; 1 as recorded.
    pub rate: f64,
}

/// Returns an edit that shows `seconds` from second `from` at normal speed.
pub fn shows(from: f64, seconds: f64) -> Edit {
    Edit { from: Some(from), seconds, rate: 1.0 }
}

type Found<'a> = (&'a [u8], &'a [u8]);

/// Returns the boxes in these bytes, as kind and content.
fn boxes(mut bytes: &[u8]) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    while bytes.len() >= 8 {
        let size = match u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize {
            0 => bytes.len(),
            size => size,
        };
        all.push((&bytes[4..8], &bytes[8..size]));
        bytes = &bytes[size..];
    }
    all
}

fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

fn find<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> &'a [u8] {
    path.iter().fold(bytes, |bytes, kind| {
        boxes(bytes).into_iter().find(|(found, _)| found == *kind).map(|(_, content)| content).unwrap()
    })
}

fn read_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn write_u32(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

/// Returns the MP4 with these edits in every track that has an edit list, and matching durations.
pub fn edited(mp4: &[u8], edits: &[Edit]) -> Vec<u8> {
    let scale = read_u32(find(mp4, &[b"moov", b"mvhd"]), 12);
    let duration = (edits.iter().map(|e| e.seconds).sum::<f64>() * f64::from(scale)) as u32;
    let track = |trak: &[u8]| {
        let ticks = read_u32(find(trak, &[b"mdia", b"mdhd"]), 12);
        let change = |(kind, content): Found<'_>| match kind {
            b"edts" => boxed(kind, &edit_list(find(content, &[b"elst"]), edits, scale, ticks)),
            b"tkhd" => with_duration(kind, content, 20, duration),
            _ => boxed(kind, content),
        };
        boxes(trak).into_iter().flat_map(change).collect::<Vec<u8>>()
    };
    let in_moov = |(kind, content): Found<'_>| match kind {
        b"trak" => boxed(kind, &track(content)),
        b"mvhd" => with_duration(kind, content, 16, duration),
        _ => boxed(kind, content),
    };
    let whole = |(kind, content): Found<'_>| match kind {
        b"moov" => boxed(kind, &boxes(content).into_iter().flat_map(in_moov).collect::<Vec<u8>>()),
        _ => boxed(kind, content),
    };
    boxes(mp4).into_iter().flat_map(whole).collect()
}

fn with_duration(kind: &[u8], content: &[u8], at: usize, duration: u32) -> Vec<u8> {
    let mut content = content.to_vec();
    write_u32(&mut content, at, duration);
    boxed(kind, &content)
}

/// Returns an edit list that replaces `old`, whose first entry contains the start time of the track.
fn edit_list(old: &[u8], edits: &[Edit], scale: u32, ticks: u32) -> Vec<u8> {
    let start = f64::from(read_u32(old, 12));
    let entry = |e: &Edit| {
        let from = e.from.map_or(-1, |from| (start + from * f64::from(ticks)).round() as i32);
        let duration = (e.seconds * f64::from(scale)).round() as u32;
        [duration.to_be_bytes(), from.to_be_bytes(), ((e.rate * 65536.0) as u32).to_be_bytes()].concat()
    };
    let entries: Vec<u8> = edits.iter().flat_map(entry).collect();
    boxed(b"elst", &[&[0; 4][..], &(edits.len() as u32).to_be_bytes(), &entries].concat())
}

const STBL: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];

/// Joins two MP4 files of one video track each into one, whose track has both sample descriptions. In each, the index
/// must follow the media data and the track must have one chunk; every frame lasts `ticks`.
pub fn joined(first: &[u8], second: &[u8], ticks: u32) -> Vec<u8> {
    let (a, b) = (Samples::of(first), Samples::of(second));
    let ftyp = boxed(b"ftyp", find(first, &[b"ftyp"]));
    let begin = ftyp.len() as u32 + 8;
    let (n, all) = (a.sizes.len() as u32, (a.sizes.len() + b.sizes.len()) as u32);
    let words = |words: &[u32]| words.iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<u8>>();
    let keys: Vec<u32> = a.keys.iter().copied().chain(b.keys.iter().map(|key| key + n)).collect();
    let sizes: Vec<u32> = a.sizes.iter().chain(&b.sizes).copied().collect();
    let stbl = [
        boxed(b"stsd", &[&words(&[0, 2])[..], a.description, b.description].concat()),
        boxed(b"stts", &words(&[0, 1, all, ticks])),
        boxed(b"stss", &words(&[&[0, keys.len() as u32][..], &keys].concat())),
        boxed(b"stsc", &words(&[0, 2, 1, n, 1, 2, all - n, 2])),
        boxed(b"stsz", &words(&[&[0, 0, all][..], &sizes].concat())),
        boxed(b"stco", &words(&[0, 2, begin, begin + a.data.len() as u32])),
    ]
    .concat();
    let header = find(first, &[b"moov", b"mvhd"]);
    let (media, scale) =
        (read_u32(find(first, &[b"moov", b"trak", b"mdia", b"mdhd"]), 12), read_u32(header, 12));
    let duration = all * ticks;
    let moov = rebuilt(
        find(first, &[b"moov"]),
        &stbl,
        duration,
        (u64::from(duration) * u64::from(scale) / u64::from(media)) as u32,
    );
    [ftyp, boxed(b"mdat", &[a.data, b.data].concat()), boxed(b"moov", &moov)].concat()
}

/// Replaces the sample table and the durations of these boxes, and removes the edit list. `duration` is in media ticks,
/// `presentation` in movie ticks.
fn rebuilt(bytes: &[u8], stbl: &[u8], duration: u32, presentation: u32) -> Vec<u8> {
    let change = |(kind, content): Found<'_>| match kind {
        b"trak" | b"mdia" | b"minf" => boxed(kind, &rebuilt(content, stbl, duration, presentation)),
        b"stbl" => boxed(kind, stbl),
        b"edts" => Vec::new(),
        b"mdhd" => with_duration(kind, content, 16, duration),
        b"mvhd" => with_duration(kind, content, 16, presentation),
        b"tkhd" => with_duration(kind, content, 20, presentation),
        _ => boxed(kind, content),
    };
    boxes(bytes).into_iter().flat_map(change).collect()
}

struct Samples<'a> {
    description: &'a [u8],
    sizes: Vec<u32>,
    keys: Vec<u32>,
    data: &'a [u8],
}

impl<'a> Samples<'a> {
    fn of(mp4: &'a [u8]) -> Samples<'a> {
        let stbl = find(mp4, &STBL);
        let table = |kind, skip: usize| {
            let content = find(stbl, &[kind]);
            (skip..content.len()).step_by(4).map(|at| read_u32(content, at)).collect::<Vec<u32>>()
        };
        Samples {
            description: &find(stbl, &[b"stsd"])[8..],
            sizes: table(b"stsz", 12),
            keys: table(b"stss", 8),
            data: find(mp4, &[b"mdat"]),
        }
    }
}

/// Adds a box to the sample descriptions of an MP4. The index must follow the media data, because chunk offsets stay
/// unchanged.
pub fn described(mp4: &[u8], kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let change = |(found, inside): Found<'_>| match found {
        b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => boxed(found, &described(inside, kind, content)),
        // The descriptions follow four bytes of version and flags and four of their count.
        b"stsd" => boxed(found, &[&inside[..8], &described(&inside[8..], kind, content)].concat()),
        b"hvc1" | b"hev1" | b"avc1" => boxed(found, &[inside, &boxed(kind, content)].concat()),
        _ => boxed(found, inside),
    };
    boxes(mp4).into_iter().flat_map(change).collect()
}
