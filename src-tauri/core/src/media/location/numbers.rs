//! Finds the numbers in a text, with their position, sign and precision.

/// A number as written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// Start in bytes, including the sign.
    pub(super) start: usize,
    /// End in bytes.
    pub(super) end: usize,
    /// It has its own sign.
    pub(super) signed: bool,
    /// Digits before the decimal point.
    pub(super) whole: usize,
    /// Digits after the decimal point.
    pub(super) fraction: usize,
    pub(super) value: f64,
}

/// All numbers, except versions (`59.27.100`) and digits of a word.
pub(super) fn numbers(text: &str) -> Vec<Number> {
    let (bytes, mut all, mut at) = (text.as_bytes(), Vec::<Number>::new(), 0);
    while let Some(first) = (at..bytes.len()).find(|n| bytes[*n].is_ascii_digit()) {
        let end = digits_end(bytes, first);
        let signed_end = all.last().filter(|last| last.signed).map(|last| last.end);
        all.extend(number(text, first, end, signed_end));
        at = end;
    }
    all
}

/// End of the digits and points that begin here; a final point ends a sentence and is excluded.
fn digits_end(bytes: &[u8], first: usize) -> usize {
    let mut end = first;
    while end < bytes.len() && (bytes[end].is_ascii_digit() || bytes[end] == b'.') {
        end += 1;
    }
    end - usize::from(bytes[end - 1] == b'.')
}

/// Parses one number. `signed_end`: end of a number with a sign, which another sign may follow directly.
fn number(text: &str, first: usize, end: usize, signed_end: Option<usize>) -> Option<Number> {
    let (digits, before) = (text.get(first..end)?, text.get(..first)?);
    let sign = before.ends_with(['+', '-']).then(|| first - 1);
    let begins = sign.unwrap_or(first);
    let free = !text.get(..begins)?.ends_with(|c: char| c.is_alphanumeric() || c == '.');
    let signed = sign.is_some() && (free || signed_end == sign);
    let of_word = sign.is_none() && !free && !is_hemisphere(before);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if of_word || fraction.contains('.') {
        return None;
    }
    let start = if signed { begins } else { first };
    let value = text.get(start..end)?.parse().ok()?;
    Some(Number { start, end, signed, whole: whole.len(), fraction: fraction.len(), value })
}

/// True if the text ends in a compass letter (N, S, E, W) that is not part of a word.
fn is_hemisphere(before: &str) -> bool {
    let mut back = before.chars().rev();
    back.next().is_some_and(|c| "NSEW".contains(c)) && !back.next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_sign_and_precision() {
        let read = |text: &str| {
            numbers(text).into_iter().map(|n| (n.signed, n.whole, n.fraction, n.value)).collect::<Vec<_>>()
        };
        assert_eq!(read("+48.8577-002.295/"), [(true, 2, 4, 48.8577), (true, 3, 3, -2.295)]);
        let date = [(false, 4, 0, 2020.0), (false, 2, 0, 2.0), (false, 2, 0, 3.0)];
        assert_eq!(read("2020-02-03."), date);
        assert_eq!(read("N48.1 é-7 1.2.3 x264 r5"), [(false, 2, 1, 48.1), (false, 1, 0, 7.0)]);
        assert_eq!(read("9.05, 45."), [(false, 1, 2, 9.05), (false, 2, 0, 45.0)]);
    }
}
