//! Text with other escapes, line ends or quotes.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use unicode_normalization::UnicodeNormalization as _;

use crate::text::number;

/// Every character beyond ASCII as `\uXXXX`.
pub(super) fn ascii_escaped(body: &[u8], upper: bool) -> Option<Vec<u8>> {
    let text = beyond_ascii(body)?;
    let mut out = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        if letter.is_ascii() {
            out.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            let _ = if upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
        }
    }
    Some(out.into_bytes())
}

/// `\uXXXX` as the character itself, and `\/` as a slash; the escapes that JSON asks for stay.
pub(super) fn unescaped(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.contains('\\'))?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let (letters, length) = unescape(escape);
        match letters {
            Some(letter) => out.push(letter),
            None => out.push_str(escape.get(..length)?),
        }
        rest = escape.get(length..)?;
    }
    out.push_str(rest);
    Some(out.into_bytes())
}

/// The character that an escape stands for, if it needs none, and how long the escape is.
fn unescape(escape: &str) -> (Option<char>, usize) {
    if escape.starts_with("\\/") {
        return (Some('/'), 2);
    }
    let unit = |at: usize| {
        let digits = escape.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::try_from(number(digits, 16)?).ok()
    };
    let Some(first) = unit(0) else {
        // Two bytes unless the text breaks off or the backslash stands before something else.
        let length = escape.chars().take(2).map(char::len_utf8).sum();
        return (None, length);
    };
    let units = [Some(first), unit(6)];
    for length in [1, 2] {
        let units = units.iter().take(length).copied().flatten();
        if let Some(Ok(letter)) = char::decode_utf16(units).next() {
            let needs_escape = letter.is_control() || letter == '"' || letter == '\\';
            return (Some(letter).filter(|_| !needs_escape), length * 6);
        }
    }
    (None, 6)
}

/// Each of these bytes replaced, if one of them is there. None of them is part of a longer character.
pub(super) fn replaced(body: &[u8], pairs: &[(u8, &[u8])]) -> Option<Vec<u8>> {
    let is_in = |(from, _): &(u8, &[u8])| body.contains(from);
    if !pairs.iter().any(is_in) {
        return None;
    }
    let mut out = Vec::with_capacity(body.len() + 16);
    for byte in body {
        match pairs.iter().find(|(from, _)| from == byte) {
            Some((_, to)) => out.extend_from_slice(to),
            None => out.push(*byte),
        }
    }
    Some(out)
}

/// Every line end as CR LF.
pub(super) fn crlf(body: &[u8]) -> Option<Vec<u8>> {
    let lines = lf(body);
    replaced(lines.as_deref().unwrap_or(body), &[(b'\n', b"\r\n")])
}

/// Every CR LF as LF.
pub(super) fn lf(body: &[u8]) -> Option<Vec<u8>> {
    if !body.contains(&b'\r') {
        return None;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut bytes = body.iter().peekable();
    while let Some(&byte) = bytes.next() {
        if byte != b'\r' || bytes.peek() != Some(&&b'\n') {
            out.push(byte);
        }
    }
    Some(out)
}

/// The text, if it is one and has more than ASCII in it: most bodies have not, and are done with.
pub(super) fn beyond_ascii(body: &[u8]) -> Option<&str> {
    if body.is_ascii() { None } else { std::str::from_utf8(body).ok() }
}

/// Percent-encoded as JavaScript's `encodeURIComponent` does.
pub(super) fn component(body: &[u8]) -> Vec<u8> {
    const SET: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'!')
        .remove(b'~')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');
    percent_encode(body, SET).collect::<String>().into_bytes()
}

/// Percent-encoded as Java's `URLEncoder` does: a blank is a plus sign.
pub(super) fn form_encoded(body: &[u8]) -> Vec<u8> {
    const SET: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b' ');
    percent_encode(body, SET).collect::<String>().replace(' ', "+").into_bytes()
}

/// Percent-encoded with all but the unreserved characters of RFC 3986, as Python's `quote` does.
pub(super) fn quoted(body: &[u8]) -> Vec<u8> {
    const SET: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
    percent_encode(body, SET).collect::<String>().into_bytes()
}

pub(super) fn percent_decoded(body: &[u8]) -> Option<Vec<u8>> {
    body.contains(&b'%').then(|| percent_decode(body).collect())
}

pub(super) fn form_decoded(body: &[u8]) -> Option<Vec<u8>> {
    percent_decoded(&replaced(body, &[(b'+', b" ")])?)
}

/// The text as a JSON string: serialized twice.
pub(super) fn json_string(body: &[u8]) -> Option<Vec<u8>> {
    serde_json::to_vec(std::str::from_utf8(body).ok()?).ok()
}

/// The text in a JSON string.
pub(super) fn of_json_string(body: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<String>(body).ok().map(String::into_bytes)
}

/// The text composed: `가` as one character.
pub(super) fn nfc(body: &[u8]) -> Option<Vec<u8>> {
    Some(beyond_ascii(body)?.nfc().collect::<String>().into_bytes())
}

/// The text decomposed, as macOS writes names of files: `가` as two characters.
pub(super) fn nfd(body: &[u8]) -> Option<Vec<u8>> {
    Some(beyond_ascii(body)?.nfd().collect::<String>().into_bytes())
}

pub(super) fn nfkc(body: &[u8]) -> Option<Vec<u8>> {
    Some(beyond_ascii(body)?.nfkc().collect::<String>().into_bytes())
}

pub(super) fn nfkd(body: &[u8]) -> Option<Vec<u8>> {
    Some(beyond_ascii(body)?.nfkd().collect::<String>().into_bytes())
}

/// The changed body, or the body itself where the change is not possible.
pub(super) fn or_same(body: &[u8], change: fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    change(body).unwrap_or_else(|| body.to_vec())
}

/// Words of an object without quotes in quotes again: `{callNum:1}` as `{"callNum":"1"}`.
pub(super) fn requoted(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?.trim().trim_matches('\'');
    if text.contains('"') || !text.starts_with(['{', '[']) {
        return None;
    }
    let mut out = String::with_capacity(text.len() * 2);
    for word in text.split_inclusive(['{', '}', '[', ']', ',', ':']) {
        let stem = word.trim_end_matches(['{', '}', '[', ']', ',', ':']);
        let trimmed = stem.trim();
        if trimmed.is_empty() {
            out.push_str(word);
            continue;
        }
        let (before, after) = stem.split_once(trimmed)?;
        let end = word.get(stem.len()..)?;
        let _ = write!(out, "{before}\"{trimmed}\"{after}{end}");
    }
    Some(out.into_bytes())
}
