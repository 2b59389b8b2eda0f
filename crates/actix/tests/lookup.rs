//! The question and the answers under actix-web, behind the middleware.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Once;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Bytes;
use actix_web::{App, FromRequest, Handler, Responder, web};
use online_contact::{Failure, Lookup, Signer, StringData, Success, Verified, Verifier};
use online_contact_actix::Verify;
use serde_json::{Value, json};
use support::{End, NOW, Pieces, builder, key, signed, verifier};

const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;
const MIB: usize = 1024 * 1024;

/// Answers how many letters the customer's number has.
async fn count(Lookup(query): Lookup<BTreeMap<String, String>>) -> Success<usize> {
    Success(query["callNum"].len())
}

fn good() -> TestRequest {
    signed(BODY).set_payload(BODY)
}

type Answer = (StatusCode, Value);

/// What leaves a handler behind this verifier, or behind none.
async fn answer<H, A>(verifier: Option<Verifier>, handler: H, request: TestRequest) -> Answer
where
    H: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    let request = request.to_request();
    let resource = web::resource("/customer").route(web::post().to(handler));
    let response = match verifier {
        Some(verifier) => {
            let app = App::new().service(resource.wrap(Verify::new(verifier)));
            call_service(&init_service(app).await, request).await.map_into_boxed_body()
        }
        None => {
            let app = App::new().service(resource);
            call_service(&init_service(app).await, request).await.map_into_boxed_body()
        }
    };
    // Always JSON in UTF-8.
    assert_eq!(response.headers().get("content-type").unwrap(), "application/json; charset=utf-8");
    let status = response.status();
    (status, serde_json::from_slice(&read_body(response).await).unwrap())
}

/// What leaves a handler behind a verifier.
async fn behind<H, A>(handler: H, request: TestRequest) -> Answer
where
    H: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    answer(Some(verifier()), handler, request).await
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Each test has a thread of its own.
struct ToThread;

impl Write for ToThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An answer, and the lines that were logged on the way to it.
///
/// One subscriber serves the whole program: `tracing` remembers for each place in the code whether
/// anybody listens, and with one subscriber per test a test without could switch it off for others.
async fn logged(answer: impl Future<Output = Answer>) -> (Answer, Vec<String>) {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        tracing_subscriber::fmt().with_writer(|| ToThread).with_ansi(false).init();
    });
    LOG.take();
    let answer = answer.await;
    let log = String::from_utf8(LOG.take()).unwrap();
    (answer, log.lines().map(str::to_owned).collect())
}

fn error(code: impl Into<Value>, message: &str, detail: Option<&str>) -> Value {
    json!({ "error": { "code": code.into(), "message": message, "detail": detail } })
}

#[actix_web::test]
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
        let mut request = TestRequest::post().uri("/customer").set_payload(BODY);
        for header in Signer::new(&key()).sign("/customer", BODY, NOW).headers() {
            request = request.insert_header(header);
        }
        if let Some(content_type) = content_type {
            request = request.insert_header(("content-type", content_type));
        }
        let answer = behind(count, request).await;
        assert_eq!(answer, (StatusCode::OK, json!({ "data": 1 })), "{content_type:?}");
    }
}

#[actix_web::test]
async fn a_body_of_many_pieces_is_read_whole() {
    let pieces = BODY.iter().map(|byte| Bytes::copy_from_slice(&[*byte]));
    let mut request = signed(BODY).to_request();
    let payload = Box::pin(Pieces::new(pieces, End::Whole));
    *request.payload() = Payload::Stream { payload };

    let resource = web::resource("/customer").wrap(Verify::new(verifier()));
    let app = init_service(App::new().service(resource.route(web::post().to(count)))).await;
    let response = call_service(&app, request).await;
    assert_eq!(read_body(response).await, br#"{"data":1}"#[..]);
}

/// The `PayloadConfig` of actix-web stops at 256 KiB by itself, and is none of this crate's.
#[actix_web::test]
async fn only_the_verifiers_limit_counts() {
    let body = format!(r#"{{"callNum":"{}"}}"#, "1".repeat(3 * MIB - 14));
    assert_eq!(body.len(), 3 * MIB);
    for limit in [3 * MIB as u64, 3 * MIB as u64 - 1] {
        let verifier = builder().body_limit(limit).build().unwrap();
        let request = signed(body.as_bytes()).set_payload(body.clone());
        let expected = if limit == 3 * MIB as u64 {
            (StatusCode::OK, json!({ "data": 3 * MIB - 14 }))
        } else {
            let message = "The body is longer than this server accepts.";
            (StatusCode::BAD_REQUEST, error("40006", message, Some("body_too_large")))
        };
        assert_eq!(answer(Some(verifier), count, request).await, expected);
    }
}

#[actix_web::test]
async fn what_cannot_be_read_is_told() {
    for (body, detail) in [
        (
            &br#"{"callNum":1}"#[..],
            "callNum: invalid type: integer `1`, expected a string at line 1 column 12",
        ),
        (b"callNum=1", "expected a JSON object"),
        (b"", "the body is empty: expected a JSON object"),
    ] {
        let message = "The request is not what this lookup takes.";
        let expected = (StatusCode::BAD_REQUEST, error("40020", message, Some(detail)));
        assert_eq!(behind(count, signed(body).set_payload(body)).await, expected);
    }
}

/// A signature in the headers is no proof: only the middleware's is.
#[actix_web::test]
async fn a_request_that_nothing_verified_is_not_read() {
    async fn proof(_: Verified) -> Success<()> {
        Success(())
    }

    let message = "This route is not set up to be called.";
    let expected = (StatusCode::INTERNAL_SERVER_ERROR, error("50091", message, None));
    for (answer, lines) in
        [logged(answer(None, count, good())).await, logged(answer(None, proof, good())).await]
    {
        assert_eq!(answer, expected);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert!(line.contains(" ERROR "), "{line}");
        assert!(line.contains("`.wrap(Verify::new(…))`"), "{line}");
    }
}

#[actix_web::test]
async fn the_answers_are_envelopes() {
    let value = || json!({ "userNo": 7, "memo": null });
    let data = move || async move { Success(value()) };
    let (answer, lines) = logged(behind(data, good())).await;
    assert_eq!(answer, (StatusCode::OK, json!({ "data": { "userNo": 7, "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let strings = move || async move { StringData(value()) };
    let (answer, lines) = logged(behind(strings, good())).await;
    assert_eq!(answer, (StatusCode::OK, json!({ "data": { "userNo": "7", "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let failures = [
        (StatusCode::BAD_REQUEST, Failure::no_result(911, "m").with_detail("d")),
        (StatusCode::FORBIDDEN, Failure::forbidden(911, "m").with_detail("d")),
        (StatusCode::NOT_FOUND, Failure::no_route(911, "m").with_detail("d")),
        (StatusCode::INTERNAL_SERVER_ERROR, Failure::server_error(911, "m").with_detail("d")),
    ];
    for (status, failure) in failures {
        // As an error of the handler, and as its answer.
        let (as_error, as_answer) = (failure.clone(), failure);
        let erring = move || {
            let failure = as_error.clone();
            async move { Err::<Success<()>, _>(failure) }
        };
        let answering = move || {
            let failure = as_answer.clone();
            async move { failure }
        };
        for answer in [behind(erring, good()).await, behind(answering, good()).await] {
            assert_eq!(answer, (status, error(911, "m", Some("d"))));
        }
    }
}

/// As an error actix-web logs a failure too, by what it shows: that is not the source.
#[actix_web::test]
async fn the_source_of_a_failure_is_logged_once_and_not_sent() {
    fn broken() -> Failure {
        Failure::server_error("50010", "The customer database can't be reached.")
            .with_source(io::Error::other("10.0.0.7 rejected"))
    }

    let message = "The customer database can't be reached.";
    let expected = (StatusCode::INTERNAL_SERVER_ERROR, error("50010", message, None));
    for (answer, lines) in [
        logged(behind(|| async { Err::<Success<()>, _>(broken()) }, good())).await,
        logged(behind(|| async { broken() }, good())).await,
    ] {
        assert_eq!(answer, expected);
        let with_source: Vec<_> =
            lines.iter().filter(|line| line.contains("10.0.0.7 rejected")).collect();
        let [line] = &with_source[..] else { panic!("{lines:?}") };
        assert!(line.contains(" ERROR ") && line.contains("50010"), "{line}");
    }
}

/// JSON has no objects whose keys are pairs.
#[actix_web::test]
async fn what_cannot_be_written_is_logged() {
    let pairs = || BTreeMap::from([((1, 2), 3)]);
    let data = move || async move { Success(pairs()) };
    let strings = move || async move { StringData(pairs()) };
    let message = "The answer can't be written as JSON.";
    let expected = (StatusCode::INTERNAL_SERVER_ERROR, error("50090", message, None));
    for (answer, lines) in
        [logged(behind(data, good())).await, logged(behind(strings, good())).await]
    {
        assert_eq!(answer, expected);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert!(line.contains(" ERROR ") && line.contains("key must be a string"), "{line}");
    }
}
