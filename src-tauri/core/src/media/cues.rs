//! Lines of subtitles that are shown at the same time, which MP4 and MOV cannot do: found in what ffmpeg's
//! `framecrc` says of their packets.

use std::collections::BTreeMap;

/// Seconds that nobody misses: carelessly made subtitles overlap by a frame or two.
const UNSEEN: f64 = 0.1;

/// Lines that begin well before the end of an earlier one of their track. What cannot be read is passed over.
pub fn overlaps(framecrc: &str) -> usize {
    let (mut units, mut ends) = (BTreeMap::new(), BTreeMap::new());
    let mut count = 0;
    for line in framecrc.lines() {
        if let Some((track, unit)) = unit(line) {
            units.insert(track, unit);
        } else if let Some((track, begin, length)) = cue(line) {
            let unit = units.get(track).copied().unwrap_or(0.001);
            let end = ends.entry(track).or_insert(f64::MIN);
            count += usize::from((*end - begin) * unit > UNSEEN);
            *end = end.max(begin + length);
        }
    }
    count
}

/// `#tb 0: 1/1000`: a track and the seconds of its unit.
fn unit(line: &str) -> Option<(&str, f64)> {
    let (track, unit) = line.strip_prefix("#tb ")?.split_once(": ")?;
    let (over, under) = unit.split_once('/')?;
    let (over, under): (f64, f64) = (over.trim().parse().ok()?, under.trim().parse().ok()?);
    (over > 0.0 && under > 0.0).then_some((track.trim(), over / under))
}

/// `0,        100,        100,      800,       24, 0x50b306a6`: track, when decoded, when shown, how long, bytes, sum.
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
    fn lines_that_overlap_are_counted_by_track() {
        let said = "#software: Lavf59\n#tb 0: 1/1000\n#tb 1: 1/100\n\
            0, 100, 100, 800, 24, 0x5\n0, 100, 100, 400, 23, 0x4\n1, 20, 20, 40, 9, 0x1\n\
            0, 600, 600, 200, 23, 0x6\n0, 850, 850, 500, 23, 0x6\n1, 40, 40, 10, 9, 0x1\n";
        assert_eq!(overlaps(said), 3, "50 ms at the end of the first are not missed");
        assert_eq!(overlaps(&said.replace('\n', "\r\n")), 3, "on Windows");
        for nonsense in ["", "#tb", "0", "0,1,NOPTS,3,4", "0, 0, 0, -5\n0, 0, 0, -5", "#tb 0: 1/0\n,,,,"] {
            assert_eq!(overlaps(nonsense), 0, "{nonsense}");
        }
    }
}
