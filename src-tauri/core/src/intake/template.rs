//! The name of a result: from the template of the settings, or given by the user.
//!
//! Guarantees that a name made from the template is never the name of the original. Pure.

use super::AddOptions;
use crate::template::{Piece, pieces};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Returns the name of the result of `source` in `folder`, without extension. Appends ` - {preset}` if it would be the
/// name of the original. `written`: when the original was last modified, in nanoseconds since 1970.
pub(super) fn stem(source: &Path, folder: &Path, options: &AddOptions, written: Option<i64>) -> OsString {
    if let Some(name) = &options.called {
        return name.clone();
    }
    let own = source.file_stem().unwrap_or_default();
    // The name of a preset is free text.
    let preset = options.spec.preset.name.replace(['/', '\\', '\0'], "-");
    let parent = source.parent().and_then(Path::file_name).unwrap_or_default();
    let mut stem = OsString::new();
    for piece in pieces(&options.name) {
        match piece {
            Piece::Text(text) => stem.push(text),
            Piece::Token("name") => stem.push(own),
            Piece::Token("preset") => stem.push(&preset),
            Piece::Token("ext") => stem.push(source.extension().unwrap_or_default()),
            Piece::Token("folder") => stem.push(parent),
            Piece::Token("date") => stem.push(day(written)),
            // Settings of earlier versions may contain unknown words.
            Piece::Token(word) => stem.push(format!("{{{word}}}")),
        }
    }
    let extension = source.extension().unwrap_or_default();
    let same_kind = extension.eq_ignore_ascii_case(options.spec.preset.container.extension());
    if source.parent() == Some(folder) && same_kind && stem == own {
        stem.push(format!(" - {preset}"));
    }
    stem
}

/// Returns the local day on which a file was last modified, such as `2024-05-31`: for an unedited recording, the day it
/// was made.
fn day(written: Option<i64>) -> String {
    let second = written.map(|ns| jiff::Timestamp::from_second(ns.div_euclid(1_000_000_000)));
    let Some(Ok(at)) = second else { return "unknown day".into() };
    jiff::ZonedDateTime::new(at, jiff::tz::TimeZone::system()).strftime("%Y-%m-%d").to_string()
}

/// Returns the stem of a file name given by the user, if its extension is missing or the expected one.
///
/// # Errors
/// The extension that the name should have.
pub fn called<'a>(name: &'a Path, extension: &'a str) -> Result<&'a OsStr, &'a str> {
    let stem = name.file_stem().ok_or(extension)?;
    let fits = name.extension().is_none_or(|own| own.eq_ignore_ascii_case(extension));
    if fits { Ok(stem) } else { Err(extension) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::options;
    use super::*;
    use crate::template::check;

    fn name(source: &str, folder: &str, options: &AddOptions) -> String {
        let written = Some(1_700_000_000_123_456_789);
        stem(Path::new(source), Path::new(folder), options, written).into_string().unwrap()
    }

    #[test]
    fn result_next_to_its_original_has_another_name() {
        assert_eq!(name("/v/a.mkv", "/v", &options()), "a");
        assert_eq!(name("/v/a.MP4", "/v", &options()), "a - Web 1080p");
        assert_eq!(name("/v/a.mp4", "/out", &options()), "a");
    }

    #[test]
    fn template_names_the_result() {
        let by = |template: &str| AddOptions { name: template.into(), ..options() };
        let named = |template: &str| name("/v/day 1/a{name}.MOV", "/v", &by(template));
        assert_eq!(named("{preset}, {name} (copy)"), "Web 1080p, a{name} (copy)");
        assert_eq!(named("{folder} - {name}.{ext}"), "day 1 - a{name}.MOV");
        assert!(named("{date} {name}").starts_with("2023-11-1"), "{}", named("{date} {name}"));
        assert_eq!(named("{{name}} {1} {"), "{a{name}} {1} {");
        let mut options = by("{preset} {name}");
        options.spec.preset.name = "../up".into();
        assert_eq!(name("/v/a.mp4", "/v", &options), "..-up a");
        options.called = Some("{date}".into());
        assert_eq!(name("/v/a.mp4", "/v", &options), "{date}", "a given name is used as it is");
    }

    #[test]
    fn unknown_words_and_folders_are_refused() {
        assert_eq!(check("{name} {folder} {date} {ext} {preset} {1} {}"), Ok(()));
        let refused = check("{name} {year}").unwrap_err();
        assert_eq!(refused, "does not know {year}; it knows {name}, {preset}, {ext}, {folder}, {date}");
        assert!(check("{preset}").is_err() && check("x/{name}").is_err());
    }

    #[test]
    fn given_name_has_the_extension_of_the_result_or_none() {
        assert_eq!(called(Path::new("/out/b.MP4"), "mp4"), Ok(OsStr::new("b")));
        assert_eq!(called(Path::new("/out/b"), "mp4"), Ok(OsStr::new("b")));
        assert_eq!(called(Path::new("/out/b.mkv"), "mp4"), Err("mp4"));
    }
}
