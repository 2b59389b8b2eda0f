//! The protocol once more, without a line of the library.

use hmac::{KeyInit, Mac, SimpleHmac};
use sha2::Sha256;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Row 3: the number that is written exactly like the value.
pub(crate) fn timestamp(value: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(value).ok()?;
    let number = text.parse::<u128>().ok().filter(|number| number.to_string() == text)?;
    i64::try_from(number).ok().map(i128::from)
}

/// Row 7: 43 digits in base 64, of which the last stands for four bits, and a padding.
pub(crate) fn is_signature(value: &[u8]) -> bool {
    let digit = |byte| ALPHABET.iter().position(|&digit| digit == byte);
    match value {
        [digits @ .., last, b'='] if digits.len() == 42 => {
            digits.iter().all(|&byte| digit(byte).is_some())
                && digit(*last).is_some_and(|bits| bits % 4 == 0)
        }
        _ => false,
    }
}

/// The `Authorization` of these bytes.
pub(crate) fn sign(key: &[u8], parts: &[&[u8]]) -> String {
    let mac = SimpleHmac::<Sha256>::new_from_slice(key).expect("any length will do");
    base64(&mac.chain_update(parts.concat()).finalize().into_bytes())
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            (0..3).fold(0, |bits, at| bits << 8 | group.get(at).map_or(0, |&b| usize::from(b)));
        for place in 0..4 {
            let digit = ALPHABET[bits >> (18 - 6 * place) & 63];
            text.push(if place > group.len() { '=' } else { digit.into() });
        }
    }
    text
}

/// What Java's `getRequestURI()` gives.
pub(crate) fn path(uri: &str) -> &str {
    uri.split('?').next().unwrap_or_default()
}

/// The settings of a verifier, as far as rows 1 to 9 ask for them.
pub(crate) struct Head<'a> {
    pub(crate) timestamps: Vec<&'a [u8]>,
    pub(crate) authorizations: Vec<&'a [u8]>,
    pub(crate) content_length: Option<u64>,
    pub(crate) now: i64,
    pub(crate) window_ms: u64,
    pub(crate) body_limit: u64,
    pub(crate) keys_answer: bool,
}

impl Head<'_> {
    /// Rows 1 to 9: the reason of the rejection, if there is one.
    pub(crate) fn rejection(&self) -> Option<&'static str> {
        if self.timestamps.len() > 1 || self.authorizations.len() > 1 {
            return Some("header_duplicated");
        }
        let Some(value) = self.timestamps.first() else { return Some("timestamp_missing") };
        let Some(signed_at) = timestamp(value) else { return Some("timestamp_not_numeric") };
        match i128::from(self.now) - signed_at {
            age if age > i128::from(self.window_ms) => return Some("timestamp_expired"),
            age if -age > i128::from(self.window_ms) => return Some("timestamp_in_future"),
            _ => {}
        }
        let Some(value) = self.authorizations.first() else { return Some("authorization_missing") };
        match () {
            () if !is_signature(value) => Some("authorization_malformed"),
            () if !self.keys_answer => Some("key_source_unavailable"),
            () if self.content_length > Some(self.body_limit) => Some("body_too_large"),
            () => None,
        }
    }
}
