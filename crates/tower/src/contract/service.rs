use std::convert::Infallible;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use online_contact::{EnvelopePolicy, Failure};
use tower_service::Service;

use super::future::EnvelopeFuture;
use super::{BoxError, EnvelopeBody};

/// A service behind a [`EnvelopeLayer`](crate::EnvelopeLayer).
#[derive(Debug)]
pub struct Envelope<S> {
    inner: S,
    contract: EnvelopePolicy,
    /// What the inner service said instead of being ready: told by the next call.
    unready: Option<Failure>,
}

impl<S> Envelope<S> {
    /// Keeps a service to a contract.
    pub const fn new(inner: S, contract: EnvelopePolicy) -> Self {
        Self { inner, contract, unready: None }
    }

    /// The service that is kept to it.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S: Clone> Clone for Envelope<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.contract)
    }
}

impl<S, B, R> Service<Request<B>> for Envelope<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Into<BoxError>,
    R: Body<Data = Bytes>,
    R::Error: Into<BoxError>,
{
    type Response = Response<EnvelopeBody<R>>;
    type Error = Infallible;
    type Future = EnvelopeFuture<S::Future, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // A service that has failed must not be asked again.
        if self.unready.is_some() {
            return Poll::Ready(Ok(()));
        }
        match self.contract.guard(|| self.inner.poll_ready(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => {}
            Ok(Poll::Ready(Err(error))) => {
                self.unready = Some(self.contract.broken(&*error.into()));
            }
            Err(failure) => self.unready = Some(failure),
        }
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let called = match self.unready.take() {
            Some(failure) => Err(failure),
            None => self.contract.guard(|| self.inner.call(request)),
        };
        EnvelopeFuture::new(self.contract, called)
    }
}
