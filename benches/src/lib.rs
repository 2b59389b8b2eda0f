//! What the measurements share: the requests, the peers, and how two things are compared on a machine
//! whose speed drifts.

// What does not work is not worth measuring.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

pub mod alternate;
pub mod counts;
pub mod dice;
pub mod dudect;
#[cfg(feature = "comparison")]
pub mod loopback;
pub mod peers;
pub mod report;
pub mod row;
#[cfg(feature = "comparison")]
pub mod rows;
pub mod sample;
pub mod scenario;
pub mod scenarios;
pub mod welch;
