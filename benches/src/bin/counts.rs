//! Prints the allocations of requests, as one line of JSON.

use std::task::{Context, Waker};

use allocation_counter::{AllocationInfo, measure};
use axum::Router;
use axum::http::StatusCode;
use online_contact_benches::counts::Counts;
use online_contact_benches::sample::{Sample, verifier};
use online_contact_benches::scenarios::{axum as routes, core, frames};
use online_contact_tower::VerifyLayer;
use tower::{Layer as _, Service as _};

fn main() -> Result<(), serde_json::Error> {
    let lookup = || Sample::of(41);
    let long = || Sample::of(65_536);
    let counts = Counts {
        core: (0..2).map(core_allocations).max().unwrap_or_default(),
        bare: one_request(routes::bare(), lookup()).count_total,
        idle: one_request(routes::idle_layer(), lookup()).count_total,
        layered: one_request(routes::layered(), lookup()).count_total,
        by_hand: one_request(routes::by_hand(), lookup()).count_total,
        bytes_of_long_body: one_request(routes::layered(), long())
            .bytes_total
            .saturating_sub(one_request(routes::idle_layer(), long()).bytes_total),
        waiting: waiting(),
    };
    println!("{}", serde_json::to_string(&counts)?);
    Ok(())
}

fn core_allocations(others: usize) -> u64 {
    let (verifier, sample) = (verifier(others), Sample::of(41));
    core::verify(&verifier, &sample);
    measure(|| core::verify(&verifier, &sample)).count_total
}

/// The difference of two batches, which excludes allocations that happen once.
fn one_request(router: Router, sample: Sample) -> AllocationInfo {
    let mut scenario = routes::scenario("counted", router, sample, StatusCode::OK);
    scenario.batch(4);
    let few = measure(|| _ = scenario.batch(10));
    let many = measure(|| _ = scenario.batch(20));
    AllocationInfo {
        count_total: many.count_total.saturating_sub(few.count_total) / 10,
        bytes_total: many.bytes_total.saturating_sub(few.bytes_total) / 10,
        ..AllocationInfo::default()
    }
}

/// The future of a request whose body has begun and not ended, and everything it holds.
fn waiting() -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let _inside = runtime.as_ref().map(tokio::runtime::Runtime::enter);
    let mut service = VerifyLayer::new(verifier(0)).layer(tower::service_fn(frames::drain));
    let request = frames::unfinished(&Sample::of(41));
    let mut waiting = None;
    let held = measure(|| {
        let future = waiting.insert(Box::pin(service.call(request)));
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending(), "the body has not ended");
    });
    u64::try_from(held.bytes_current).unwrap_or_default()
}
