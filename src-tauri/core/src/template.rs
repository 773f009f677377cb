//! Templates of output names: text with tokens in braces. Pure.

/// Tokens that are allowed in braces.
const TOKENS: [&str; 5] = ["name", "preset", "ext", "folder", "date"];

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Token(&'a str),
}

/// Checks an output-name template. It must contain `{name}`, or all results would share a name, and no path separators.
///
/// # Errors
/// The mistake, as the end of the sentence "The file name ...".
pub fn check(template: &str) -> Result<(), String> {
    let unknown = |piece: Piece<'_>| match piece {
        Piece::Token(word) if !TOKENS.contains(&word) => Some(word.to_owned()),
        _ => None,
    };
    if let Some(word) = pieces(template).into_iter().find_map(unknown) {
        let known = TOKENS.map(|token| format!("{{{token}}}")).join(", ");
        return Err(format!("does not know {{{word}}}; it knows {known}"));
    }
    if !template.contains("{name}") {
        return Err("must contain {name}".into());
    }
    if template.contains(['/', '\\', '\0']) {
        return Err("cannot contain / or \\".into());
    }
    Ok(())
}

/// Alternating text and tokens. Braces around anything but letters are text.
pub(crate) fn pieces(template: &str) -> Vec<Piece<'_>> {
    let (mut all, mut rest) = (Vec::new(), template);
    while let Some((text, word, after)) = next_token(rest) {
        all.extend([Piece::Text(text), Piece::Token(word)]);
        rest = after;
    }
    all.push(Piece::Text(rest));
    all
}

/// The text before the first token, the token, and the text after it.
fn next_token(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let (word, after) = text[at + 1..].split_once('}')?;
        let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
        is_word.then_some((&text[..at], word, after))
    })
}
