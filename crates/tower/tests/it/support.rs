//! One key, one moment, signed requests, and bodies that a test controls.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::request;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use online_contact::{Scheme, Verifier, VerifierBuilder};
use online_contact_tower::{BufferedBody, Verify};
use tower::util::ServiceFn;

pub(crate) use online_contact_test_kit::{KEY, NOW, PATH as URI, key, signer};

pub(crate) const BODY: &[u8] = online_contact_test_kit::BODY.as_bytes();

/// Has the key, and a clock that stands still.
pub(crate) fn builder() -> VerifierBuilder {
    Verifier::builder().key(key(KEY)).clock(NOW)
}

pub(crate) fn verifier() -> Verifier {
    builder().build().unwrap()
}

/// Returns a POST that is signed for this body, without the body.
pub(crate) fn signed(body: &[u8]) -> request::Builder {
    signed_as(Scheme::BodyTime, URI, body)
}

pub(crate) fn signed_as(scheme: Scheme, uri: &str, body: &[u8]) -> request::Builder {
    let signed = signer().scheme(scheme).sign(uri, body, NOW);
    let request = Request::post(uri);
    signed.into_iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// Returns a body in one chunk.
pub(crate) fn full(body: &'static [u8]) -> Full<Bytes> {
    Full::new(Bytes::from_static(body))
}

pub(crate) type PolledFrame = Poll<Option<Result<Frame<Bytes>, io::Error>>>;

/// A body that calls a closure for each frame.
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

/// Returns a body of these frames, ready at once, whose length is not declared.
pub(crate) fn frames(
    frames: impl IntoIterator<Item = Frame<Bytes>, IntoIter: Send + Unpin + 'static>,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static {
    let mut frames = frames.into_iter();
    BodyFn(move |_: &mut Context<'_>| Poll::Ready(frames.next().map(Ok)))
}

/// Returns a body of these chunks, ready at once, whose length is not declared.
pub(crate) fn chunks(
    chunks: impl IntoIterator<Item = Bytes, IntoIter: Send + Unpin + 'static>,
) -> impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static {
    frames(chunks.into_iter().map(Frame::data))
}

/// Returns a body that yields one chunk and then stays pending.
pub(crate) fn stalled(
    chunk: &'static [u8],
) -> impl Body<Data = Bytes, Error = io::Error> + Send + Unpin + 'static {
    let mut chunk = Some(Bytes::from_static(chunk)).filter(|chunk| !chunk.is_empty());
    BodyFn(move |_: &mut Context<'_>| match chunk.take() {
        Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
        None => Poll::Pending,
    })
}

/// Returns a body that the test sends. Dropping the sender ends it.
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

/// Polls a future once.
pub(crate) fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

type Echoed = Result<Response<BufferedBody>, Infallible>;
type Echo = fn(Request<BufferedBody>) -> std::future::Ready<Echoed>;

/// Returns a service that responds with the body of the request, within a verifier.
pub(crate) fn echo(verifier: Verifier) -> Verify<ServiceFn<Echo>> {
    fn handler(request: Request<BufferedBody>) -> std::future::Ready<Echoed> {
        std::future::ready(Ok(Response::new(request.into_body())))
    }
    Verify::new(tower::service_fn(handler as Echo), verifier)
}

/// Returns the `error.detail` of a response.
pub(crate) async fn detail<B: Body<Error: std::fmt::Debug>>(response: Response<B>) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let envelope: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let detail = envelope.pointer("/error/detail");
    detail.unwrap().as_str().unwrap().to_owned()
}
