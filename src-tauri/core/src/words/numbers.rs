//! Formatting of quantities. Pure.

use crate::media::running_time;

/// `0:04 of 0:10`, with `about` for an estimated whole.
pub(super) fn part(seconds: f64, whole: f64, estimated: bool) -> String {
    let about = if estimated { "about " } else { "" };
    format!("{about}{} of {}", running_time(seconds), running_time(whole))
}

/// ` Missing within: 0:01–0:03.`, as a further sentence; empty without gaps.
pub(super) fn gaps(gaps: &[(f64, f64)]) -> String {
    let range = |(from, to): &(f64, f64)| format!("{}\u{2013}{}", running_time(*from), running_time(*to));
    let gaps: Vec<String> = gaps.iter().map(range).collect();
    if gaps.is_empty() { String::new() } else { format!(" Missing within: {}.", gaps.join(", ")) }
}

/// Percentage by which `size` exceeds `before`; 0 if `before` is 0, which means unknown.
pub(super) fn growth(before: u64, size: u64) -> f64 {
    if before == 0 { 0.0 } else { (size as f64 / before as f64 - 1.0) * 100.0 }
}

/// At most three decimals.
pub(super) fn number(n: f64) -> String {
    let text = format!("{n:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Untrusted text for use in a line: control characters become spaces, and the length is limited.
pub(super) fn in_a_line(text: &str) -> String {
    let line = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().take(TEXT_LIMIT).map(line).collect()
}

/// Most characters shown of an untrusted text.
const TEXT_LIMIT: usize = 80;

/// `812 MB`, `1.4 GB`: at most three digits, decimal units.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut units = ["B", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for larger in units {
        if value < 999.5 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    if value < 9.95 && unit != "B" { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_rounded_for_display() {
        assert_eq!(
            [part(4.2, 10.0, false), part(5.0, 3730.0, true)],
            ["0:04 of 0:10", "about 0:05 of 1:02:10"]
        );
        assert_eq!(gaps(&[]), "");
        assert_eq!(gaps(&[(1.0, 3.0), (4.0, 5.0)]), " Missing within: 0:01\u{2013}0:03, 0:04\u{2013}0:05.");
        assert_eq!([number(25.0), number(29.970_03), number(0.5)], ["25", "29.97", "0.5"]);
        assert!((growth(4, 5) - 25.0).abs() < 1e-9 && growth(0, 5).abs() < 1e-9);
        assert_eq!((in_a_line("a\nb").as_str(), in_a_line(&"x".repeat(200)).len()), ("a b", TEXT_LIMIT));
    }

    #[test]
    fn sizes_have_at_most_three_digits() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_960, "10 kB"),
            (812_000_000, "812 MB"),
            (999_700_000, "1.0 GB"),
            (1_400_000_000, "1.4 GB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }
}
