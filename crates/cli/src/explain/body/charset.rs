//! Text in another encoding, or through one that can't hold it.

use std::borrow::Cow;

use encoding_rs::{EUC_KR, WINDOWS_1252};

use super::text::beyond_ascii;
use crate::input::BYTE_ORDER_MARK;
use crate::text;

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
