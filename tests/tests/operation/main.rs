//! The book of operation says what the code does: no setting, feature, reason, variable or metric is
//! missing from it, none is made up, and the defaults are the real ones.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod book;
mod defaults;
mod edges;
mod events;
mod features;
mod front_pages;
mod metrics;
mod reasons;
mod settings;
