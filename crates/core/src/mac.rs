//! HMAC-SHA256 (RFC 2104) under several keys at once, over the compression function of `sha2`.
//!
//! Every key sees the same bytes, so one block buffer and one length serve them all, and a key costs a
//! request the 32 bytes of its chaining state. `Hmac<Sha256>` keeps a buffer and both states for each
//! key, and takes twice as long for a lookup of 41 bytes; the tests hold this to it for all lengths,
//! cuts and keys.

use std::iter;

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A MAC: 32 bytes.
pub(crate) type Tag = [u8; 32];

type State = [u32; 8];
type Block = [u8; BLOCK];

const BLOCK: usize = 64;

/// Up to this many keys, and the first one, are hashed without a heap allocation.
const OTHER_KEYS: usize = 3;

/// How SHA-256 begins (FIPS 180-4, 5.3.3).
const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// A key made ready: its two padded blocks are hashed once, here, and not for each request.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct MacKey {
    inner: State,
    outer: State,
}

impl MacKey {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut padded = [0; BLOCK];
        match padded.get_mut(..key.len()) {
            Some(start) => start.copy_from_slice(key),
            // A key longer than a block is hashed first.
            None => padded[..32].copy_from_slice(&Sha256::digest(key)),
        }
        let prepared = Self { inner: after(&padded, 0x36), outer: after(&padded, 0x5c) };
        padded.zeroize();
        prepared
    }
}

/// The state behind the key's block, masked.
fn after(key: &Block, mask: u8) -> State {
    let mut block = key.map(|byte| byte ^ mask);
    let mut state = INITIAL;
    compress256(&mut state, &[block]);
    block.zeroize();
    state
}

/// A message on its way through one MAC per key.
#[derive(Clone)]
pub(crate) struct MacStream {
    /// Behind each key's block and all whole blocks of the message.
    states: States,
    /// The beginning of the next block, and zeros.
    block: Block,
    /// How long the message is.
    length: u64,
}

impl MacStream {
    #[inline]
    pub(crate) fn new<'a>(keys: impl Iterator<Item = &'a MacKey>) -> Self {
        Self { states: States::new(keys), block: [0; BLOCK], length: 0 }
    }

    /// How many bytes of the next block are there.
    fn filled(&self) -> usize {
        // Less than a block, so nothing is cut off.
        usize::try_from(self.length % BLOCK as u64).unwrap_or_default()
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let filled = self.filled();
        self.length += bytes.len() as u64;
        let (_, room) = self.block.split_at_mut(filled);
        let Some((start, rest)) = bytes.split_at_checked(room.len()) else {
            let (place, _) = room.split_at_mut(bytes.len());
            place.copy_from_slice(bytes);
            return;
        };
        let (blocks, rest) = if filled == 0 {
            bytes.as_chunks()
        } else {
            room.copy_from_slice(start);
            self.states.compress(&[self.block]);
            self.block = [0; BLOCK];
            rest.as_chunks()
        };
        self.states.compress(blocks);
        let (place, _) = self.block.split_at_mut(rest.len());
        place.copy_from_slice(rest);
    }

    /// The tags, in the order of the keys, which are those of the beginning.
    pub(crate) fn finish<'a>(
        &mut self,
        keys: impl Iterator<Item = &'a MacKey>,
    ) -> impl Iterator<Item = Tag> {
        self.pad();
        self.states.iter().zip(keys).map(|(inner, key)| {
            let mut outer = key.outer;
            compress256(&mut outer, &[last_outer_block(inner)]);
            to_bytes(&outer)
        })
    }

    /// The end of the inner message: a one, zeros, and the length with the key's block, in bits.
    fn pad(&mut self) {
        let filled = self.filled();
        let (_, room) = self.block.split_at_mut(filled);
        if let Some(next) = room.first_mut() {
            *next = 0x80;
        }
        if room.len() <= LENGTH {
            self.states.compress(&[self.block]);
            self.block = [0; BLOCK];
        }
        let bits = (self.length + BLOCK as u64) * 8;
        self.block[BLOCK - LENGTH..].copy_from_slice(&bits.to_be_bytes());
        self.states.compress(&[self.block]);
    }
}

/// One state for each key. Nearly always there is one key, and its state is ready without a loop.
#[derive(Clone)]
struct States {
    first: State,
    others: SmallVec<[State; OTHER_KEYS]>,
}

impl States {
    #[inline]
    fn new<'a>(keys: impl Iterator<Item = &'a MacKey>) -> Self {
        let mut rest = keys.map(|key| key.inner);
        // A ring is never empty; if it were, there would be no key to finish with, and so no tag.
        let first = rest.next().unwrap_or_default();
        let mut states = Self { first, others: SmallVec::new() };
        states.others.extend(rest);
        states
    }

    fn iter(&self) -> impl Iterator<Item = &State> {
        iter::once(&self.first).chain(&self.others)
    }

    /// Several keys take turns block by block: within one hash each step waits for the last one, and a
    /// core fills the time with the next hash. Two keys so take half as long again as one, not twice as
    /// long.
    #[inline]
    fn compress(&mut self, blocks: &[Block]) {
        if self.others.is_empty() {
            return compress256(&mut self.first, blocks);
        }
        for block in blocks.chunks(1) {
            compress256(&mut self.first, block);
            for state in &mut self.others {
                compress256(state, block);
            }
        }
    }
}

/// So many bytes at the end of the last block tell the length.
const LENGTH: usize = 8;

/// The outer message is always the inner hash, so its one block is known but for that.
fn last_outer_block(inner: &State) -> Block {
    // A block of the key and the hash.
    const BITS: u16 = (64 + 32) * 8;
    let mut block = [0; BLOCK];
    block[..32].copy_from_slice(&to_bytes(inner));
    block[32] = 0x80;
    block[BLOCK - 2..].copy_from_slice(&BITS.to_be_bytes());
    block
}

fn to_bytes(state: &State) -> Tag {
    let mut bytes = Tag::default();
    bytes.copy_from_slice(state.map(u32::to_be_bytes).as_flattened());
    bytes
}

/// Whether two tags are one, in a time that does not tell where they differ.
pub(crate) fn equal(ours: &Tag, theirs: &Tag) -> Choice {
    // By words: `subtle` keeps the optimiser out once for each value that it compares.
    let pairs = ours.as_chunks().0.iter().zip(theirs.as_chunks().0);
    let differences = pairs.map(|(x, y)| u64::from_ne_bytes(*x) ^ u64::from_ne_bytes(*y));
    differences.fold(0, |all, difference| all | difference).ct_eq(&0)
}

impl Drop for States {
    fn drop(&mut self) {
        // Before the first whole block they are the keys'.
        self.first.zeroize();
        for state in &mut self.others {
            state.zeroize();
        }
    }
}
