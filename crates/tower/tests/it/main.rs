//! Tests of the crate, by module. A test named `row_NN_…` holds that row of the protocol's table.
// Clippy allows this in tests, but not in the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod body;
mod cost;
mod drain;
mod envelope;
mod layers;
mod log;
#[cfg(feature = "axum")]
mod lookup;
mod readiness;
#[cfg(feature = "axum")]
mod recipe;
mod rejection;
mod request;
#[cfg(feature = "axum")]
mod routing;
mod rows;
mod sign;
mod support;
mod tonic;
mod wire;
