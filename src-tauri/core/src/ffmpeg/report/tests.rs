//! Lines of ffmpeg's log and progress, read one by one.

use super::*;

fn read(lines: &[&str]) -> Reader {
    let mut reader = Reader::default();
    for line in lines {
        reader.take_log(line);
    }
    reader
}

#[test]
fn errors_of_parsers_and_the_null_muxer_are_no_damage() {
    let mut reader = Reader::default();
    reader.take_log("[NULL @ 0x55dd89b95900] [error] luma_log2_weight_denom 16 is out of range");
    reader.take_log("[NULL @ 000001f2a3b4c5d0] [error] illegal memory management control operation 24");
    reader.take_log("[null @ 0x55776b577280] [error] Application provided invalid dts to muxer");
    assert!(reader.errors.is_empty() && reader.log_tail().contains("luma_log2"));
    reader.take_log("[h264 @ 0x55dd89b95900] [error] error while decoding MB 3 9");
    assert_eq!((reader.errors.len(), reader.complained.len()), (1, 1));
}

#[test]
fn progress_never_goes_backwards_and_malformed_values_are_ignored() {
    let mut reader = Reader::default();
    for line in [
        "frame=50",
        "fps=24.5",
        "total_size=84501",
        "out_time_us=2020136",
        "speed=12.6x",
        "progress=continue",
    ] {
        reader.take_progress(line);
    }
    for line in [
        "out_time_us=-9223372036854775808",
        "out_time_ms=N/A",
        "total_size=N/A",
        "frame=",
        "speed=N/A",
        "=",
        "",
    ] {
        reader.take_progress(line);
    }
    assert_eq!((reader.progress.done_us, reader.progress.bytes, reader.frame), (2_020_136, Some(84_501), 50));
    assert_eq!((reader.progress.fps, reader.progress.speed, reader.saw_end), (Some(24.5), None, false));
    reader.take_progress("progress=end");
    assert!(reader.saw_end);
}

#[test]
fn progress_is_read_in_the_format_of_each_version_and_locale() {
    for (speed, expected) in [("12.6x", 12.6), (" 12.6x", 12.6), ("12,6x", 12.6), ("1.26e+03x\r", 1260.0)] {
        let mut reader = Reader::default();
        for line in [&format!("speed={speed}"), "fps=24,50", "frame=   50", "total_size=84501\r"] {
            reader.take_progress(line);
        }
        assert_eq!((reader.progress.speed, reader.progress.fps), (Some(expected), Some(24.5)), "{speed}");
        assert_eq!((reader.frame, reader.progress.bytes), (50, Some(84_501)));
    }
}

#[test]
fn last_statistics_of_each_stream_count() {
    let reader = read(&[
        "[verbose]   Input stream #0:0 (video): 9 packets read (1 bytes); 9 frames decoded; ",
        "[in#0/mov,mp4 @ 0x55d] [verbose]   Input stream #0:0 (video): 50 packets read (67447 bytes); ",
        "[in#0/mov,mp4 @ 000001F2A3B4C5D0] [verbose]   Input stream #0:1 (audio): 5 packets read (40 bytes); ",
        "[in#0/mov,mp4 @ 000001F2A3B4C5D0] [info]   Input stream #0:2 (audio): 5 packets read (40 bytes); ",
    ]);
    let packets: Vec<_> = reader.inputs.iter().map(|s| (s.index, s.packets)).collect();
    assert_eq!(packets, [(0, 50), (1, 5)]);
}

#[test]
fn errors_are_read_in_the_format_of_each_build() {
    for line in [
        "[error] Error while decoding stream #0:1: Invalid data found when processing input",
        "[fatal] Unknown encoder 'libx264'",
        "[h264 @ 0x5642d2162c00] [error] error while decoding MB 3 9",
        "[h264 @ 00007fffff3a7400] [error] error while decoding MB 3 9",
        "[h264 @ 000001F2A3B4C5D0] [error] Invalid NAL unit size (10034 > 6625).",
        "[vost#0:0 @ 0x34d63dc0] [fatal] Unknown encoder 'nosuch'",
        "[aist#0:1/aac @ 0000021c3d4e5f60] [dec:aac @ 0000021c3d4e6000] [error] Error submitting packet to decoder: x",
        "[out#0/mp4 @ 0000021c3d4e5f60] [panic] Error opening output C:\\v\\[info] a.mp4: No such file or directory",
        "[h264 @ 0x55d0] [critical] of a level that is not known",
        "[critical] of a level that is not known",
        "[h264 @ 0x55d0] [] of a level without a word",
    ] {
        assert_eq!(read(&[line]).errors.len(), 1, "{line}");
        assert_eq!(read(&["[verbose] x", &format!("{line}\r")]).errors.len(), 1, "{line}");
    }
}

#[test]
fn text_without_a_level_is_no_error() {
    let reader = read(&[
        "x265 [error]: partial file",
        "Svt[error]: partial file",
        "    Last message repeated 3 times",
        "[Loader Message] Code 0 : partial file",
        "[h264 @ 0x55d0] Svt[info]: partial file",
        "[warning] Packet was odd",
        "[debug] partial file",
    ]);
    assert_eq!((reader.errors.len(), reader.cut_short), (0, false));
}

#[test]
fn titles_in_the_file_count_neither_as_errors_nor_as_statistics() {
    let reader = read(&[
        "[info]     title           : [error] No space left on device",
        "[info]     title           : [verbose]   Input stream #0:0 (video): 1 packets read (1 bytes); 1 frames decoded; ",
        "[info]                     : partial file",
        "                    : [error] of a second line: partial file",
        "[info]     title           : ] [warning] output stream 0:0, replacing by guess",
    ]);
    assert_eq!((reader.errors.len(), reader.inputs.len()), (0, 0));
    assert_eq!((reader.cut_short, reader.guessed), (false, false));
}

/// ffmpeg prints line breaks in tag names, languages and file names as they are.
const FOREIGN: [&str; 5] = [
    "[error] langboo): Video: h264, partial file",
    "[critical] keyboo: v",
    "[h264 @ 0x55d0] [error] error while decoding MB 3 9",
    "[warning] output stream 0:0, replacing by guess, partial file",
    "[verbose]   Input stream #0:0 (video): 9 packets read (1 bytes); ",
];

#[test]
fn text_of_the_file_is_recognised_by_its_missing_colour() {
    let own =
        "\x1b[0m\x1b[0;36m[h264 @ 000001F2A3B4C5D0] \x1b[0m\x1b[1;31m[error] \x1b[0m\x1b[1;31mcbp too large";
    let stats = "\x1b[0m\x1b[0;32m[verbose] \x1b[0m\x1b[0;32m  Input stream #0:1 (audio): \x1b[0m\x1b[0;32m174 packets read (1 bytes); ";
    for (before, after) in [(vec![own, stats], vec![]), (vec![own], vec![stats]), (vec![], vec![own, stats])]
    {
        let reader = read(&[before, FOREIGN.to_vec(), after].concat());
        assert_eq!(reader.errors, ["cbp too large"]);
        assert_eq!(reader.inputs.len(), 1);
        assert_eq!((reader.inputs[0].index, reader.inputs[0].packets), (1, 174));
        assert_eq!((reader.cut_short, reader.guessed), (false, false));
        assert!(reader.log_tail().contains("[h264 @ 000001F2A3B4C5D0] [error] cbp too large"));
    }
    let uncoloured = read(&FOREIGN);
    assert_eq!(
        (uncoloured.errors.len(), uncoloured.inputs.len()),
        (3, 1),
        "without any colour all lines count"
    );
    assert!(uncoloured.cut_short && uncoloured.guessed);
}

#[test]
fn truncated_file_is_noticed_by_the_message_of_each_build() {
    for line in [
        "[mov,mp4,m4a,3gp,3g2,mj2 @ 0x559ac94b3340] [error] stream 0, offset 0x33ca5: partial file",
        "[in#0/mov,mp4,m4a,3gp,3g2,mj2 @ 0x559ac94b3340] [error] stream 0, offset 0x33ca5: partial file",
        "[mov,mp4,m4a,3gp,3g2,mj2 @ 000001f2a3b4c5d0] [error] stream 0, offset 0x33ca5: partial file",
        "[matroska,webm @ 0x5581] [error] File ended prematurely at pos. 1000 (0x3e8)",
        "[matroska,webm @ 0x55eb72773340] [error] File ended prematurely",
        "[matroska,webm @ 00007fffff3a7400] [error] File ended prematurely",
        "[in#0/matroska,webm @ 0000021C3D4E5F60] [error] File ended prematurely",
        "[mpegts @ 0x55a6de0d8340] [warning] Packet corrupt (stream = 1, dts = 297345).",
        "[in#0/mpegts @ 00007ffe] [warning] Packet corrupt (stream = 0, dts = 218070), dropping it.",
        "[warning] file:C:\\v\\half.ts: corrupt input packet in stream 1",
        "[in#0/mpegts @ 00007ffe] [warning] corrupt input packet in stream 0",
    ] {
        assert!(read(&[line]).cut_short, "{line}");
    }
    assert!(!read(&["[h264 @ 0x5581] [error] error while decoding MB 3 4"]).cut_short);
}

#[test]
fn file_named_partial_is_not_truncated() {
    for path in ["/v/partial file.mkv", r"C:\v\partial file.mkv", r"\\?\C:\v\Packet corrupt partial file.mkv"]
    {
        let url = format!("file:{path}");
        for line in [
            format!("[warning] {url}: corrupt decoded frame in stream 0"),
            format!("[error] {url}: Invalid data found when processing input"),
            format!("[error] Error opening input file {url}."),
        ] {
            let mut reader = Reader::new(&["-i".into(), url.clone().into()]);
            reader.take_log(&line);
            assert!(!reader.cut_short, "{line}");
            assert!(reader.log_tail().contains(path), "the log keeps it");
        }
    }
}

#[test]
fn guessed_timestamps_of_the_video_are_noticed_in_old_and_new_messages() {
    for address in ["0x560b", "00007fffff3a7400"] {
        let old = |stream: &str| {
            let times = "Invalid DTS: 1920 PTS: 640 in output";
            format!("[mp4 @ {address}] [warning] {times} stream {stream}, replacing by guess")
        };
        let new = |stream: &str| {
            format!("[{stream} @ {address}] [warning] Invalid DTS: 1920 PTS: 640, replacing by guess")
        };
        assert!(read(&[&old("0:0")]).guessed && read(&[&new("vost#0:0/copy")]).guessed);
        assert!(!read(&[&old("0:1"), &new("aost#0:1/copy"), &new("vost#0:1/copy")]).guessed);
    }
}

#[test]
fn memory_is_bounded_for_any_output() {
    let mut reader = Reader::default();
    for n in 0..100_000 {
        reader.take_log(&format!("[error] line {n} of a very broken file"));
    }
    assert_eq!(reader.errors.len(), MOST_ERRORS);
    assert!(reader.tail_bytes <= TAIL_LIMIT);
    let tail = reader.log_tail();
    assert!(tail.len() <= STORED_LIMIT && tail.ends_with("line 99999 of a very broken file"));
}

#[test]
fn frames_are_counted_only_from_the_filter_and_not_kept_in_the_log() {
    let (first, foreign) =
        ("n:   0 pts:   0 pts_time:0 sar:1/1 s:320x180 i:P", "n:   1 pts:   9 pts_time:9 sar:1/1 s:9x9 i:P");
    let own = |text: &str| format!("\x1b[0m\x1b[1;32m[showinfo@0 @ 0x55d0] \x1b[0m[info] {text}");
    let coloured = "\x1b[0m\x1b[0;32m[verbose] \x1b[0m\x1b[0;32mStarting thread...";
    let title = format!("[showinfo@0 @ 0x55d0] [info] {foreign}");
    let reader = read(&[coloured, &own(first), &title]);
    assert_eq!(reader.given.pictures[&0].parts.len(), 1, "a title of the file may look the same");
    assert!(!reader.log_tail().contains("320x180") && reader.log_tail().contains("Starting"));
    let plain = read(&[&format!("[showinfo@0 @ 0x55d0] [info] {first}"), &title]);
    assert_eq!(plain.given.pictures[&0].parts.len(), 2, "without any colour all lines count");
}
