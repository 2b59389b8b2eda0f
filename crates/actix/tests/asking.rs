//! Requests whose verdict has to ask somebody: a key source, a replay guard, the buffer budget.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use online_contact::{
    BufferBudget, Claimed, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard, Reason,
    Rejection, ReplayClaim, ReplayError, ReplayGuard, RequestHead, Signer, Verified, Verifier,
};
use online_contact_actix::Verify;
use support::{NOW, builder, key, signed};

/// The reason of the rejection, if it was one.
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

/// Knows the tenant `acme`, and never answers for `slow`.
#[derive(Debug)]
struct Source;

impl KeySource for Source {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.host().unwrap_or_default().to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        Box::pin(async move {
            match tenant.as_str() {
                "acme" => Ok(Some(KeyRing::new([("acme", key())])?)),
                "slow" => std::future::pending().await,
                _ => Ok(None),
            }
        })
    }
}

#[actix_web::test]
async fn a_key_source_is_asked_by_host_within_its_deadline() {
    let verifier = Verifier::builder().key_source(Source).clock(NOW).build().unwrap();
    let host = |name| honest().insert_header(("host", name));
    assert_eq!(rejection(&verifier, host("acme")).await, None);
    assert_eq!(rejection(&verifier, host("nobody")).await, Some(Reason::SignatureMismatch));

    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let reason = rejection(&verifier, host("slow")).await;
    assert_eq!(reason, Some(Reason::KeySourceUnavailable));
    assert_eq!(started.elapsed().as_secs(), 3);
}

#[actix_web::test]
async fn a_request_that_came_before_is_rejected() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    assert_eq!(rejection(&verifier, honest()).await, None);
    assert_eq!(rejection(&verifier, honest()).await, Some(Reason::Replayed));
}

/// Answers later that it can't answer.
#[derive(Debug)]
struct Gone;

impl ReplayGuard for Gone {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        Claimed::Later(Box::pin(async {
            tokio::task::yield_now().await;
            Err(ReplayError::Unavailable("gone".into()))
        }))
    }
}

#[actix_web::test]
async fn a_guard_that_answers_later_is_waited_for() {
    let verifier = builder().replay_guard(Gone).build().unwrap();
    let reason = rejection(&verifier, honest()).await;
    assert_eq!(reason, Some(Reason::ReplayGuardUnavailable));
}

/// Never answers.
#[derive(Debug)]
struct Stuck;

impl ReplayGuard for Stuck {
    fn claim(&self, _claim: ReplayClaim) -> Claimed {
        Claimed::Later(Box::pin(std::future::pending()))
    }
}

#[actix_web::test]
async fn a_guard_that_does_not_answer_is_waited_for_three_seconds() {
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let verifier = builder().replay_guard(Stuck).build().unwrap();
    assert_eq!(rejection(&verifier, honest()).await, Some(Reason::ReplayGuardUnavailable));
    assert_eq!(started.elapsed().as_secs(), 3);
    let open = builder().replay_guard(Stuck).dangerously_pass_without_replay_guard(true);
    assert_eq!(rejection(&open.build().unwrap(), honest()).await, None);
    assert_eq!(started.elapsed().as_secs(), 6);
}

#[actix_web::test]
async fn a_body_that_does_not_fit_into_the_budget_is_rejected() {
    let budget = BufferBudget::new(100);
    let verifier = builder().body_limit(100).buffer_budget(budget.clone()).build().unwrap();
    let other = Signer::new(&key()).sign("/customer", b"", NOW);
    let head = other.headers();
    let head = head.iter().fold(RequestHead::new("/customer"), |head, (name, value)| {
        head.header(name, value.as_bytes())
    });
    let mut other = verifier.begin(&head).unwrap();
    other.update(&[b'x'; 99]).unwrap();
    assert_eq!(rejection(&verifier, honest()).await, Some(Reason::Overloaded));
    drop(other);
    assert_eq!(budget.used(), 0);
}
