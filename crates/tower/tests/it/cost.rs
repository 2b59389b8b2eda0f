//! The cost of a request in allocations and memory.

use std::convert::Infallible;
use std::pin::pin;

use allocation_counter::measure;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use online_contact_tower::{BufferedBody, VerifyLayer};
use tower::{Layer as _, Service as _, service_fn};

use crate::support::{BODY, full, poll, signed, stalled, verifier};

/// A server spawns the future, so its size counts, and everything that it allocates.
#[tokio::test]
async fn a_waiting_request_takes_at_most_1280_bytes_beyond_its_body() {
    let never_called =
        service_fn(|_| async { Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())) });
    let mut service = VerifyLayer::new(verifier()).layer(never_called);
    let mut held = || {
        let request = signed(BODY).body(stalled(&BODY[..20])).unwrap();
        let mut future = None;
        let called = measure(|| future = Some(service.call(request)));
        let mut future = pin!(future.unwrap());
        let polled = measure(|| assert!(poll(future.as_mut()).is_pending()));
        i64::try_from(size_of_val(&*future)).unwrap() + called.bytes_current + polled.bytes_current
            - 20
    };
    // The first one also sets up the thread.
    held();
    let held = held();
    assert!(held <= 1280, "{held} bytes");
}

/// The box of the request body, the box of the future, and the proof in the extensions.
#[tokio::test]
async fn a_verified_request_allocates_three_times() {
    let handler = service_fn(|request: Request<BufferedBody>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(request.into_body())))
    });
    let mut service = VerifyLayer::new(verifier()).layer(handler);
    let mut count = || {
        // As in a server, there are extensions already.
        let request = signed(BODY).extension(()).body(full(BODY)).unwrap();
        measure(|| assert!(poll(pin!(service.call(request))).is_ready())).count_total
    };
    // The first one also sets up the thread.
    count();
    assert_eq!(count(), 3);
}

/// axum clones the inner service, and converts the body of the request and that of the response.
#[cfg(feature = "axum")]
#[tokio::test]
async fn axum_allocates_three_times_more_for_a_layer_with_bodies_of_its_own() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::post;
    use tower::util::MapRequestLayer;

    let count = |mut app: Router| {
        let mut count = || {
            let request = signed(BODY).body(Body::from(BODY)).unwrap();
            measure(|| assert!(poll(pin!(app.call(request))).is_ready())).count_total
        };
        count();
        count()
    };
    let app = || Router::new().route(crate::support::URI, post(|body: Bytes| async { body }));
    let idle = count(app().layer(MapRequestLayer::new(|request: Request<Body>| request)));
    let layered = count(app().layer(VerifyLayer::new(verifier())));
    // One more with the features of axum that other crates of a workspace turn on.
    assert!((3 + 3..=3 + 4).contains(&(layered - idle)), "{layered} and {idle}");
}
