//! Parses the input statistics that ffmpeg prints at the end, from the text of one line.
//!
//! Guarantees to read the formats of old and new versions, and to ignore any other text.

/// Counts of one input stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InputStats {
    /// Index in the input.
    pub index: usize,
    /// Packets demuxed.
    pub packets: u64,
    /// Frames decoded; `None` for a copied stream.
    pub frames: Option<u64>,
    /// Samples decoded, of audio.
    pub samples: Option<u64>,
}

/// `Input stream #0:1 (audio): 88 packets read (17620 bytes); 87 frames decoded (89088 samples); `, newer
/// `...; 87 frames decoded; 0 decode errors (89088 samples); `
pub(super) fn read(text: &str) -> Option<InputStats> {
    let rest = text.trim_start().strip_prefix("Input stream #0:")?;
    let (index, rest) = rest.split_once(" (")?;
    let (_, rest) = rest.split_once("): ")?;
    let (packets, rest) = rest.split_once(" packets read")?;
    let decoded = rest.split("; ").find_map(|part| part.split_once(" frames decoded"));
    // Newer versions print decode errors in between.
    let samples = rest.split('(').find_map(|part| part.split_once(" samples)")?.0.parse().ok());
    Some(InputStats {
        index: index.parse().ok()?,
        packets: packets.parse().ok()?,
        frames: decoded.and_then(|(frames, _)| frames.trim().parse().ok()),
        samples,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_old_and_new_versions_are_read() {
        for (line, packets, frames, samples) in [
            ("0 (video): 50 packets read (67447 bytes); 50 frames decoded; ", 50, Some(50), None),
            ("0 (video): 5 packets read (40 bytes); 4 frames decoded; 1 decode errors; ", 5, Some(4), None),
            (
                "0 (audio): 5 packets read (40 bytes); 4 frames decoded (4096 samples); ",
                5,
                Some(4),
                Some(4096),
            ),
            (
                "0 (audio): 88 packets read (17620 bytes); 87 frames decoded; 0 decode errors (89088 samples); ",
                88,
                Some(87),
                Some(89088),
            ),
            ("0 (subtitle): 3 packets read (40 bytes); \r", 3, None, None),
        ] {
            let expected = InputStats { index: 0, packets, frames, samples };
            assert_eq!(read(&format!("  Input stream #0:{line}")), Some(expected), "{line}");
        }
        for other in
            ["", "Input stream #1:0 (video): 1 packets read", "Output stream #0:0 (video): 1 packets muxed"]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
