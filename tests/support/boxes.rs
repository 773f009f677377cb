//! MP4 files changed box by box, as programs do that trim or join clips without encoding.

/// One entry of an edit list.
#[derive(Debug, Clone, Copy)]
pub struct Edit {
    /// Where in the track it begins, in seconds; `None`: nothing is shown.
    pub from: Option<f64>,
    /// How long it is shown, in seconds.
    pub seconds: f64,
    /// How fast, 1 being as recorded.
    pub rate: f64,
}

/// Shows `seconds` from second `from`.
pub fn shows(from: f64, seconds: f64) -> Edit {
    Edit { from: Some(from), seconds, rate: 1.0 }
}

type Found<'a> = (&'a [u8], &'a [u8]);

/// The boxes in these bytes: kind and content.
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

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

/// The film with these edits in every track that has an edit list, and lengths to match.
pub fn edited(film: &[u8], edits: &[Edit]) -> Vec<u8> {
    let scale = number(find(film, &[b"moov", b"mvhd"]), 12);
    let length = (edits.iter().map(|e| e.seconds).sum::<f64>() * f64::from(scale)) as u32;
    let track = |trak: &[u8]| {
        let ticks = number(find(trak, &[b"mdia", b"mdhd"]), 12);
        let change = |(kind, content): Found<'_>| match kind {
            b"edts" => boxed(kind, &list(find(content, &[b"elst"]), edits, scale, ticks)),
            b"tkhd" => with_length(kind, content, 20, length),
            _ => boxed(kind, content),
        };
        boxes(trak).into_iter().flat_map(change).collect::<Vec<u8>>()
    };
    let in_moov = |(kind, content): Found<'_>| match kind {
        b"trak" => boxed(kind, &track(content)),
        b"mvhd" => with_length(kind, content, 16, length),
        _ => boxed(kind, content),
    };
    let whole = |(kind, content): Found<'_>| match kind {
        b"moov" => boxed(kind, &boxes(content).into_iter().flat_map(in_moov).collect::<Vec<u8>>()),
        _ => boxed(kind, content),
    };
    boxes(film).into_iter().flat_map(whole).collect()
}

fn with_length(kind: &[u8], content: &[u8], at: usize, length: u32) -> Vec<u8> {
    let mut content = content.to_vec();
    put(&mut content, at, length);
    boxed(kind, &content)
}

/// An edit list in place of `old`, whose first entry says where the track begins.
fn list(old: &[u8], edits: &[Edit], scale: u32, ticks: u32) -> Vec<u8> {
    let begin = f64::from(number(old, 12));
    let entry = |e: &Edit| {
        let from = e.from.map_or(-1, |from| (begin + from * f64::from(ticks)).round() as i32);
        let length = (e.seconds * f64::from(scale)).round() as u32;
        [length.to_be_bytes(), from.to_be_bytes(), ((e.rate * 65536.0) as u32).to_be_bytes()].concat()
    };
    let entries: Vec<u8> = edits.iter().flat_map(entry).collect();
    boxed(b"elst", &[&[0; 4][..], &(edits.len() as u32).to_be_bytes(), &entries].concat())
}

const STBL: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];

/// Two films of one picture track each as one, whose track has both sample descriptions. Their index must stand behind
/// their pictures, in one chunk; every frame takes `ticks`.
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
    let film = find(first, &[b"moov", b"mvhd"]);
    let (media, scale) = (number(find(first, &[b"moov", b"trak", b"mdia", b"mdhd"]), 12), number(film, 12));
    let long = all * ticks;
    let moov = rebuilt(
        find(first, &[b"moov"]),
        &stbl,
        long,
        (u64::from(long) * u64::from(scale) / u64::from(media)) as u32,
    );
    [ftyp, boxed(b"mdat", &[a.data, b.data].concat()), boxed(b"moov", &moov)].concat()
}

/// The same boxes with another table of samples and other lengths, and without an edit list.
fn rebuilt(bytes: &[u8], stbl: &[u8], long: u32, shown: u32) -> Vec<u8> {
    let change = |(kind, content): Found<'_>| match kind {
        b"trak" | b"mdia" | b"minf" => boxed(kind, &rebuilt(content, stbl, long, shown)),
        b"stbl" => boxed(kind, stbl),
        b"edts" => Vec::new(),
        b"mdhd" => with_length(kind, content, 16, long),
        b"mvhd" => with_length(kind, content, 16, shown),
        b"tkhd" => with_length(kind, content, 20, shown),
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
    fn of(film: &'a [u8]) -> Samples<'a> {
        let stbl = find(film, &STBL);
        let table = |kind, skip: usize| {
            let content = find(stbl, &[kind]);
            (skip..content.len()).step_by(4).map(|at| number(content, at)).collect::<Vec<u32>>()
        };
        Samples {
            description: &find(stbl, &[b"stsd"])[8..],
            sizes: table(b"stsz", 12),
            keys: table(b"stss", 8),
            data: find(film, &[b"mdat"]),
        }
    }
}

/// The film, its index behind its pictures, with one more box in the description of its picture.
pub fn described(film: &[u8], kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let change = |(found, inside): Found<'_>| match found {
        b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => boxed(found, &described(inside, kind, content)),
        // Before the descriptions stand their number and as many bytes of version and flags.
        b"stsd" => boxed(found, &[&inside[..8], &described(&inside[8..], kind, content)].concat()),
        b"hvc1" | b"hev1" | b"avc1" => boxed(found, &[inside, &boxed(kind, content)].concat()),
        _ => boxed(found, inside),
    };
    boxes(film).into_iter().flat_map(change).collect()
}
