//! Signed requests, prepared outside of the measured time.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use online_contact::{
    AUTHORIZATION_HEADER, Clock as _, RequestHead, SecurityKey, Signer, SystemClock,
    TIMESTAMP_HEADER, Timestamp, Verifier,
};
use sha2::Sha256;

/// The vendor's public sample key.
pub const KEY: &str = "bf7769e5321448de88838cdb";

/// The path of the requests.
pub const PATH: &str = "/customer";

/// A lookup as Online Contact sends it: 41 bytes.
pub const LOOKUP: &[u8] = br#"{"callNum":"1","nation":"korea","id":"a"}"#;

/// A signed request.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The body.
    pub body: Bytes,
    /// The headers of the signature.
    pub headers: Vec<(&'static str, String)>,
}

impl Sample {
    /// Signs a body of this length as Online Contact does: the usual lookup, where that has this length.
    #[must_use]
    pub fn of(bytes: usize) -> Self {
        Self::signed(bytes, SystemClock.now())
    }

    /// Signs the same an hour ago.
    #[must_use]
    pub fn expired(bytes: usize) -> Self {
        let hour = std::time::Duration::from_secs(3_600);
        Self::signed(bytes, SystemClock.now().saturating_sub(hour))
    }

    /// Signs the same in GitHub's scheme: hexadecimal, without a timestamp.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes keys of any length.
    #[must_use]
    pub fn github(bytes: usize) -> Self {
        let body = body(bytes);
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("a key of any length");
        mac.update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        Self { body, headers: vec![("x-hub-signature-256", signature)] }
    }

    fn signed(bytes: usize, at: Timestamp) -> Self {
        let body = body(bytes);
        let headers = Signer::new(&key()).sign(PATH, &body, at).headers();
        Self { body, headers: headers.into() }
    }

    /// Returns the headers as a server has them.
    ///
    /// # Panics
    ///
    /// Never: the values are printable.
    #[must_use]
    pub fn header_map(&self) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).expect("printable ASCII");
        let mut map: HeaderMap = self
            .headers
            .iter()
            .map(|(name, text)| (name.parse::<HeaderName>().expect("a header name"), value(text)))
            .collect();
        map.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        map
    }

    /// Returns the head as the core takes it.
    #[must_use]
    pub fn head(&self) -> RequestHead<'_> {
        RequestHead::new(PATH)
            .timestamp(self.header(TIMESTAMP_HEADER).as_bytes())
            .authorization(self.header(AUTHORIZATION_HEADER).as_bytes())
            .content_length(self.body.len() as u64)
    }

    /// Returns the value of a header, or an empty text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let mut named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.next().map_or("", |(_, value)| value)
    }
}

fn body(bytes: usize) -> Bytes {
    if bytes == LOOKUP.len() { Bytes::from_static(LOOKUP) } else { vec![b'x'; bytes].into() }
}

/// Returns the key as the verifiers take it.
///
/// # Panics
///
/// Never: the key is valid.
#[must_use]
pub fn key() -> SecurityKey {
    SecurityKey::new(KEY).expect("a valid key")
}

/// Returns a verifier with `others` keys in front of the one that signs.
///
/// # Panics
///
/// Never: the settings are valid.
#[must_use]
pub fn verifier(others: usize) -> Verifier {
    let mut builder = Verifier::builder().body_limit(64 * 1024 * 1024);
    for number in 0..others {
        let other = SecurityKey::new(format!("another key {number}")).expect("a valid key");
        builder = builder.labeled_key(format!("other-{number}"), other);
    }
    builder.labeled_key("signs", key()).build().expect("valid settings")
}
