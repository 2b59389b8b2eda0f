//! The lookup on actix-web, as a router and as a program.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

#[path = "../../../shared/tests/support/doctor.rs"]
mod doctor;
mod lookups;
mod program;
