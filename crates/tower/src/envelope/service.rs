use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use online_contact::{
    ENVELOPE_CONTENT_TYPE, EnvelopePolicy, EnvelopeVerdict, Failure, Recorded, Rejection,
    ResponseHead,
};
use tower_service::Service;

use super::{BoxError, EnvelopeBody};
use crate::BufferedBody;
use crate::frames::Frames;
use crate::future::Fused;
use crate::timer::TokioTimer;

/// A service that keeps the responses of another one to the envelope.
/// [`EnvelopeLayer`](crate::EnvelopeLayer) creates it.
#[derive(Debug)]
pub struct Envelope<S> {
    inner: S,
    policy: EnvelopePolicy,
    /// The error of the inner service's readiness, with which all calls respond from then on.
    unready: Option<Failure>,
}

impl<S> Envelope<S> {
    /// Creates a service that applies a policy to the responses of another one.
    pub const fn new(inner: S, policy: EnvelopePolicy) -> Self {
        Self { inner, policy, unready: None }
    }

    /// Returns the inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns the inner service, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns the inner service, without this one around it.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: Clone> Clone for Envelope<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.policy)
    }
}

impl<S, B, R> Service<Request<B>> for Envelope<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<EnvelopeBody<R>>;
    type Error = Infallible;
    type Future = EnvelopeFuture<R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A service that has failed must not be polled again.
        if self.unready.is_none() {
            self.unready = match EnvelopePolicy::catch_panic(|| self.inner.poll_ready(cx)) {
                Ok(polled) => match ready!(polled) {
                    Ok(()) => None,
                    Err(error) => Some(EnvelopePolicy::service_failed(&*error.into())),
                },
                Err(failure) => Some(failure),
            };
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let policy = self.policy;
        let called = match &self.unready {
            Some(failure) => Err(failure.clone()),
            None => EnvelopePolicy::catch_panic(|| self.inner.call(request)),
        };
        EnvelopeFuture(Fused::new(async move {
            let response = match called {
                Ok(future) => EnvelopePolicy::catch_panic_async(future).await,
                Err(failure) => Err(failure),
            };
            let response = response.and_then(|response| {
                response.map_err(|error| EnvelopePolicy::service_failed(&*error.into()))
            });
            let kept = match response {
                Ok(response) => keep(policy, response).await,
                Err(failure) => Err(failure),
            };
            kept.unwrap_or_else(|failure| {
                Response::from(failure).map(|json| EnvelopeBody::whole(json.into()))
            })
        }))
    }
}

/// Applies the policy to a response. Fails if its body fails or panics while it is read.
async fn keep<R>(
    policy: EnvelopePolicy,
    response: Response<R>,
) -> Result<Response<EnvelopeBody<R>>, Failure>
where
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    let (mut parts, body) = response.into_parts();
    let length = body.size_hint().exact();
    if !policy.reads(&head(&parts, length)) {
        let verdict = policy.judge(&head(&parts, length), None);
        let body = match amend(&mut parts, verdict) {
            Some(failure) => EnvelopeBody::whole(failure.into()),
            None => EnvelopeBody::inner(body),
        };
        return Ok(Response::from_parts(parts, body));
    }
    let mut body = Recorded::new(Frames::new(body));
    let read = EnvelopePolicy::read(&mut body, &TokioTimer);
    let is_whole = EnvelopePolicy::catch_panic_async(read)
        .await?
        .map_err(|error| EnvelopePolicy::service_failed(&*error.into()))?;
    let (frames, chunks) = body.into_parts();
    let bytes = is_whole.then(|| chunks.clone().into_bytes());
    let verdict = policy.judge(&head(&parts, length), bytes.as_deref());
    let (rest, trailers) = frames.into_parts();
    let body = match amend(&mut parts, verdict) {
        Some(failure) => EnvelopeBody::whole(failure.into()),
        None if is_whole => EnvelopeBody::whole(BufferedBody::new(chunks, trailers)),
        None => EnvelopeBody::started(chunks.into(), rest),
    };
    Ok(Response::from_parts(parts, body))
}

fn head(parts: &Parts, length: Option<u64>) -> ResponseHead<'_> {
    ResponseHead::new(parts.status.as_u16())
        .content_type(parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes))
        .content_encoding(parts.headers.get_all(CONTENT_ENCODING).iter().map(HeaderValue::as_bytes))
        .length(length)
        .rejection(parts.extensions.get::<Rejection>().is_some())
}

/// Applies a verdict to the head of a response. Returns the body that replaces the response's own.
fn amend(parts: &mut Parts, verdict: EnvelopeVerdict) -> Option<Bytes> {
    match verdict {
        EnvelopeVerdict::Pass => None,
        EnvelopeVerdict::Amend(status) => {
            parts.status = status.into();
            let content_type = HeaderValue::from_static(ENVELOPE_CONTENT_TYPE);
            parts.headers.insert(CONTENT_TYPE, content_type);
            None
        }
        EnvelopeVerdict::Replace(failure) => {
            for name in EnvelopePolicy::REPRESENTATION_HEADERS {
                parts.headers.remove(*name);
            }
            let (envelope, body) = Response::from(failure).into_parts();
            parts.status = envelope.status;
            parts.headers.extend(envelope.headers);
            Some(body)
        }
    }
}

/// The response future of an [`Envelope`] service.
///
/// It is fused: polled again after it has completed, it stays pending.
#[must_use = "futures do nothing unless polled"]
pub struct EnvelopeFuture<R>(Fused<Response<EnvelopeBody<R>>>);

impl<R> Future for EnvelopeFuture<R> {
    type Output = Result<Response<EnvelopeBody<R>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(Ok)
    }
}

impl<R> fmt::Debug for EnvelopeFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopeFuture").finish_non_exhaustive()
    }
}
