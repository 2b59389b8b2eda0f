//! The response envelope around handlers and frameworks that respond wrongly.
//!
//! One table of answers goes through the contract of both frameworks; then each framework's own
//! reflexes do.

mod actix;
mod answers;
mod axum;

use answers::{Answer, Case, Leaves, cases};
use serde_json::Value;

/// A response as a client receives it.
#[derive(Debug)]
struct Received {
    status: u16,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Received {
    /// The error object or the data of an answer that keeps the contract.
    #[track_caller]
    fn kept(&self, name: &str) -> Value {
        assert!([200, 400, 403, 404, 500].contains(&self.status), "{name}: {self:?}");
        let content_type = self.content_type.as_deref();
        assert!(
            matches!(content_type, Some("application/json" | "application/json; charset=utf-8")),
            "{name}: {self:?}"
        );
        let body: Value = serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{name}: {error}: {self:?}"));
        if self.status == 200 {
            return body.get("data").unwrap_or_else(|| panic!("{name}: {body}")).clone();
        }
        let error = &body["error"];
        assert!(error["code"].is_string() || error["code"].is_number(), "{name}: {body}");
        assert!(error["message"].is_string(), "{name}: {body}");
        let detail = error.get("detail").unwrap_or_else(|| panic!("{name}: {body}"));
        assert!(detail.is_null() || detail.is_string(), "{name}: {body}");
        error.clone()
    }
}

#[track_caller]
fn check(framework: &str, case: &Case, received: &Received) {
    let name = format!("{framework}: {}", case.name);
    let kept = received.kept(&name);
    assert_eq!(received.status, case.status, "{name}: {received:?}");
    match &case.leaves {
        Leaves::Untouched => assert_eq!(received.body, case.answer.body, "{name}"),
        Leaves::Substitute => {
            assert_ne!(received.body, case.answer.body, "{name}");
            assert_eq!(kept["detail"], Value::Null, "{name}");
        }
        Leaves::Repaired(error) => assert_eq!(kept, *error, "{name}"),
    }
}

#[test]
fn the_table_is_large() {
    let wrong =
        cases().into_iter().filter(|case| !matches!(case.leaves, Leaves::Untouched)).count();
    assert!(wrong > 400, "{wrong}");
}

#[tokio::test]
async fn every_answer_through_axum() {
    for case in cases() {
        let received = axum::answer(case.answer.clone()).await;
        check("axum", &case, &received);
    }
}

#[actix_web::test]
async fn every_answer_through_actix() {
    for case in cases() {
        let received = actix::answer(case.answer.clone()).await;
        check("actix-web", &case, &received);
    }
}

#[tokio::test]
async fn every_reflex_of_axum() {
    for (name, status, received) in axum::reflexes().await {
        received.kept(name);
        assert_eq!(received.status, status, "{name}: {received:?}");
    }
}

#[actix_web::test]
async fn every_reflex_of_actix() {
    for (name, status, received) in actix::reflexes().await {
        received.kept(name);
        assert_eq!(received.status, status, "{name}: {received:?}");
    }
}

#[tokio::test]
async fn a_success_without_data_passes_unless_strict() {
    let answer = Answer::new(200, Some("text/html"), b"<p>test</p>");
    let received = axum::answer_leniently(answer.clone()).await;
    assert_eq!((received.status, received.body), (200, answer.body.clone()));
}

#[actix_web::test]
async fn a_success_without_data_passes_unless_strict_in_actix() {
    let answer = Answer::new(200, Some("text/html"), b"<p>test</p>");
    let received = actix::answer_leniently(answer.clone()).await;
    assert_eq!((received.status, received.body), (200, answer.body.clone()));
}

#[tokio::test]
async fn a_strict_success_whose_body_fails_is_a_failure() {
    let received = axum::short_success().await;
    received.kept("axum");
    assert_eq!(received.status, 500);
}

#[actix_web::test]
async fn a_strict_success_whose_body_fails_is_a_failure_in_actix() {
    let received = actix::short_success().await;
    received.kept("actix-web");
    assert_eq!(received.status, 500);
}

/// Both layers in one: unsigned requests are rejected, and wrong responses of handlers are corrected.
#[tokio::test]
async fn the_endpoint_layer_is_both() {
    for (name, status, received) in axum::endpoint().await {
        received.kept(name);
        assert_eq!(received.status, status, "{name}: {received:?}");
    }
}
