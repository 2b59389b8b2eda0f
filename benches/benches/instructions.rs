//! Instruction counts under callgrind, with limits about 5 % above the counts of Rust 1.95 on `x86_64`. Valgrind
//! has no SHA instructions, so each block of SHA-256 counts about 3,300: compare the differences.
//!
//! `.ci/instructions` installs the runner and runs this.
#![allow(missing_docs, clippy::expect_used)]

use gungraun::{
    Callgrind, EntryPoint, EventKind, LibraryBenchmarkConfig, library_benchmark,
    library_benchmark_group, main,
};
use http::StatusCode;
use online_contact_benches::sample::Sample;
use online_contact_benches::scenario::Scenario;
use online_contact_benches::scenarios::{actix, axum, core};

/// Requests in one count.
const REQUESTS: usize = 200;

/// Fails above this number of instructions for one request.
fn limit(instructions: u64) -> LibraryBenchmarkConfig {
    let requests = u64::try_from(REQUESTS).expect("a small number");
    let mut callgrind = Callgrind::default();
    callgrind
        .entry_point(EntryPoint::Custom("*scenario*measured*".into()))
        .hard_limits([(EventKind::Ir, instructions * requests)]);
    LibraryBenchmarkConfig::default().tool(callgrind).clone()
}

fn layered() -> Scenario {
    axum::scenario("VerifyLayer", axum::layered(), Sample::of(41), StatusCode::OK)
}

fn rejected() -> Scenario {
    axum::scenario("rejected", axum::layered(), Sample::expired(41), StatusCode::BAD_REQUEST)
}

fn wrapped() -> Scenario {
    actix::scenario("Verify", actix::wrapped, Sample::of(41))
}

#[library_benchmark]
#[bench::mac_41_bytes(args = (41), setup = core::bare_mac, config = limit(8_800))]
#[bench::core_41_bytes(args = (41, 0), setup = core::ours, config = limit(11_400))]
#[bench::core_1_kib(args = (1024, 0), setup = core::ours, config = limit(73_000))]
#[bench::core_4_keys(args = (41, 3), setup = core::ours, config = limit(38_000))]
#[bench::axum_verify_layer(setup = layered, config = limit(25_600))]
#[bench::axum_rejected(setup = rejected, config = limit(17_500))]
#[bench::actix_verify(setup = wrapped, config = limit(22_000))]
fn requests(mut scenario: Scenario) {
    scenario.batch(REQUESTS);
}

library_benchmark_group!(name = group, benchmarks = requests);
main!(library_benchmark_groups = group);
