//! What the program does from its start to its end.

example_shared::program_tests!(env!("CARGO_BIN_EXE_example-actix-lookup"));

/// As the command line sees it.
#[test]
fn the_doctor_finds_nothing() {
    crate::doctor::finds_nothing(env!("CARGO_BIN_EXE_example-actix-lookup"));
}
