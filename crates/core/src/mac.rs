//! HMAC-SHA256 under several keys at once.
//!
//! Every key sees the same bytes, so one block buffer serves them all and a key costs no more than
//! its 80 bytes of chaining state. This is why the block-level interface of `hmac` is used here and
//! not `Hmac<Sha256>`.

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use sha2::Sha256;
use smallvec::SmallVec;

/// A MAC: 32 bytes.
pub(crate) type Tag = [u8; 32];

/// Up to this many keys are hashed without a heap allocation.
const INLINE_KEYS: usize = 4;

/// A key made ready: its two padded blocks are hashed once, here, and not for each request.
#[derive(Clone)]
pub(crate) struct MacKey(HmacCore<Sha256>);

impl MacKey {
    pub(crate) fn new(key: &[u8]) -> Self {
        // HMAC takes keys of any length: a longer one is hashed, a shorter one padded. The error
        // branch does not exist in `hmac`, and an empty key is kept out by `SecurityKey`.
        Self(HmacCore::new_from_slice(key).unwrap_or_else(|_| HmacCore::new(&Default::default())))
    }
}

/// A message on its way through one MAC per key.
#[derive(Clone)]
pub(crate) struct MacStream {
    buffer: Buffer<HmacCore<Sha256>>,
    states: SmallVec<[HmacCore<Sha256>; INLINE_KEYS]>,
}

impl MacStream {
    pub(crate) fn new<'a>(keys: impl Iterator<Item = &'a MacKey>) -> Self {
        Self {
            buffer: Buffer::<HmacCore<Sha256>>::default(),
            states: keys.map(|key| key.0.clone()).collect(),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let states = &mut self.states;
        self.buffer.digest_blocks(bytes, |blocks| {
            for state in states.iter_mut() {
                state.update_blocks(blocks);
            }
        });
    }

    /// The tags, in the order of the keys.
    pub(crate) fn finish(self) -> impl Iterator<Item = Tag> {
        let Self { buffer, states } = self;
        states.into_iter().map(move |mut state| {
            let mut tag = Default::default();
            state.finalize_fixed_core(&mut buffer.clone(), &mut tag);
            tag.into()
        })
    }
}
