//! Servers have the key too, and a careless one may print it: the page still never sees it.

use bytes::Bytes;
use http::HeaderValue;
use zeroize::Zeroizing;

use super::keys::contains;
use crate::http::Answer;

/// What stands in a key's place.
const BLOT: &[u8] = b"[security key]";

/// An answer of a server, without the keys.
#[derive(Debug)]
pub(super) struct Redacted {
    pub(super) answer: Answer,
    /// Whether there was one.
    pub(super) found: bool,
}

pub(super) fn redact(mut answer: Answer, secrets: &[Zeroizing<Vec<u8>>]) -> Redacted {
    let mut found = false;
    for secret in secrets {
        if contains(&answer.body, secret) {
            found = true;
            answer.body = Bytes::from(without(&answer.body, secret));
        }
        for value in answer.headers.values_mut() {
            if contains(value.as_bytes(), secret) {
                found = true;
                *value = HeaderValue::from_static("[security key]");
            }
        }
    }
    Redacted { answer, found }
}

fn without(mut text: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        if let Some(rest) = text.strip_prefix(secret) {
            clean.extend_from_slice(BLOT);
            text = rest;
        } else {
            clean.push(first);
            text = rest;
        }
    }
    clean
}
