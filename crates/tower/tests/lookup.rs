//! The question and the answers under axum, behind the layer.
#![cfg(feature = "axum")]
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::handler::Handler;
use axum::routing::post;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use online_contact::{Failure, Lookup, StringData, Success, Verified};
use online_contact_tower::VerifyLayer;
use serde_json::{Value, json};
use support::logs::{self, Line};
use support::{BODY, URI, builder, pieces, poll, signed, verifier};
use tower::ServiceExt;
use tracing::Level;

const MIB: usize = 1024 * 1024;

/// Answers how many letters the customer's number has.
async fn count(Lookup(query): Lookup<BTreeMap<String, String>>) -> Success<usize> {
    Success(query["callNum"].len())
}

fn app<T: 'static>(handler: impl Handler<T, ()>) -> Router {
    Router::new().route(URI, post(handler)).layer(VerifyLayer::new(verifier()))
}

fn good() -> Request<Body> {
    signed(BODY).body(Body::from(BODY)).unwrap()
}

/// What leaves: always JSON in UTF-8.
async fn answer(app: Router, request: Request<Body>) -> (StatusCode, Value) {
    read(app.oneshot(request).await.unwrap()).await
}

async fn read(response: Response<Body>) -> (StatusCode, Value) {
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

/// The same, and what was logged on the way.
fn logged(app: Router, request: Request<Body>) -> ((StatusCode, Value), Vec<Line>) {
    let (polled, lines) = logs::of(|| poll(pin!(answer(app, request))));
    let Poll::Ready(answer) = polled else { panic!("there is nothing to wait for") };
    (answer, lines)
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
        let answer = answer(app(count), request).await;
        assert_eq!(answer, (StatusCode::OK, json!({ "data": 1 })), "{content_type:?}");
    }
}

#[tokio::test]
async fn a_body_of_many_frames_is_read_whole() {
    let frames = BODY.iter().map(|byte| Bytes::copy_from_slice(&[*byte]));
    let frames = pieces(frames.collect::<Vec<_>>());
    let request = signed(BODY).body(Body::new(frames)).unwrap();
    assert_eq!(answer(app(count), request).await, (StatusCode::OK, json!({ "data": 1 })));
}

/// axum's own limit is 2 MiB, and none of this crate's.
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
            let message = "The body is longer than this server accepts.";
            (StatusCode::BAD_REQUEST, error("40006", message, Some("body_too_large")))
        };
        assert_eq!(answer(app, request).await, expected);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_told() {
    for (body, detail) in [
        (
            &br#"{"callNum":1}"#[..],
            "callNum: invalid type: integer `1`, expected a string at line 1 column 12",
        ),
        (b"callNum=1", "expected a JSON object"),
        (b"", "the body is empty: expected a JSON object"),
    ] {
        let request = signed(body).body(Body::from(body)).unwrap();
        let message = "The request is not what this lookup takes.";
        let expected = (StatusCode::BAD_REQUEST, error("40020", message, Some(detail)));
        assert_eq!(answer(app(count), request).await, expected);
    }
}

/// A signature in the headers is no proof: only the layer's is.
#[test]
fn a_request_that_nothing_verified_is_not_read() {
    async fn proof(_: Verified) -> Success<()> {
        Success(())
    }

    for route in [post(count), post(proof)] {
        let (answer, lines) = logged(Router::new().route(URI, route), good());
        let message = "This route is not set up to be called.";
        assert_eq!(answer, (StatusCode::INTERNAL_SERVER_ERROR, error("50091", message, None)));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line.level, Level::ERROR);
        assert!(line.field("error").unwrap().contains("`VerifyLayer`"), "{line:?}");
    }
}

#[test]
fn the_answers_are_envelopes() {
    let value = || json!({ "userNo": 7, "memo": null });
    let data = move || async move { Success(value()) };
    let (answer, lines) = logged(app(data), good());
    assert_eq!(answer, (StatusCode::OK, json!({ "data": { "userNo": 7, "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let strings = move || async move { StringData(value()) };
    let (answer, lines) = logged(app(strings), good());
    assert_eq!(answer, (StatusCode::OK, json!({ "data": { "userNo": "7", "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let failures = [
        (StatusCode::BAD_REQUEST, Failure::no_result(911, "m").with_detail("d")),
        (StatusCode::FORBIDDEN, Failure::forbidden(911, "m").with_detail("d")),
        (StatusCode::NOT_FOUND, Failure::no_route(911, "m").with_detail("d")),
        (StatusCode::INTERNAL_SERVER_ERROR, Failure::server_error(911, "m").with_detail("d")),
    ];
    for (status, failure) in failures {
        let handler = move || async move { Err::<Success<()>, _>(failure) };
        let (answer, lines) = logged(app(handler), good());
        assert_eq!(answer, (status, error(911, "m", Some("d"))));
        assert!(lines.is_empty(), "{lines:?}");
    }
}

#[test]
fn the_source_of_a_failure_is_logged_and_not_sent() {
    let handler = || async {
        let broken = io::Error::other("10.0.0.7 rejected");
        Failure::server_error("50010", "The customer database can't be reached.")
            .with_source(broken)
    };
    let (answer, lines) = logged(app(handler), good());
    let message = "The customer database can't be reached.";
    assert_eq!(answer, (StatusCode::INTERNAL_SERVER_ERROR, error("50010", message, None)));
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(line.level, Level::ERROR);
    assert_eq!(line.field("error"), Some("10.0.0.7 rejected"));
    assert_eq!(line.field("code"), Some("50010"));
}

/// JSON has no objects whose keys are pairs.
#[test]
fn what_cannot_be_written_is_logged() {
    let pairs = || BTreeMap::from([((1, 2), 3)]);
    let data = move || async move { Success(pairs()) };
    let strings = move || async move { StringData(pairs()) };
    for app in [app(data), app(strings)] {
        let (answer, lines) = logged(app, good());
        let message = "The answer can't be written as JSON.";
        assert_eq!(answer, (StatusCode::INTERNAL_SERVER_ERROR, error("50090", message, None)));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line.level, Level::ERROR);
        assert_eq!(line.field("error"), Some("key must be a string"));
    }
}
