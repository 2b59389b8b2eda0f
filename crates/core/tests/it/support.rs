//! One key, one time, requests that pass, and bodies that follow a script.

use std::collections::VecDeque;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::Stream;
use online_contact::{
    Clock, Reason, Rejection, RequestHead, Scheme, SecurityKey, SignedHeaders, Signer, Timer,
    Timestamp, Verified, Verifier, VerifierBuilder,
};

pub(crate) use online_contact_test_kit::logs;

pub(crate) const KEY: &str = "bf7769e5321448de88838cdb";
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);
pub(crate) const URI: &str = "/customer";
pub(crate) const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

/// The window of the protocol.
pub(crate) const WINDOW_MS: i64 = 300_000;

pub(crate) fn key(text: &str) -> SecurityKey {
    SecurityKey::new(text).unwrap()
}

/// A builder with a key and a clock that stands still.
pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key(KEY)).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

pub(crate) fn signer() -> Signer {
    Signer::new(&key(KEY))
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

/// One poll of a scripted body.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Chunk(Vec<u8>),
    /// Pending once.
    Pause,
    /// Pending for ever.
    Stall,
    Error,
}

pub(crate) fn chunk(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Chunk(bytes.into())
}

/// A body that follows a script, and ends after its last step.
pub(crate) struct Script(VecDeque<Step>);

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// The number of steps that were not polled.
    pub(crate) fn left(&self) -> usize {
        self.0.len()
    }
}

impl Stream for Script {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.pop_front() {
            Some(Step::Chunk(bytes)) => Poll::Ready(Some(Ok(bytes))),
            Some(Step::Pause) => Poll::Pending,
            Some(Step::Stall) => {
                self.0.push_front(Step::Stall);
                Poll::Pending
            }
            Some(Step::Error) => Poll::Ready(Some(Err(io::Error::other("connection reset")))),
            None => Poll::Ready(None),
        }
    }
}

/// A timer that never fires.
pub(crate) struct Never;

impl Timer for Never {
    fn sleep(&self, _duration: Duration) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// A timer that fires at the first wait.
pub(crate) struct AtOnce;

impl Timer for AtOnce {
    fn sleep(&self, _duration: Duration) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

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

/// A clock that the test sets.
#[derive(Debug)]
pub(crate) struct SharedClock(AtomicI64);

impl SharedClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(NOW.as_millis())))
    }

    pub(crate) fn advance(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    pub(crate) fn set_back(&self, time: Duration) {
        self.0.fetch_sub(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}
