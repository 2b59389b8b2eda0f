//! The extractors and responses of axum, within the layer.

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::handler::Handler;
use axum::routing::post;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use online_contact::{Failure, Lookup, StringData, Success, Verified};
use online_contact_test_kit::logs::{self, Line};
use online_contact_tower::VerifyLayer;
use serde_json::{Value, json};
use tower::ServiceExt;
use tracing::Level;

use crate::support::{BODY, BodyFn, URI, builder, chunks, poll, signed, verifier};

const MIB: usize = 1024 * 1024;

/// Responds with the length of the number.
async fn count(Lookup(query): Lookup<BTreeMap<String, String>>) -> Success<usize> {
    Success(query["callNum"].len())
}

fn app<T: 'static>(handler: impl Handler<T, ()>) -> Router {
    Router::new().route(URI, post(handler)).layer(VerifyLayer::new(verifier()))
}

fn good() -> Request<Body> {
    signed(BODY).body(Body::from(BODY)).unwrap()
}

/// Returns the response, which is always JSON in UTF-8.
async fn respond(app: Router, request: Request<Body>) -> (StatusCode, Value) {
    read(app.oneshot(request).await.unwrap()).await
}

async fn read(response: Response<Body>) -> (StatusCode, Value) {
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Returns the response, and the log events.
fn logged(app: Router, request: Request<Body>) -> ((StatusCode, Value), Vec<Line>) {
    let (polled, lines) = logs::of(|| poll(pin!(respond(app, request))));
    let Poll::Ready(response) = polled else { panic!("nothing to wait for") };
    (response, lines)
}

fn error(code: impl Into<Value>, message: &str, detail: Option<&str>) -> Value {
    json!({ "error": { "code": code.into(), "message": message, "detail": detail } })
}

#[tokio::test]
async fn the_body_is_read_whatever_the_content_type_says() {
    for content_type in [
        None,
        Some("application/json"),
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=b"),
        Some("application/json; charset=euc-kr"),
        Some("no content type at all"),
        Some(""),
    ] {
        let mut request = good();
        if let Some(content_type) = content_type {
            request.headers_mut().insert("content-type", content_type.parse().unwrap());
        }
        let response = respond(app(count), request).await;
        assert_eq!(response, (StatusCode::OK, json!({ "data": 1 })), "{content_type:?}");
    }
}

#[tokio::test]
async fn a_body_of_many_frames_is_read_whole() {
    let frames = BODY.iter().map(|byte| Bytes::copy_from_slice(&[*byte]));
    let frames = chunks(frames.collect::<Vec<_>>());
    let request = signed(BODY).body(Body::new(frames)).unwrap();
    assert_eq!(respond(app(count), request).await, (StatusCode::OK, json!({ "data": 1 })));
}

/// axum's own limit is 2 MiB.
#[tokio::test]
async fn only_the_verifiers_limit_counts() {
    let body = format!(r#"{{"callNum":"{}"}}"#, "1".repeat(3 * MIB - 14));
    assert_eq!(body.len(), 3 * MIB);
    for limit in [3 * MIB as u64, 3 * MIB as u64 - 1] {
        let verifier = builder().body_limit(limit).build().unwrap();
        let app = Router::new().route(URI, post(count)).layer(VerifyLayer::new(verifier));
        let request = signed(body.as_bytes()).body(Body::from(body.clone())).unwrap();
        let expected = if limit == 3 * MIB as u64 {
            (StatusCode::OK, json!({ "data": 3 * MIB - 14 }))
        } else {
            let message = "The request body is longer than this server accepts.";
            (StatusCode::BAD_REQUEST, error("40006", message, Some("body_too_large")))
        };
        assert_eq!(respond(app, request).await, expected);
    }
}

#[tokio::test]
async fn an_unreadable_body_is_described() {
    for (body, detail) in [
        (
            &br#"{"callNum":1}"#[..],
            "callNum: invalid type: integer `1`, expected a string at line 1 column 12",
        ),
        (b"callNum=1", "expected a JSON object"),
        (b"", "the body is empty, expected a JSON object"),
    ] {
        let request = signed(body).body(Body::from(body)).unwrap();
        let message = "The request does not match the items of this lookup.";
        let expected = (StatusCode::BAD_REQUEST, error("40020", message, Some(detail)));
        assert_eq!(respond(app(count), request).await, expected);
    }
}

/// The headers alone are not a proof.
#[test]
fn an_unverified_request_is_not_read() {
    async fn proof(_: Verified) -> Success<()> {
        Success(())
    }

    for route in [post(count), post(proof)] {
        let (response, lines) = logged(Router::new().route(URI, route), good());
        let message = "This route is not set up.";
        assert_eq!(response, (StatusCode::INTERNAL_SERVER_ERROR, error("50091", message, None)));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line.level, Level::ERROR);
        assert!(line.field("error").unwrap().contains("`OnlineContactLayer`"), "{line:?}");
    }
}

#[test]
fn responses_are_envelopes() {
    let value = || json!({ "userNo": 7, "memo": null });
    let data = move || async move { Success(value()) };
    let (response, lines) = logged(app(data), good());
    assert_eq!(response, (StatusCode::OK, json!({ "data": { "userNo": 7, "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let strings = move || async move { StringData(value()) };
    let (response, lines) = logged(app(strings), good());
    assert_eq!(response, (StatusCode::OK, json!({ "data": { "userNo": "7", "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let failures = [
        (StatusCode::BAD_REQUEST, Failure::no_result(911, "m").with_detail("d")),
        (StatusCode::FORBIDDEN, Failure::forbidden(911, "m").with_detail("d")),
        (StatusCode::NOT_FOUND, Failure::no_route(911, "m").with_detail("d")),
        (StatusCode::INTERNAL_SERVER_ERROR, Failure::server_error(911, "m").with_detail("d")),
    ];
    for (status, failure) in failures {
        let handler = move || async move { Err::<Success<()>, _>(failure) };
        let (response, lines) = logged(app(handler), good());
        assert_eq!(response, (status, error(911, "m", Some("d"))));
        assert!(lines.is_empty(), "{lines:?}");
    }
}

#[test]
fn the_source_of_a_failure_is_logged_and_not_sent() {
    let handler = || async {
        let broken = io::Error::other("10.0.0.7 rejected");
        Failure::server_error("50010", "The customer database is unavailable.").with_source(broken)
    };
    let (response, lines) = logged(app(handler), good());
    let message = "The customer database is unavailable.";
    assert_eq!(response, (StatusCode::INTERNAL_SERVER_ERROR, error("50010", message, None)));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(line.level, Level::ERROR);
    assert_eq!(line.field("error"), Some("10.0.0.7 rejected"));
    assert_eq!(line.field("code"), Some("50010"));
}

/// A pair cannot be a key in JSON.
#[test]
fn an_unserializable_response_is_logged() {
    let pairs = || BTreeMap::from([((1, 2), 3)]);
    let data = move || async move { Success(pairs()) };
    let strings = move || async move { StringData(pairs()) };
    for app in [app(data), app(strings)] {
        let (response, lines) = logged(app, good());
        let message = "The server failed to respond.";
        assert_eq!(response, (StatusCode::INTERNAL_SERVER_ERROR, error("50090", message, None)));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line.level, Level::ERROR);
        assert_eq!(line.field("error"), Some("key must be a string"));
    }
}

/// A decompressing layer inside can make a body larger than the one that was verified.
#[tokio::test]
async fn row_09_a_body_that_grew_inside_the_layer_is_limited() {
    let grow = |mut request: Request<Body>| {
        *request.body_mut() = Body::from(format!(r#"{{"callNum":"{}"}}"#, "1".repeat(2 * MIB)));
        request
    };
    let app = Router::new()
        .route(URI, post(count))
        .layer(tower::util::MapRequestLayer::new(grow))
        .layer(VerifyLayer::new(verifier()));
    let message = "The request does not match the items of this lookup.";
    let detail = "the body is longer than 1048576 bytes";
    let expected = (StatusCode::BAD_REQUEST, error("40020", message, Some(detail)));
    assert_eq!(respond(app, good()).await, expected);
}

#[tokio::test]
async fn a_body_that_a_layer_inside_limits_is_a_bad_request() {
    let app = Router::new()
        .route(URI, post(count))
        .layer(tower_http::limit::RequestBodyLimitLayer::new(9))
        .layer(tower::util::MapRequestLayer::new(|mut request: Request<Body>| {
            // A declared length would be rejected by the limit's layer itself.
            *request.body_mut() = Body::new(chunks([Bytes::from_static(BODY)]));
            request
        }))
        .layer(VerifyLayer::new(verifier()));
    let message = "The request does not match the items of this lookup.";
    let detail = "the body is longer than a layer of this server accepts";
    let expected = (StatusCode::BAD_REQUEST, error("40020", message, Some(detail)));
    assert_eq!(respond(app, good()).await, expected);
}

/// As the body of a decompressing layer fails.
#[test]
fn a_body_that_fails_inside_the_layer_is_a_bad_request() {
    let fail = |mut request: Request<Body>| {
        *request.body_mut() = Body::new(BodyFn(|_: &mut Context<'_>| {
            Poll::Ready(Some(Err(io::Error::other("corrupt gzip"))))
        }));
        request
    };
    let app = Router::new()
        .route(URI, post(count))
        .layer(tower::util::MapRequestLayer::new(fail))
        .layer(VerifyLayer::new(verifier()));
    let message = "The request does not match the items of this lookup.";
    let detail = Some("the body cannot be read");
    let expected = (StatusCode::BAD_REQUEST, error("40020", message, detail));
    let (response, lines) = logged(app, good());
    assert_eq!(response, expected);
    assert_eq!(lines.last().unwrap().field("error"), Some("corrupt gzip"));
}
