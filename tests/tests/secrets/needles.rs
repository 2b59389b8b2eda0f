//! Secrets to search for, in every form in which they could be written.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use online_contact::Timestamp;
use online_contact_tests::{Request, Settings};

/// Something that must not be found.
pub(crate) struct Needle {
    pub(crate) what: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Shorter ones are found by chance.
const SHORTEST: usize = 8;

/// A key: its text, and its bytes in the usual spellings.
pub(crate) fn of_key(key: &str) -> Vec<Needle> {
    let names = [
        "key",
        "key in hex",
        "key in upper-case hex",
        "key in base64",
        "key in URL-safe base64",
        "key as a list of bytes",
        "key as a list of hex bytes",
    ];
    forms(names, key.as_bytes())
}

/// The signature that the request should have had, for the timestamp that it has; none where it has
/// no timestamp that could be signed.
pub(crate) fn of_signature(settings: &Settings, request: &Request) -> Vec<Needle> {
    let Some(timestamp) = timestamp(request) else {
        return Vec::new();
    };
    let signer = settings.signer().expect("a signer");
    let signed = signer.sign(&request.target, &request.body, timestamp);
    let names = [
        "signature as it is",
        "signature in hex",
        "signature in upper-case hex",
        "vector's signature in base64",
        "signature in URL-safe base64",
        "signature as a list of bytes",
        "signature as a list of hex bytes",
    ];
    forms(names, signed.signature().as_bytes())
}

fn timestamp(request: &Request) -> Option<Timestamp> {
    let mut headers = request.headers.iter();
    let (_, value) = headers.find(|(name, _)| name.eq_ignore_ascii_case("x-tc-timestamp"))?;
    Timestamp::parse(value).ok()
}

fn forms(names: [&'static str; 7], bytes: &[u8]) -> Vec<Needle> {
    let hex = |pair: fn(u8) -> String| bytes.iter().map(|byte| pair(*byte)).collect::<String>();
    let padless = |text: String| text.trim_end_matches('=').to_owned();
    let list = |text: String| text.trim_matches(['[', ']']).to_owned();
    let forms = [
        bytes.to_vec(),
        hex(|byte| format!("{byte:02x}")).into_bytes(),
        hex(|byte| format!("{byte:02X}")).into_bytes(),
        padless(STANDARD.encode(bytes)).into_bytes(),
        padless(URL_SAFE.encode(bytes)).into_bytes(),
        list(format!("{bytes:?}")).into_bytes(),
        list(format!("{bytes:02x?}")).into_bytes(),
    ];
    let needles = names.into_iter().zip(forms).map(|(what, bytes)| Needle { what, bytes });
    needles.filter(|needle| needle.bytes.len() >= SHORTEST).collect()
}

impl Needle {
    /// Whether the caller sent it.
    pub(crate) fn is_in(&self, request: &Request) -> bool {
        let values = request.headers.iter().map(|(_, value)| value);
        let mut texts = values.chain([&request.body]).map(|bytes| latin(bytes));
        let needle = latin(&self.bytes);
        texts.any(|text| text.contains(&needle))
    }
}

/// Returns the secrets that are found.
pub(crate) fn found(needles: &[Needle], bytes: &[u8]) -> Vec<&'static str> {
    let text = latin(bytes);
    let there = needles.iter().filter(|needle| text.contains(&latin(&needle.bytes)));
    there.map(|needle| needle.what).collect()
}

/// A character for each byte: `str` has the faster search.
fn latin(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = text.write_char(char::from(*byte));
    }
    text
}
