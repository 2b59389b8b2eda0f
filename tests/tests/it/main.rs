//! The tests of the workspace as a whole. Those of secrecy are a program of their own, because they
//! capture the log events of the whole process.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod conformance;
mod envelope;
mod faults;
mod openapi;
mod pages;
mod rotation;
mod vectors;
