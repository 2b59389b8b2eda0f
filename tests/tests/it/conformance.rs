//! Every case against every adapter.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use online_contact::Reason;
use online_contact_tests::adapters::{Adapter, EnvoyAdapter};
use online_contact_tests::{Matrix, REJECTIONS, Runner, adapters, cases, envoy};

/// All cells, which the first test runs for all.
static MATRIX: LazyLock<Matrix> = LazyLock::new(|| {
    let cases = cases::all().expect("the table");
    let envoy = envoy::program().expect("Envoy").map(EnvoyAdapter::new);
    // Written to stdout itself, because the test runner captures `println!`.
    if envoy.is_none() {
        writeln!(io::stdout(), "skipped: Envoy is not installed").expect("stdout");
    }
    let envoy = envoy.as_ref().map(|envoy| envoy as &dyn Adapter);
    let adapters: Vec<_> = adapters::ALL.iter().copied().chain(envoy).collect();
    let matrix = Matrix::of(Runner::default(), &cases, &adapters);
    // Cargo's folder for tests is target/tmp.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../conformance");
    let file = matrix.write(&folder).expect("the target folder");
    writeln!(io::stdout(), "\n{matrix}\nwritten to {}", file.display()).expect("stdout");
    matrix
});

/// Defines one test for each row of docs/protocol.md.
macro_rules! rows {
    ($($name:ident: $verdict:literal,)*) => {
        $(
            #[test]
            fn $name() {
                let matrix = MATRIX.with_verdict($verdict);
                assert!(matrix.green() > 0, "no case is {}", $verdict);
                assert_eq!(matrix.red(), [""; 0]);
            }
        )*
    };
}

rows! {
    accepted: "accepted",
    row_01_header_duplicated: "header_duplicated",
    row_02_timestamp_missing: "timestamp_missing",
    row_03_timestamp_not_numeric: "timestamp_not_numeric",
    row_04_timestamp_expired: "timestamp_expired",
    row_05_timestamp_in_future: "timestamp_in_future",
    row_06_authorization_missing: "authorization_missing",
    row_07_authorization_malformed: "authorization_malformed",
    row_08_key_source_unavailable: "key_source_unavailable",
    row_09_body_too_large: "body_too_large",
    row_10_overloaded: "overloaded",
    row_11_body_timeout: "body_timeout",
    row_12_body_unreadable: "body_unreadable",
    row_13_signature_mismatch: "signature_mismatch",
    row_14_replayed: "replayed",
    row_15_replay_guard_unavailable: "replay_guard_unavailable",
}

#[test]
fn every_cell_is_green() {
    assert_eq!(MATRIX.red(), [""; 0]);
}

#[test]
fn case_names_are_unique() {
    let mut names = BTreeSet::new();
    for case in cases::all().expect("the table") {
        assert!(names.insert(case.name.clone()), "two cases are called {:?}", case.name);
    }
}

/// A new reason of the core needs a case in the table, and its expected form in the order of the rows.
#[test]
fn every_reason_has_a_case() {
    let cases = cases::all().expect("the table");
    let verdicts: BTreeSet<_> =
        cases.iter().flat_map(|case| &case.expect).map(|expect| expect.verdict).collect();
    for reason in Reason::ALL {
        assert!(verdicts.contains(reason.as_str()), "no case is rejected as {reason}");
    }
    let names: Vec<_> = REJECTIONS.iter().map(|rejection| rejection.reason).collect();
    assert_eq!(names, Reason::ALL.iter().map(|reason| reason.as_str()).collect::<Vec<_>>());
}
