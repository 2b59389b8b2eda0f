//! `online-contact doctor` against honest servers and servers with one fault each.
//!
//! The servers verify by themselves, without the library.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod answer;
mod endpoints;
mod fault;
mod faults;
mod health;
mod mac;
mod rejection;
mod reports;
mod server;
mod settings;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod verify;
