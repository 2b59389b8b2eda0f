use std::error::Error;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use online_contact::{RequestHead, Verifier};
use tower_service::Service;

use crate::refusal::Protocol;
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
        let (parts, body) = request.into_parts();
        let mut head = RequestHead::from_http(request_uri(&parts), &parts.headers)
            .content_length(body.size_hint().lower());
        if let Some(authority) = parts.uri.authority() {
            head = head.host(authority.as_str().as_bytes());
        }
        match self.verifier.start(&head) {
            Ok(start) => {
                let verifier = self.verifier.clone();
                ResponseFuture::new(self.inner.clone(), verifier, start, parts, body)
            }
            Err(rejection) => {
                let protocol = Protocol::of(&parts);
                ResponseFuture::refused(protocol.refuse(&self.verifier, rejection, Some(body)))
            }
        }
    }
}

/// The path as it stood on the request line.
fn request_uri(parts: &Parts) -> &str {
    // A nested router of axum cuts its prefix off and leaves the whole behind.
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return original.0.path();
    }
    parts.uri.path()
}
