//! The same scenarios as the comparison, for `cargo bench -p online-contact-benches`.
#![allow(missing_docs)]

use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use http::StatusCode;
use online_contact_benches::sample::Sample;
use online_contact_benches::scenario::Scenario;
use online_contact_benches::scenarios::{actix, axum, core, frames};

fn add(group: &mut BenchmarkGroup<'_, WallTime>, mut scenario: Scenario) {
    let name = scenario.name().to_owned();
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            // In batches, so that a long run does not hold all its requests at once.
            let mut left = usize::try_from(iterations).unwrap_or(usize::MAX);
            let mut time = std::time::Duration::ZERO;
            while left > 0 {
                let size = left.min(1024);
                time += scenario.batch(size);
                left -= size;
            }
            time
        });
    });
}

fn in_the_core(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("core");
    for bytes in [41, 1024, 65_536, 1 << 20] {
        add(&mut group, core::bare_mac(bytes));
        add(&mut group, core::ours(bytes, 0));
    }
    for bytes in [41, 65_536] {
        add(&mut group, core::standard_webhooks(bytes));
    }
    for others in [1, 3] {
        add(&mut group, core::ours(65_536, others));
    }
}

fn on_axum(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("axum");
    let ok = StatusCode::OK;
    for bytes in [41, 65_536] {
        let sample = || Sample::sized(bytes);
        add(&mut group, axum::scenario("bare", axum::bare(), sample(), ok));
        add(&mut group, axum::scenario("idle layer", axum::idle_layer(), sample(), ok));
        add(&mut group, axum::scenario("VerifyLayer", axum::layered(), sample(), ok));
        add(&mut group, axum::scenario("by hand", axum::by_hand(), sample(), ok));
    }
    let expired = Sample::expired(Sample::lookup().body);
    let rejected = StatusCode::BAD_REQUEST;
    add(&mut group, axum::scenario("rejected", axum::layered(), expired, rejected));
}

fn on_actix_web(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("actix-web");
    add(&mut group, actix::bare_resource(Sample::lookup()));
    add(&mut group, actix::wrapped(Sample::lookup()));
    add(&mut group, actix::by_hand(Sample::lookup()));
    add(&mut group, actix::extractor(Sample::lookup()));
}

fn in_frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frames");
    for count in [1, 1_000, 2_000] {
        add(&mut group, frames::scenario(1 << 20, count));
    }
}

criterion_group!(benches, in_the_core, on_axum, on_actix_web, in_frames);
criterion_main!(benches);
