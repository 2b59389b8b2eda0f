//! The short form of the soak, as a test.

// The soak reads /proc.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
#[ignore = "takes 20 seconds: cargo test -p online-contact-soak -- --ignored"]
fn the_server_stands() {
    let soak = Command::new(env!("CARGO_BIN_EXE_online-contact-soak"))
        .arg("--short")
        .output()
        .expect("the program is built");
    let report = String::from_utf8_lossy(&soak.stdout);
    let progress = String::from_utf8_lossy(&soak.stderr);
    assert!(soak.status.success(), "{report}\n{progress}");
    assert_eq!(report.matches("\npass  ").count(), 8, "{report}");
}

#[test]
fn an_unknown_argument_is_named() {
    let soak = Command::new(env!("CARGO_BIN_EXE_online-contact-soak"))
        .arg("--sort")
        .output()
        .expect("the program is built");
    assert_eq!(soak.status.code(), Some(1));
    let error = String::from_utf8_lossy(&soak.stderr);
    assert_eq!(error, "error: unknown arguments [\"--sort\"]: expected none or --short\n");
}
