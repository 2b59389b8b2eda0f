//! What the tests share: one key, one moment, signed requests, and bodies that do as they are told.

// Each test file is a program of its own and uses its own part of this.
#![allow(dead_code)]

// Tests are in no package, so one of them may lean on its neighbour.
#[path = "../../../core/tests/support/logs.rs"]
pub(crate) mod logs;

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::request;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use online_contact::{Scheme, SecurityKey, Signer, Timestamp, Verifier, VerifierBuilder};
use online_contact_tower::{BufferedBody, Verify};
use tower::util::ServiceFn;

pub(crate) const KEY: &str = "bf7769e5321448de88838cdb";
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);
pub(crate) const URI: &str = "/customer";
pub(crate) const BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

/// Has a key and a clock that stands still.
pub(crate) fn builder() -> VerifierBuilder {
    let key = SecurityKey::new(KEY).unwrap();
    Verifier::builder().key(key).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

/// A POST that is signed for this body, which is still to be put in.
pub(crate) fn signed(body: &[u8]) -> request::Builder {
    signed_as(Scheme::BodyTime, URI, body)
}

pub(crate) fn signed_as(scheme: Scheme, uri: &str, body: &[u8]) -> request::Builder {
    let key = SecurityKey::new(KEY).unwrap();
    let signed = Signer::new(&key).scheme(scheme).sign(uri, body, NOW);
    signed
        .headers()
        .into_iter()
        .fold(Request::post(uri), |request, (name, value)| request.header(name, value))
}

/// A body in one piece.
pub(crate) fn full(body: &'static [u8]) -> Full<Bytes> {
    Full::new(Bytes::from_static(body))
}

pub(crate) type PolledFrame = Poll<Option<Result<Frame<Bytes>, io::Error>>>;

/// A body that asks a closure for each frame.
pub(crate) struct BodyFn<F>(pub(crate) F);

impl<F> Body for BodyFn<F>
where
    F: FnMut(&mut Context<'_>) -> PolledFrame + Unpin,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> PolledFrame {
        (self.0)(cx)
    }
}

/// A body of these frames, ready at once, whose length is not declared.
pub(crate) fn frames(
    frames: impl IntoIterator<Item = Frame<Bytes>, IntoIter: Send + Unpin + 'static>,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static {
    let mut frames = frames.into_iter();
    BodyFn(move |_: &mut Context<'_>| Poll::Ready(frames.next().map(Ok)))
}

/// The same of plain data.
pub(crate) fn pieces(
    pieces: impl IntoIterator<Item = Bytes, IntoIter: Send + Unpin + 'static>,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static {
    frames(pieces.into_iter().map(Frame::data))
}

/// What a test sends one by one; dropping the sender ends the body.
pub(crate) fn channel() -> (
    tokio::sync::mpsc::UnboundedSender<Bytes>,
    impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static,
) {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let body = BodyFn(move |cx: &mut Context<'_>| {
        let received = receiver.poll_recv(cx);
        received.map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    });
    (sender, body)
}

/// Polls once, for a look at what a future does at that point.
pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

type Echoed = Result<Response<BufferedBody>, Infallible>;
type Echo = fn(Request<BufferedBody>) -> std::future::Ready<Echoed>;

/// A service that hands its request's body back, behind a verifier.
pub(crate) fn echo(verifier: Verifier) -> Verify<ServiceFn<Echo>> {
    fn handler(request: Request<BufferedBody>) -> std::future::Ready<Echoed> {
        std::future::ready(Ok(Response::new(request.into_body())))
    }
    Verify::new(tower::service_fn(handler as Echo), verifier)
}

/// The `error.detail` of an answer.
pub(crate) async fn detail<B: Body<Error: std::fmt::Debug>>(response: Response<B>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let envelope: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let detail = envelope.pointer("/error/detail");
    detail.unwrap().as_str().unwrap().to_owned()
}
