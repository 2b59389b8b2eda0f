//! Signed requests, made before the clock runs.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use online_contact::{
    Clock as _, RequestHead, SecurityKey, Signer, SystemClock, Timestamp, Verifier,
};

/// The vendor's public sample key.
pub const KEY: &str = "bf7769e5321448de88838cdb";

/// Where the requests go.
pub const PATH: &str = "/customer";

/// A lookup as Online Contact sends it: 41 bytes.
pub const LOOKUP: &[u8] = br#"{"callNum":"1","nation":"korea","id":"a"}"#;

/// A request, signed now.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The body.
    pub body: Bytes,
    /// The value of `X-TC-Timestamp`.
    pub timestamp: String,
    /// The value of `Authorization`.
    pub authorization: String,
}

impl Sample {
    /// Signs this body.
    #[must_use]
    pub fn of(body: Bytes) -> Self {
        Self::signed(body, SystemClock.now())
    }

    /// The usual lookup.
    #[must_use]
    pub fn lookup() -> Self {
        Self::of(Bytes::from_static(LOOKUP))
    }

    /// A body of this many bytes: the usual lookup, where that is as long.
    #[must_use]
    pub fn sized(bytes: usize) -> Self {
        if bytes == LOOKUP.len() {
            return Self::lookup();
        }
        Self::of(vec![b'x'; bytes].into())
    }

    /// The usual lookup, an hour old.
    #[must_use]
    pub fn expired(body: Bytes) -> Self {
        Self::signed(body, Timestamp::from_millis(SystemClock.now().as_millis() - 3_600_000))
    }

    fn signed(body: Bytes, at: Timestamp) -> Self {
        let [(_, timestamp), (_, authorization)] =
            Signer::new(&key()).sign(PATH, &body, at).headers();
        Self { body, timestamp, authorization }
    }

    /// The headers as a server has them.
    ///
    /// # Panics
    ///
    /// Never: the values are printable.
    #[must_use]
    pub fn header_map(&self) -> HeaderMap {
        let value = |text: &str| HeaderValue::from_str(text).expect("printable ASCII");
        let (timestamp, authorization) = (value(&self.timestamp), value(&self.authorization));
        let content_type = HeaderValue::from_static("application/json");
        HeaderMap::from_iter([
            (HeaderName::from_static("x-tc-timestamp"), timestamp),
            (AUTHORIZATION, authorization),
            (CONTENT_TYPE, content_type),
        ])
    }

    /// What the core is told of the request.
    #[must_use]
    pub fn head(&self) -> RequestHead<'_> {
        RequestHead::new(PATH)
            .timestamp(self.timestamp.as_bytes())
            .authorization(self.authorization.as_bytes())
            .content_length(self.body.len() as u64)
    }
}

/// The key as the verifiers take it.
///
/// # Panics
///
/// Never: the text is not empty.
#[must_use]
pub fn key() -> SecurityKey {
    SecurityKey::new(KEY).expect("the sample key is not empty")
}

/// A verifier with `others` keys before the one that signs.
///
/// # Panics
///
/// Never: the settings are right.
#[must_use]
pub fn verifier(others: usize) -> Verifier {
    let mut builder = Verifier::builder().body_limit(64 * 1024 * 1024);
    for number in 0..others {
        let other = SecurityKey::new(format!("another key {number}")).expect("not empty");
        builder = builder.labeled_key(format!("other-{number}"), other);
    }
    builder.labeled_key("signs", key()).build().expect("settings that can be had")
}
