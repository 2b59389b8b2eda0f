//! Scenarios that measure verification beside its peers, and a harness that interleaves them.

// A measurement of something that fails is worthless, so the scenarios panic.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

pub mod chart;
pub mod counts;
pub mod interleave;
pub mod loopback;
pub mod peers;
pub mod report;
pub mod row;
pub mod rows;
pub mod sample;
pub mod scenario;
pub mod scenarios;
