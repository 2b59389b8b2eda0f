//! A route of axum in process: bare, behind `VerifyLayer`, behind a verifier by hand.

use std::hint::black_box;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderName, Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use http_body_util::BodyExt as _;
use online_contact_tower::VerifyLayer;
use tower::Service as _;

use crate::peers::{axum_hand, bare};
use crate::sample::{PATH, Sample, verifier};
use crate::scenario::Scenario;

/// What the handler answers.
const ANSWER: &[u8] = br#"{"data":{"userName":"test","id":"testId"}}"#;

async fn lookup(body: Body) -> ([(HeaderName, &'static str); 1], Bytes) {
    black_box(body.collect().await.map(http_body_util::Collected::to_bytes)).ok();
    ([(CONTENT_TYPE, "application/json;charset=UTF-8")], Bytes::from_static(ANSWER))
}

/// Just the route.
pub fn bare() -> Router {
    Router::new().route(PATH, post(lookup))
}

/// The route behind the layer.
pub fn layered() -> Router {
    let verify = VerifyLayer::new(verifier(0));
    Router::new().route(PATH, post(lookup)).route_layer(verify)
}

/// The route behind a layer that does nothing: what axum itself asks for any layer.
pub fn idle_layer() -> Router {
    let idle = tower::layer::layer_fn(|inner| Idle { inner });
    Router::new().route(PATH, post(lookup)).route_layer(idle)
}

/// The route behind the verifier by hand.
pub fn by_hand() -> Router {
    let settings = axum_hand::Settings { keyed: Arc::new(bare::keyed()) };
    let verify = from_fn_with_state(settings, axum_hand::verify);
    Router::new().route(PATH, post(lookup)).route_layer(verify)
}

/// A request as hyper would hand it to axum.
///
/// # Panics
///
/// Never: the parts are right.
#[must_use]
pub fn request(sample: &Sample) -> Request<Body> {
    Request::post(PATH)
        .header(CONTENT_TYPE, "application/json")
        .header("x-tc-timestamp", &sample.timestamp)
        .header(AUTHORIZATION, &sample.authorization)
        .body(Body::from(sample.body.clone()))
        .expect("a request of known parts")
}

/// The scenario of a router and a request: each must be answered with this status.
///
/// # Panics
///
/// If an answer has another status: then nothing is worth measuring.
#[must_use]
pub fn scenario(name: &str, router: Router, sample: Sample, status: StatusCode) -> Scenario {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut router: Router = router.with_state(());
    let name = format!("{name}, {} B", sample.body.len());
    let run = move |requests: Vec<Request<Body>>| {
        runtime.block_on(async {
            for request in requests {
                answered(&mut router, request, status).await;
            }
        });
    };
    Scenario::new(name, move || request(&sample), run)
}

/// One request, to the end of its answer.
///
/// # Panics
///
/// If the answer has another status.
pub async fn answered(router: &mut Router, request: Request<Body>, status: StatusCode) {
    let Ok(response) = router.as_service().call(request).await;
    assert_eq!(response.status(), status);
    black_box(response.into_body().collect().await.map(http_body_util::Collected::to_bytes)).ok();
}

/// A service that hands on what it gets.
#[derive(Clone, Debug)]
struct Idle<S> {
    inner: S,
}

impl<S: tower::Service<Request<Body>>> tower::Service<Request<Body>> for Idle<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        self.inner.call(request)
    }
}
