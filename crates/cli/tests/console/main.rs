//! `online-contact console`: over plain sockets, and in a real browser.
//!
//! Without `chromedriver` the browser's part is skipped with a line that says so;
//! `OC_REQUIRE_BROWSER=1` makes that a failure.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod browser;
mod door;
mod foreign;
mod lookups;
mod page;
mod program;
mod screenshot;
mod server;
mod settings;
mod start;
#[path = "../support/mod.rs"]
mod support;
mod wire;
