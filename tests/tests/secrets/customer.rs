//! The record of a customer in an invalid response: the log reports the response and not the record.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use axum::routing::post;
use online_contact_tower::EnvelopeLayer;
use tower::ServiceExt as _;

use crate::alone;
use crate::captured::Captured;
use crate::needles::{Needle, found};

const CUSTOMER: &str = "hong-gildong";

fn needle() -> Needle {
    Needle { what: "a customer", bytes: CUSTOMER.as_bytes().to_vec() }
}

/// Returns the log events of a response of a handler.
async fn logged(status: u16, content_type: &'static str, body: String, strict: bool) -> Vec<u8> {
    let captured = Captured::start();
    captured.clear();
    let answer = move || async move {
        let response = Response::builder().status(status).header("content-type", content_type);
        response.body(Body::from(body)).unwrap()
    };
    let layer = EnvelopeLayer::new().strict(strict);
    let app = Router::new().route("/customer", post(answer)).layer(layer);
    let request = Request::post("/customer").body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap();
    captured.text()
}

#[tokio::test]
#[expect(clippy::await_holding_lock, reason = "one thread, and the others wait outside of theirs")]
async fn an_invalid_response_is_logged_without_the_customer() {
    let _alone = alone();
    let bare = format!(r#"{{"userName":"{CUSTOMER}"}}"#);
    let whole = format!(r#"{{"data":{bare}}}"#);
    for (status, content_type, body, strict, event) in [
        (200, "application/json", &bare, false, "response without `data`"),
        (200, "application/json", &bare, true, "response replaced"),
        (201, "application/json", &bare, false, "response replaced"),
        (200, "text/plain", &whole, false, "response amended"),
        (202, "application/json", &whole, false, "response amended"),
    ] {
        let text = logged(status, content_type, body.clone(), strict).await;
        let shown = String::from_utf8_lossy(&text);
        assert!(shown.contains(event), "{event}: {shown}");
        assert_eq!(found(&[needle()], &text), [""; 0], "{shown}");
    }
}

/// A failure's text is there, so a customer in it would be found.
#[tokio::test]
#[expect(clippy::await_holding_lock, reason = "one thread, and the others wait outside of theirs")]
async fn the_text_of_a_failure_is_logged() {
    let _alone = alone();
    let text = logged(422, "text/plain", format!("{CUSTOMER} has no number"), false).await;
    assert_eq!(found(&[needle()], &text), ["a customer"]);
}
