//! The rows of the protocol that need a key source, a body or a replay guard.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Waker};
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, fn_service};
use actix_web::error::PayloadError;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Bytes;
use actix_web::{App, Error, HttpMessage, HttpResponse, web};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use online_contact::{
    BufferBudget, Failure, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard, Reason,
    Rejection, Verified, Verifier,
};
use online_contact_actix::Verify;
use online_contact_test_kit::{Stuck, Unavailable};

use crate::support::{Chunks, End, NOW, builder, in_chunks, key, signed, verifier};

/// Returns the reason if the request is rejected.
async fn rejection(verifier: &Verifier, request: TestRequest) -> Option<Reason> {
    let handler = |who: Verified| async move { who.key_label().to_owned() };
    let customer = web::resource("/customer").wrap(Verify::new(verifier.clone()));
    let app = init_service(App::new().service(customer.route(web::post().to(handler)))).await;
    let response = call_service(&app, request.to_request()).await;
    let reason = response.response().extensions().get().map(Rejection::reason);
    assert_eq!(reason.is_none(), response.status() == 200);
    reason
}

fn honest() -> TestRequest {
    signed(b"{}").set_payload("{}")
}

/// Knows the tenant `acme`, and never responds for `slow`.
#[derive(Debug)]
struct Source;

impl KeySource for Source {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.host().unwrap_or_default().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        KeyFuture::new(async move {
            match tenant.as_str() {
                "acme" => Ok(Some(KeyRing::new([("acme", key())])?)),
                "slow" => std::future::pending().await,
                _ => Ok(None),
            }
        })
    }
}

#[actix_web::test]
async fn row_08_a_key_source_is_queried_by_host_within_its_deadline() {
    let verifier = Verifier::builder().key_source(Source).clock(NOW).build().unwrap();
    let host = |name| honest().insert_header(("host", name));
    assert_eq!(rejection(&verifier, host("acme")).await, None);
    assert_eq!(rejection(&verifier, host("unknown")).await, Some(Reason::SignatureMismatch));

    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let reason = rejection(&verifier, host("slow")).await;
    assert_eq!(reason, Some(Reason::KeySourceUnavailable));
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[actix_web::test]
async fn row_14_the_same_request_passes_once() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    assert_eq!(rejection(&verifier, honest()).await, None);
    assert_eq!(rejection(&verifier, honest()).await, Some(Reason::Replayed));
}

#[actix_web::test]
async fn row_15_a_guard_that_fails_lets_no_request_pass() {
    let verifier = builder().replay_guard(Unavailable).build().unwrap();
    let reason = rejection(&verifier, honest()).await;
    assert_eq!(reason, Some(Reason::ReplayGuardUnavailable));
}

#[actix_web::test]
async fn row_15_a_guard_has_three_seconds() {
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let verifier = builder().replay_guard(Stuck).build().unwrap();
    assert_eq!(rejection(&verifier, honest()).await, Some(Reason::ReplayGuardUnavailable));
    assert_eq!(started.elapsed().as_secs(), 3);
    let open = builder().replay_guard(Stuck).dangerously_pass_without_replay_guard(true);
    assert_eq!(rejection(&open.build().unwrap(), honest()).await, None);
    assert_eq!(started.elapsed().as_secs(), 6);
}

/// The response, and the chunks that the handler got, if it ran.
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
                let chunks = request.take_payload().try_collect().await?;
                *seen.borrow_mut() = Some(chunks);
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
async fn a_body_in_one_chunk_is_not_copied() {
    let chunk = Bytes::from(vec![b'x'; 4096]);
    let place = chunk.as_ptr();
    let request = in_chunks(signed(&chunk), Chunks::new([chunk.clone()], End::Whole));
    let chunks = send(verifier(), request).await.seen.unwrap();
    assert_eq!(chunks, [chunk]);
    assert_eq!(chunks[0].as_ptr(), place);
}

#[actix_web::test]
async fn chunks_are_unchanged() {
    let chunks = [Bytes::from_static(b"{\"callNum\":"), Bytes::from_static(b"\"1\"}")];
    let request = in_chunks(signed(&chunks.concat()), Chunks::new(chunks.clone(), End::Whole));
    assert_eq!(send(verifier(), request).await.seen.unwrap(), chunks);
}

#[actix_web::test]
async fn a_body_is_not_polled_after_its_end() {
    let rejected = in_chunks(signed(b"{}"), Chunks::new([Bytes::from_static(b"x")], End::Whole));
    assert_eq!(send(verifier(), rejected).await.reason, Some(Reason::SignatureMismatch));
    let empty = in_chunks(signed(b""), Chunks::new([], End::Whole));
    assert!(send(verifier(), empty).await.seen.unwrap().is_empty());
}

#[actix_web::test]
async fn row_12_a_body_that_fails_is_unreadable() {
    let request = in_chunks(signed(b""), Chunks::new([], End::Broken));
    let outcome = send(verifier(), request).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyUnreadable)));
    assert_eq!(outcome.seen, None);
    let failure = Rejection::from(Reason::BodyUnreadable).to_failure();
    assert_eq!(outcome.body.as_bytes(), failure.to_json());
}

#[actix_web::test]
async fn row_11_one_deadline_covers_the_whole_body() {
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let chunks = Chunks::new([Bytes::from_static(b"x")], End::Never);
    let verifier = builder().body_timeout(Duration::from_secs(7)).build().unwrap();
    let outcome = send(verifier, in_chunks(signed(b"xy"), chunks)).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyTimeout)));
    assert_eq!(outcome.seen, None);
    assert_eq!(started.elapsed().as_secs(), 7);
}

/// Without tokio's timer a request that has to wait is rejected.
#[test]
fn row_11_without_a_timer_a_body_is_not_waited_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let chunks = Chunks::new([Bytes::from_static(b"x")], End::Never);
    let outcome = runtime.block_on(send(verifier(), in_chunks(signed(b"xy"), chunks)));
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyTimeout)));
}

#[actix_web::test]
async fn row_11_empty_chunks_without_end_do_not_hold_the_worker() {
    let endless = || stream::repeat_with(|| Ok(Bytes::new()));
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
async fn row_09_the_limit_is_exact() {
    let limit = |bytes| builder().body_limit(bytes).build().unwrap();
    let chunks =
        || Chunks::new([Bytes::from_static(b"abc"), Bytes::from_static(b"de")], End::Whole);
    let at = send(limit(5), in_chunks(signed(b"abcde"), chunks())).await;
    assert_eq!((at.status, at.reason), (200, None));
    let over = send(limit(4), in_chunks(signed(b"abcde"), chunks())).await;
    assert_eq!((over.status, over.reason), (400, Some(Reason::BodyTooLarge)));
    assert_eq!(over.seen, None);
}

#[actix_web::test]
async fn row_09_a_declared_length_over_the_limit_is_rejected_before_the_body() {
    let chunks = Chunks::new([], End::Never);
    let polls = Rc::clone(&chunks.polls);
    let request = signed(b"").insert_header(("content-length", "1048577"));
    let outcome = send(verifier(), in_chunks(request, chunks)).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyTooLarge)));
    assert_eq!(polls.get(), 1, "polled once, to discard what has arrived");
}

#[actix_web::test]
async fn the_application_can_render_rejections() {
    let verifier = builder()
        .render_rejections(|rejection| {
            Failure::forbidden("E-1", "no").with_detail(rejection.code())
        })
        .build()
        .unwrap();
    let outcome = send(verifier, in_chunks(signed(b"a"), Chunks::new([], End::Whole))).await;
    assert_eq!((outcome.status, outcome.reason), (403, Some(Reason::SignatureMismatch)));
    assert_eq!(outcome.body, r#"{"error":{"code":"E-1","message":"no","detail":"40303"}}"#);
}

#[actix_web::test]
async fn the_service_takes_concurrent_requests() {
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
        let chunks = Chunks::new([Bytes::from_static(b"x")], End::Whole);
        service.call(in_chunks(signed(claimed), chunks))
    });
    let responses: Vec<_> = stream::iter(calls).buffered(64).collect().await;
    let passed =
        responses.iter().filter(|response| response.as_ref().unwrap().status() == 200).count();
    assert_eq!((passed, running.get()), (32, 32));
}

/// A limit of another middleware fails the payload like this.
#[actix_web::test]
async fn row_09_a_limit_of_an_outer_middleware_is_body_too_large() {
    let mut request = signed(b"{}").to_srv_request();
    let payload = Box::pin(stream::iter([Err(PayloadError::Overflow)]));
    request.set_payload(Payload::Stream { payload });
    assert_eq!(send(verifier(), request).await.reason, Some(Reason::BodyTooLarge));
}

#[actix_web::test]
async fn row_10_a_full_budget_rejects_large_bodies_and_no_lookup() {
    let budget = BufferBudget::new(10_000);
    let verifier = builder().body_limit(10_000).buffer_budget(budget.clone()).build().unwrap();
    let large = Bytes::from(vec![b'x'; 9_192]);
    let request = |end| in_chunks(signed(&large), Chunks::new([large.clone()], end));

    let mut waiting: Vec<_> = (1..=10)
        .map(|client| {
            let mut response = Box::pin(send(verifier.clone(), request(End::Never)));
            let mut cx = Context::from_waker(Waker::noop());
            assert!(response.as_mut().poll(&mut cx).is_pending());
            assert_eq!(budget.used(), 1_000 * client);
            response
        })
        .collect();
    assert_eq!(send(verifier.clone(), request(End::Whole)).await.reason, Some(Reason::Overloaded));
    assert_eq!(rejection(&verifier, honest()).await, None);
    waiting.clear();
    assert_eq!(budget.used(), 0);
    assert_eq!(send(verifier, request(End::Whole)).await.reason, None);
}

#[actix_web::test]
async fn row_12_a_body_that_ends_before_its_declared_length_is_unreadable() {
    let request = signed(b"{}").insert_header(("content-length", "3"));
    let chunks = Chunks::new([Bytes::from_static(b"{}")], End::Whole);
    let outcome = send(verifier(), in_chunks(request, chunks)).await;
    assert_eq!((outcome.status, outcome.reason), (400, Some(Reason::BodyUnreadable)));
    assert_eq!(outcome.seen, None);
}
