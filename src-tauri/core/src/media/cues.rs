//! Detects subtitle lines that overlap in time, which MP4 and MOV cannot store, from ffmpeg's `framecrc` output.

use std::collections::BTreeMap;

/// Overlap tolerated, in seconds: carelessly made subtitles overlap by a frame or two.
const TOLERANCE: f64 = 0.1;

/// Counts lines that begin well before the end of an earlier one of their track. Malformed input is skipped.
pub fn overlaps(framecrc: &str) -> usize {
    let (mut time_bases, mut ends) = (BTreeMap::new(), BTreeMap::new());
    let mut count = 0;
    for line in framecrc.lines() {
        if let Some((track, time_base)) = time_base(line) {
            time_bases.insert(track, time_base);
        } else if let Some((track, begin, length)) = cue(line) {
            let time_base = time_bases.get(track).copied().unwrap_or(0.001);
            let end = ends.entry(track).or_insert(f64::MIN);
            count += usize::from((*end - begin) * time_base > TOLERANCE);
            *end = end.max(begin + length);
        }
    }
    count
}

/// `#tb 0: 1/1000`: a track and its time base in seconds.
fn time_base(line: &str) -> Option<(&str, f64)> {
    let (track, time_base) = line.strip_prefix("#tb ")?.split_once(": ")?;
    let (numerator, denominator) = time_base.split_once('/')?;
    let (numerator, denominator): (f64, f64) =
        (numerator.trim().parse().ok()?, denominator.trim().parse().ok()?);
    (numerator > 0.0 && denominator > 0.0).then_some((track.trim(), numerator / denominator))
}

/// `0, 100, 100, 800, 24, 0x50b306a6`: track, decode time, presentation time, duration, bytes, checksum.
fn cue(line: &str) -> Option<(&str, f64, f64)> {
    let mut fields = line.split(',').map(str::trim);
    let track = fields.next().filter(|track| !track.starts_with('#'))?;
    let (begin, length): (i64, i64) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
    (length > 0).then_some((track, begin as f64, length as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_lines_are_counted_per_track() {
        let output = "#software: Lavf59\n#tb 0: 1/1000\n#tb 1: 1/100\n\
            0, 100, 100, 800, 24, 0x5\n0, 100, 100, 400, 23, 0x4\n1, 20, 20, 40, 9, 0x1\n\
            0, 600, 600, 200, 23, 0x6\n0, 850, 850, 500, 23, 0x6\n1, 40, 40, 10, 9, 0x1\n";
        assert_eq!(overlaps(output), 3, "an overlap of 50 ms is tolerated");
        assert_eq!(overlaps(&output.replace('\n', "\r\n")), 3, "on Windows");
        for malformed in ["", "#tb", "0", "0,1,NOPTS,3,4", "0, 0, 0, -5\n0, 0, 0, -5", "#tb 0: 1/0\n,,,,"] {
            assert_eq!(overlaps(malformed), 0, "{malformed}");
        }
    }
}
