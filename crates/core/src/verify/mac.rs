//! HMAC-SHA256 (RFC 2104) under several keys at once, by the crate `hmac`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use smallvec::SmallVec;

use crate::verify::signature::Signature;

/// A key prepared for HMAC: its padded blocks are hashed once, not for each request.
#[derive(Clone)]
pub(crate) struct MacKey(Hmac<Sha256>);

impl MacKey {
    pub(crate) fn new(key: &[u8]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let keyed = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Self(keyed)
    }

    /// Starts the MAC of a message.
    pub(crate) fn begin(&self) -> Hmac<Sha256> {
        self.0.clone()
    }
}

/// The MACs of one message, one for each key. Up to two keys need no heap allocation.
pub(crate) struct Macs(SmallVec<[Hmac<Sha256>; 2]>);

impl Macs {
    pub(crate) fn begin<'a>(keys: impl Iterator<Item = &'a MacKey>) -> Self {
        Self(keys.map(MacKey::begin).collect())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for mac in &mut self.0 {
            mac.update(bytes);
        }
    }

    /// Returns the index of the key that made the signature.
    ///
    /// Every key is tried, and each comparison takes the same time wherever the bytes differ.
    pub(crate) fn verify(self, signature: &Signature) -> Option<usize> {
        let mut matched = None;
        for (index, mac) in self.0.into_iter().enumerate() {
            if mac.verify(&signature.0.into()).is_ok() {
                matched = Some(index);
            }
        }
        matched
    }
}
