//! The extractors and responses of actix-web, within the middleware.

use std::collections::BTreeMap;
use std::io;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Bytes;
use actix_web::{App, FromRequest, Handler, Responder, web};
use futures_util::stream;
use online_contact::{Failure, Lookup, Signer, StringData, Success, Verified, Verifier};
use online_contact_actix::Verify;
use online_contact_test_kit::logs::{self, Line};
use serde_json::{Value, json};
use tracing::Level;

use crate::support::{Chunks, End, NOW, builder, key, signed, verifier};

const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;
const MIB: usize = 1024 * 1024;

/// Responds with the length of the number.
async fn count(Lookup(query): Lookup<BTreeMap<String, String>>) -> Success<usize> {
    Success(query["callNum"].len())
}

fn good() -> TestRequest {
    signed(BODY).set_payload(BODY)
}

type Response = (StatusCode, Value);

/// Returns the response of a handler within this verifier, or within none. It is always JSON in UTF-8.
async fn respond<H, A>(verifier: Option<Verifier>, handler: H, request: TestRequest) -> Response
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
    assert_eq!(response.headers().get("content-type").unwrap(), "application/json; charset=utf-8");
    let status = response.status();
    (status, serde_json::from_slice(&read_body(response).await).unwrap())
}

/// Returns the response of a handler within a verifier.
async fn verified<H, A>(handler: H, request: TestRequest) -> Response
where
    H: Handler<A, Output: Responder + 'static>,
    A: FromRequest + 'static,
{
    respond(Some(verifier()), handler, request).await
}

/// Returns the response, and the log events.
async fn logged(response: impl Future<Output = Response>) -> (Response, Vec<Line>) {
    logs::of_async(response).await
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
        let response = verified(count, request).await;
        assert_eq!(response, (StatusCode::OK, json!({ "data": 1 })), "{content_type:?}");
    }
}

#[actix_web::test]
async fn a_body_of_many_chunks_is_read_whole() {
    let chunks = BODY.iter().map(|byte| Bytes::copy_from_slice(&[*byte]));
    let mut request = signed(BODY).to_request();
    let payload = Box::pin(Chunks::new(chunks, End::Whole));
    *request.payload() = Payload::Stream { payload };

    let resource = web::resource("/customer").wrap(Verify::new(verifier()));
    let app = init_service(App::new().service(resource.route(web::post().to(count)))).await;
    let response = call_service(&app, request).await;
    assert_eq!(read_body(response).await, br#"{"data":1}"#[..]);
}

/// The default limit of `PayloadConfig` is 256 KiB.
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
            let message = "The request body is longer than this server accepts.";
            (StatusCode::BAD_REQUEST, error("40006", message, Some("body_too_large")))
        };
        assert_eq!(respond(Some(verifier), count, request).await, expected);
    }
}

#[actix_web::test]
async fn an_unreadable_body_is_described() {
    for (body, detail) in [
        (
            &br#"{"callNum":1}"#[..],
            "callNum: invalid type: integer `1`, expected a string at line 1 column 12",
        ),
        (b"callNum=1", "expected a JSON object"),
        (b"", "the body is empty, expected a JSON object"),
    ] {
        let message = "The request does not match the items of this lookup.";
        let expected = (StatusCode::BAD_REQUEST, error("40020", message, Some(detail)));
        assert_eq!(verified(count, signed(body).set_payload(body)).await, expected);
    }
}

/// The headers alone are not a proof.
#[actix_web::test]
async fn an_unverified_request_is_not_read() {
    async fn proof(_: Verified) -> Success<()> {
        Success(())
    }

    let message = "This route is not set up.";
    let expected = (StatusCode::INTERNAL_SERVER_ERROR, error("50091", message, None));
    for (response, lines) in
        [logged(respond(None, count, good())).await, logged(respond(None, proof, good())).await]
    {
        assert_eq!(response, expected);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line.level, Level::ERROR);
        assert!(line.field("error").unwrap().contains("OnlineContact"), "{line:?}");
    }
}

#[actix_web::test]
async fn responses_are_envelopes() {
    let value = || json!({ "userNo": 7, "memo": null });
    let data = move || async move { Success(value()) };
    let (response, lines) = logged(verified(data, good())).await;
    assert_eq!(response, (StatusCode::OK, json!({ "data": { "userNo": 7, "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let strings = move || async move { StringData(value()) };
    let (response, lines) = logged(verified(strings, good())).await;
    assert_eq!(response, (StatusCode::OK, json!({ "data": { "userNo": "7", "memo": null } })));
    assert!(lines.is_empty(), "{lines:?}");

    let failures = [
        (StatusCode::BAD_REQUEST, Failure::no_result(911, "m").with_detail("d")),
        (StatusCode::FORBIDDEN, Failure::forbidden(911, "m").with_detail("d")),
        (StatusCode::NOT_FOUND, Failure::no_route(911, "m").with_detail("d")),
        (StatusCode::INTERNAL_SERVER_ERROR, Failure::server_error(911, "m").with_detail("d")),
    ];
    for (status, failure) in failures {
        // As an error of the handler, and as its response.
        let (as_error, as_response) = (failure.clone(), failure);
        let erring = move || {
            let failure = as_error.clone();
            async move { Err::<Success<()>, _>(failure) }
        };
        let responding = move || {
            let failure = as_response.clone();
            async move { failure }
        };
        for response in [verified(erring, good()).await, verified(responding, good()).await] {
            assert_eq!(response, (status, error(911, "m", Some("d"))));
        }
    }
}

/// actix-web logs an error of a handler too, by its `Display`.
#[actix_web::test]
async fn the_source_of_a_failure_is_logged_once_and_not_sent() {
    fn broken() -> Failure {
        Failure::server_error("50010", "The customer database cannot be reached.")
            .with_source(io::Error::other("10.0.0.7 rejected"))
    }

    let message = "The customer database cannot be reached.";
    let expected = (StatusCode::INTERNAL_SERVER_ERROR, error("50010", message, None));
    for (response, lines) in [
        logged(verified(|| async { Err::<Success<()>, _>(broken()) }, good())).await,
        logged(verified(|| async { broken() }, good())).await,
    ] {
        assert_eq!(response, expected);
        let with_source: Vec<_> =
            lines.iter().filter(|line| format!("{line:?}").contains("10.0.0.7 rejected")).collect();
        let [line] = &with_source[..] else { panic!("{lines:?}") };
        assert_eq!((line.level, line.field("code")), (Level::ERROR, Some("50010")));
    }
}

/// A pair cannot be a key in JSON.
#[actix_web::test]
async fn an_unserializable_response_is_logged() {
    let pairs = || BTreeMap::from([((1, 2), 3)]);
    let data = move || async move { Success(pairs()) };
    let strings = move || async move { StringData(pairs()) };
    let message = "The server failed to respond.";
    let expected = (StatusCode::INTERNAL_SERVER_ERROR, error("50090", message, None));
    for (response, lines) in
        [logged(verified(data, good())).await, logged(verified(strings, good())).await]
    {
        assert_eq!(response, expected);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line.level, Level::ERROR);
        assert_eq!(line.field("error"), Some("key must be a string"));
    }
}

/// A decompressing middleware inside can make a body larger than the one that was verified.
#[actix_web::test]
async fn row_09_a_body_that_grew_inside_the_middleware_is_limited() {
    let grow = |mut request: ServiceRequest, next: Next<_>| {
        let body = format!(r#"{{"callNum":"{}"}}"#, "1".repeat(2 * MIB));
        request.set_payload(Payload::from(Bytes::from(body)));
        next.call(request)
    };
    let resource = web::resource("/customer")
        .wrap(from_fn(grow))
        .wrap(Verify::new(verifier()))
        .route(web::post().to(count));
    let app = init_service(App::new().service(resource)).await;
    let response = call_service(&app, good().to_request()).await;
    assert_eq!(response.status(), 400);
    let body: Value = serde_json::from_slice(&read_body(response).await).unwrap();
    assert_eq!(body["error"]["detail"], "the body is longer than 1048576 bytes");
}

#[actix_web::test]
async fn a_body_that_fails_inside_the_middleware_is_a_bad_request() {
    for (error, detail) in [
        (
            (|| PayloadError::Overflow) as fn() -> PayloadError,
            "the body is longer than a layer of this server accepts",
        ),
        (|| PayloadError::EncodingCorrupted, "the body cannot be read"),
        (|| io::Error::other("corrupt gzip").into(), "the body cannot be read"),
    ] {
        let fail = move |mut request: ServiceRequest, next: Next<_>| {
            let broken = stream::iter([Err::<Bytes, _>(error())]);
            request.set_payload(Payload::Stream { payload: Box::pin(broken) });
            next.call(request)
        };
        let resource = web::resource("/customer")
            .wrap(from_fn(fail))
            .wrap(Verify::new(verifier()))
            .route(web::post().to(count));
        let app = init_service(App::new().service(resource)).await;
        let response = call_service(&app, good().to_request()).await;
        assert_eq!(response.status(), 400, "{detail}");
        let body: Value = serde_json::from_slice(&read_body(response).await).unwrap();
        assert_eq!(body["error"]["detail"], detail);
    }
}
