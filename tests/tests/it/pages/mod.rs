//! The pages in `docs/` agree with the code and with their translations.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod book;
mod claims;
mod events;
mod korean;
mod metrics;
mod reasons;
