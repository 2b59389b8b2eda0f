//! What the middleware does to requests, seen through the service it makes.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, fn_service};
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, HttpResponse};
use futures_util::{StreamExt as _, TryStreamExt as _};
use online_contact::{Failure, Reason, Rejection, Verified, Verifier};
use online_contact_actix::Verify;
use support::{End, Pieces, builder, in_pieces, signed, verifier};

/// What came out, and the pieces of the body that the handler saw, if it ran.
struct Outcome {
    status: u16,
    body: String,
    reason: Option<Reason>,
    seen: Option<Vec<Bytes>>,
}

async fn send(verifier: Verifier, request: ServiceRequest) -> Outcome {
    let seen = Rc::new(RefCell::new(None));
    let handler = {
        let seen = Rc::clone(&seen);
        fn_service(move |mut request: ServiceRequest| {
            let seen = Rc::clone(&seen);
            async move {
                assert!(request.extensions().get::<Verified>().is_some());
                let pieces = request.take_payload().try_collect().await?;
                *seen.borrow_mut() = Some(pieces);
                Ok::<ServiceResponse, Error>(request.into_response(HttpResponse::Ok().finish()))
            }
        })
    };
    let service = Verify::new(verifier).new_transform(handler).await.unwrap();
    let response = service.call(request).await.unwrap();
    let status = response.status().as_u16();
    let reason = response.response().extensions().get().map(Rejection::reason);
    let body = to_bytes(response.into_body()).await.ok().unwrap();
    let seen = seen.borrow_mut().take();
    Outcome { status, body: String::from_utf8(body.to_vec()).unwrap(), reason, seen }
}

#[actix_web::test]
async fn a_body_in_one_piece_is_not_copied() {
    let piece = Bytes::from(vec![b'x'; 4096]);
    let place = piece.as_ptr();
    let request = in_pieces(signed(&piece), Pieces::new([piece.clone()], End::Whole));
    let pieces = send(verifier(), request).await.seen.unwrap();
    assert_eq!(pieces, [piece]);
    assert_eq!(pieces[0].as_ptr(), place);
}

#[actix_web::test]
async fn pieces_come_out_as_they_came_in() {
    let pieces = [Bytes::from_static(b"{\"callNum\":"), Bytes::from_static(b"\"1\"}")];
    let request = in_pieces(signed(&pieces.concat()), Pieces::new(pieces.clone(), End::Whole));
    assert_eq!(send(verifier(), request).await.seen.unwrap(), pieces);
}

#[actix_web::test]
async fn a_body_that_has_ended_is_not_polled_again() {
    let rejected = in_pieces(signed(b"{}"), Pieces::new([Bytes::from_static(b"x")], End::Whole));
    assert_eq!(send(verifier(), rejected).await.reason, Some(Reason::SignatureMismatch));
    let empty = in_pieces(signed(b""), Pieces::new([], End::Whole));
    assert!(send(verifier(), empty).await.seen.unwrap().is_empty());
}

#[actix_web::test]
async fn a_broken_body_is_rejected_and_never_looks_empty() {
    let request = in_pieces(signed(b""), Pieces::new([], End::Broken));
    let outcome = send(verifier(), request).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyUnreadable)));
    assert_eq!(outcome.seen, None);
    let failure = Rejection::from(Reason::BodyUnreadable).to_failure();
    assert_eq!(outcome.body.as_bytes(), failure.to_json());
}

#[actix_web::test]
async fn one_deadline_for_the_whole_body() {
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let pieces = Pieces::new([Bytes::from_static(b"x")], End::Never);
    let verifier = builder().body_timeout(Duration::from_secs(7)).build().unwrap();
    let outcome = send(verifier, in_pieces(signed(b"xy"), pieces)).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyTimeout)));
    assert_eq!(outcome.seen, None);
    assert_eq!(started.elapsed().as_secs(), 7);
}

/// Pieces without bytes, always at once and without end: neither the deadline nor the answer waits for
/// them to stop.
#[actix_web::test]
async fn empty_pieces_without_end_do_not_hold_the_worker() {
    let endless = || futures_util::stream::repeat_with(|| Ok(Bytes::new()));
    let with_body = |request: TestRequest| {
        let mut request = request.to_srv_request();
        request.set_payload(Payload::Stream { payload: Box::pin(endless()) });
        request
    };
    let verifier = || builder().body_timeout(Duration::from_millis(1)).build().unwrap();
    let slow = send(verifier(), with_body(signed(b""))).await;
    assert_eq!((slow.status, slow.reason), (400, Some(Reason::BodyTimeout)));
    let unsigned = send(verifier(), with_body(TestRequest::post())).await;
    assert_eq!((unsigned.status, unsigned.reason), (400, Some(Reason::TimestampMissing)));
}

#[actix_web::test]
async fn the_limit_is_exact() {
    let limit = |bytes| builder().body_limit(bytes).build().unwrap();
    let pieces =
        || Pieces::new([Bytes::from_static(b"abc"), Bytes::from_static(b"de")], End::Whole);
    let at = send(limit(5), in_pieces(signed(b"abcde"), pieces())).await;
    assert_eq!((at.status, at.reason), (200, None));
    let over = send(limit(4), in_pieces(signed(b"abcde"), pieces())).await;
    assert_eq!((over.status, over.reason), (400, Some(Reason::BodyTooLarge)));
    assert_eq!(over.seen, None);
}

#[actix_web::test]
async fn a_declared_length_over_the_limit_is_rejected_on_the_head() {
    let pieces = Pieces::new([], End::Never);
    let asked = Rc::clone(&pieces.asked);
    let request = signed(b"").insert_header(("content-length", "1048577"));
    let outcome = send(verifier(), in_pieces(request, pieces)).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyTooLarge)));
    assert_eq!(asked.get(), 1, "asked once for what has arrived, to throw it away");
}

#[actix_web::test]
async fn the_application_renders_its_own_rejections() {
    let verifier = builder()
        .render_rejections(|rejection| {
            Failure::forbidden("E-1", "no").with_detail(rejection.code())
        })
        .build()
        .unwrap();
    let outcome = send(verifier, in_pieces(signed(b"a"), Pieces::new([], End::Whole))).await;
    assert_eq!((outcome.status, outcome.reason), (403, Some(Reason::SignatureMismatch)));
    assert_eq!(outcome.body, r#"{"error":{"code":"E-1","message":"no","detail":"40303"}}"#);
}

#[actix_web::test]
async fn the_service_is_shared_and_takes_requests_side_by_side() {
    let running = Rc::new(Cell::new(0));
    let handler = {
        let running = Rc::clone(&running);
        fn_service(move |request: ServiceRequest| {
            running.set(running.get() + 1);
            async move { Ok::<ServiceResponse, Error>(request.into_response(HttpResponse::Ok())) }
        })
    };
    let service = Verify::new(verifier()).new_transform(handler).await.unwrap();
    let calls = (0..64).map(|index: usize| {
        let claimed: &[u8] = if index.is_multiple_of(2) { b"x" } else { b"y" };
        let pieces = Pieces::new([Bytes::from_static(b"x")], End::Whole);
        service.call(in_pieces(signed(claimed), pieces))
    });
    let answers: Vec<_> = futures_util::stream::iter(calls).buffered(64).collect().await;
    let passed = answers.iter().filter(|answer| answer.as_ref().unwrap().status() == 200).count();
    assert_eq!((passed, running.get()), (32, 32));
}
