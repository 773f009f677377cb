//! Quotes commands so that they can be pasted into a shell.

/// Returns one line that a shell splits into the same words. Control characters are escaped, so that no terminal
/// interprets them.
pub fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,@%".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        word.to_owned()
    } else if word.chars().any(char::is_control) {
        format!("$'{}'", word.chars().map(escaped).collect::<String>())
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn escaped(c: char) -> String {
    match c {
        '\'' | '\\' => format!("\\{c}"),
        c if c.is_control() && c.is_ascii() => format!("\\x{:02x}", u32::from(c)),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_can_be_pasted_into_a_shell() {
        let words = ["ffmpeg", "-i", "file:/v/it's a.mp4", ""].map(String::from);
        assert_eq!(line(&words), r"ffmpeg -i 'file:/v/it'\''s a.mp4' ''");
        assert_eq!(line(&["a\nb\x1b[31m".to_owned()]), r"$'a\x0ab\x1b[31m'");
    }
}
