//! The program as the doctor of the command line sees it.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../shared/tests/support/doctor.rs"]
mod doctor;

#[test]
fn the_doctor_finds_nothing() {
    doctor::finds_nothing(env!("CARGO_BIN_EXE_example-actix-lookup"));
}
