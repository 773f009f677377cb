use super::*;
use std::io::Cursor;

fn packets(begin: f64, texts: &[&[u8]]) -> Packets {
    let packet = |(n, text): (usize, &&[u8])| {
        let begin = begin + n as f64;
        Packet { begin, end: begin + 0.5, bytes: text.to_vec() }
    };
    Packets { header: Vec::new(), all: texts.iter().enumerate().map(packet).collect() }
}

fn of(codec: &str, language: Option<&str>, texts: &[&[u8]]) -> Cues {
    cues(codec, language, packets(1.0, texts))
}

#[test]
fn non_utf_8_text_is_decoded_by_the_code_page_of_its_language() {
    let western = of("subrip", Some("fre"), &[b"caf\xe9", "caf\u{e9}".as_bytes(), b"  ", b"<i></i>"]);
    assert_eq!(western.texts(), ["caf\u{e9}", "caf\u{e9}"]);
    assert_eq!(western.code_page.as_deref(), Some("windows-1252"));
    assert!(western.needs_rewriting());
    let eastern = of("subrip", Some("rus"), &[b"\xe4\xe0"]);
    assert_eq!(eastern.texts(), ["\u{434}\u{430}"]);
    let (_, file) = western.file(1.0, 9.0).unwrap();
    let second = "2\n00:00:01,000 --> 00:00:01,500\ncaf\u{e9}\n\n";
    assert_eq!(file, format!("1\n00:00:00,000 --> 00:00:00,500\ncaf\u{e9}\n\n{second}"));
    assert!(!of("subrip", None, &[b"plain"]).needs_rewriting());
    let wide = of("mov_text", None, &[b"\0\x06\xfe\xff\0a\0b", b"\0\0"]);
    assert_eq!((wide.texts(), wide.code_page), (vec!["ab".to_owned()], None));
}

#[test]
fn drawings_are_removed_and_text_after_them_stays() {
    let line = |text: &str| format!("0,0,Default,,0,0,0,,{text}").into_bytes();
    let lines = [line("{\\p1}m 0 0 l 1 0{\\p0}"), line("{\\p1}m 1 1{\\p0}after, all"), line("last")];
    let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    let found = of("ass", None, &lines);
    assert_eq!((found.texts(), found.marks.drawings), (vec!["after, all".into(), "last".into()], 2));
    let (format, file) = found.file(0.0, 9.0).unwrap();
    assert_eq!((format, file.matches("Dialogue: ").count()), ("ass", 2));
    assert!(file.contains("0:00:02.00,0:00:02.50,Default,,0,0,0,,{\\p1}{\\p0}after, all\n"), "{file}");
    assert_eq!(of("ass", None, &lines[..1]).file(0.0, 9.0), None);
}

#[test]
fn missing_texts_are_counted_without_markup() {
    let source = of("subrip", None, &[b"<i>one</i>", b"two\r\nrows", b"two rows", b"{\\an8}top"]);
    let result = of("mov_text", None, &[b"\0\x08two rows", b"\0\x03one", b"\0\x03top"]);
    assert_eq!((source.missing_in(&result), result.missing_in(&source)), (1, 0));
    assert!(source.marks.positions && source.marks.emphasis && !result.marks.positions);
}

#[test]
fn cues_are_clipped_at_the_end_of_the_film() {
    let found = of("subrip", None, &[b"one", b"two --> 3\n\n4", b"three"]);
    let (_, file) = found.file(0.0, 2.2).unwrap();
    assert!(file.ends_with("2\n00:00:02,000 --> 00:00:02,200\ntwo \u{2192} 3\n4\n\n"), "{file}");
}

fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let id: Vec<u8> = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    [&id[..], &[0x40 | (content.len() >> 8) as u8, content.len() as u8], content].concat()
}

/// A film with three subtitle tracks: the first compressed by zlib, the second with its first letter stripped, the
/// third stored as it is.
fn matroska() -> Vec<u8> {
    let compressed = |how: &[u8]| element(0x6d80, &element(0x6240, &element(0x5034, how)));
    let track = |number: u8, kind: u8, more: &[u8]| {
        element(0xae, &[element(0xd7, &[number]), element(0x83, &[kind]), more.to_vec()].concat())
    };
    let stripped = [element(0x4254, &[3]), element(0x4255, b"b")].concat();
    let tracks = [
        track(1, 1, b""),
        track(2, 0x11, &compressed(&element(0x4254, &[0]))),
        track(3, 0x11, &compressed(&stripped)),
        track(4, 0x11, b""),
    ];
    let block = |number: u8, time: u8, bytes: &[u8]| [&[0x80 | number, 0, time, 0][..], bytes].concat();
    let group = |block: &[u8]| element(0xa0, &[element(0xa1, block), element(0x9b, &[2, 0])].concat());
    let zlib = miniz_oxide::deflate::compress_to_vec_zlib(b"first", 6);
    let blocks = [
        element(0xe7, &[3, 232]),
        element(0xa3, &block(1, 0, &[7; 300])),
        group(&block(2, 0, &zlib)),
        group(&block(3, 20, b"ehind")),
        group(&block(1, 40, &[7; 300])),
        element(0xa3, &block(4, 60, b"last")),
    ];
    // Segment and cluster have unknown sizes.
    let open = |id: u32| [&id.to_be_bytes()[..], &[0x01], &[0xff; 7]].concat();
    let head = [element(0x1a45_dfa3, b""), open(0x1853_8067), element(0x1654_ae6b, &tracks.concat())];
    [head.concat(), open(0x1f43_b675), blocks.concat()].concat()
}

#[test]
fn subtitle_blocks_are_found_and_decompressed() {
    let film = matroska();
    let tracks = matroska::tracks(&mut Cursor::new(&film)).unwrap();
    let found: Vec<_> = tracks
        .iter()
        .map(|track| track.as_ref().unwrap().all.first().map(|p| (p.begin, p.end, p.bytes.as_slice())))
        .collect();
    let expected = [(1.0, 1.512, &b"first"[..]), (1.02, 1.532, b"behind"), (1.06, 1.06, b"last")];
    assert_eq!(found, expected.map(Some));
    for end in 0..film.len() {
        drop(matroska::tracks(&mut Cursor::new(&film[..end])));
    }
}

fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
}

fn words(all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A film with one track of three samples, delayed by a second in an edit list, and one more sample in a fragment.
fn mp4() -> Vec<u8> {
    let samples = boxed(b"mdat", b"onetwo!three");
    let times = words(&[0, 2, 2, 500, 1, 1000]);
    let chunks = words(&[0, 2, 1, 2, 1, 2, 1, 1]);
    let sizes = words(&[0, 0, 3, 3, 4, 5]);
    let places = words(&[0, 2, 8, 15]);
    let tables = [(b"stts", times), (b"stsc", chunks), (b"stsz", sizes), (b"stco", places)];
    let tables: Vec<u8> = tables.iter().flat_map(|(kind, table)| boxed(*kind, table)).collect();
    let clock = boxed(b"mdhd", &words(&[0, 0, 0, 1000, 2000]));
    let media = boxed(b"mdia", &[clock, boxed(b"minf", &boxed(b"stbl", &tables))].concat());
    let edits = boxed(b"elst", &words(&[0, 2, 600, u32::MAX, 0x1_0000, 1200, 0, 0x1_0000]));
    let number = boxed(b"tkhd", &words(&[0, 0, 0, 7]));
    let track = boxed(b"trak", &[number, boxed(b"edts", &edits), media].concat());
    let film_clock = boxed(b"mvhd", &words(&[0, 0, 0, 600]));
    let usual = boxed(b"mvex", &boxed(b"trex", &words(&[0, 7, 1, 250, 4, 0])));
    let index = boxed(b"moov", &[film_clock, track, usual].concat());
    let of_track = boxed(b"tfhd", &words(&[0x2_0000, 7]));
    let begin = boxed(b"tfdt", &words(&[0, 4000]));
    let fragment = |offset: u32| {
        let run = boxed(b"trun", &words(&[1, 1, offset]));
        boxed(b"moof", &boxed(b"traf", &[&of_track[..], &begin, &run].concat()))
    };
    let offset = fragment(0).len() as u32 + 8;
    [samples, index, fragment(offset), boxed(b"mdat", b"last")].concat()
}

#[test]
fn samples_of_index_and_fragments_are_found_at_their_times() {
    let film = mp4();
    let track = mp4::track(&mut Cursor::new(&film), 0).unwrap().unwrap();
    let found: Vec<_> = track.all.iter().map(|p| (p.begin, p.end, p.bytes.as_slice())).collect();
    let whole = [(1.0, 1.5, &b"one"[..]), (1.5, 2.0, b"two!"), (2.0, 3.0, b"three")];
    assert_eq!(found, [&whole[..], &[(5.0, 5.25, b"last")]].concat());
    assert!(mp4::track(&mut Cursor::new(&film), 1).unwrap().is_none());
    for end in 0..film.len() {
        drop(mp4::track(&mut Cursor::new(&film[..end]), 0));
    }
}
