//! `online-contact explain`, through the built program.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod captures;
mod cases;
mod curl;
mod draft;
mod effort;
mod field;
mod mistakes;
mod texts;
mod vectors;
