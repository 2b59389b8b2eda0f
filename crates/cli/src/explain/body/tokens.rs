//! JSON whose strings and numbers are written in another way. Everything between them stays as it is.

use serde::de::IgnoredAny;

use crate::text::end_of_string;

/// A string or a number of a JSON text, as it is spelled.
#[derive(Clone, Copy)]
pub(super) enum Token<'a> {
    /// With its quotes.
    String(&'a str),
    Number(&'a str),
    /// `true`, `false` or `null`.
    Word(&'a str),
}

/// The text with each value replaced by what `write` returns for it. Names of members are left alone.
pub(super) fn mapped(body: &[u8], write: fn(Token<'_>) -> Option<String>) -> Option<Vec<u8>> {
    serde_json::from_slice::<IgnoredAny>(body).ok()?;
    let text = std::str::from_utf8(body).ok()?;
    let mut out = String::with_capacity(body.len());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'"' => end_of_string(rest.as_bytes().get(1..)?)? + 2,
            b'-' | b'0'..=b'9' => run(rest, |c| c.is_ascii_digit() || "+-.eE".contains(c)),
            b'a'..=b'z' => run(rest, |c| c.is_ascii_lowercase()),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let (token, after) = rest.split_at_checked(length)?;
        let is_name = first == b'"' && after.trim_ascii_start().starts_with(':');
        let written = match first {
            _ if is_name => None,
            b'"' => write(Token::String(token)),
            b'-' | b'0'..=b'9' => write(Token::Number(token)),
            b'a'..=b'z' => write(Token::Word(token)),
            _ => None,
        };
        out.push_str(written.as_deref().unwrap_or(token));
        rest = after;
    }
    Some(out.into_bytes())
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Numbers as JavaScript and Go write them: `1.0` is `1`, `1e3` is `1000`, and what is too long for a
/// floating point number has lost its last digits.
pub(super) fn javascript_numbers(token: Token<'_>) -> Option<String> {
    let Token::Number(token) = token else { return None };
    let number: f64 = token.parse().ok()?;
    Some(match number.abs() {
        // JSON has no infinity, and no sign before a zero survives.
        _ if !number.is_finite() => "null".to_owned(),
        0.0 => "0".to_owned(),
        1e-6..1e21 => number.to_string(),
        1e21.. => format!("{number:e}").replace('e', "e+"),
        _ => format!("{number:e}"),
    })
}

/// Every number as a `double` of Java, which Gson makes of it: `1` is `1.0`, `10000000` is `1.0E7`.
pub(super) fn java_doubles(token: Token<'_>) -> Option<String> {
    let Token::Number(token) = token else { return None };
    java_double(token.parse().ok()?)
}

/// Numbers with a fraction or an exponent as Java and Jackson write a `double`.
pub(super) fn java_fractions(token: Token<'_>) -> Option<String> {
    match token {
        Token::Number(text) if text.contains(['.', 'e', 'E']) => java_doubles(token),
        _ => None,
    }
}

pub(super) fn java_double(number: f64) -> Option<String> {
    let with_point = |text: String| if text.contains('.') { text } else { text + ".0" };
    match number.abs() {
        _ if !number.is_finite() => None,
        0.0 => Some("0.0".to_owned()),
        1e-3..1e7 => Some(with_point(number.to_string())),
        _ => {
            let text = format!("{number:e}");
            let (digits, exponent) = text.split_once('e')?;
            Some(format!("{}E{exponent}", with_point(digits.to_owned())))
        }
    }
}

/// Numbers with a fraction or an exponent as Python writes a `float`: `1e3` is `1000.0`.
pub(super) fn python_floats(token: Token<'_>) -> Option<String> {
    let Token::Number(token) = token else { return None };
    let number: f64 = token.contains(['.', 'e', 'E']).then(|| token.parse().ok()).flatten()?;
    let text = match number.abs() {
        _ if !number.is_finite() => return None,
        0.0 | 1e-4..1e16 => number.to_string(),
        _ => {
            let text = format!("{number:e}");
            let (digits, exponent) = text.split_once('e')?;
            let (sign, exponent) = match exponent.strip_prefix('-') {
                Some(exponent) => ('-', exponent),
                None => ('+', exponent),
            };
            return Some(format!("{digits}e{sign}{exponent:0>2}"));
        }
    };
    Some(if text.contains('.') { text } else { text + ".0" })
}

/// Every number with a decimal point, but none with an exponent.
pub(super) fn decimals(token: Token<'_>) -> Option<String> {
    match token {
        Token::Number(text) if !text.contains(['.', 'e', 'E']) => Some(format!("{text}.0")),
        _ => None,
    }
}

/// Strings that look like numbers as numbers.
pub(super) fn unquoted_numbers(token: Token<'_>) -> Option<String> {
    let Token::String(token) = token else { return None };
    let text = token.trim_matches('"');
    let leading_zero = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    let number = serde_json::from_str::<serde_json::Number>(text).ok();
    number.filter(|_| !leading_zero).map(|_| text.to_owned())
}

/// The same with leading zeros lost, as `parseInt` and SQL do it: `"010"` is `10`.
pub(super) fn parsed_integers(token: Token<'_>) -> Option<String> {
    let Token::String(token) = token else { return None };
    let text = token.trim_matches('"');
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| match text.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    })
}

/// Strings that look like numbers, truth values or null without their quotes.
pub(super) fn unquoted_values(token: Token<'_>) -> Option<String> {
    match token {
        Token::String(text @ ("\"true\"" | "\"false\"" | "\"null\"")) => {
            Some(text.trim_matches('"').to_owned())
        }
        other => unquoted_numbers(other),
    }
}

/// Numbers as strings.
pub(super) fn quoted_numbers(token: Token<'_>) -> Option<String> {
    let Token::Number(text) = token else { return None };
    Some(format!("\"{text}\""))
}

/// Numbers and truth values as strings.
pub(super) fn quoted_values(token: Token<'_>) -> Option<String> {
    match token {
        Token::Word(text @ ("true" | "false")) => Some(format!("\"{text}\"")),
        other => quoted_numbers(other),
    }
}

/// `null` as an empty string.
pub(super) fn nulls_emptied(token: Token<'_>) -> Option<String> {
    matches!(token, Token::Word("null")).then(|| "\"\"".to_owned())
}

/// `null` as the word in quotes.
pub(super) fn nulls_quoted(token: Token<'_>) -> Option<String> {
    matches!(token, Token::Word("null")).then(|| "\"null\"".to_owned())
}

/// Empty strings as `null`.
pub(super) fn empties_nulled(token: Token<'_>) -> Option<String> {
    matches!(token, Token::String("\"\"")).then(|| "null".to_owned())
}

/// Strings without blanks around them.
pub(super) fn trimmed_strings(token: Token<'_>) -> Option<String> {
    let Token::String(token) = token else { return None };
    let text = token.strip_prefix('"')?.strip_suffix('"')?;
    Some(format!("\"{}\"", text.trim()))
}
