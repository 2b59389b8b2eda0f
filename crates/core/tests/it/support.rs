//! A verifier with one key and one time, and requests that pass.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use online_contact::{
    Reason, Rejection, RequestHead, Scheme, SignedHeaders, Timestamp, Verified, Verifier,
    VerifierBuilder,
};

pub(crate) use online_contact_test_kit::script::{Script, Step, chunk};
pub(crate) use online_contact_test_kit::{
    AtOnce, KEY, NOW, Never, PATH as URI, SharedClock, Stuck, Unavailable, key, logs, signer,
};

pub(crate) const BODY: &[u8] = online_contact_test_kit::BODY.as_bytes();

/// The window of the protocol.
pub(crate) const WINDOW_MS: i64 = 300_000;

/// A builder with a key and a clock that stands still.
pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key(KEY)).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

/// The two header values of a request, which a [`RequestHead`] borrows.
#[derive(Clone)]
pub(crate) struct Headers {
    pub(crate) timestamp: Vec<u8>,
    pub(crate) authorization: Vec<u8>,
}

impl Headers {
    /// The headers of a request that passes at [`NOW`].
    pub(crate) fn signed(body: &[u8]) -> Self {
        Self::signed_at(NOW, body)
    }

    pub(crate) fn signed_at(at: Timestamp, body: &[u8]) -> Self {
        Self::from(signer().sign(URI, body, at))
    }

    pub(crate) fn head(&self) -> RequestHead<'_> {
        RequestHead::new(URI).timestamp(&self.timestamp).authorization(&self.authorization)
    }
}

impl From<SignedHeaders> for Headers {
    fn from(signed: SignedHeaders) -> Self {
        Self {
            timestamp: signed.timestamp().to_string().into_bytes(),
            authorization: signed.signature().to_base64().into_bytes(),
        }
    }
}

pub(crate) const SCHEMES: [Scheme; 2] = [Scheme::BodyTime, Scheme::UriBodyTime];

/// Polls a future to its end, at most so often.
pub(crate) fn poll_to_end<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    (0..polls).find_map(|_| match future.as_mut().poll(&mut cx) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Polls a future once.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// The verdict on a scripted body that does not stall.
pub(crate) fn verdict(
    verifier: &Verifier,
    head: &RequestHead<'_>,
    steps: impl IntoIterator<Item = Step>,
) -> Result<Verified, Rejection> {
    let mut body = Script::new(steps);
    poll_to_end(verifier.verify(head, &mut body, &Never), 1_000).expect("a verdict")
}

pub(crate) fn reason<T>(verdict: Result<T, Rejection>) -> Option<Reason> {
    verdict.err().map(|rejection| rejection.reason())
}
