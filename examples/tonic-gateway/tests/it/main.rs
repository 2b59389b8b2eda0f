//! The gateway, as a router and as a program.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod backend;
#[path = "../../../shared/tests/support/doctor.rs"]
mod doctor;
mod grpc;
mod lookups;
mod program;
mod shapes;
mod status;
mod support;
