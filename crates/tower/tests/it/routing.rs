//! Every place for a layer in axum.

use std::future::ready;

use axum::body::Body;
use axum::extract::{Extension, Json, OriginalUri};
use axum::handler::Handler;
use axum::routing::{get, post};
use axum::{Router, extract};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use online_contact::{Failure, Rejection, Scheme, Success, Verified};
use online_contact_test_kit::logs;
use online_contact_tower::VerifyLayer;
use serde_json::{Value, json};
use tower::{ServiceBuilder, ServiceExt};
use tracing::Level;

use crate::support::{BODY, builder, detail, signed, signed_as, verifier};

fn layer() -> VerifyLayer {
    VerifyLayer::new(verifier())
}

fn layer_with_uri() -> VerifyLayer {
    let verifier = builder().scheme(Scheme::UriBodyTime).build();
    VerifyLayer::new(verifier.unwrap())
}

async fn lookup(verified: Verified, Json(query): Json<Value>) -> Result<Success<Value>, Failure> {
    match query["callNum"].as_str() {
        Some("1") => Ok(Success(json!({ "signedWith": verified.key_label() }))),
        _ => Err(Failure::no_result(911, "Not existing user.")),
    }
}

const FOUND: &str = r#"{"data":{"signedWith":"key-1"}}"#;

fn good(uri: &str) -> Request<Body> {
    with_json(signed_as(Scheme::BodyTime, uri, BODY), BODY)
}

fn tampered(uri: &str) -> Request<Body> {
    with_json(signed_as(Scheme::BodyTime, uri, BODY), b"{}")
}

fn with_json(request: http::request::Builder, body: &'static [u8]) -> Request<Body> {
    let request = request.header("content-type", "application/json");
    request.body(Body::from(body)).unwrap()
}

async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.into()).unwrap()
}

/// Asserts that an honest request reaches the handler, and a tampered one does not.
async fn assert_guarded(app: Router, uri: &str) {
    let response = send(&app, good(uri)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(text(response).await, FOUND);

    let response = send(&app, tampered(uri)).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(response.extensions().get::<Rejection>().is_some());
    assert_eq!(detail(response).await, "signature_mismatch");
}

#[tokio::test]
async fn a_layer_around_a_router_verifies_every_path() {
    let app = Router::new().route("/customer", post(lookup)).layer(layer());
    assert_guarded(app.clone(), "/customer").await;

    // The verdict comes before the router.
    let response = send(&app, tampered("/nowhere")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(send(&app, good("/nowhere")).await.status(), 404);
}

#[tokio::test]
async fn a_route_layer_verifies_the_routes_before_it() {
    let app = Router::new()
        .route("/customer", post(lookup))
        .route_layer(layer())
        .route("/health", get(|| ready("fine")));
    assert_guarded(app.clone(), "/customer").await;

    assert_eq!(send(&app, tampered("/nowhere")).await.status(), 404);
    let health = Request::get("/health").body(Body::empty()).unwrap();
    assert_eq!(text(send(&app, health).await).await, "fine");
}

#[tokio::test]
async fn a_layer_around_one_route_leaves_others_open() {
    let app = Router::new()
        .route("/customer", post(lookup).layer(layer()))
        .route("/open", post(|| ready("open")));
    assert_guarded(app.clone(), "/customer").await;
    assert_eq!(text(send(&app, tampered("/open")).await).await, "open");
}

#[tokio::test]
async fn a_route_layer_of_one_route_leaves_other_methods_to_axum() {
    let app = Router::new().route("/customer", post(lookup).route_layer(layer()));
    assert_guarded(app.clone(), "/customer").await;
    let other = Request::get("/customer").body(Body::empty()).unwrap();
    assert_eq!(send(&app, other).await.status(), 405);
}

#[tokio::test]
async fn a_layer_around_a_handler_verifies() {
    let app = Router::new().route("/customer", post(lookup.layer(layer())));
    assert_guarded(app, "/customer").await;
}

#[tokio::test]
async fn layers_outside_and_inside_reach_the_handler() {
    let stack =
        ServiceBuilder::new().layer(Extension("outside")).layer(layer()).layer(Extension(7_u8));
    let handler = |Extension(outside): Extension<&'static str>,
                   Extension(inside): Extension<u8>,
                   verified: Verified,
                   body: String| async move {
        format!("{outside} {inside} {} {body}", verified.key_label())
    };
    let app = Router::new().route("/customer", post(handler)).layer(stack);
    let response = text(send(&app, good("/customer")).await).await;
    assert_eq!(response, r#"outside 7 key-1 {"callNum":"1","nation":"korea"}"#);
}

#[tokio::test]
async fn nested_routers_sign_the_path_of_the_request_line() {
    let customers = || Router::new().route("/customer/{id}", post(lookup));
    let apps = [
        // Inside: the router has stripped the prefix.
        Router::new().nest("/api", customers().layer(layer_with_uri())),
        Router::new().nest(
            "/api",
            Router::new().route("/customer/{id}", post(lookup).layer(layer_with_uri())),
        ),
        Router::new().nest("/api", customers().route_layer(layer_with_uri())),
        // Outside: it has not yet.
        Router::new().nest("/api", customers()).layer(layer_with_uri()),
    ];
    for app in apps {
        let whole = signed_as(Scheme::UriBodyTime, "/api/customer/a%20b", BODY);
        let whole = with_json(whole.uri("/api/customer/a%20b?query=1"), BODY);
        assert_eq!(text(send(&app, whole).await).await, FOUND);

        let cut = signed_as(Scheme::UriBodyTime, "/customer/a%20b", BODY);
        let cut = with_json(cut.uri("/api/customer/a%20b"), BODY);
        assert_eq!(detail(send(&app, cut).await).await, "signature_mismatch");
    }
}

#[tokio::test]
async fn routers_nested_twice_sign_the_path_of_the_request_line() {
    let inner = Router::new().route("/customer", post(lookup)).layer(layer_with_uri());
    let app = Router::new().nest("/a", Router::new().nest("/b", inner));
    let request = signed_as(Scheme::UriBodyTime, "/a/b/customer", BODY);
    assert_eq!(text(send(&app, with_json(request, BODY)).await).await, FOUND);
}

#[tokio::test]
async fn the_handler_gets_the_request_as_without_the_layer() {
    let handler = |OriginalUri(original): OriginalUri, request: extract::Request| async move {
        let headers = request.headers().len();
        format!("{} {original} {} {headers}", request.method(), request.uri())
    };
    let inner = || Router::new().route("/customer", post(handler));
    let plain = Router::new().nest("/api", inner());
    let guarded = Router::new().nest("/api", inner().layer(layer()));
    let uri = "/api/customer?callNum=1";
    let expected = text(send(&plain, good(uri)).await).await;
    assert_eq!(expected, format!("POST {uri} /customer?callNum=1 3"));
    assert_eq!(text(send(&guarded, good(uri)).await).await, expected);
}

#[tokio::test]
async fn a_failure_of_the_handler_is_not_a_rejection() {
    let app = Router::new().route("/customer", post(lookup)).layer(layer());
    let body = br#"{"callNum":"2"}"#;
    let response = send(&app, with_json(signed(body), body)).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.extensions().get::<Rejection>().is_none());
    assert_eq!(
        text(response).await,
        r#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#
    );
}

#[test]
fn a_route_without_the_layer_fails_and_the_log_names_the_layer() {
    let app = Router::new().route("/customer", post(lookup));
    let (response, lines) = logs::of(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(async {
            let response = send(&app, good("/customer")).await;
            (response.status(), text(response).await)
        })
    });
    assert_eq!(response.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        response.1,
        r#"{"error":{"code":"50091","message":"This route is not set up.","detail":null}}"#
    );
    let errors: Vec<_> = lines.iter().filter(|line| line.level == Level::ERROR).collect();
    let [line] = errors[..] else {
        panic!("one event: {lines:?}");
    };
    let error = line.field("error").unwrap();
    assert!(error.contains("`OnlineContactLayer` of online-contact-tower"), "{error}");
}
