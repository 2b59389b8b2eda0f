//! A route of axum in process: bare, and behind verifiers.

use std::fmt::Debug;
use std::hint::black_box;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::error_handling::HandleErrorLayer;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, Request, Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use http_body_util::{BodyExt as _, Collected, Full};
use online_contact_tower::{Verify, VerifyLayer};
use tower::{BoxError, Layer as _, ServiceBuilder, ServiceExt as _};
use tower_github_webhook::ValidateGitHubWebhookLayer;
use webhook_verify::{Provider, Secret};

use crate::peers::{axum_by_hand, bare as mac};
use crate::sample::{KEY, PATH, Sample, verifier};
use crate::scenario::Scenario;

/// The response of the handler.
const RESPONSE: &[u8] = br#"{"data":{"userName":"test","id":"testId"}}"#;

async fn lookup(body: Body) -> ([(HeaderName, &'static str); 1], Bytes) {
    black_box(body.collect().await.map(Collected::to_bytes)).ok();
    ([(CONTENT_TYPE, "application/json;charset=UTF-8")], Bytes::from_static(RESPONSE))
}

/// The bare route.
pub fn bare() -> Router {
    Router::new().route(PATH, post(lookup))
}

/// The route behind `VerifyLayer`.
pub fn layered() -> Router {
    bare().route_layer(VerifyLayer::new(verifier(0)))
}

/// The router behind `VerifyLayer`, at the place that the layer of `webhook-verify` needs.
#[must_use]
pub fn router_layered() -> Verify<Router> {
    VerifyLayer::new(verifier(0)).layer(bare())
}

/// The route behind a layer that does nothing: the cost of any layer in axum.
pub fn idle_layer() -> Router {
    bare().route_layer(tower::layer::layer_fn(|inner| Idle { inner }))
}

/// The route behind a verifier by hand.
pub fn by_hand() -> Router {
    let settings = axum_by_hand::Settings { keyed: Arc::new(mac::keyed()) };
    bare().route_layer(from_fn_with_state(settings, axum_by_hand::verify))
}

/// The router behind the layer of `webhook-verify`, in GitHub's scheme. The layer is not `Clone` with axum's
/// body, so it stands around the router.
pub fn webhook_verify() -> webhook_verify::tower::VerifyMiddleware<Router, Body> {
    webhook_verify::tower::VerifyLayer::new(Provider::GitHub, Secret::new(KEY)).layer(bare())
}

/// The same as a router that can be served.
pub fn webhook_verify_served() -> Router {
    let failed = |_: BoxError| async { StatusCode::INTERNAL_SERVER_ERROR };
    let layer =
        webhook_verify::tower::VerifyLayer::<Bytes>::new(Provider::GitHub, Secret::new(KEY));
    let layer = ServiceBuilder::new().layer(HandleErrorLayer::new(failed)).layer(layer);
    bare().route_layer(layer.map_request(|request: Request<Bytes>| request.map(Body::from)))
}

/// The route behind the layer of `tower-github-webhook`.
pub fn github_webhook() -> Router {
    let into_axum = |request: Request<Full<Bytes>>| request.map(Body::new);
    let layer = ServiceBuilder::new().layer(ValidateGitHubWebhookLayer::new(KEY));
    bare().route_layer(layer.map_request(into_axum))
}

/// Builds a request as hyper passes it to axum.
///
/// # Panics
///
/// Never: the parts are valid.
#[must_use]
pub fn request(sample: &Sample) -> Request<Body> {
    let mut request = Request::post(PATH).header(CONTENT_TYPE, "application/json");
    for (name, value) in &sample.headers {
        request = request.header(*name, value);
    }
    request.body(Body::from(sample.body.clone())).expect("a request of valid parts")
}

/// A service and a request, which must get this status.
///
/// # Panics
///
/// If a response has another status.
#[must_use]
pub fn scenario<S, R>(name: &str, mut service: S, sample: Sample, status: StatusCode) -> Scenario
where
    S: tower::Service<Request<Body>, Response = Response<R>, Error: Debug> + 'static,
    R: http_body::Body,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let name = format!("{name}, {} B", sample.body.len());
    let run = move |requests: Vec<Request<Body>>| {
        runtime.block_on(async {
            for request in requests {
                let service = service.ready().await.expect("a ready service");
                let response = service.call(request).await.expect("a response");
                assert_eq!(response.status(), status);
                black_box(response.into_body().collect().await.map(Collected::to_bytes)).ok();
            }
        });
    };
    Scenario::new(name, move || request(&sample), run)
}

/// A service that does nothing but call another.
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
