//! The authorizer by itself, as a program, and behind a real Envoy.
//!
//! Without Envoy or Redis the tests that need one are skipped and say so, unless `OC_REQUIRE_ENVOY=1` or
//! `OC_REQUIRE_REDIS=1` requires them.
// Clippy allows this in tests, but not in the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![cfg(unix)]

mod checks;
mod gateway;
mod kit;
mod load;
mod program;
