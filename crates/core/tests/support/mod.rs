//! What the tests share: one key, one moment, and requests that pass.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

pub(crate) mod logs;

use online_contact::{
    RequestHead, Scheme, SecurityKey, SignedHeaders, Signer, Timestamp, Verifier, VerifierBuilder,
};

pub(crate) const KEY: &str = "bf7769e5321448de88838cdb";
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);
pub(crate) const URI: &str = "/customer";
pub(crate) const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

/// The vendor's five minutes, in the protocol's unit.
pub(crate) const WINDOW_MS: i64 = 300_000;

pub(crate) fn key(text: &str) -> SecurityKey {
    SecurityKey::new(text).unwrap()
}

/// Has a key and a clock that stands still.
pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key(KEY)).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

pub(crate) fn signer() -> Signer {
    Signer::new(&key(KEY))
}

/// The two header values of a request, for as long as a [`RequestHead`] borrows them.
#[derive(Clone)]
pub(crate) struct Headers {
    pub(crate) timestamp: Vec<u8>,
    pub(crate) authorization: Vec<u8>,
}

impl Headers {
    /// Those of a request that passes at [`NOW`].
    pub(crate) fn signed(body: &[u8]) -> Self {
        Self::signed_at(NOW, body)
    }

    pub(crate) fn signed_at(at: Timestamp, body: &[u8]) -> Self {
        Self::from(signer().sign(URI, body, at))
    }

    pub(crate) fn head(&self) -> RequestHead<'_> {
        RequestHead::new(URI).timestamp(&self.timestamp).authorization(&self.authorization)
    }
}

impl From<SignedHeaders> for Headers {
    fn from(signed: SignedHeaders) -> Self {
        Self {
            timestamp: signed.timestamp().to_string().into_bytes(),
            authorization: signed.signature().to_base64().into_bytes(),
        }
    }
}

pub(crate) const SCHEMES: [Scheme; 2] = [Scheme::BodyTime, Scheme::UriBodyTime];
