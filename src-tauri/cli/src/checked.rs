//! Describes for people what was checked of a result. The facts come from `verify::verification`.

use crate::text::{self, count};
use spool_core::media::{Kind, codec_name, running_time};
use spool_core::verify::verification::{Decoded, Evidence, Measure, Side, StreamCheck, Verification};
use spool_core::words::differences;

/// One line for each stream, one for the whole file and one for each difference.
pub(crate) fn lines(verification: &Verification) -> Vec<String> {
    let mut all: Vec<String> = verification.streams.iter().map(stream).collect();
    let length =
        verification.seconds.map(|seconds| format!(", {}", running_time(seconds))).unwrap_or_default();
    let damaged = match verification.damaged {
        0 => String::new(),
        n => format!(", {} found while decoding", count(n as u64, "damaged spot", "damaged spots")),
    };
    all.push(format!("the whole file{length}{damaged}"));
    all.extend(differences(verification.changes.iter()).iter().map(|text| text::line(text.to_string())));
    all
}

/// `0  video H.264 copied: 4:47 of 4:47, 7170 of 7170 pictures, by the header of the original; original decoded`
fn stream(check: &StreamCheck) -> String {
    let done = if check.copied { "copied" } else { "converted" };
    let codec = if check.codec.is_empty() { String::new() } else { format!(" {}", codec_name(&check.codec)) };
    let same = check.compared.then(|| "packets compared".to_owned());
    let parts = [length(check.seconds), frames(check), evidence(check.by).map(str::to_owned), same];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let facts = if parts.is_empty() { "is there".to_owned() } else { parts.join(", ") };
    let decoded = check.decoded.map(decoded).unwrap_or_default();
    format!("{:>3}  {}{codec} {done}: {facts}{decoded}", check.input, kind(check))
}

fn kind(check: &StreamCheck) -> &'static str {
    match check.kind {
        Kind::Video if check.cover => "cover",
        Kind::Video => "video",
        Kind::Audio => "audio",
        Kind::Subtitle => "subtitle",
        Kind::Attachment => "attachment",
        Kind::Data => "data",
    }
}

fn length(seconds: Measure<f64>) -> Option<String> {
    let found = running_time(seconds.found?);
    Some(seconds.expected.map_or(found.clone(), |expected| format!("{found} of {}", running_time(expected))))
}

fn frames(check: &StreamCheck) -> Option<String> {
    let found = check.frames.found.filter(|_| check.kind == Kind::Video && !check.cover)?;
    Some(match check.frames.expected {
        Some(expected) => format!("{found} of {expected} pictures"),
        None => format!("{found} pictures"),
    })
}

fn evidence(by: Evidence) -> Option<&'static str> {
    match by {
        Evidence::Presence => None,
        Evidence::Header => Some("by the header of the original"),
        Evidence::Packets => Some("by the packets of the original"),
        Evidence::JoinedPackets => Some("by the packets of the original, whose parts were joined"),
        Evidence::Decoding => Some("by what was decoded of the original"),
        Evidence::AssumedRate => Some("at an assumed rate"),
    }
}

fn decoded(decoded: Decoded) -> String {
    let side = match decoded.of {
        Side::Source => "original",
        Side::Result => "result",
    };
    match decoded.places {
        Some(places) => format!("; {side} decoded at {}", count(places as u64, "place", "places")),
        None => format!("; {side} decoded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stream_states_what_it_was_checked_against() {
        let video = StreamCheck {
            input: 0,
            kind: Kind::Video,
            cover: false,
            copied: false,
            planned: "h264".into(),
            codec: "h264".into(),
            seconds: Measure { expected: Some(61.2), found: Some(61.0) },
            frames: Measure { expected: Some(1530), found: Some(1529) },
            by: Evidence::Header,
            compared: false,
            decoded: Some(Decoded { of: Side::Source, frames: Some(1530), samples: None, places: None }),
        };
        let text = StreamCheck {
            input: 2,
            kind: Kind::Subtitle,
            copied: true,
            codec: "mov_text".into(),
            seconds: Measure::default(),
            frames: Measure { expected: None, found: Some(3) },
            by: Evidence::Presence,
            decoded: None,
            ..video.clone()
        };
        let copied =
            StreamCheck { compared: true, copied: true, decoded: Some(Decoded::at(7)), ..video.clone() };
        assert!(
            stream(&copied)
                .ends_with("by the header of the original, packets compared; result decoded at 7 places")
        );
        let all = Verification {
            size: 9,
            seconds: Some(61.2),
            streams: vec![video, text],
            damaged: 1,
            changes: Vec::new(),
        };
        assert_eq!(
            lines(&all),
            [
                "  0  video H.264 converted: 1:01 of 1:01, 1529 of 1530 pictures, by the header of the original; \
                 original decoded",
                "  2  subtitle MOV_TEXT copied: is there",
                "the whole file, 1:01, 1 damaged spot found while decoding",
            ]
        );
    }
}
