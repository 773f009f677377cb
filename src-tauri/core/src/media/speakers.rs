//! Parses ffmpeg's channel layouts into speakers.
//!
//! Pure. Guarantees that an unknown layout has no speakers rather than wrong ones. Must not know presets.

/// ffmpeg's layouts (`ffmpeg -layouts` of 5.1 and 9.0), with their speakers in channel order.
const LAYOUTS: &[(&str, &str)] = &[
    ("mono", "FC"),
    ("stereo", "FL+FR"),
    ("2.1", "FL+FR+LFE"),
    ("3.0", "FL+FR+FC"),
    ("3.0(back)", "FL+FR+BC"),
    ("4.0", "FL+FR+FC+BC"),
    ("quad", "FL+FR+BL+BR"),
    ("quad(side)", "FL+FR+SL+SR"),
    ("3.1", "FL+FR+FC+LFE"),
    ("5.0", "FL+FR+FC+BL+BR"),
    ("5.0(side)", "FL+FR+FC+SL+SR"),
    ("4.1", "FL+FR+FC+LFE+BC"),
    ("5.1", "FL+FR+FC+LFE+BL+BR"),
    ("5.1(side)", "FL+FR+FC+LFE+SL+SR"),
    ("6.0", "FL+FR+FC+BC+SL+SR"),
    ("6.0(front)", "FL+FR+FLC+FRC+SL+SR"),
    ("3.1.2", "FL+FR+FC+LFE+TFL+TFR"),
    ("hexagonal", "FL+FR+FC+BL+BR+BC"),
    ("6.1", "FL+FR+FC+LFE+BC+SL+SR"),
    ("6.1(back)", "FL+FR+FC+LFE+BL+BR+BC"),
    ("6.1(front)", "FL+FR+LFE+FLC+FRC+SL+SR"),
    ("7.0", "FL+FR+FC+BL+BR+SL+SR"),
    ("7.0(front)", "FL+FR+FC+FLC+FRC+SL+SR"),
    ("7.1", "FL+FR+FC+LFE+BL+BR+SL+SR"),
    ("7.1(wide)", "FL+FR+FC+LFE+BL+BR+FLC+FRC"),
    ("7.1(wide-side)", "FL+FR+FC+LFE+FLC+FRC+SL+SR"),
    ("5.1.2", "FL+FR+FC+LFE+SL+SR+TFL+TFR"),
    ("5.1.2(back)", "FL+FR+FC+LFE+BL+BR+TFL+TFR"),
    ("octagonal", "FL+FR+FC+BL+BR+BC+SL+SR"),
    ("cube", "FL+FR+BL+BR+TFL+TFR+TBL+TBR"),
    ("5.1.4", "FL+FR+FC+LFE+SL+SR+TFL+TFR+TBL+TBR"),
    ("5.1.4(back)", "FL+FR+FC+LFE+BL+BR+TFL+TFR+TBL+TBR"),
    ("7.1.2", "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR"),
    ("7.1.4", "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR+TBL+TBR"),
    ("7.1.4(back)", "FL+FR+FC+LFE+BL+BR+SL+SR+TFL+TFR+TBL+TBR"),
    ("9.1.4", "FL+FR+FC+LFE+BL+BR+FLC+FRC+SL+SR+TFL+TFR+TBL+TBR"),
    ("9.1.6", "FL+FR+FC+LFE+BL+BR+FLC+FRC+SL+SR+TFL+TFR+TBL+TBR+TSL+TSR"),
    ("hexadecagonal", "FL+FR+FC+BL+BR+BC+SL+SR+TFL+TFC+TFR+TBL+TBC+TBR+WL+WR"),
    ("downmix", "DL+DR"),
    ("22.2", "FL+FR+FC+LFE+BL+BR+FLC+FRC+BC+SL+SR+TC+TFL+TFC+TFR+TBL+TBC+TBR+LFE2+TSL+TSR+BFC+BFL+BFR"),
];

/// Speakers of an ffmpeg layout in channel order: of `5.1(side)`, `2 channels (FC+LFE)` or `FL+FR`; empty if unknown.
pub fn of(layout: &str) -> Vec<&str> {
    let known = LAYOUTS.iter().find(|(name, _)| *name == layout).map(|(_, speakers)| *speakers);
    let listed = layout.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let counted =
        listed.filter(|_| layout.contains(" channels (")).or(Some(layout).filter(|l| l.contains('+')));
    let speakers = known.or(counted).unwrap_or_default();
    speakers.split('+').filter(|name| !name.is_empty()).collect()
}

/// True if ffmpeg has a name for this layout.
pub(crate) fn is_named(layout: &str) -> bool {
    LAYOUTS.iter().any(|(name, _)| *name == layout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_parsed_from_names_and_lists() {
        assert_eq!(of("2.1"), ["FL", "FR", "LFE"]);
        assert_eq!(of("1 channels (LFE)"), ["LFE"]);
        assert_eq!(of("5 channels (FL+FR+LFE+BL+BR)"), ["FL", "FR", "LFE", "BL", "BR"]);
        assert_eq!(of("FC+LFE"), ["FC", "LFE"]);
        for unknown in ["", "10 channels", "ambisonic 1", "unknown", "odd (FL)"] {
            assert!(of(unknown).is_empty(), "{unknown}");
        }
    }
}
