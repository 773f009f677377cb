//! Captions as a broadcaster writes them, and malformed bytes.

use super::*;

const FRAME: f64 = 1001.0 / 30_000.0;

/// A pair with odd parity.
fn pair(bytes: [u8; 2]) -> [u8; 2] {
    bytes.map(|byte| if byte.count_ones() % 2 == 0 { byte | 0x80 } else { byte })
}

/// As the first field carries it.
fn triple(bytes: [u8; 2]) -> Triple {
    let [first, second] = pair(bytes);
    [0xfc, first, second]
}

/// Letters in pairs.
fn letters(text: &str) -> Vec<[u8; 2]> {
    text.as_bytes().chunks(2).map(|two| [two[0], two.get(1).copied().unwrap_or(0)]).collect()
}

/// Commands of CC1, each sent twice.
fn twice(second: u8) -> Vec<[u8; 2]> {
    vec![[0x14, second]; 2]
}

/// The lines of CC1, where the first field carries these pairs from the frame of this number on, one per frame.
fn lines(frames: &[(usize, Vec<[u8; 2]>)], end: f64) -> Vec<(i64, i64, String)> {
    let mut field = line21::Field::default();
    for (first, pairs) in frames {
        for (n, bytes) in pairs.iter().enumerate() {
            field.take((first + n) as f64 * FRAME, pair(*bytes));
        }
    }
    let [lines, _] = field.done(end);
    let frame = |seconds: f64| (seconds / FRAME).round() as i64;
    lines.into_iter().map(|l| (frame(l.begin), frame(l.end), l.text)).collect()
}

fn line(begin: i64, end: i64, text: &str) -> (i64, i64, String) {
    (begin, end, text.to_owned())
}

#[test]
fn a_pop_on_caption_is_shown_until_it_is_erased() {
    let one = [twice(0x20), twice(0x2e), vec![[0x14, 0x70]; 2], letters("HELLO"), twice(0x2f)].concat();
    let two = [twice(0x20), vec![[0x13, 0x70]; 2], letters("ONE"), vec![[0x14, 0x50]; 2], letters("TWO")];
    let two = [two.concat(), twice(0x2f)].concat();
    let (one_up, two_up) = (30 + 9, 60 + 2 + 2 + 2 + 2 + 2);
    let got = lines(&[(30, one.clone()), (60, two), (90, twice(0x2c)), (120, one)], 6.0);
    let last = line(129, (6.0 / FRAME).round() as i64, "HELLO");
    assert_eq!(got, [line(one_up, two_up, "HELLO"), line(two_up, 90, "ONE\nTWO"), last]);
}

#[test]
fn roll_up_captions_come_one_line_at_a_time() {
    let roll = |text: &str| [twice(0x25), twice(0x2d), vec![[0x14, 0x70]; 2], letters(text)].concat();
    let third = [twice(0x2d), letters("THIRD")].concat();
    let got = lines(&[(0, roll("FIRST")), (30, roll("SECOND")), (60, third), (90, twice(0x2c))], 9.0);
    assert_eq!(got, [line(6, 36, "FIRST"), line(36, 62, "SECOND"), line(62, 90, "THIRD")]);
}

#[test]
fn paint_on_captions_appear_with_their_first_letter() {
    let paint = |row, text: &str| [twice(0x29), vec![[0x14, row]; 2], letters(text)].concat();
    let got = lines(&[(0, paint(0x50, "ABOVE")), (8, paint(0x70, "BELOW")), (60, paint(0x70, "NEW"))], 3.003);
    assert_eq!(got, [line(4, 64, "ABOVE\nBELOW"), line(64, 90, "ABOVE\nNEW")]);
}

#[test]
fn accents_replace_the_letter_before_and_backspace_removes_one() {
    let text = [letters("CAFE"), vec![[0x12, 0x21]; 2], letters("XY"), twice(0x21), vec![[0x11, 0x37]; 2]];
    let text = [twice(0x20), vec![[0x14, 0x70]; 2], text.concat(), twice(0x2f)].concat();
    assert_eq!(lines(&[(0, text)], 3.0)[0].2, "CAF\u{c9}X\u{266a}");
}

#[test]
fn text_mode_and_data_are_no_captions() {
    let text =
        [letters("LI"), twice(0x2a), letters("PAGE"), twice(0x20), letters("NE"), twice(0x2f)].concat();
    assert_eq!(lines(&[(0, [twice(0x20), text].concat())], 3.003), [line(10, 90, "LINE")]);
    let data = [vec![[0x01, 0x03]], letters("SHOW"), vec![[0x0f, 0x1d]]].concat();
    let pop_on = [twice(0x20), letters("AB"), data, twice(0x2f)].concat();
    assert_eq!(lines(&[(0, pop_on)], 3.0)[0].2, "AB");
}

#[test]
fn padding_is_ignored() {
    let apart = |second| vec![[0x14, second], [0, 0], [0x14, second]];
    let text = [apart(0x20), letters("AB"), vec![[0, 0]; 5], letters("CD"), apart(0x2f)].concat();
    assert_eq!(lines(&[(0, text)], 3.003), [line(10, 90, "ABCD")]);
}

/// A packet of CEA-708 with one block of service 1, as triples.
fn digital(codes: &[u8]) -> Vec<Triple> {
    let mut bytes = vec![0, 0x20 | codes.len() as u8];
    bytes.extend(codes);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes[0] = (bytes.len() / 2) as u8;
    let kind = |n| if n == 0 { 0xff } else { 0xfe };
    bytes.chunks(2).enumerate().map(|(n, two)| [kind(n), two[0], two[1]]).collect()
}

fn service(frames: &[(usize, &[u8])], end: f64) -> Vec<(i64, i64, String)> {
    let mut services = Services::default();
    for (frame, codes) in frames {
        services.take(*frame as f64 * FRAME, &digital(codes));
    }
    let all = services.done(end);
    let frame = |seconds: f64| (seconds / FRAME).round() as i64;
    let lines = all.into_iter().flat_map(|captions| captions.lines);
    lines.map(|l| (frame(l.begin), frame(l.end), l.text)).collect()
}

/// Defines window 0 with two rows; shown at once or not.
fn window(visible: bool) -> Vec<u8> {
    vec![0x98, if visible { 0x20 } else { 0 }, 70, 20, 0x71, 31, 0x11]
}

#[test]
fn a_window_is_shown_from_its_display_command_on() {
    let filled = [window(false), b"HELLO".to_vec()].concat();
    let (show, delete) = (vec![0x89, 0x01], vec![0x8c, 0xff]);
    let second = b"\x0dWORLD";
    let got = service(&[(0, &filled), (1, second), (10, &show), (40, &delete)], 3.0);
    assert_eq!(got, [line(10, 40, "HELLO\nWORLD")]);
    let replaced = [delete, window(true), b"AGAIN".to_vec()].concat();
    let got = service(&[(0, &filled), (10, &show), (20, &replaced)], 3.003);
    assert_eq!(got, [line(10, 20, "HELLO"), line(20, 90, "AGAIN")]);
}

#[test]
fn scrolling_text_comes_one_line_at_a_time() {
    let begin = [window(true), vec![0x92, 1, 0], b"ON".to_vec()].concat();
    let got = service(&[(0, &begin), (1, b"E"), (29, b"\x0d"), (30, b"TWO"), (60, b"\x0dTHREE")], 3.003);
    assert_eq!(got, [line(0, 30, "ONE"), line(30, 60, "TWO"), line(60, 90, "THREE")]);
}

/// Frames as `framecrc` lists them, in decode order.
fn listed(frames: &[(i64, i64, Vec<u8>)]) -> (String, Vec<u8>) {
    let line = |(decoded, shown, bytes): &(i64, i64, Vec<u8>)| {
        format!("0, {decoded:10}, {shown:10},     1001, {:8}, 0x5\n", bytes.len())
    };
    let times = format!("#tb 0: 1/30000\n{}", frames.iter().map(line).collect::<String>());
    (times, frames.iter().flat_map(|(_, _, bytes)| bytes.clone()).collect())
}

/// An SEI unit that carries these triples.
fn sei(triples: &[Triple]) -> Vec<u8> {
    let head = [0xb5, 0, 0x31, b'G', b'A', b'9', b'4', 3, 0x40 | triples.len() as u8, 0xff];
    let data: Vec<u8> = head.into_iter().chain(triples.concat()).chain([0xff]).collect();
    let payload = [vec![4, data.len() as u8], data, vec![0x80]].concat();
    [vec![0, 0, 0, 1, 6], payload].concat()
}

#[test]
fn frames_are_read_in_display_order() {
    let pop_on = [twice(0x20), letters("ABCDEF"), twice(0x2f)].concat();
    let unit = |n: usize| pop_on.get(n).map_or_else(Vec::new, |bytes| sei(&[triple(*bytes)]));
    // Of each two frames the later one is coded first.
    let coded = |n: usize| ((n as i64 - 2) * 1001, (n as i64 ^ 1) * 1001, unit(n ^ 1));
    let frames: Vec<(i64, i64, Vec<u8>)> = (0..8).map(coded).collect();
    let (times, data) = listed(&frames);
    let got = read(Coding::H264, times.as_bytes(), &data[..], Some(2.0));
    assert_eq!(got.len(), 1);
    assert_eq!((got[0].service, got[0].lines[0].text.as_str()), (Service::Channel(1), "ABCDEF"));
    assert!((got[0].lines[0].begin - 5.0 * FRAME).abs() < 1e-5 && got[0].lines[0].end > 1.99);
}

/// A film of one frame for each of these.
fn film(frames: &[Vec<Triple>], end: f64) -> Vec<Captions> {
    let frames = (0i64..).zip(frames).map(|(n, triples)| (n * 1001, n * 1001, sei(triples)));
    let (times, data) = listed(&frames.collect::<Vec<_>>());
    read(Coding::H264, times.as_bytes(), &data[..], Some(end))
}

#[test]
fn cea_708_is_read_only_without_cea_608() {
    let mut frames: Vec<Vec<Triple>> =
        [twice(0x20), letters("SAID"), twice(0x2f)].concat().iter().map(|two| vec![triple(*two)]).collect();
    frames.push(digital(&[window(true), b"SHOWN".to_vec()].concat()));
    let services = |all: Vec<Captions>| all.iter().map(|c| c.service).collect::<Vec<_>>();
    assert_eq!(services(film(&frames, 1.0)), [Service::Channel(1)]);
    // The same pairs, marked as invalid.
    frames.iter_mut().flatten().filter(|t| t[0] == 0xfc).for_each(|t| t[0] = 0xf8);
    assert_eq!(services(film(&frames, 1.0)), [Service::Digital(1)]);
}

#[test]
fn each_channel_of_each_field_has_its_own_lines() {
    let pop_on = |command: u8, text: &str| {
        let twice = |second| vec![[command, second]; 2];
        [twice(0x20), letters(text), twice(0x2f)].concat()
    };
    let both = [pop_on(0x14, "ONE"), pop_on(0x1c, "TWO")].concat();
    let second = [pop_on(0x15, "THREE"), pop_on(0x1d, "FOUR")].concat();
    let other_field = |two: &[u8; 2]| [0xfd, triple(*two)[1], triple(*two)[2]];
    let pairs = both.iter().zip(second.iter().map(other_field).chain([[0xfd, 0x80, 0x80]; 9]));
    let frames: Vec<Vec<Triple>> = pairs.map(|(first, second)| vec![triple(*first), second]).collect();
    let frames = [frames, vec![vec![other_field(&[0x1d, 0x2f])]; 2]].concat();
    let got: Vec<(Service, String)> =
        film(&frames, 2.0).into_iter().map(|c| (c.service, c.lines[0].text.clone())).collect();
    let want = [(1, "ONE"), (2, "TWO"), (3, "THREE"), (4, "FOUR")];
    assert_eq!(got, want.map(|(n, text)| (Service::Channel(n), text.to_owned())));
}

#[test]
fn unerased_text_ends_seconds_after_the_last_data() {
    let frames: Vec<Vec<Triple>> =
        [twice(0x20), letters("UP"), twice(0x2f)].concat().iter().map(|two| vec![triple(*two)]).collect();
    let last = frames.len() as f64 * FRAME;
    let end = |film_ends| film(&frames, film_ends)[0].lines[0].end;
    assert!((end(10.0) - 10.0).abs() < 0.01 && (end(500.0) - last - 16.0).abs() < 0.01);
}

#[test]
fn random_bytes_do_not_panic_and_memory_is_bounded() {
    let mut random = fastrand::Rng::with_seed(608);
    for round in 0..3000 {
        let coding = [Coding::H264, Coding::Hevc, Coding::Mpeg2, Coding::Av1][round % 4];
        let mut services = Services::default();
        let mut some = |n: usize| (0..random.usize(..n)).map(|_| random.u8(..)).collect::<Vec<u8>>();
        let (noise, mut packet) = (some(600), some(100));
        packet.splice(0..0, [0, 0, 1, 0xb2, b'G', b'A', b'9', b'4', 3]);
        units::triples(coding, &packet);
        packet[3] = 0x06;
        packet.splice(4..4, [4, 90, 0xb5, 0, 0x31]);
        units::triples(coding, &packet);
        for (n, three) in noise.chunks_exact(3).enumerate() {
            services.take(n as f64 * FRAME, &[[three[0] | 4, three[1], three[2]]]);
        }
        drop(services.done(99.0));
        let (times, _) = listed(&[(0, 0, noise.clone()), (1, i64::MAX, noise.clone()), (2, -9, vec![0; 9])]);
        read(coding, times.as_bytes(), &noise[..], None);
    }
    let mut cues = cues::Cues::default();
    (0..200_000).for_each(|n| cues.show(f64::from(n), format!("{n:099}")));
    assert!(cues.done(1e6).len() <= 50_000);
}

#[test]
fn caption_text_is_escaped() {
    let text = "<i>a < b {x} \\N".to_owned();
    let lines =
        [Line { begin: 3599.9996, end: 3700.0, text }, Line { begin: 3650.0, end: 3651.0, text: "x".into() }];
    let text = srt(&lines, 3605.5);
    assert!(
        text.starts_with("1\n01:00:00,000 --> 01:00:05,500\n")
            && text.contains("\u{2039}i>a < b {x} \u{2216}N"),
        "{text}"
    );
    assert!(!text.contains("\n2\n"), "a line after the end is left out: {text}");
}
