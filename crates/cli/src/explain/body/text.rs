//! Text with other escapes, line ends or quotes, in another encoding, or with the characters of HTML
//! escaped.

use std::borrow::Cow;
use std::fmt::Write as _;

use encoding_rs::{EUC_KR, WINDOWS_1252};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use unicode_normalization::UnicodeNormalization as _;

use crate::input::BYTE_ORDER_MARK;
use crate::text::{self, number};

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
fn beyond_ascii(body: &[u8]) -> Option<&str> {
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

/// In EUC-KR as everybody means it, with the characters that Windows adds (code page 949).
pub(super) fn euc_kr(body: &[u8]) -> Option<Vec<u8>> {
    let text = beyond_ascii(body)?;
    let (bytes, _, unmappable) = EUC_KR.encode(text);
    if !unmappable {
        return Some(bytes.into_owned());
    }
    // As Java writes what it can't; `encoding_rs` writes HTML.
    let mut out = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match EUC_KR.encode(letter.encode_utf8(&mut [0; 4])) {
            (bytes, _, false) => out.extend_from_slice(&bytes),
            (_, _, true) => out.push(b'?'),
        }
    }
    Some(out)
}

/// EUC-KR decoded.
pub(super) fn of_euc_kr(body: &[u8]) -> Option<Vec<u8>> {
    if std::str::from_utf8(body).is_ok() {
        return None;
    }
    let text = EUC_KR.decode_without_bom_handling_and_without_replacement(body)?;
    Some(text.into_owned().into_bytes())
}

pub(super) fn utf_16(body: &[u8], little: bool, mark: bool) -> Option<Vec<u8>> {
    Some(text::utf_16(std::str::from_utf8(body).ok()?, little, mark))
}

/// UTF-8 read as Latin-1 and written as UTF-8 again.
pub(super) fn mojibake(body: &[u8]) -> Option<Vec<u8>> {
    let text = || body.iter().copied().map(char::from).collect::<String>();
    (!body.is_ascii()).then(|| text().into_bytes())
}

/// The same through Windows-1252.
pub(super) fn windows_mojibake(body: &[u8]) -> Option<Vec<u8>> {
    let text = || WINDOWS_1252.decode_without_bom_handling(body).0.into_owned();
    (!body.is_ascii()).then(|| text().into_bytes())
}

/// Latin-1 written as UTF-8, undone.
pub(super) fn unmojibake(body: &[u8]) -> Option<Vec<u8>> {
    let text = beyond_ascii(body)?;
    text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

/// Every character beyond ASCII as a question mark: in an encoding that lacks it.
pub(super) fn question_marks(body: &[u8]) -> Option<Vec<u8>> {
    let mark = |letter: char| if letter.is_ascii() { letter } else { '?' };
    Some(beyond_ascii(body)?.chars().map(mark).collect::<String>().into_bytes())
}

/// The same with a question mark for each byte of such a character.
pub(super) fn question_marks_of_bytes(body: &[u8]) -> Option<Vec<u8>> {
    let mark = |byte: &u8| if byte.is_ascii() { *byte } else { b'?' };
    (!body.is_ascii()).then(|| body.iter().map(mark).collect())
}

/// UTF-8 read as EUC-KR and written as UTF-8 again.
pub(super) fn korean_mojibake(body: &[u8]) -> Option<Vec<u8>> {
    let body = beyond_ascii(body)?.as_bytes();
    Some(EUC_KR.decode_without_bom_handling(body).0.into_owned().into_bytes())
}

/// Each byte beyond ASCII as U+FFFD.
pub(super) fn lossy_ascii(body: &[u8]) -> Option<Vec<u8>> {
    let letter = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { '\u{fffd}' };
    (!body.is_ascii()).then(|| body.iter().map(letter).collect::<String>().into_bytes())
}

/// Bytes that are not UTF-8 as U+FFFD.
pub(super) fn lossy(body: &[u8]) -> Option<Vec<u8>> {
    match String::from_utf8_lossy(body) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text.into_bytes()),
    }
}

pub(super) fn marked(body: &[u8]) -> Option<Vec<u8>> {
    (!body.starts_with(BYTE_ORDER_MARK)).then(|| [BYTE_ORDER_MARK, body].concat())
}

pub(super) fn unmarked(body: &[u8]) -> Option<Vec<u8>> {
    body.strip_prefix(BYTE_ORDER_MARK).map(<[u8]>::to_vec)
}

type Pairs = &'static [(u8, &'static [u8])];

const LT_GT: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;")];
const LT_GT_AMP: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;")];
const WITH_QUOTES: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;")];
const QUOTES_NO_AMP: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'"', b"&quot;")];
const SPRING: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;"), (b'\'', b"&#39;")];
const NO_AMP: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'"', b"&quot;"), (b'\'', b"&#39;")];
const GO: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&#34;"), (b'\'', b"&#39;")];
const PYTHON: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;"), (b'\'', b"&#x27;")];
const PHP: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'"', b"&quot;"), (b'\'', b"&#039;")];
/// Without quotes around strings, which only some filters leave alone.
const INSIDE: Pairs = &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'&', b"&amp;"), (b'\'', b"&#39;")];
/// The parentheses too, as a filter that many Korean sites copied does it.
const PARENTHESES: Pairs =
    &[(b'<', b"&lt;"), (b'>', b"&gt;"), (b'(', b"&#40;"), (b')', b"&#41;"), (b'\'', b"&#39;")];
const OWASP: Pairs = &[
    (b'<', b"&lt;"),
    (b'>', b"&gt;"),
    (b'&', b"&amp;"),
    (b'"', b"&quot;"),
    (b'\'', b"&#x27;"),
    (b'/', b"&#x2F;"),
];

/// The escapes of libraries, the likeliest first.
const LIBRARIES: [Pairs; 12] = [
    SPRING,
    WITH_QUOTES,
    QUOTES_NO_AMP,
    NO_AMP,
    LT_GT,
    LT_GT_AMP,
    GO,
    PYTHON,
    PHP,
    INSIDE,
    PARENTHESES,
    OWASP,
];

/// Every way to escape the body.
pub(super) fn entities(body: &[u8]) -> Vec<Vec<u8>> {
    LIBRARIES.iter().filter_map(|pairs| replaced(body, pairs)).collect()
}

/// The entities of all of them as the characters again.
pub(super) fn entities_undone(body: &[u8]) -> Option<Vec<u8>> {
    if !body.contains(&b'&') {
        return None;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&first, after)) = rest.split_first() {
        match entity(rest) {
            Some((letter, length)) => {
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(length..)?;
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    Some(out)
}

/// The character that an entity at the start stands for, and its length.
fn entity(text: &[u8]) -> Option<(char, usize)> {
    let inner = text.strip_prefix(b"&")?;
    let end = inner.iter().take(10).position(|&byte| byte == b';')?;
    let name = std::str::from_utf8(inner.get(..end)?).ok()?;
    let letter = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        other => {
            let digits = other.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16)?,
                None => number(digits, 10)?,
            };
            char::from_u32(u32::try_from(code).ok()?)?
        }
    };
    Some((letter, end + 2))
}
