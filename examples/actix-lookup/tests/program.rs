//! The program from its start to its end.

online_contact_test_kit::example_tests!(
    env!("CARGO_BIN_EXE_example-actix-lookup"),
    online_contact_cli::run
);
