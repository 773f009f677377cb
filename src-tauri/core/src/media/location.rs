//! Detects in texts where something was recorded: coordinates in the forms that cameras and programs write, and names
//! of tags that hold a location.
//!
//! Pure. Guarantees that times, ratios, versions and other everyday numbers are not taken for coordinates. Must not
//! know files.

pub mod lines;
mod numbers;
pub mod runs;

use numbers::{Number, numbers};

/// True if this text holds coordinates.
pub fn tells(text: &str) -> bool {
    let all = numbers(text);
    let pairs = || all.iter().zip(all.iter().skip(1));
    pairs().any(|(a, b)| is_iso_6709(text, a, b) || is_pair(text, a, b))
        || all.iter().any(|number| is_degree(text, number))
        || is_labelled(&text.to_ascii_lowercase())
}

/// True if a tag of this name and value reveals a location.
pub fn tag_tells(name: &str, value: &str) -> bool {
    is_name(name) || tells(value)
}

/// True if the whole text is ISO 6709 coordinates.
pub fn is_coordinates(text: &str) -> bool {
    let all = numbers(text);
    let iso = all.first().zip(all.get(1)).is_some_and(|(a, b)| a.start == 0 && is_iso_6709(text, a, b));
    iso && text.chars().all(|c| c.is_ascii_digit() || "+-./".contains(c))
}

/// Words in the name of a tag that mean a location.
const NAMES: [&str; 12] =
    ["xyz", "lat", "lon", "lng", "geo", "loci", "place", "placename", "city", "venue", "address", "iso6709"];
/// Parts of the name of a tag that mean a location.
const PARTS: [&str; 8] =
    ["gps", "latitude", "longitude", "longtitude", "coordinate", "geotag", "geoloc", "whereabouts"];

/// True if a tag of this name holds a location, whatever its value.
pub fn is_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric()).map(|word| word.trim_start_matches('©'));
    PARTS.iter().any(|part| name.contains(part))
        || words.any(|word| NAMES.contains(&word) || is_location(word))
}

/// `location`, `recordinglocation`, `sublocation`; not `allocation`.
fn is_location(word: &str) -> bool {
    let others = ["allocation", "collocation", "dislocation", "relocation"];
    word.contains("location") && !others.iter().any(|other| word.contains(other))
}

/// `+48.8577+002.295/`: two adjacent numbers with signs.
fn is_iso_6709(text: &str, a: &Number, b: &Number) -> bool {
    let ends = || {
        let rest = text.get(b.end..).unwrap_or_default();
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')).starts_with('/')
    };
    let whole = || matches!(a.whole, 2 | 4 | 6) && matches!(b.whole, 3 | 5 | 7) && ends();
    let precise = || a.fraction > 1 && b.fraction > 1 && (1..=6).contains(&a.whole) && b.whole <= 7;
    a.signed && b.signed && a.end == b.start && (precise() || whole())
}

/// Digits after the decimal point that are precise enough for a street.
const PRECISE: usize = 3;

/// `48.8577, 2.2950`: two precise numbers in the range of degrees, with only separators between.
fn is_pair(text: &str, a: &Number, b: &Number) -> bool {
    let between = text.get(a.end..b.start).unwrap_or_default();
    let separated = between.chars().count() <= 12 && between.chars().all(|c| SEPARATORS.contains(c));
    let (x, y) = (a.value.abs(), b.value.abs());
    let degrees = x.max(y) <= 180.0 && x.min(y) <= 90.0 && x.max(y) >= 1.0;
    let precise = a.fraction >= PRECISE && b.fraction >= PRECISE;
    precise && degrees && separated && (!between.is_empty() || b.signed)
}

/// Characters allowed between two coordinates.
const SEPARATORS: &str = " \t\r\n,;/|:_&=()[]\"'°ºNSEWnsew";

/// `48.8577° N`, `48°51'27"N`: degrees with a hemisphere or minutes.
fn is_degree(text: &str, number: &Number) -> bool {
    let rest = text.get(number.end..).unwrap_or_default().trim_start();
    let Some(rest) = ["°", "º", "deg"].iter().find_map(|sign| rest.strip_prefix(sign)) else {
        return false;
    };
    let rest = rest.trim_start();
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let minutes = digits.len() < rest.len() && digits.trim_start().starts_with(['\'', '′', '’']);
    let mut letters = rest.chars();
    let hemisphere = letters.next().is_some_and(|c| "NSEW".contains(c))
        && !letters.next().is_some_and(char::is_alphanumeric);
    number.value.abs() <= 180.0 && (minutes || hemisphere)
}

/// Labelled coordinates: `[latitude: 9.05]`, `GPS (9.05, 45.67, 18)`, `lat="48.8"`, `$GPRMC,`, GPX and KML.
fn is_labelled(text: &str) -> bool {
    let marks = ["<gpx", "<trkpt", "<kml", "<coordinates>", "<gml:pos", "geo:lat", "geo.position"];
    marks.iter().any(|mark| text.contains(mark))
        || ["latitude", "longitude", "longtitude"].iter().any(|word| after(text, word).any(has_number))
        || ["lat", "lon", "lng", "long"].iter().any(|word| after(text, word).any(is_set))
        || ["gps", "home"].iter().any(|word| after(text, word).any(is_list))
        || text.split('$').skip(1).any(is_nmea)
}

/// The text after each occurrence of a word, and whether the occurrence begins a word.
fn after<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = (bool, &'a str)> {
    text.match_indices(word).filter_map(move |(at, _)| {
        let begins = !text.get(..at)?.ends_with(char::is_alphanumeric);
        Some((begins, text.get(at + word.len()..)?))
    })
}

/// Skips up to `max` characters between a name and its value.
fn value(rest: &str, max: usize) -> &str {
    let signs = rest.chars().take_while(|c| !c.is_alphanumeric() && !matches!(c, '+' | '-')).take(max);
    rest.get(signs.map(char::len_utf8).sum()..).unwrap_or_default()
}

fn has_number((_, rest): (bool, &str)) -> bool {
    let rest = value(rest.strip_prefix("ref").unwrap_or(rest), 6);
    rest.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit())
}

/// A whole word, a colon or an equals sign, a precise number.
fn is_set((begins, rest): (bool, &str)) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', ' ']);
    let Some(rest) = rest.strip_prefix([':', '=']).filter(|_| begins) else { return false };
    let rest = value(rest, 3);
    numbers(rest).first().is_some_and(|n| n.start == 0 && n.fraction > 1)
}

/// Two numbers, in parentheses or with decimals.
fn is_list((begins, rest): (bool, &str)) -> bool {
    let opens = rest.trim_start().starts_with('(');
    let near = |text: &str, from: usize, to: usize| {
        let between = text.get(from..to).unwrap_or_default();
        between.chars().all(|c| SEPARATORS.contains(c)) && between.len() <= 6
    };
    let all = numbers(rest);
    let [a, b, ..] = all.as_slice() else { return false };
    let listed = near(rest, 0, a.start) && near(rest, a.end, b.start) && a.end < b.start;
    begins && listed && (opens || (a.fraction > 0 && b.fraction > 0))
}

/// `gprmc,`: an NMEA sentence of a receiver, after its dollar sign.
fn is_nmea(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next() == Some('g')
        && letters.by_ref().take(4).all(|c| c.is_ascii_lowercase())
        && letters.next() == Some(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_recognised_in_every_form() {
        for text in [
            "+48.8577+002.295/",
            "+48.8577-002.2950+035.000/",
            "+40-075/",
            "+485128.3+0021742.1/",
            "here: +48.8577+002.2950/ Tower",
            "48.8577, 2.2950",
            "-33.8568,151.2153",
            "https://maps.example/?q=48.8577,2.2950",
            "N48.8577 E002.2950",
            "48.8577N 2.2950E",
            "48.8577° N, 2.2950° E",
            "48°51'27.7\"N 2°17'42\"E",
            "48 deg 51' 27.72\" N",
            "F/2.8, SS 320, ISO 100, GPS (9.0526, 45.6721, 18), D 3.2m, H 1.5m",
            "HOME(9.0526,45.6721) 2016.05.31 17:01:35",
            "GPS(9,45,18) BAROMETER:1.2",
            "GPS(E: 9.05, N: 45.67, 18m)",
            "[latitude: 9.05] [longitude: 45.67]",
            "[latitude : 9.052612] [longtitude : 45.672134]",
            "{\"latitude\":48.8}",
            "exif:GPSLatitude=\"48,51.4628N\"",
            "<trkpt lat=\"48.85\" lon=\"2.29\">",
            "lat=48.85 lon=2.29",
            "$GPRMC,123519,A,4807.038,N,01131.000,E",
            "$GNGGA,123519,4807.038,N",
        ] {
            assert!(tells(text), "{text}");
        }
    }

    #[test]
    fn everyday_numbers_are_no_coordinates() {
        for text in [
            "",
            "F/2.8, SS 320, ISO 100, EV 0",
            "2020-02-03T04:05:06.000000Z",
            "2020-02-03/04",
            "00:00:01,000 --> 00:00:02,000",
            "Lavf59.27.100 libx264",
            "x264 - core 148 r2601 ref=3 qcomp=0.60 ratio=1.40 aq=1:1.00",
            "It is 20°C, or 68.5 degrees.",
            "Turn 90° north",
            "1.777, 2.35",
            "0.7080, 0.2920",
            "Call +49-1234567 or +1-800-555.",
            "3.14159 is pi, 2.71828 is e",
            "1024.125, 768.250",
            "A GPS for your home: 2 rooms, 3.5 floors",
            "The latitude of a film",
            "It plays at home (1, rue de la Paix)... flat: 2",
            "$5, $10 and $good, luck",
        ] {
            assert!(!tells(text), "{text}");
        }
    }

    #[test]
    fn location_tags_are_recognised_by_name() {
        for name in [
            "location",
            "LOCATION",
            "location-eng",
            "com.apple.quicktime.location.ISO6709",
            "com.apple.quicktime.location.accuracy.horizontal",
            "RECORDING_LOCATION",
            "GPSCoordinates",
            "xyz",
            "©xyz",
            "LATITUDE",
            "exif:GPSLongitude",
            "geo:lat",
            "City",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in ["title", "creation_time", "allocation", "geometry", "comment", "platform", "replacement"]
        {
            assert!(!is_name(name), "{name}");
        }
        assert!(tag_tells("comment", "+48.8577+002.295/") && !tag_tells("comment", "A tower"));
    }
}
