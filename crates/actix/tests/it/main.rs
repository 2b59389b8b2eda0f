//! Tests of the crate, by module. A test named `row_NN_…` holds that row of the protocol's table.
// Clippy allows this in tests, but not in the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod envelope;
mod extractors;
mod lookup;
mod recipe;
mod routes;
mod rows;
mod support;
mod wire;
