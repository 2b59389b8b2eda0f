//! The log events.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Version};
use http_body::Body;
use online_contact::Failure;
use online_contact_test_kit::logs::{self, Line};
use tower::ServiceExt;
use tracing::Level;

use crate::support::{BODY, BodyFn, KEY, builder, echo, full, poll, signed, verifier};

/// Returns the events that are logged up to the response.
fn lines<B>(service: impl Fn() -> online_contact::Verifier, request: Request<B>) -> Vec<Line>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let (is_ready, lines) = logs::of(|| {
        let response = pin!(echo(service()).oneshot(request));
        poll(response).is_ready()
    });
    assert!(is_ready, "nothing to wait for");
    lines
}

#[test]
fn a_rejection_is_one_event_with_its_reason() {
    let unsigned = || Request::post("/").header("x-tc-timestamp", "1732399999000");
    let lines = lines(verifier, unsigned().body(full(BODY)).unwrap());
    let [line] = &lines[..] else {
        panic!("one event: {lines:?}");
    };
    assert_eq!(line.level, Level::WARN);
    assert_eq!(line.field("reason"), Some("authorization_missing"));
    assert_eq!(line.field("status"), Some("403"));
    assert_eq!(line.field("code"), Some("40301"));
    assert_eq!(line.field("timestamp_age_ms"), Some("1000"));
}

#[test]
fn the_event_shows_no_secret() {
    let request = signed(BODY).body(full(b"{}")).unwrap();
    let signature = request.headers()["authorization"].to_str().unwrap();
    let secrets = [KEY.to_owned(), signature.to_owned()];
    let lines = lines(verifier, request);
    let shown = format!("{lines:?}");
    assert!(shown.contains("signature_mismatch"), "{shown}");
    assert!(!secrets.iter().any(|secret| shown.contains(secret)), "{shown}");
}

#[test]
fn concealed_and_rendered_reasons_are_logged() {
    let concealed = || builder().conceal_reasons(true).build().unwrap();
    let rendered = || {
        let render = |_: &online_contact::Rejection| Failure::forbidden("1", "no");
        builder().render_rejections(render).build().unwrap()
    };
    for content_type in ["application/json", "application/grpc"] {
        let request = || {
            let request =
                signed(BODY).version(Version::HTTP_2).header("content-type", content_type);
            request.body(full(b"{}")).unwrap()
        };
        for lines in [lines(concealed, request()), lines(rendered, request())] {
            let [line] = &lines[..] else {
                panic!("one event: {lines:?}");
            };
            assert_eq!(line.field("reason"), Some("signature_mismatch"));
        }
    }
}

#[test]
fn the_source_of_a_rendered_failure_is_logged_in_json_and_in_grpc() {
    let verifier = || {
        let render =
            |_: &online_contact::Rejection| Failure::forbidden("1", "no").with_source("because");
        builder().render_rejections(render).build().unwrap()
    };
    for content_type in ["application/json", "application/grpc"] {
        let request = signed(BODY).version(Version::HTTP_2).header("content-type", content_type);
        let lines = lines(verifier, request.body(full(b"{}")).unwrap());
        let errors: Vec<_> = lines.iter().filter_map(|line| line.field("error")).collect();
        assert_eq!(errors, ["because"]);
    }
}

#[test]
fn row_12_the_error_of_the_body_is_logged() {
    let broken = BodyFn(|_: &mut Context<'_>| {
        Poll::Ready(Some(Err(io::Error::other("peer 10.0.0.7 hung up"))))
    });
    let lines = lines(verifier, signed(BODY).body(broken).unwrap());
    let [line] = &lines[..] else {
        panic!("one event: {lines:?}");
    };
    assert_eq!(line.field("reason"), Some("body_unreadable"));
    assert_eq!(line.field("error"), Some("peer 10.0.0.7 hung up"));
}

#[test]
fn a_verified_request_is_not_logged() {
    let request = signed(BODY).body(full(BODY)).unwrap();
    let lines = lines(verifier, request);
    let ours: Vec<_> = lines.iter().filter(|line| line.field("reason").is_some()).collect();
    assert!(ours.is_empty(), "{ours:?}");
}

/// An error of the body comes from outside and may contain line breaks.
#[test]
fn an_error_cannot_forge_a_log_line() {
    let forged = BodyFn(|_: &mut Context<'_>| {
        Poll::Ready(Some(Err(io::Error::other("x\n2026-11-26T00:00:00Z INFO request accepted"))))
    });
    let lines = lines(verifier, signed(BODY).body(forged).unwrap());
    let error = lines[0].field("error").unwrap();
    assert!(error.starts_with("x\\n2026") && error.lines().count() == 1, "{error}");
}
