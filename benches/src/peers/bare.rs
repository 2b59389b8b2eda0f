//! The MAC and the hash alone: the lower bound of every verifier.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::sample::KEY;

/// Returns HMAC-SHA256 with a prepared key.
///
/// # Panics
///
/// Never: HMAC takes keys of any length.
#[must_use]
pub fn keyed() -> Hmac<Sha256> {
    Hmac::new_from_slice(KEY.as_bytes()).expect("HMAC takes keys of any length")
}

/// Returns the MAC of a body and a timestamp.
#[must_use]
pub fn mac(keyed: &Hmac<Sha256>, body: &Bytes, timestamp: &str) -> [u8; 32] {
    let mut mac = keyed.clone();
    mac.update(body);
    mac.update(timestamp.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Returns the hash of a body.
#[must_use]
pub fn sha256(body: &Bytes) -> [u8; 32] {
    Sha256::digest(body).into()
}
