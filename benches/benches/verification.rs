//! Single scenarios on criterion: `cargo bench -p online-contact-benches --bench verification -- axum`.
#![allow(missing_docs)]

use std::time::Duration;

use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use http::StatusCode;
use online_contact_benches::sample::Sample;
use online_contact_benches::scenario::Scenario;
use online_contact_benches::scenarios::{actix, axum, core, frames};

const SIZES: [usize; 3] = [41, 1024, 65_536];

fn add(group: &mut BenchmarkGroup<'_, WallTime>, mut scenario: Scenario) {
    let name = scenario.name().to_owned();
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            // In batches, so that a long run does not hold all its requests at once.
            let mut left = usize::try_from(iterations).unwrap_or(usize::MAX);
            let mut time = Duration::ZERO;
            while left > 0 {
                let size = left.min(1024);
                time += scenario.batch(size);
                left -= size;
            }
            time
        });
    });
}

fn on_core(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("core");
    for bytes in SIZES {
        add(&mut group, core::bare_mac(bytes));
        add(&mut group, core::ours(bytes, 0));
        add(&mut group, core::standard_webhooks(bytes));
    }
    for others in [1, 3] {
        add(&mut group, core::ours(65_536, others));
    }
}

fn on_axum(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("axum");
    let ok = StatusCode::OK;
    for bytes in SIZES {
        let (sample, github) = (Sample::of(bytes), Sample::github(bytes));
        let mut route = |name, router, sample: &Sample| {
            add(&mut group, axum::scenario(name, router, sample.clone(), ok));
        };
        route("bare", axum::bare(), &sample);
        route("a layer that does nothing", axum::idle_layer(), &sample);
        route("VerifyLayer", axum::layered(), &sample);
        route("from_fn by hand", axum::by_hand(), &sample);
        route("tower-github-webhook", axum::github_webhook(), &github);
        add(&mut group, axum::scenario("webhook-verify", axum::webhook_verify(), github, ok));
    }
    let rejected = StatusCode::BAD_REQUEST;
    add(&mut group, axum::scenario("rejected", axum::layered(), Sample::expired(41), rejected));
}

fn on_actix_web(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("actix-web");
    for bytes in SIZES {
        let (sample, github) = (Sample::of(bytes), Sample::github(bytes));
        add(&mut group, actix::scenario("bare", actix::bare, sample.clone()));
        add(&mut group, actix::scenario("Verify", actix::wrapped, sample.clone()));
        add(&mut group, actix::scenario("from_fn by hand", actix::by_hand, sample.clone()));
        add(&mut group, actix::scenario("RequestSignature", actix::request_signature, sample));
        add(&mut group, actix::scenario("webhook-verify", actix::webhook_verify, github));
    }
}

fn in_frames(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frames");
    for count in [1, 1_000] {
        add(&mut group, frames::scenario(1 << 20, count));
    }
}

criterion_group!(benches, on_core, on_axum, on_actix_web, in_frames);
criterion_main!(benches);
