//! Chooses the encoder's channel layout that fits given speakers best, and the mix into it.
//!
//! Pure. Guarantees that a speaker the layout has keeps its level, and that one it lacks is mixed into its
//! neighbours. Must not know ffmpeg's filter names.

use crate::media::speakers;

/// Layouts of ffmpeg's AAC encoder that MPEG-4 has a number for (`aac_normal_chan_layouts` of ffmpeg 5.1). The
/// encoder takes a few others, but signals them in a way that few players read.
pub(super) const AAC: &[&str] = &["mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1"];

/// Layouts of libopus, one for each number of channels (mapping family 1 of RFC 7845).
pub(super) const OPUS: &[&str] = &["mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"];

/// -3 dB.
const MINUS_3_DB: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// A share of a mix: level and the channel it goes to or comes from.
pub(super) type Share<'a> = (f64, &'a str);

/// Normalises speaker names to one per position: a back pair beside a back centre is a side pair.
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

/// The layout of `all` with the fewest speakers mixed with others, then the fewest phantom speakers, then the fewest
/// channels.
pub(super) fn best(source: &[&str], all: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    all.min_by_key(|layout| {
        let target = speakers::of(layout);
        let count = |fit| source.iter().filter(|name| self::fit(name, source, &target) == fit).count();
        (count(Fit::Mixed), count(Fit::Phantom), target.len())
    })
}

/// How a layout represents a speaker.
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    /// By its own channel.
    Kept,
    /// As a phantom source between two channels that nothing else uses.
    Phantom,
    /// Mixed into channels that others use, or dropped.
    Mixed,
}

fn fit(name: &str, source: &[&str], target: &[&'static str]) -> Fit {
    let shares = place(name, source, target);
    let free = |(_, to): &Share<'_>| {
        source
            .iter()
            .filter(|other| **other != name)
            .all(|other| place(other, source, target).iter().all(|(_, used)| used != to))
    };
    match &shares[..] {
        [(_, to)] if *to == name => Fit::Kept,
        [(level, _)] if *level >= 1.0 && shares.iter().all(free) => Fit::Kept,
        [_, _] if shares.iter().all(free) => Fit::Phantom,
        _ => Fit::Mixed,
    }
}

/// Channels that a speaker is mixed into, after ITU-R BS.775: its own, else its neighbours.
pub(super) fn place(name: &str, source: &[&str], target: &[&'static str]) -> Vec<Share<'static>> {
    if let Some(same) = target.iter().find(|speaker| **speaker == name) {
        return vec![(1.0, same)];
    }
    let resolve = |(level, name): Share<'static>| {
        let resolved = place(name, source, target).into_iter();
        resolved.map(move |(more, name)| (level * more, name))
    };
    neighbours(name, source, target).into_iter().flat_map(resolve).collect()
}

/// Neighbours that replace a speaker `target` lacks. `target` has front left and right, or front centre.
fn neighbours(name: &str, source: &[&str], target: &[&'static str]) -> Vec<Share<'static>> {
    let has = |name| target.contains(&name);
    let level_beside = |other| if source.contains(&other) { MINUS_3_DB } else { 1.0 };
    let front = |level| vec![(level, "FL"), (level, "FR")];
    match name {
        "FL" | "FR" | "TFC" | "BFC" => vec![(MINUS_3_DB, "FC")],
        "FC" => front(MINUS_3_DB),
        "BL" if has("SL") => vec![(level_beside("SL"), "SL")],
        "BR" if has("SR") => vec![(level_beside("SR"), "SR")],
        "SL" if has("BL") => vec![(level_beside("BL"), "BL")],
        "SR" if has("BR") => vec![(level_beside("BR"), "BR")],
        "BC" if has("BL") => vec![(MINUS_3_DB, "BL"), (MINUS_3_DB, "BR")],
        "BC" if has("SL") => vec![(MINUS_3_DB, "SL"), (MINUS_3_DB, "SR")],
        "FLC" | "DL" => vec![(1.0, "FL")],
        "FRC" | "DR" => vec![(1.0, "FR")],
        "BL" | "SL" | "WL" | "TFL" | "BFL" => vec![(MINUS_3_DB, "FL")],
        "BR" | "SR" | "WR" | "TFR" | "BFR" => vec![(MINUS_3_DB, "FR")],
        "SDL" => vec![(1.0, "SL")],
        "SDR" => vec![(1.0, "SR")],
        "TSL" => vec![(MINUS_3_DB, "SL")],
        "TSR" => vec![(MINUS_3_DB, "SR")],
        "TBL" => vec![(MINUS_3_DB, "BL")],
        "TBR" => vec![(MINUS_3_DB, "BR")],
        "TBC" => vec![(MINUS_3_DB, "BC")],
        "LFE2" if has("LFE") => vec![(1.0, "LFE")],
        // Omitted from a downmix, as is common.
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
    fn layout_with_the_same_speakers_is_chosen() {
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
    fn missing_speakers_are_mixed_after_bs_775() {
        let to = |name, from: &str, target| place(name, &speakers::of(from), &speakers::of(target));
        assert_eq!(to("FC", "5.1", "stereo"), [(MINUS_3_DB, "FL"), (MINUS_3_DB, "FR")]);
        assert_eq!(to("SL", "5.1(side)", "5.1"), [(1.0, "BL")]);
        assert_eq!(to("SL", "7.1", "5.1"), [(MINUS_3_DB, "BL")]);
        assert_eq!(to("BL", "5.1", "mono"), [(MINUS_3_DB * MINUS_3_DB, "FC")]);
        assert_eq!(to("LFE", "5.1", "stereo"), []);
        assert_eq!(to("TBC", "22.2", "7.1").len(), 2);
    }
}
