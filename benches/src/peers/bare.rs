//! The MAC and the hash by themselves: what no verifier can go below.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::sample::KEY;

/// HMAC-SHA256 with its key made ready, as the users of `hmac` have it.
///
/// # Panics
///
/// Never: HMAC takes keys of any length.
#[must_use]
pub fn keyed() -> Hmac<Sha256> {
    Hmac::new_from_slice(KEY.as_bytes()).expect("HMAC takes keys of any length")
}

/// The MAC of a body and a time.
#[must_use]
pub fn mac(keyed: &Hmac<Sha256>, body: &Bytes, timestamp: &str) -> [u8; 32] {
    let mut mac = keyed.clone();
    mac.update(body);
    mac.update(timestamp.as_bytes());
    mac.finalize().into_bytes().into()
}

/// The hash of a body.
#[must_use]
pub fn sha256(body: &Bytes) -> [u8; 32] {
    Sha256::digest(body).into()
}
