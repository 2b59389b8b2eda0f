//! What the measurements share.

pub mod dice;
pub mod dudect;
pub mod welch;
