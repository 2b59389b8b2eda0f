//! Chance for measurements, and not for secrets.

use std::hash::{BuildHasher, Hasher, RandomState};

/// The generator `SplitMix64`.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Other dice each time.
    #[must_use]
    pub fn fresh() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    /// The same dice for the same seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 bits.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
