//! Explains a command line that clap rejects, with the name that Spool uses for what was probably meant.
//!
//! Guarantees that similar spelling never suggests a command that changes something: a word that is not in the tables
//! leads to the help. Pure, except for checking whether a word names a file.

mod tables;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use std::ffi::OsString;
use std::path::Path;

/// Returns a sentence to show instead of clap's message; `None` if clap's own is enough. `words`: the arguments.
pub fn sentence(error: &Error, command: &Command, words: &[OsString]) -> Option<String> {
    let words: Vec<String> = typed(words);
    let verb = verb(command, &words);
    match error.kind() {
        ErrorKind::UnknownArgument | ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            if dashed(&words).is_some() =>
        {
            dashed(&words)
        }
        ErrorKind::UnknownArgument => Some(option(error, verb, &words)),
        ErrorKind::InvalidSubcommand => {
            Some(command_word(text(error, ContextKind::InvalidSubcommand)?, verb))
        }
        _ => None,
    }
}

/// Returns the arguments before `--`; those after it are taken literally.
fn typed(words: &[OsString]) -> Vec<String> {
    let text = words.iter().map(|word| word.to_string_lossy().into_owned());
    text.take_while(|word| word != "--").collect()
}

fn verb<'a>(command: &Command, words: &'a [String]) -> Option<&'a str> {
    let is_verb = |word: &&String| command.find_subcommand(word).is_some();
    words.iter().find(is_verb).map(String::as_str)
}

fn text(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(all) => all.first().map(String::as_str),
        _ => None,
    }
}

/// Returns the sentence for a file name that begins with a dash and was parsed as an option.
fn dashed(words: &[String]) -> Option<String> {
    let is_file = |word: &&String| {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let looks = value.is_empty() && name.contains('.') && !name.ends_with('.');
        word.len() > 1 && word.starts_with('-') && (looks || Path::new(word).symlink_metadata().is_ok())
    };
    let file = words.iter().find(is_file)?;
    Some(format!("\"{file}\" begins with a dash and is read as an option; write ./{file} for the file."))
}

fn option(error: &Error, verb: Option<&str>, words: &[String]) -> String {
    let refused = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let help = verb.map_or_else(|| "spool --help".into(), |verb| format!("spool {verb} --help"));
    // For "-crf 18", clap reports only "-c".
    let whole = words.iter().find(|word| is_of(word, refused)).map_or(refused, |word| name(word));
    if !refused.starts_with('-') {
        return format!("\"{refused}\" is one word too many; `{help}` shows what is taken.");
    }
    if let Some(meant) = tables::option(whole).or_else(|| tables::option(refused)) {
        return format!("There is no option {whole} here; {meant}");
    }
    match text(error, ContextKind::SuggestedArg).filter(|near| *near != "--all") {
        Some(near) => format!("There is no option {whole} here; {near} is near. `{help}` lists them all."),
        None => format!("There is no option {whole} here; `{help}` lists those there are."),
    }
}

/// Whether clap reports `word` as `refused`: an option without its value, or the first of several short options.
fn is_of(word: &str, refused: &str) -> bool {
    let one_letter = refused.len() == 2 && !refused.starts_with("--");
    name(word) == refused || (one_letter && word.starts_with(refused) && !word.starts_with("--"))
}

/// Returns an option without its value.
fn name(word: &str) -> &str {
    word.split_once('=').map_or(word, |(name, _)| name)
}

fn command_word(word: &str, verb: Option<&str>) -> String {
    if verb == Some("presets") {
        let meant = tables::preset_verb(word).unwrap_or("`spool presets --help` shows what there is.");
        return format!("There is no `spool presets {word}`; {meant}");
    }
    if let Some(meant) = tables::verb(word) {
        return format!("There is no command \"{word}\"; {meant}");
    }
    if word.contains(['.', '/', '\\']) || Path::new(word).exists() {
        return format!("\"{word}\" is no command; `spool add {word}` queues a video or a folder.");
    }
    format!("There is no command \"{word}\"; `spool --help` lists those there are.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::{CommandFactory, Parser};

    fn answer(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let error = Cli::try_parse_from(std::iter::once("spool".into()).chain(words.clone())).unwrap_err();
        sentence(&error, &Cli::command(), &words)
            .unwrap_or_else(|| panic!("clap alone answers {line}: {error}"))
    }

    #[test]
    fn common_words_and_options_lead_to_the_right_command() {
        for (line, meant) in [
            ("convert a.mkv", "`spool add`"),
            ("encode", "`spool run`"),
            ("start", "`spool run`"),
            ("stop", "`spool pause`"),
            ("rm 17", "`spool remove ID`"),
            ("delete 17", "`spool remove ID`"),
            ("log 17", "`spool show ID --log`"),
            ("queue", "`spool list`"),
            ("LS", "`spool list`"),
            ("undo", "`spool retry ID`"),
            ("resume-all", "`spool resume`"),
            ("cancel-all", "`spool cancel --all`"),
            ("list -o x", "--output-dir"),
            ("add --destination=x a.mkv", "--output-dir"),
            ("add --crf 18 a.mkv", "--set video.crf=18"),
            ("add -crf 18 a.mkv", "--set video.crf=18"),
            ("add --quality=18 a.mkv", "--set video.crf=18"),
            ("add --size 25 a.mkv", "--set video.sizeMb=25"),
            ("run --jobs 2", "--workers"),
            ("run -j2", "--workers"),
            ("presets rm mine", "`spool presets remove ID`"),
            ("video.mkv", "`spool add video.mkv`"),
            ("add -dash.mkv", "write ./-dash.mkv"),
            ("add --two.mkv", "write ./--two.mkv"),
            ("add -hello.mkv", "write ./-hello.mkv"),
            ("probe -V.mp4", "write ./-V.mp4"),
            ("resume 17", "one word too many"),
        ] {
            let found = answer(line);
            assert!(found.contains(meant), "{line}: {found}");
        }
    }

    #[test]
    fn similar_spelling_suggests_no_command_that_changes_something() {
        for word in
            ["statsu", "puase", "mov", "retyr", "canel", "releas", "remov", "ad", "rnu", "hodl", "agian"]
        {
            assert_eq!(
                answer(word),
                format!("There is no command \"{word}\"; `spool --help` lists those there are.")
            );
        }
        assert!(answer("cancel --al").ends_with("`spool cancel --help` lists those there are."));
        assert!(
            answer("add --presett x a.mkv").contains("--preset is near"),
            "an option of the same command may be suggested"
        );
        assert!(!answer("add --crff 18 a.mkv").contains("-- --crff"));
    }

    #[test]
    fn help_and_arguments_after_two_dashes_are_left_alone() {
        for line in ["--help", "add --help", "--version", "help add"] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let error =
                Cli::try_parse_from(std::iter::once("spool".into()).chain(words.clone())).unwrap_err();
            assert_eq!(sentence(&error, &Cli::command(), &words), None, "{line}");
        }
        assert!(Cli::try_parse_from(["spool", "add", "--", "-dash.mkv"]).is_ok());
    }

    #[test]
    fn commands_named_in_the_tables_exist() {
        let command = Cli::command();
        for sentence in tables::all() {
            for example in sentence.split('`').skip(1).step_by(2).filter(|e| e.starts_with("spool ")) {
                let verb = example.split(' ').nth(1).unwrap();
                assert!(verb.starts_with('-') || command.find_subcommand(verb).is_some(), "{example}");
            }
        }
    }
}
