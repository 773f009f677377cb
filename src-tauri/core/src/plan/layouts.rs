//! Which layout of an encoder holds given speakers best, and how their sound comes into it.
//!
//! Pure. Guarantees that a speaker that the layout has keeps its level, and that one it lacks is mixed into those beside
//! it. Must not know ffmpeg's words for filters.

use crate::media::speakers;

/// Layouts of ffmpeg's AAC encoder that MPEG-4 has a number for (`aac_normal_chan_layouts` of ffmpeg 5.1). It takes some
/// others, but describes them in a way that few players read.
pub(super) const AAC: &[&str] = &["mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1"];

/// Layouts of libopus, one for each number of channels (mapping family 1 of RFC 7845).
pub(super) const OPUS: &[&str] = &["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"];

/// 3 dB less.
const SOFTER: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// A channel's share: how loud, and where it goes or comes from.
pub(super) type Share<'a> = (f64, &'a str);

/// The speakers with one name for each place: a pair beside a centre in the back stands at the side.
pub(super) fn standard<'a>(speakers: &[&'a str]) -> Vec<&'a str> {
    let has = |name| speakers.contains(&name);
    let moved = has("BC") && has("BL") && !has("SL");
    let name = |name: &'a str| match name {
        "BL" if moved => "SL",
        "BR" if moved => "SR",
        name => name,
    };
    speakers.iter().copied().map(name).collect()
}

/// The layout of `all` that holds these speakers best: the fewest that are mixed with others, then the fewest that sound
/// from two places, then the fewest channels.
pub(super) fn best(source: &[&str], all: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    all.min_by_key(|layout| {
        let target = speakers::of(layout);
        let count = |fate| source.iter().filter(|name| self::fate(name, source, &target) == fate).count();
        (count(Fate::Mixed), count(Fate::Between), target.len())
    })
}

/// What becomes of a speaker.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// It has a channel of its own.
    Kept,
    /// It sounds from between two channels that nothing else uses.
    Between,
    /// It shares channels with others, or goes.
    Mixed,
}

fn fate(name: &str, source: &[&str], target: &[&'static str]) -> Fate {
    let shares = place(name, source, target);
    let free = |(_, to): &Share<'_>| {
        source
            .iter()
            .filter(|other| **other != name)
            .all(|other| place(other, source, target).iter().all(|(_, used)| used != to))
    };
    match &shares[..] {
        [(_, to)] if *to == name => Fate::Kept,
        [(level, _)] if *level >= 1.0 && shares.iter().all(free) => Fate::Kept,
        [_, _] if shares.iter().all(free) => Fate::Between,
        _ => Fate::Mixed,
    }
}

/// Where the sound of a speaker goes, as a common mix has it (ITU-R BS.775): to itself, else to those beside it.
pub(super) fn place(name: &str, source: &[&str], target: &[&'static str]) -> Vec<Share<'static>> {
    if let Some(same) = target.iter().find(|speaker| **speaker == name) {
        return vec![(1.0, same)];
    }
    let further = |(level, name): Share<'static>| {
        let onward = place(name, source, target).into_iter();
        onward.map(move |(more, name)| (level * more, name))
    };
    beside(name, source, target).into_iter().flat_map(further).collect()
}

/// The speakers that stand in for one that `target` lacks. Of front and centre it has one.
fn beside(name: &str, source: &[&str], target: &[&'static str]) -> Vec<Share<'static>> {
    let has = |name| target.contains(&name);
    let beside = |other| if source.contains(&other) { SOFTER } else { 1.0 };
    let front = |level| vec![(level, "FL"), (level, "FR")];
    match name {
        "FL" | "FR" | "TFC" | "BFC" => vec![(SOFTER, "FC")],
        "FC" => front(SOFTER),
        "BL" if has("SL") => vec![(beside("SL"), "SL")],
        "BR" if has("SR") => vec![(beside("SR"), "SR")],
        "SL" if has("BL") => vec![(beside("BL"), "BL")],
        "SR" if has("BR") => vec![(beside("BR"), "BR")],
        "BC" if has("BL") => vec![(SOFTER, "BL"), (SOFTER, "BR")],
        "BC" if has("SL") => vec![(SOFTER, "SL"), (SOFTER, "SR")],
        "FLC" | "DL" => vec![(1.0, "FL")],
        "FRC" | "DR" => vec![(1.0, "FR")],
        "BL" | "SL" | "WL" | "TFL" | "BFL" => vec![(SOFTER, "FL")],
        "BR" | "SR" | "WR" | "TFR" | "BFR" => vec![(SOFTER, "FR")],
        "SDL" => vec![(1.0, "SL")],
        "SDR" => vec![(1.0, "SR")],
        "TSL" => vec![(SOFTER, "SL")],
        "TSR" => vec![(SOFTER, "SR")],
        "TBL" => vec![(SOFTER, "BL")],
        "TBR" => vec![(SOFTER, "BR")],
        "TBC" => vec![(SOFTER, "BC")],
        "LFE2" if has("LFE") => vec![(1.0, "LFE")],
        // A common mix leaves it out.
        "LFE" | "LFE2" => Vec::new(),
        _ => front(0.5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(layout: &str, all: &'static [&'static str]) -> &'static str {
        best(&standard(&speakers::of(layout)), all.iter().copied()).unwrap()
    }

    #[test]
    fn the_layout_that_holds_the_same_speakers_is_chosen() {
        for (layout, aac, opus) in [
            ("stereo", "stereo", "stereo"),
            ("downmix", "stereo", "stereo"),
            ("2.1", "5.1", "5.1"),
            ("3.0(back)", "4.0", "6.1"),
            ("3.1", "5.1", "5.1"),
            ("4.0", "4.0", "6.1"),
            ("quad", "5.0", "quad"),
            ("quad(side)", "5.0", "quad"),
            ("4.1", "5.1", "6.1"),
            ("5.1(side)", "5.1", "5.1"),
            ("6.0", "7.1", "6.1"),
            ("hexagonal", "7.1", "6.1"),
            ("6.1(back)", "7.1", "6.1"),
            ("7.0", "7.1", "7.1"),
            ("7.1(wide)", "5.1", "5.1"),
            ("octagonal", "7.1", "7.1"),
            ("22.2", "7.1", "7.1"),
            ("2 channels (FC+LFE)", "5.1", "5.1"),
        ] {
            assert_eq!((chosen(layout, AAC), chosen(layout, OPUS)), (aac, opus), "{layout}");
        }
    }

    #[test]
    fn what_a_layout_lacks_is_mixed_as_usual() {
        let to = |name, from: &str, target| place(name, &speakers::of(from), &speakers::of(target));
        assert_eq!(to("FC", "5.1", "stereo"), [(SOFTER, "FL"), (SOFTER, "FR")]);
        assert_eq!(to("SL", "5.1(side)", "5.1"), [(1.0, "BL")]);
        assert_eq!(to("SL", "7.1", "5.1"), [(SOFTER, "BL")]);
        assert_eq!(to("BL", "5.1", "mono"), [(SOFTER * SOFTER, "FC")]);
        assert_eq!(to("LFE", "5.1", "stereo"), []);
        assert_eq!(to("TBC", "22.2", "7.1").len(), 2);
    }
}
