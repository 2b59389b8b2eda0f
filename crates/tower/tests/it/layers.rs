//! The layers among those of axum, tower-http and tower, in hyper, tonic and `lambda_http`. Most tests only
//! have to compile.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use online_contact::Verifier;
use online_contact_tower::{
    BufferedBody, EnvelopeBody, EnvelopeLayer, OnlineContactLayer, ResponseBody, VerifyLayer,
};
use tower::{Service, ServiceBuilder, ServiceExt as _};
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::support::{BODY, full, signed, verifier};

fn timeout() -> TimeoutLayer {
    let status = http::StatusCode::SERVICE_UNAVAILABLE;
    TimeoutLayer::with_status_code(status, std::time::Duration::from_secs(1))
}

async fn boxed_handler(
    _: Request<BufferedBody>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    Ok(Response::new(Full::new(Bytes::new()).boxed()))
}

/// Takes what hyper's server takes.
fn serves<S, B>(_: S)
where
    S: Service<Request<hyper::body::Incoming>, Response = Response<B>> + Clone,
{
}

/// hyper's examples respond with a `BoxBody`, which must be `Sync`.
#[test]
fn hyper_takes_a_boxed_body() {
    serves(
        ServiceBuilder::new()
            .map_response(|response: Response<ResponseBody<_>>| {
                response.map(http_body_util::BodyExt::boxed)
            })
            .layer(VerifyLayer::new(verifier()))
            .service_fn(boxed_handler),
    );
    serves(
        ServiceBuilder::new()
            .map_response(|response: Response<EnvelopeBody<_>>| {
                response.map(http_body_util::BodyExt::boxed)
            })
            .layer(OnlineContactLayer::new(verifier()))
            .service_fn(boxed_handler),
    );
}

/// These layers make a response body of their own by `Default`.
#[test]
fn hyper_takes_layers_that_need_a_default_body() {
    serves(
        ServiceBuilder::new()
            .layer(CorsLayer::permissive())
            .layer(timeout())
            .layer(ValidateRequestHeaderLayer::accept("application/json"))
            .layer(VerifyLayer::new(verifier()))
            .service_fn(boxed_handler),
    );
    serves(
        ServiceBuilder::new()
            .layer(CorsLayer::permissive())
            .layer(timeout())
            .layer(ValidateRequestHeaderLayer::accept("application/json"))
            .layer(OnlineContactLayer::new(verifier()))
            .service_fn(boxed_handler),
    );
}

#[test]
fn public_bodies_are_default_send_and_sync() {
    fn is<B: Default + Send + Sync + 'static>() {}
    is::<BufferedBody>();
    is::<ResponseBody<Full<Bytes>>>();
    is::<EnvelopeBody<ResponseBody<Full<Bytes>>>>();
    assert!(http_body::Body::is_end_stream(&ResponseBody::<Full<Bytes>>::default()));
    assert!(http_body::Body::is_end_stream(&EnvelopeBody::<Full<Bytes>>::default()));
    let _ = (Bytes::from(BufferedBody::default()), BufferedBody::from(Bytes::new()));
}

#[tokio::test]
async fn buffer_and_load_shed_work_on_both_sides() {
    let service = ServiceBuilder::new()
        .layer(EnvelopeLayer::new())
        .load_shed()
        .buffer(8)
        .layer(VerifyLayer::new(verifier()))
        .load_shed()
        .buffer(8)
        .service_fn(boxed_handler);
    let response = service.oneshot(signed(BODY).body(full(BODY)).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
}

/// The handler of a Lambda function gets a `BufferedBody` in place of the body of `lambda_http`.
#[test]
fn lambda_http_runs_the_layer() {
    async fn handler(request: Request<BufferedBody>) -> Result<Response<Full<Bytes>>, Infallible> {
        Ok(Response::new(Full::new(request.into_body().into_bytes())))
    }
    fn function(verifier: Verifier) -> impl Future<Output = Result<(), lambda_http::Error>> {
        let service =
            ServiceBuilder::new().layer(OnlineContactLayer::new(verifier)).service_fn(handler);
        lambda_http::run(service)
    }
    let _ = function;
}

#[cfg(feature = "axum")]
mod axum {
    use std::time::Duration;

    use axum::body::Body;
    use axum::error_handling::HandleErrorLayer;
    use axum::extract::{DefaultBodyLimit, Request};
    use axum::http::StatusCode;
    use axum::middleware::{Next, from_extractor, from_fn, map_request};
    use axum::response::Response;
    use axum::routing::post;
    use axum::{BoxError, Extension, Router};
    use online_contact::Verified;
    use tower::layer::util::{Identity, Stack};
    use tower::util::{BoxCloneSyncService, BoxCloneSyncServiceLayer, Either, option_layer};
    use tower_http::catch_panic::CatchPanicLayer;
    use tower_http::limit::RequestBodyLimitLayer;
    use tower_http::map_request_body::MapRequestBodyLayer;
    use tower_http::map_response_body::MapResponseBodyLayer;
    use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
    use tower_http::set_header::SetResponseHeaderLayer;
    use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer};
    use tower_http::trace::TraceLayer;

    use super::{
        BODY, BufferedBody, CorsLayer, EnvelopeLayer, OnlineContactLayer, ServiceBuilder,
        ValidateRequestHeaderLayer, VerifyLayer, signed, timeout, verifier,
    };
    use tower::ServiceExt as _;

    async fn unchanged(request: Request, next: Next) -> Response {
        next.run(request).await
    }

    async fn failed(error: BoxError) -> (StatusCode, String) {
        (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }

    fn app() -> Router {
        Router::new().route("/customer", post(|| async { r#"{"data":{}}"# }))
    }

    fn both() -> OnlineContactLayer {
        OnlineContactLayer::new(verifier())
    }

    fn verify() -> VerifyLayer {
        VerifyLayer::new(verifier())
    }

    fn optional<L, M>(layer: L, map: M) -> Either<Stack<L, M>, Identity> {
        option_layer(Some(Stack::new(layer, map)))
    }

    /// Builds a router with a list of layers in one `ServiceBuilder`, the first outermost.
    macro_rules! stack {
        ($($layer:expr),+ $(,)?) => {
            (
                stringify!($($layer),+),
                app().layer(ServiceBuilder::new()$(.layer($layer))+),
            )
        };
    }

    /// Each stack compiles and passes an honest request.
    #[tokio::test]
    async fn every_stack_of_layers_passes_an_honest_request() {
        let second = Duration::from_secs(1);
        let header = SetResponseHeaderLayer::overriding(
            http::header::SERVER,
            http::HeaderValue::from_static("x"),
        );
        let boxed = BoxCloneSyncServiceLayer::new;
        let stacks = [
            // Around the layers.
            stack!(timeout(), both()),
            stack!(timeout(), verify()),
            stack!(CorsLayer::permissive(), both()),
            stack!(CorsLayer::permissive(), verify()),
            stack!(ValidateRequestHeaderLayer::accept("application/json"), both()),
            stack!(TraceLayer::new_for_http(), both()),
            stack!(CatchPanicLayer::new(), both()),
            stack!(RequestBodyLimitLayer::new(1024), both()),
            stack!(RequestBodyTimeoutLayer::new(second), both()),
            stack!(ResponseBodyTimeoutLayer::new(second), both()),
            stack!(from_fn(unchanged), both()),
            stack!(map_request(async |request: Request| request), both()),
            stack!(header, both()),
            stack!(SetSensitiveRequestHeadersLayer::new([http::header::AUTHORIZATION]), both()),
            stack!(MapResponseBodyLayer::new(Body::new), both()),
            stack!(boxed(both())),
            stack!(HandleErrorLayer::new(failed), tower::load_shed::LoadShedLayer::new(), both()),
            // Within the layers.
            stack!(both(), timeout()),
            stack!(both(), CorsLayer::permissive()),
            stack!(both(), ValidateRequestHeaderLayer::accept("application/json")),
            stack!(both(), TraceLayer::new_for_http()),
            stack!(both(), CatchPanicLayer::new()),
            stack!(both(), RequestBodyLimitLayer::new(1024)),
            stack!(both(), Extension(1_u8)),
            stack!(both(), DefaultBodyLimit::max(1024)),
            stack!(both(), MapRequestBodyLayer::new(Body::new), from_fn(unchanged)),
            stack!(both().inner_body::<Body>(), from_fn(unchanged)),
            stack!(both().inner_body::<Body>(), map_request(async |request: Request| request)),
            stack!(both().inner_body::<Body>(), from_extractor::<Verified>()),
            stack!(verify().inner_body::<Body>(), from_fn(unchanged)),
            stack!(EnvelopeLayer::new(), from_fn(unchanged), verify()),
            // An error of an inner layer becomes a 500, so axum needs no `HandleErrorLayer`.
            stack!(both(), tower::timeout::TimeoutLayer::new(second)),
            stack!(both(), tower::load_shed::LoadShedLayer::new()),
            stack!(
                HandleErrorLayer::new(failed),
                verify(),
                tower::timeout::TimeoutLayer::new(second)
            ),
            // Both sides of `option_layer` must have one type of response body.
            stack!(optional(both(), MapResponseBodyLayer::new(Body::new))),
            stack!(optional(verify(), MapResponseBodyLayer::new(Body::new))),
            stack!(optional(EnvelopeLayer::new(), MapResponseBodyLayer::new(Body::new))),
            (
                "buffer",
                app().layer(
                    ServiceBuilder::new().layer(EnvelopeLayer::new()).buffer(8).layer(verify()),
                ),
            ),
            (
                "filter",
                app().layer(
                    ServiceBuilder::new()
                        .layer(both())
                        .filter(|request: http::Request<BufferedBody>| Ok::<_, BoxError>(request)),
                ),
            ),
            // The inner service must be `Clone`: `BoxCloneSyncService`, not `BoxService`.
            (
                "BoxCloneSyncService",
                Router::new().route_service(
                    "/customer",
                    ServiceBuilder::new().layer(both()).service(BoxCloneSyncService::new(app())),
                ),
            ),
        ];
        for (name, app) in stacks {
            let request = signed(BODY).header("accept", "*/*").body(Body::from(BODY)).unwrap();
            let response = app.oneshot(request).await.unwrap();
            assert_eq!(response.status(), 200, "{name}");
        }
    }

    #[tokio::test]
    async fn row_09_an_outer_body_limit_is_body_too_large() {
        let app =
            app().layer(ServiceBuilder::new().layer(RequestBodyLimitLayer::new(10)).layer(both()));
        let request = signed(BODY).body(Body::from(BODY)).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(crate::support::detail(response).await, "body_too_large");
    }
}
