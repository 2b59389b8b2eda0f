//! The command `online-contact`: the built program, real sockets and a real browser.
//!
//! Without `chromedriver` the tests in a browser are skipped and say so. `OC_REQUIRE_BROWSER=1` makes that a
//! failure.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;
mod console;
mod doctor;
mod explain;
mod listen;
mod send;
mod sign;

mod browser;
mod honest;
mod scripted;
mod support;
