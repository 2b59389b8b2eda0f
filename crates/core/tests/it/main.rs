//! The tests of the core, through its public API. Tests of a rule are named after its row in
//! `docs/protocol.md`.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod allocations;
mod budget;
mod builder;
mod envelope;
mod failures;
#[cfg(feature = "key-file")]
mod key_file;
mod keys;
mod lookup;
mod mac;
mod memory;
#[cfg(feature = "metrics")]
mod metrics;
mod order;
mod properties;
mod rejections;
mod replay;
mod rotation;
mod secrets;
#[cfg(feature = "cache")]
mod sources;
mod strings;
mod support;
mod verify;
