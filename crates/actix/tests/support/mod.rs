//! What the tests of this crate share: a verifier whose clock stands still, and signed requests.
#![allow(dead_code, reason = "no test file uses all of it")]

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::Stream;
use online_contact::{SecurityKey, Signer, Timestamp, Verifier, VerifierBuilder};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);

pub(crate) fn key() -> SecurityKey {
    SecurityKey::new("bf7769e5321448de88838cdb").unwrap()
}

pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key()).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

/// A POST to `/customer` that is signed for this body, and does not carry it yet.
pub(crate) fn signed(body: &[u8]) -> TestRequest {
    let mut request =
        TestRequest::post().uri("/customer").insert_header((CONTENT_TYPE, "text/plain"));
    for header in Signer::new(&key()).sign("/customer", body, NOW).headers() {
        request = request.insert_header(header);
    }
    request
}

/// The request with a body that comes in these pieces.
pub(crate) fn in_pieces(request: TestRequest, pieces: Pieces) -> ServiceRequest {
    let mut request = request.to_srv_request();
    request.set_payload(Payload::Stream { payload: Box::pin(pieces) });
    request
}

/// A body that comes in pieces, counts how often it was asked for one, and ends as it is told to.
pub(crate) struct Pieces {
    pub(crate) pieces: Vec<Bytes>,
    pub(crate) end: End,
    pub(crate) asked: Rc<Cell<usize>>,
    over: bool,
}

pub(crate) enum End {
    Whole,
    Broken,
    Never,
}

impl Pieces {
    pub(crate) fn new(pieces: impl IntoIterator<Item = Bytes>, end: End) -> Self {
        let mut pieces: Vec<_> = pieces.into_iter().collect();
        pieces.reverse();
        Self { pieces, end, asked: Rc::default(), over: false }
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.asked.set(self.asked.get() + 1);
        assert!(!self.over, "polled again after its end, at which many streams panic");
        match (self.pieces.pop(), &self.end) {
            (Some(piece), _) => Poll::Ready(Some(Ok(piece))),
            (None, End::Whole) => {
                self.over = true;
                Poll::Ready(None)
            }
            (None, End::Broken) => Poll::Ready(Some(Err(PayloadError::Incomplete(None)))),
            (None, End::Never) => Poll::Pending,
        }
    }
}
