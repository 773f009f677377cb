use super::*;
use std::io::Cursor;

fn of(bytes: &[u8]) -> Stated {
    stated(&mut Cursor::new(bytes)).unwrap()
}

fn cut(whole: &[u8], at: usize) -> Option<bool> {
    of(&whole[..at]).is_cut(at as u64)
}

fn chunk(kind: &[u8], size: Option<u32>, content: &[u8]) -> Vec<u8> {
    let size = size.unwrap_or(content.len() as u32);
    [kind, &size.to_le_bytes(), content].concat()
}

fn list(form: &[u8], size: Option<u32>, content: &[u8]) -> Vec<u8> {
    chunk(b"LIST", size.or(Some(content.len() as u32 + 4)), &[form, content].concat())
}

fn riff(form: &[u8], size: Option<u32>, content: &[u8]) -> Vec<u8> {
    chunk(b"RIFF", size.or(Some(content.len() as u32 + 4)), &[form, content].concat())
}

/// The headers of a video of 25 frames per second with this frame count; where the `OpenDML` parts begin.
fn headers(frames: u32, parts: &[u64]) -> Vec<u8> {
    let mut strh = [0; 56];
    strh[..4].copy_from_slice(b"vids");
    for (at, number) in [(20, 1), (24, 25), (32, frames)] {
        strh[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    let mut indx = [&[4, 0, 0, 0][..], &(parts.len() as u32).to_le_bytes(), &[0; 16]].concat();
    for part in parts {
        indx.extend([&part.to_le_bytes()[..], &[0; 8]].concat());
    }
    let stream = [chunk(b"strh", None, &strh), chunk(b"indx", None, &indx)].concat();
    list(b"hdrl", None, &[chunk(b"avih", None, &[0; 56]), list(b"strl", None, &stream)].concat())
}

fn film(riff_size: Option<u32>, movi_size: Option<u32>, frames: u32) -> Vec<u8> {
    let movi = list(b"movi", movi_size, &chunk(b"00dc", None, &[7; 3000]));
    riff(b"AVI ", riff_size, &[headers(frames, &[]), movi, chunk(b"idx1", None, &[0; 160])].concat())
}

#[test]
fn avi_size_is_that_of_its_media_list_without_the_index() {
    let whole = film(None, None, 250);
    assert_eq!(of(&whole).seconds, Some(10.0));
    let movi = whole.len() - 168;
    assert_eq!(cut(&whole, whole.len()), Some(false));
    assert_eq!(cut(&whole, movi), Some(false), "the index is not needed");
    for at in [movi - 100, movi / 2, 400] {
        assert_eq!(cut(&whole, at), Some(true), "{at}");
    }
}

#[test]
fn placeholder_sizes_are_ignored() {
    for filler in [0, u32::MAX, u32::MAX - 8, 0x7fff_ffff, 0x8000_0000] {
        let never_closed = film(Some(filler), Some(filler), filler);
        assert_eq!(of(&never_closed), Stated::default(), "{filler:x}");
        let only_list = film(Some(filler), None, 250);
        assert_eq!(cut(&only_list, 1000), Some(true), "{filler:x}");
    }
    let set_aside = film(None, Some(1 << 30), 0);
    assert_eq!(cut(&set_aside, set_aside.len()), Some(false), "a list longer than its file");
    assert_eq!(cut(&film(Some(0), Some(0), 250), 1000), None, "only the frame count");
}

#[test]
fn an_avi_cut_between_two_parts_is_detected() {
    let movi = |n: usize| list(b"movi", None, &chunk(b"00dc", None, &vec![7; n]));
    let first = |parts: &[u64]| riff(b"AVI ", None, &[headers(250, parts), movi(3000)].concat());
    let second_at = first(&[0, 0]).len() as u64;
    let first = first(&[400, second_at]);
    let whole = [first.clone(), riff(b"AVIX", None, &movi(2000))].concat();
    assert_eq!(cut(&whole, whole.len()), Some(false));
    assert_eq!(cut(&whole, whole.len() - 500), Some(true));
    let later = riff(b"AVI ", None, &[headers(250, &[400, second_at + 4096]), movi(3000)].concat());
    assert_eq!(cut(&later, later.len()), Some(true), "its index lists a part beyond the end");
}

#[test]
fn riff_audio_is_checked_by_its_data_chunk_also_of_64_bits() {
    let wave =
        riff(b"WAVE", None, &[chunk(b"fmt ", None, &[0; 16]), chunk(b"data", None, &[1; 900])].concat());
    assert_eq!((cut(&wave, wave.len()), cut(&wave, 500)), (Some(false), Some(true)));
    let sizes = [&900_u64.to_le_bytes()[..], &900_u64.to_le_bytes(), &[0; 12]].concat();
    let wide = [chunk(b"ds64", None, &sizes), chunk(b"data", Some(u32::MAX), &[1; 900])].concat();
    let wide = chunk(b"RF64", Some(u32::MAX), &[&b"WAVE"[..], &wide].concat());
    assert_eq!((cut(&wide, wide.len()), cut(&wide, 500)), (Some(false), Some(true)));
    let piped = riff(b"WAVE", Some(u32::MAX), &chunk(b"data", Some(u32::MAX), &[1; 900]));
    assert_eq!(of(&piped), Stated::default());
}

/// Ten packets of 200 bytes; ten seconds after three of preroll.
fn asf(flags: u32, data_size: u64, packets: u64) -> Vec<u8> {
    let mut properties = vec![0; 104];
    properties[..16].copy_from_slice(&[
        0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11, 0x8e, 0xe4, 0, 0xc0, 0x0c, 0x20, 0x53, 0x65,
    ]);
    for (at, number) in [(16, 104), (56, packets), (64, 130_000_000), (80, 3000)] {
        properties[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    for (at, number) in [(88, flags), (92, 200), (96, 200)] {
        properties[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    let size = 30 + properties.len() as u64;
    let header = [&asf::HEADER[..], &size.to_le_bytes(), &[1, 0, 0, 0, 1, 2], &properties].concat();
    let data =
        [&[0x36, 0x26, 0xb2, 0x75][..], &asf::HEADER[4..], &data_size.to_le_bytes(), &[0; 26]].concat();
    [header, data, vec![5; 2000]].concat()
}

#[test]
fn asf_is_checked_by_data_size_or_packets_unless_it_is_a_broadcast() {
    for (size, packets) in [(2050, 10), (2050, 0), (0, 10)] {
        let whole = asf(2, size, packets);
        assert_eq!(of(&whole).seconds, Some(10.0));
        assert_eq!(
            (cut(&whole, whole.len()), cut(&whole, 1200)),
            (Some(false), Some(true)),
            "{size} {packets}"
        );
    }
    assert_eq!(of(&asf(3, 2050, 10)), Stated::default());
    assert_eq!(cut(&asf(2, u64::MAX, 0), 1200), None);
}

fn boxed(kind: &[u8], content: &[u8]) -> Vec<u8> {
    [&(content.len() as u32 + 8).to_be_bytes(), kind, content].concat()
}

#[test]
fn an_mp4_is_checked_by_media_size_and_last_chunk_offset() {
    let index = |offsets: &[u32]| {
        let offsets: Vec<u8> = offsets.iter().flat_map(|at| at.to_be_bytes()).collect();
        let table = boxed(b"stco", &[&[0, 0, 0, 0, 0, 0, 0, 2][..], &offsets].concat());
        [*b"stbl", *b"minf", *b"mdia", *b"trak", *b"moov"]
            .iter()
            .fold(table, |inner, kind| boxed(kind, &inner))
    };
    let head = [boxed(b"ftyp", b"isom"), index(&[200, 900])].concat();
    let whole = [head.clone(), boxed(b"mdat", &[3; 1000])].concat();
    assert_eq!((cut(&whole, whole.len()), cut(&whole, 600)), (Some(false), Some(true)));
    // A box that extends to the end of the file.
    let open = [head, vec![0, 0, 0, 0], b"mdat".to_vec(), vec![3; 1000]].concat();
    assert_eq!((cut(&open, open.len()), cut(&open, 600)), (Some(false), Some(true)));
    assert_eq!(of(&boxed(b"ABCD", &[0; 40])), Stated::default());
}

#[test]
fn flv_ivf_matroska_and_mxf_declare_one_number() {
    let number = |name: &[u8], value: f64| [&[0, 8][..], name, &[0], &value.to_be_bytes()].concat();
    let flv = |size, length| {
        [b"FLV\x01\x05\0\0\0\x09\0\0\0\0".to_vec(), number(b"duration", length), number(b"filesize", size)]
            .concat()
    };
    assert_eq!(of(&flv(5e6, 12.5)), Stated { bytes: Some(5_000_000), seconds: Some(12.5) });
    assert_eq!(of(&flv(0.0, 0.0)), Stated::default());
    let ivf = |frames: u32| {
        [
            b"DKIF\0\0\x20\0VP80".as_slice(),
            &[0; 4],
            &[25, 0, 0, 0, 1, 0, 0, 0],
            &frames.to_le_bytes(),
            &[0; 4],
        ]
        .concat()
    };
    assert_eq!(
        (of(&ivf(250)).seconds, of(&ivf(0)).seconds, of(&ivf(u32::MAX)).seconds),
        (Some(10.0), None, None)
    );
    let mkv = |size: &[u8]| {
        [&[0x1a, 0x45, 0xdf, 0xa3, 0x82, 1, 2, 0x18, 0x53, 0x80, 0x67][..], size, &[9; 40]].concat()
    };
    assert_eq!(of(&mkv(&[0x41, 0xf4])).bytes, Some(13 + 500));
    assert_eq!(of(&mkv(&[0xff])), Stated::default(), "a live recording");
    let mxf = |footer: u64| {
        [
            &[0x06, 0x0e, 0x2b, 0x34][..],
            &[1; 12],
            &[0x83, 0, 0, 120],
            &[0; 24],
            &footer.to_be_bytes(),
            &[0; 8],
        ]
        .concat()
    };
    assert_eq!((of(&mxf(70_000)).bytes, of(&mxf(0)).bytes), (Some(70_000), None));
}

#[test]
fn malformed_files_do_not_panic() {
    let films = [film(None, None, 250), asf(2, 2050, 10), film(Some(u32::MAX), Some(3), u32::MAX)];
    for film in films {
        for at in 0..film.len() {
            let mut other = film[..at.max(1)].to_vec();
            let _ = of(&other);
            *other.last_mut().unwrap() ^= 0xff;
            let _ = of(&other);
        }
    }
    let mut deep = b"RIFF\xf0\xff\x0f\0AVI LIST\xe0\xff\x0f\0hdrl".to_vec();
    (0..80_000).for_each(|_| deep.extend(b"LIST\xe0\xff\x0f\0strl"));
    let _ = of(&deep);
}
