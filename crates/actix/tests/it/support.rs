//! One key, one moment, signed requests, and bodies that a test controls.

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
use online_contact::{SecurityKey, Verifier, VerifierBuilder};

pub(crate) use online_contact_test_kit::{NOW, signer};

pub(crate) fn key() -> SecurityKey {
    online_contact_test_kit::key(online_contact_test_kit::KEY)
}

pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key()).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

/// Returns a POST to `/customer` that is signed for this body, without the body.
pub(crate) fn signed(body: &[u8]) -> TestRequest {
    let mut request =
        TestRequest::post().uri("/customer").insert_header((CONTENT_TYPE, "text/plain"));
    for header in signer().sign("/customer", body, NOW) {
        request = request.insert_header(header);
    }
    request
}

/// Returns the request with a body of these chunks.
pub(crate) fn in_chunks(request: TestRequest, chunks: Chunks) -> ServiceRequest {
    let mut request = request.to_srv_request();
    request.set_payload(Payload::Stream { payload: Box::pin(chunks) });
    request
}

/// A body of chunks that counts its polls.
pub(crate) struct Chunks {
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) end: End,
    pub(crate) polls: Rc<Cell<usize>>,
    over: bool,
}

/// The end of a body.
pub(crate) enum End {
    Whole,
    Broken,
    Never,
}

impl Chunks {
    pub(crate) fn new(chunks: impl IntoIterator<Item = Bytes>, end: End) -> Self {
        let mut chunks: Vec<_> = chunks.into_iter().collect();
        chunks.reverse();
        Self { chunks, end, polls: Rc::default(), over: false }
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.polls.set(self.polls.get() + 1);
        assert!(!self.over, "polled after its end, at which many streams panic");
        match (self.chunks.pop(), &self.end) {
            (Some(chunk), _) => Poll::Ready(Some(Ok(chunk))),
            (None, End::Whole) => {
                self.over = true;
                Poll::Ready(None)
            }
            (None, End::Broken) => Poll::Ready(Some(Err(PayloadError::Incomplete(None)))),
            (None, End::Never) => Poll::Pending,
        }
    }
}
