//! The guard against real Redis servers, which each test starts, breaks and stops by itself.
//!
//! Without `redis-server` they are skipped and say so, unless `OC_REQUIRE_REDIS=1` requires them.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod claims;
#[cfg(feature = "cluster")]
mod cluster;
mod config;
mod discretion;
mod faults;
mod lost_answers;
mod proxy;
mod requests;
#[cfg(feature = "sentinel")]
mod sentinel;
mod server;
mod silence;
#[cfg(feature = "tls-rustls")]
mod tls;
