//! The protocol again, without a line of the library.

use hmac::{KeyInit, Mac, SimpleHmac};
use online_contact_test_kit::script::Step;
use sha2::Sha256;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes of each body that need no room in the budget.
pub(crate) const FREE: u64 = 8 * 1024;

/// The outcome of asking a key source or a replay guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Yes,
    No,
    Full,
    Unavailable,
}

/// A request and the settings of its verifier.
#[derive(Clone, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) timestamps: Vec<Vec<u8>>,
    pub(crate) authorizations: Vec<Vec<u8>>,
    pub(crate) content_length: Option<u64>,
    pub(crate) uri: String,
    pub(crate) body: Vec<Step>,

    pub(crate) now: i64,
    pub(crate) window_ms: u64,
    pub(crate) body_limit: u64,
    /// The room in the body budget.
    pub(crate) budget: u64,
    pub(crate) signs_uri: bool,
    pub(crate) keys: Vec<&'a [u8]>,
    pub(crate) source: Service,
    pub(crate) guard: Service,
    pub(crate) passes_without_guard: bool,
}

impl Case<'_> {
    /// The labels of the keys that match, or the reason of the rejection.
    pub(crate) fn verdict(&self) -> Result<Vec<String>, &'static str> {
        self.check_head()?;
        let body = self.read()?;
        let labels = self.labels(&body);
        if labels.is_empty() || self.source == Service::No {
            return Err("signature_mismatch");
        }
        match self.guard {
            Service::Yes => Ok(labels),
            Service::No => Err("replayed"),
            Service::Full => Err("overloaded"),
            Service::Unavailable if self.passes_without_guard => Ok(labels),
            Service::Unavailable => Err("replay_guard_unavailable"),
        }
    }

    /// Rows 1 to 9.
    fn check_head(&self) -> Result<(), &'static str> {
        if self.timestamps.len() > 1 || self.authorizations.len() > 1 {
            return Err("header_duplicated");
        }
        let value = self.timestamps.first().ok_or("timestamp_missing")?;
        let signed_at = timestamp(value).ok_or("timestamp_not_numeric")?;
        match i128::from(self.now) - signed_at {
            age if age > i128::from(self.window_ms) => return Err("timestamp_expired"),
            age if -age > i128::from(self.window_ms) => return Err("timestamp_in_future"),
            _ => {}
        }
        let value = self.authorizations.first().ok_or("authorization_missing")?;
        match () {
            () if !is_signature(value) => Err("authorization_malformed"),
            () if self.source == Service::Unavailable => Err("key_source_unavailable"),
            () if self.content_length > Some(self.body_limit) => Err("body_too_large"),
            () => Ok(()),
        }
    }

    /// Rows 9 to 12: the body, if it arrives whole.
    fn read(&self) -> Result<Vec<u8>, &'static str> {
        let mut body = Vec::new();
        for step in &self.body {
            match step {
                Step::Chunk(bytes) => body.extend(bytes),
                Step::Pause => {}
                Step::Stall => return Err("body_timeout"),
                Step::Error => return Err("body_unreadable"),
            }
            let received = body.len() as u64;
            if received > self.body_limit {
                return Err("body_too_large");
            }
            if received.saturating_sub(FREE) > self.budget {
                return Err("overloaded");
            }
        }
        let is_whole = self.content_length.is_none_or(|declared| body.len() as u64 >= declared);
        if is_whole { Ok(body) } else { Err("body_unreadable") }
    }

    /// Row 13.
    fn labels(&self, body: &[u8]) -> Vec<String> {
        let (Some(timestamp), Some(authorization)) =
            (self.timestamps.first(), self.authorizations.first())
        else {
            return Vec::new();
        };
        let prefix = if self.signs_uri { path(&self.uri) } else { "" };
        let signs = |key: &[u8]| {
            sign(key, &[prefix.as_bytes(), body, timestamp]).as_bytes() == authorization.as_slice()
        };
        let keys = (1..).zip(&self.keys).filter(|(_, key)| signs(key));
        keys.map(|(place, _)| format!("key-{place}")).collect()
    }

    /// The age that a rejection reports, once the timestamp has been read.
    pub(crate) fn age(&self) -> Option<i64> {
        if self.check_head() == Err("header_duplicated") {
            return None;
        }
        let age = i128::from(self.now) - timestamp(self.timestamps.first()?)?;
        Some(i64::try_from(age).unwrap_or(i64::MIN))
    }
}

/// Row 3: the number that is written exactly like the value.
fn timestamp(value: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(value).ok()?;
    let number = text.parse::<u128>().ok().filter(|number| number.to_string() == text)?;
    i64::try_from(number).ok().map(i128::from)
}

/// Row 7: 43 base64 digits, the last of which has four bits, and padding.
fn is_signature(value: &[u8]) -> bool {
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
    let mac = SimpleHmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
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

/// The result of Java's `getRequestURI()`.
pub(crate) fn path(uri: &str) -> &str {
    uri.split('?').next().unwrap_or_default()
}
