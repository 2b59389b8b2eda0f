//! HMAC-SHA256 (RFC 2104) under several keys at once, by the crate `hmac`.

use hmac::block_api::HmacCore;
use hmac::digest::CtOutput;
use hmac::digest::block_api::{Buffer, FixedOutputCore as _, UpdateCore as _};
use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use smallvec::SmallVec;

use crate::verify::signature::Signature;

/// A key prepared for HMAC: its padded blocks are hashed once, not for each request.
#[derive(Clone)]
pub(crate) struct MacKey(HmacCore<Sha256>);

impl MacKey {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(keyed(key))
    }
}

/// Prepares a key for HMAC.
pub(crate) fn keyed<M: KeyInit>(key: &[u8]) -> M {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    M::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// The MACs of one message, one for each key.
///
/// Up to two keys need no heap allocation. The keys share one block buffer and stay where they are built: two
/// `Hmac`, each with a buffer of its own, cost 0.8 times a MAC more for each request, because they are moved.
#[derive(Default)]
pub(crate) struct Macs {
    keyed: SmallVec<[HmacCore<Sha256>; 2]>,
    buffer: Buffer<HmacCore<Sha256>>,
}

impl Macs {
    pub(crate) fn begin<'a>(&mut self, keys: impl Iterator<Item = &'a MacKey>) {
        self.keyed.extend(keys.map(|key| key.0.clone()));
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let Self { keyed, buffer } = self;
        buffer.digest_blocks(bytes, |blocks| {
            for core in &mut *keyed {
                core.update_blocks(blocks);
            }
        });
    }

    /// Returns the index of the key that made the signature.
    ///
    /// Every key is tried, and each comparison takes the same time wherever the bytes differ.
    pub(crate) fn verify(&mut self, signature: &Signature) -> Option<usize> {
        let mut matched = None;
        for (index, core) in self.keyed.iter_mut().enumerate() {
            let mut mac = [0; 32];
            core.finalize_fixed_core(&mut self.buffer.clone(), (&mut mac).into());
            let mac = CtOutput::<Hmac<Sha256>>::new(mac.into());
            if mac == CtOutput::new(signature.0.into()) {
                matched = Some(index);
            }
        }
        matched
    }
}
