//! Languages of tracks: normalises language codes, and maps them to those that a container stores. MP4 stores three
//! letters, MOV those of its own list, of which ffmpeg accepts only one spelling each; Matroska stores any code.
//!
//! Pure.

use crate::preset::Container;
use isolang::Language;

/// Codes of ISO 639-2, and the spelling that ffmpeg's MOV muxer expects.
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

/// Languages that MOV can store (`QuickTime` File Format, "Language Code Values"), as far as ffmpeg writes them.
const IN_MOV: &str = "amh ara asm aym aze bel ben bod bul cat ces cym dan deu dzo ell eng epo est eus fao fas fin fra gle grn \
    guj heb hin hrv hun hye ind isl ita jav jpn kan kas kat kaz khm kin kir kor kur lao lat lav lit mal mar mkd mlg mlt mol \
    mon msa mya nep nld nor nya ori orm pan pol por pus que ron run rus san sin slk slv smi snd som spa sqi srp swa swe tam \
    tat tel tgk tgl tha tir tuk tur uig ukr urd uzb vie yid zho";

/// Bibliographic codes of ISO 639-2, and the terminological ones, which ISO 639-3 shares.
const BIBLIOGRAPHIC: [(&str, &str); 20] = [
    ("alb", "sqi"),
    ("arm", "hye"),
    ("baq", "eus"),
    ("bur", "mya"),
    ("chi", "zho"),
    ("cze", "ces"),
    ("dut", "nld"),
    ("fre", "fra"),
    ("geo", "kat"),
    ("ger", "deu"),
    ("gre", "ell"),
    ("ice", "isl"),
    ("mac", "mkd"),
    ("mao", "mri"),
    ("may", "msa"),
    ("per", "fas"),
    ("rum", "ron"),
    ("slo", "slk"),
    ("tib", "bod"),
    ("wel", "cym"),
];

/// Normalises a language code: three letters, then script and region in their usual case. `None` if it names no
/// language.
pub(crate) fn meaning(word: &str) -> Option<String> {
    let is_tag =
        |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    if !word.trim().split(['-', '_']).all(is_tag) {
        return None;
    }
    let mut parts = word.trim().split(['-', '_']);
    let main = parts.next()?.to_ascii_lowercase();
    if matches!(main.as_str(), "" | "und" | "unk" | "xxx") {
        return None;
    }
    let translated = |pairs: &[(&'static str, &'static str)]| {
        pairs.iter().find(|(other, _)| other.trim() == main).map(|(_, letters)| *letters)
    };
    let of_mov: Vec<(&str, &str)> = MOV.iter().map(|(iso, mov)| (*mov, *iso)).collect();
    let from_two_letters = || {
        (main.len() == 2).then(|| Language::from_639_1(&main)).flatten().map(|language| language.to_639_3())
    };
    let letters = from_two_letters()
        .or_else(|| translated(&BIBLIOGRAPHIC))
        .or_else(|| translated(&of_mov))
        .unwrap_or(&main);
    let letters = terminological(letters);
    let rest = parts.map(|part| format!("-{}", in_case(part)));
    Some(std::iter::once(letters.to_owned()).chain(rest).collect())
}

fn terminological(letters: &str) -> &str {
    BIBLIOGRAPHIC.iter().find(|(other, _)| *other == letters).map_or(letters, |(_, usual)| usual)
}

/// A script is written `Hant`, a region `BR` (RFC 5646, 2.1.1).
fn in_case(part: &str) -> String {
    match part.len() {
        2 => part.to_ascii_uppercase(),
        4 => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
        _ => part.to_ascii_lowercase(),
    }
}

/// What this container keeps of a normalised code: MP4 and MOV drop region and script.
pub(crate) fn left(meaning: &str, container: Container) -> Option<String> {
    let main = meaning.split('-').next()?;
    match container {
        Container::Mkv => Some(meaning.to_owned()),
        Container::Mp4 | Container::M4a => (main.len() == 3).then(|| main.to_owned()),
        Container::Mov => IN_MOV.split(' ').any(|held| held == main).then(|| main.to_owned()),
    }
}

/// The code to write for this one; `None` if the container keeps it unchanged, or no better one is known.
pub(crate) fn kept(word: &str, container: Container) -> Option<String> {
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
    fn codes_are_mapped_to_those_of_the_container() {
        let mp4 = |word| kept(word, Container::Mp4).unwrap_or_else(|| word.to_owned());
        let words = ["deu", "ger", "de", "pt-BR", "zh_Hans", "EN", "und", "klingon", ""];
        assert_eq!(words.map(mp4), ["deu", "ger", "deu", "por", "zho", "eng", "und", "klingon", ""]);
        assert_eq!(kept("sv", Container::Mov), Some("sve".into()));
        assert_eq!(kept("ger", Container::Mov), None);
        assert_eq!(kept("pt-BR", Container::Mkv), None, "Matroska holds any");
    }

    #[test]
    fn codes_of_one_language_are_normalised_alike() {
        for words in [
            &["de", "deu", "ger", "DE"][..],
            &["swe", "sve", "sv"],
            &["pt-BR", "por-br"],
            &["zh-hant", "chi_Hant"],
        ] {
            let meanings: Vec<_> = words.iter().map(|word| meaning(word)).collect();
            assert!(meanings.iter().all(|one| one.is_some() && *one == meanings[0]), "{meanings:?}");
        }
        assert_eq!(meaning("zh-hant-TW").as_deref(), Some("zho-Hant-TW"));
        assert!(meaning("und").is_none() && meaning("").is_none() && meaning(" ").is_none());
        assert_eq!(left("por-BR", Container::Mp4).as_deref(), Some("por"));
        assert_eq!((left("fil", Container::Mov), left("deu", Container::Mov)), (None, Some("deu".into())));
        assert_eq!(left("por-BR", Container::Mkv).as_deref(), Some("por-BR"));
    }

    #[test]
    fn untrusted_texts_are_no_languages() {
        for word in ["de-ÄÖ", "eng\n[error] No space left", "eng-", "a language of our own"] {
            assert_eq!(meaning(word), None, "{word}");
        }
    }
}
