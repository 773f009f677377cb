//! Attachments of Matroska: fonts, and other files.

use super::{Stream, location};

/// True if this attachment is a font by its name and MIME type, and its tags hold no location.
pub fn is_font(stream: &Stream) -> bool {
    let tag = |name: &str| stream.tags.get(name).map(|value| value.to_lowercase()).unwrap_or_default();
    let (kind, name) = (tag("mimetype"), tag("filename"));
    let named = [".ttf", ".otf", ".ttc", ".woff", ".woff2"].iter().any(|ending| name.ends_with(ending));
    let kinds = ["font", "truetype", "opentype"];
    named
        && (kind.is_empty() || kinds.iter().any(|word| kind.contains(word)))
        && !stream.tags.iter().any(|(name, value)| location::tag_tells(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_recognised_by_name_and_type() {
        let font = |name: &str, kind: &str| {
            let tags = [("filename", name), ("mimetype", kind)].map(|(k, v)| (k.to_owned(), v.to_owned()));
            is_font(&Stream { tags: tags.into(), ..Stream::default() })
        };
        assert!(
            font("A.TTF", "application/x-truetype-font") && font("a.otf", "") && font("a.woff", "font/woff")
        );
        for (name, kind) in
            [("a.gpx", "application/gpx+xml"), ("a.ttf", "text/plain"), ("a.srt", ""), ("", "")]
        {
            assert!(!font(name, kind), "{name}");
        }
        assert!(!font("48.8577,2.2950.ttf", "font/ttf"));
    }
}
