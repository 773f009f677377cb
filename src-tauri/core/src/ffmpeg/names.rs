//! Removes file names from messages of ffmpeg and ffprobe before they are interpreted: a video may be called `No space
//! left on device.mp4`.
//!
//! Guarantees that Unix and Windows paths are found, also where a line ends within one.

use std::ffi::OsString;

/// Paths that a call received as `file:` URLs.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<String>);

const PROTOCOL: &str = "file:";

impl Names {
    /// The paths among the arguments of a call.
    pub(super) fn of(args: &[OsString]) -> Names {
        let written = args.iter().map(|arg| as_logged(&arg.to_string_lossy()));
        let mut names: Vec<String> =
            written.filter_map(|arg| Some(arg.strip_prefix(PROTOCOL)?.to_owned())).collect();
        // A path may be the prefix of another.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Names(names)
    }

    /// The text without these paths.
    pub(super) fn remove(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, name| without(&text, name))
    }
}

/// ffmpeg prints a question mark for most control characters.
fn as_logged(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\0'..='\x07' | '\x0e'..='\x1f') { '?' } else { c }).collect()
}

fn without(text: &str, name: &str) -> String {
    let text = text.replace(&format!("{PROTOCOL}{name}"), "");
    // Some messages leave out the protocol. A name without a folder could be a word of the message.
    let text = if name.contains(['/', '\\']) { text.replace(name, "") } else { text };
    // The line ends within the name: it contains a line break, or exceeds the longest line kept.
    match text.rsplit_once(PROTOCOL) {
        Some((before, end)) if name.starts_with(end.trim_end_matches('\u{fffd}')) => before.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(path: &str, text: &str) -> String {
        Names::of(&["-i".into(), format!("{PROTOCOL}{path}").into()]).remove(text)
    }

    #[test]
    fn paths_of_unix_and_windows_are_removed() {
        for path in [
            "/v/I/O error.mp4",
            r"C:\v\I\O error.mp4",
            r"c:/v/I/O error.mp4",
            r"\\?\C:\v\I\O error.mp4",
            r"\\server\share\I\O error.mp4",
            "/v/file:I/O error: .mp4",
            "/v/[error] I/O error.mp4",
        ] {
            for text in ["@: Invalid data", "Error opening output @: Invalid data", "'@'", "from '@':"] {
                for written in [format!("{PROTOCOL}{path}"), path.to_owned()] {
                    assert_eq!(removed(path, &text.replace('@', &written)), text.replace('@', ""), "{path}");
                }
            }
        }
    }

    #[test]
    fn altered_or_partial_names_are_removed() {
        assert_eq!(removed("/v/I/O error\u{1}\u{1b}.mp4", "file:/v/I/O error??.mp4: x"), ": x");
        assert_eq!(removed("/v/I/O error\n.mp4", "[error] file:/v/I/O error"), "[error] ");
        assert_eq!(removed("/v/I/O error é.mp4", "[error] file:/v/I/O error \u{fffd}"), "[error] ");
    }

    #[test]
    fn other_text_stays() {
        assert_eq!(removed("/v/a.mp4", "file:/v/b.mp4: I/O error"), "file:/v/b.mp4: I/O error");
        assert_eq!(removed("error", "I/O error in file:error: x"), "I/O error in : x");
        assert_eq!(removed("/v/a.mp4", "Failed to open file: I/O error"), "Failed to open file: I/O error");
        let two = Names::of(&["file:/v/a".into(), "file:/v/a I/O error.mp4".into(), "/v/c".into()]);
        assert_eq!(two.remove("file:/v/a I/O error.mp4: x, /v/c"), ": x, /v/c");
    }
}
