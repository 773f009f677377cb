//! The languages of tracks in the words that a container keeps: MP4 in three letters, MOV in those of a list of its
//! own, of which ffmpeg finds only one spelling each. Others, `pt-BR` say, would be lost. What the list of MOV lacks
//! is lost there all the same.

use crate::preset::Container;
use isolang::Language;

/// Three letters of ISO 639-2, and how ffmpeg's muxer of MOV wants to read them.
const MOV: &[(&str, &str)] = &[
    ("bod", "tib"),
    ("cym", "wel"),
    ("cze", "ces"),
    ("deu", "ger"),
    ("ell", "gre"),
    ("eus", "baq"),
    ("fao", "fo "),
    ("fre", "fra"),
    ("gle", "iri"),
    ("hrv", "hr "),
    ("hye", "arm"),
    ("isl", "ice"),
    ("kat", "geo"),
    ("mkd", "mac"),
    ("msa", "may"),
    ("mya", "bur"),
    ("nld", "dut"),
    ("pan", "pa "),
    ("rum", "ron"),
    ("slo", "slk"),
    ("sqi", "alb"),
    ("srp", "sr "),
    ("swe", "sve"),
    ("zho", "chi"),
];

/// The word to write for this one; `None` where the container keeps it as it is, or nothing better is known.
pub(super) fn kept(word: &str, container: Container) -> Option<String> {
    if container == Container::Mkv {
        return None;
    }
    let main = word.split(['-', '_']).next()?.to_ascii_lowercase();
    let letters = match main.len() {
        2 => Language::from_639_1(&main)?.to_639_3().to_owned(),
        3 => main,
        _ => return None,
    };
    let in_mov = MOV.iter().find(|(iso, _)| container == Container::Mov && *iso == letters);
    let kept = in_mov.map_or(letters, |(_, mov)| (*mov).to_owned());
    (kept != word).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_keeps_its_meaning_in_the_words_of_the_container() {
        let mp4 = |word| kept(word, Container::Mp4).unwrap_or_else(|| word.to_owned());
        let words = ["deu", "ger", "de", "pt-BR", "zh_Hans", "EN", "und", "klingon", ""];
        assert_eq!(words.map(mp4), ["deu", "ger", "deu", "por", "zho", "eng", "und", "klingon", ""]);
        assert_eq!(kept("sv", Container::Mov), Some("sve".into()));
        assert_eq!(kept("ger", Container::Mov), None);
        assert_eq!(kept("pt-BR", Container::Mkv), None, "Matroska holds any");
    }
}
