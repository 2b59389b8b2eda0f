//! The behavior that all subcommands share, through the built program.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod generated;
mod help;
mod key;
mod output;
mod settings;
