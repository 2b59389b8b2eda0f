use std::error::Error;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use online_contact::Verifier;
use tower_service::Service;

use crate::{BufferedBody, ResponseBody, ResponseFuture};

/// A service behind a [`VerifyLayer`](crate::VerifyLayer).
///
/// It is always ready: a request that is not verified yet must not hold a slot of the inner service,
/// so that is asked for readiness only once the verdict is in.
#[derive(Clone, Debug)]
pub struct Verify<S> {
    inner: S,
    verifier: Verifier,
}

impl<S> Verify<S> {
    /// Puts a verifier before a service.
    pub const fn new(inner: S, verifier: Verifier) -> Self {
        Self { inner, verifier }
    }

    /// The service behind it.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S, B, R> Service<Request<B>> for Verify<S>
where
    S: Service<Request<BufferedBody>, Response = Response<R>> + Clone,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body<Data = Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, B>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture<S, B> {
        ResponseFuture::new(self.inner.clone(), self.verifier.clone(), request)
    }
}
