//! Selects the code page of subtitles that are not UTF-8: the usual one for the language of their track.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};
use isolang::Language;

/// The code page of a language code in any form; Windows-1252 if unknown.
pub(super) fn of(language: Option<&str>) -> &'static Encoding {
    let word = language.unwrap_or_default().to_lowercase();
    if matches!(word.as_str(), "zh-tw" | "zh-hk" | "zh-hant") {
        return BIG5;
    }
    let first = word.split(['-', '_']).next().unwrap_or_default();
    let known = Language::from_639_3(first).or_else(|| Language::from_639_1(first));
    let two = known.and_then(|language| language.to_639_1()).unwrap_or(bibliographic(first));
    match two {
        "cs" | "sk" | "pl" | "hu" | "sl" | "hr" | "bs" | "ro" | "sq" => WINDOWS_1250,
        "ru" | "uk" | "be" | "bg" | "mk" | "sr" | "kk" | "mn" => WINDOWS_1251,
        "el" => WINDOWS_1253,
        "tr" | "az" => WINDOWS_1254,
        "he" | "yi" => WINDOWS_1255,
        "ar" | "fa" | "ur" => WINDOWS_1256,
        "et" | "lv" | "lt" => WINDOWS_1257,
        "vi" => WINDOWS_1258,
        "th" => WINDOWS_874,
        "ja" => SHIFT_JIS,
        "ko" => EUC_KR,
        "zh" => GB18030,
        _ => WINDOWS_1252,
    }
}

/// Two-letter codes of languages with a bibliographic code of ISO 639-2.
fn bibliographic(word: &str) -> &'static str {
    match word {
        "cze" => "cs",
        "slo" => "sk",
        "rum" => "ro",
        "alb" => "sq",
        "mac" => "mk",
        "gre" => "el",
        "per" => "fa",
        "chi" => "zh",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_pages_are_found_for_language_codes_of_any_form() {
        for word in ["cze", "ces", "cs", "cs-CZ", "POL"] {
            assert_eq!(of(Some(word)), WINDOWS_1250, "{word}");
        }
        for (word, page) in [("rus", WINDOWS_1251), ("gre", WINDOWS_1253), ("chi", GB18030), ("zh-TW", BIG5)]
        {
            assert_eq!(of(Some(word)), page, "{word}");
        }
        for word in [None, Some("und"), Some("ger"), Some("")] {
            assert_eq!(of(word), WINDOWS_1252);
        }
    }
}
