//! Every case against every adapter.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;

use online_contact::Reason;
use online_contact_tests::adapters::{Adapter, EnvoyAdapter};
use online_contact_tests::{Matrix, REJECTIONS, Runner, adapters, cases, envoy};

#[test]
fn every_adapter_gives_the_same_verdict() {
    let cases = cases::all().expect("the table");
    let envoy = envoy::program().expect("Envoy").map(EnvoyAdapter::new);
    if envoy.is_none() {
        writeln!(io::stdout(), "no Envoy found: its column is left out").expect("stdout");
    }
    let envoy = envoy.as_ref().map(|envoy| envoy as &dyn Adapter);
    let adapters: Vec<_> = adapters::ALL.iter().copied().chain(envoy).collect();
    let matrix = Matrix::of(Runner::default(), &cases, &adapters);
    // Cargo's folder for tests is target/tmp, wherever target is.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../conformance");
    let file = matrix.write(&folder).expect("the target folder");
    // Past the test runner, which keeps what `println!` says of a green test to itself.
    writeln!(io::stdout(), "\n{matrix}\nwritten to {}", file.display()).expect("stdout");
    let red = matrix.red();
    assert!(red.is_empty(), "{} red:\n{}", red.len(), red.join("\n"));
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for case in cases::all().expect("the table") {
        assert!(names.insert(case.name.clone()), "two cases are called {:?}", case.name);
    }
}

/// A reason that the core learns to give must come into the table.
#[test]
fn every_reason_has_a_case() {
    let cases = cases::all().expect("the table");
    let verdicts: BTreeSet<_> =
        cases.iter().flat_map(|case| &case.expect).map(|expect| expect.verdict).collect();
    for rejection in REJECTIONS {
        assert!(verdicts.contains(rejection.reason), "no case is rejected as {}", rejection.reason);
    }
    let unreachable = [
        "key_source_unavailable", // keys come from a fixed ring
        "overloaded",             // there is no budget for buffers
        "replayed",               // there is no replay guard
        "replay_guard_unavailable",
    ];
    for reason in Reason::ALL {
        let name = reason.as_str();
        assert_ne!(
            verdicts.contains(name),
            unreachable.contains(&name),
            "{name}: either it has a case or it can't be reached yet"
        );
    }
}
