//! The responses that the envelope reads, passes or replaces.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody, to_bytes};
use actix_web::dev::Service as _;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse};
use futures_util::{Stream, StreamExt as _, stream};
use online_contact::{EnvelopePolicy, Reason, Rejection};
use online_contact_actix::{Envelope, Verify};

use crate::support::{signed, verifier};

/// A body without an envelope that counts its polls.
struct Counting {
    chunk: Option<Bytes>,
    polls: Rc<Cell<usize>>,
}

impl MessageBody for Counting {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.polls.set(self.polls.get() + 1);
        Poll::Ready(self.chunk.take().map(Ok))
    }
}

/// Returns how often the body is polled before the response, and the status.
async fn polled(status: u16, rejection: bool) -> (usize, u16) {
    let polls = Rc::<Cell<usize>>::default();
    let counter = Rc::clone(&polls);
    let handler = move || {
        let body = Counting { chunk: Some("no envelope".into()), polls: Rc::clone(&counter) };
        let status = StatusCode::from_u16(status).unwrap();
        let mut response =
            HttpResponse::build(status).content_type("application/json; charset=utf-8").body(body);
        if rejection {
            response.extensions_mut().insert(Rejection::from(Reason::Replayed));
        }
        async { response }
    };
    let app = App::new().route("/customer", web::post().to(handler)).wrap(Envelope::new());
    let request = TestRequest::post().uri("/customer").to_request();
    let response = call_service(&init_service(app).await, request).await;
    (polls.get(), response.status().as_u16())
}

/// A rejection is an envelope already, so a flood of bad requests is not parsed again.
#[actix_web::test]
async fn a_rejection_passes_unread() {
    assert_eq!(polled(403, true).await, (0, 403));
    assert_eq!(polled(403, false).await, (2, 403));
    // A middleware in between has changed it.
    assert_eq!(polled(429, true).await, (2, 500));
}

#[actix_web::test]
async fn a_rejection_passes_unchanged() {
    let app = App::new()
        .service(web::resource("/customer").wrap(Verify::new(verifier())))
        .wrap(Envelope::new());
    let tampered = signed(b"{}").set_payload("[]").to_request();
    let response = call_service(&init_service(app).await, tampered).await;
    assert_eq!(response.status(), 403);
    assert!(response.response().extensions().contains::<Rejection>());
    let body = read_body(response).await;
    assert_eq!(*body, *Rejection::from(Reason::SignatureMismatch).to_failure().to_json());
}

/// Returns the status of a response whose body streams, and the time that it took.
async fn streamed<S>(status: u16, body: fn() -> S) -> (u16, Duration)
where
    S: Stream<Item = Result<Bytes, std::io::Error>> + 'static,
{
    let handler = move || async move {
        HttpResponse::build(StatusCode::from_u16(status).unwrap()).streaming(body())
    };
    let app = App::new().route("/customer", web::post().to(handler)).wrap(Envelope::new());
    let app = init_service(app).await;
    let started = tokio::time::Instant::now();
    let request = TestRequest::post().uri("/customer").to_request();
    let response = call_service(&app, request).await;
    (response.status().as_u16(), started.elapsed())
}

#[actix_web::test]
async fn a_body_that_stalls_is_waited_for_300_ms() {
    tokio::time::pause();
    let stalled = || stream::iter([Ok(Bytes::from_static(b"x"))]).chain(stream::pending());
    let limit = EnvelopePolicy::READ_TIMEOUT;
    assert_eq!(limit, Duration::from_millis(300));
    let (status, took) = streamed(502, stalled).await;
    assert_eq!(status, 500);
    // The timers of tokio have a resolution of one millisecond.
    assert!(took >= limit && took <= limit + Duration::from_millis(1), "{took:?}");
    // A success that streams passes unread, and a 1xx response has no body.
    assert_eq!(streamed(200, stalled).await, (200, Duration::ZERO));
    assert_eq!(streamed(201, stalled).await, (500, Duration::ZERO));
    assert_eq!(streamed(101, stalled).await, (500, Duration::ZERO));
}

/// A body of empty chunks without end.
struct Empty;

impl MessageBody for Empty {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(Some(Ok(Bytes::new())))
    }
}

#[actix_web::test]
async fn empty_chunks_without_end_do_not_hold_the_worker() {
    tokio::time::pause();
    // Time passes only if the worker is free.
    actix_web::rt::spawn(async {
        loop {
            tokio::time::advance(EnvelopePolicy::READ_TIMEOUT).await;
        }
    });
    let handler = || async { HttpResponse::BadGateway().body(Empty) };
    let app = App::new().route("/customer", web::post().to(handler)).wrap(Envelope::new());
    let request = TestRequest::post().uri("/customer").to_request();
    assert_eq!(call_service(&init_service(app).await, request).await.status(), 500);
}

/// A body of a declared length that fails after its first chunk, and must not be polled after that.
struct Broken {
    size: BodySize,
    chunks: std::vec::IntoIter<Result<Bytes, std::io::Error>>,
}

impl Broken {
    fn new(size: BodySize) -> Self {
        let reset = std::io::Error::other("connection reset");
        Self { size, chunks: vec![Ok(Bytes::from_static(b"{")), Err(reset)].into_iter() }
    }
}

impl MessageBody for Broken {
    type Error = std::io::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, std::io::Error>>> {
        Poll::Ready(Some(self.chunks.next().expect("polled after its error")))
    }
}

/// A proxied server that breaks off must not look like one that answered.
#[actix_web::test]
async fn a_body_that_fails_while_it_is_read_is_a_server_error() {
    for (status, size) in [
        (StatusCode::OK, BodySize::Sized(9)),
        (StatusCode::FORBIDDEN, BodySize::Stream),
        (StatusCode::NOT_FOUND, BodySize::Sized(9)),
        (StatusCode::BAD_GATEWAY, BodySize::Stream),
    ] {
        let handler = move || async move { HttpResponse::build(status).body(Broken::new(size)) };
        let customer =
            web::resource("/customer").wrap(Envelope::new()).route(web::post().to(handler));
        let app = init_service(App::new().service(customer)).await;
        let request = TestRequest::post().uri("/customer").to_request();
        let response = app.call(request).await.unwrap_err().error_response();
        assert_eq!(response.status(), 500, "{status} {size:?}");
        let failure =
            r#"{"error":{"code":"50000","message":"The server failed to respond.","detail":null}}"#;
        assert_eq!(to_bytes(response.into_body()).await.unwrap(), failure);
    }
}

#[actix_web::test]
async fn a_body_in_the_coding_identity_is_read() {
    for (coding, sent) in [("identity", 200), ("Identity", 200), ("gzip", 500)] {
        let handler = move || async move {
            HttpResponse::Created()
                .insert_header(("content-encoding", coding))
                .body(r#"{"data":{}}"#)
        };
        let app = App::new().route("/customer", web::post().to(handler)).wrap(Envelope::new());
        let request = TestRequest::post().uri("/customer").to_request();
        let status = call_service(&init_service(app).await, request).await.status();
        assert_eq!(status, sent, "{coding}");
    }
}

#[actix_web::test]
async fn a_timeout_and_a_rate_limit_of_the_server_are_a_server_error() {
    for status in [408, 429, 503, 504] {
        assert_eq!(streamed(status, stream::empty).await.0, 500, "{status}");
    }
}

#[actix_web::test]
async fn the_representation_headers_of_a_replaced_body_are_removed() {
    let handler = || async {
        let mut response = HttpResponse::UnprocessableEntity();
        for name in EnvelopePolicy::REPRESENTATION_HEADERS {
            response.insert_header((*name, "x"));
        }
        response.insert_header(("x-request-id", "1")).body("no")
    };
    let app = App::new().route("/customer", web::post().to(handler)).wrap(Envelope::new());
    let request = TestRequest::post().uri("/customer").to_request();
    let response = call_service(&init_service(app).await, request).await;
    let mut names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-type", "x-request-id"]);
}
