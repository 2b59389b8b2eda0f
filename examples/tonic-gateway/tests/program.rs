//! What the program does from its start to its end.

example_shared::program_tests!(env!("CARGO_BIN_EXE_example-tonic-gateway"));
