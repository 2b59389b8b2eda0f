//! What `Envelope` leaves alone: rejections of the verifier.
// Clippy lets tests fail like this, but not the functions that they share.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse};
use online_contact::{Reason, Rejection};
use online_contact_actix::{Envelope, Verify};
use support::{signed, verifier};

/// A body without an envelope that counts how often it is asked for a piece.
struct Counting {
    piece: Option<Bytes>,
    asked: Rc<Cell<usize>>,
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
        self.asked.set(self.asked.get() + 1);
        Poll::Ready(self.piece.take().map(Ok))
    }
}

/// How often the body of an answer is asked for a piece before the answer is there, and its status.
async fn asked(status: u16, rejection: bool) -> (usize, u16) {
    let asked = Rc::<Cell<usize>>::default();
    let counter = Rc::clone(&asked);
    let answer = move || {
        let body = Counting { piece: Some("no envelope".into()), asked: Rc::clone(&counter) };
        let status = StatusCode::from_u16(status).unwrap();
        let mut answer =
            HttpResponse::build(status).content_type("application/json; charset=utf-8").body(body);
        if rejection {
            answer.extensions_mut().insert(Rejection::from(Reason::Replayed));
        }
        async { answer }
    };
    let app = App::new().route("/customer", web::post().to(answer)).wrap(Envelope::new());
    let request = TestRequest::post().uri("/customer").to_request();
    let response = call_service(&init_service(app).await, request).await;
    (asked.get(), response.status().as_u16())
}

/// It keeps the contract by its making, so a flood of bad requests is not read and parsed again.
#[actix_web::test]
async fn a_rejection_leaves_unread() {
    assert_eq!(asked(403, true).await, (0, 403));
    assert_eq!(asked(403, false).await, (2, 403));
    // A middleware between has made something else of it.
    assert_eq!(asked(429, true).await, (2, 400));
}

#[actix_web::test]
async fn a_rejection_is_what_the_verifier_said() {
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
