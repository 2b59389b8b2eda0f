use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use online_contact::{Recorded, RequestHead, Verified, Verifier};
use tower_service::Service;

use crate::frames::Frames;
use crate::future::Fused;
use crate::rejection::reject;
use crate::timer::TokioTimer;
use crate::{BufferedBody, ResponseBody, ResponseFuture};

/// A service that passes only verified requests to another one. [`VerifyLayer`](crate::VerifyLayer) creates
/// it.
///
/// It is always ready. The inner service is polled for readiness after the verdict, so that a client that
/// sends its body slowly does not occupy a slot of the application.
pub struct Verify<S, B = BufferedBody> {
    inner: S,
    verifier: Verifier,
    grpc_web: bool,
    body: PhantomData<fn() -> B>,
}

impl<S> Verify<S> {
    /// Creates a service that verifies requests for another one, which takes a [`BufferedBody`].
    pub const fn new(inner: S, verifier: Verifier) -> Self {
        Self::with(inner, verifier, false)
    }
}

impl<S, B> Verify<S, B> {
    pub(crate) const fn with(inner: S, verifier: Verifier, grpc_web: bool) -> Self {
        Self { inner, verifier, grpc_web, body: PhantomData }
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

impl<S, B, I, R> Service<Request<I>> for Verify<S, B>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: From<BufferedBody> + 'static,
    I: Body + Send + 'static,
    I::Data: Send,
    I::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Body<Data = Bytes> + 'static,
{
    type Response = Response<ResponseBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<R, S::Error>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<I>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let body = Recorded::new(Frames::new(body));
        let (service, verifier) = (self.inner.clone(), self.verifier.clone());
        ResponseFuture(Fused::new(respond(service, verifier, self.grpc_web, parts, body)))
    }
}

/// Verifies a request, and passes it to the service or rejects it.
#[expect(clippy::manual_async_fn, reason = "an `async fn` would store its arguments twice")]
fn respond<S, B, I, R>(
    mut service: S,
    verifier: Verifier,
    grpc_web: bool,
    mut parts: Parts,
    mut body: Recorded<Frames<I>>,
) -> impl Future<Output = Result<Response<ResponseBody<R>>, S::Error>> + Send
where
    S: Service<Request<B>, Response = Response<R>> + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: From<BufferedBody>,
    I: Body + Send + 'static,
    I::Data: Send,
    I::Error: Into<Box<dyn Error + Send + Sync>>,
{
    async move {
        {
            let verdict = {
                let head = head(&parts, body.get_ref().exact_length());
                verifier.verify(&head, &mut body, &TokioTimer).await
            };
            match verdict {
                Ok(verified) => parts.extensions.insert(verified),
                Err(rejection) => {
                    let (unread, _) = body.into_parts();
                    return Ok(reject(&verifier, grpc_web, &parts, unread, rejection)
                        .map(ResponseBody::rejection));
                }
            };
        }
        poll_fn(|cx| service.poll_ready(cx)).await?;
        let request = Request::from_parts(parts, B::from(BufferedBody::recorded(body)));
        Ok(service.call(request).await?.map(ResponseBody::inner))
    }
}

fn head(parts: &Parts, length: Option<u64>) -> RequestHead<'_> {
    let mut head = RequestHead::from_http(request_uri(parts), &parts.headers)
        .proof(parts.extensions.get::<Verified>());
    if let Some(authority) = parts.uri.authority() {
        head = head.host(authority.as_str().as_bytes());
    }
    if let Some(length) = length {
        head = head.content_length(length);
    }
    head
}

/// Returns the path as it stood on the request line.
fn request_uri(parts: &Parts) -> &str {
    // A nested router of axum strips its prefix and keeps the whole in the extensions.
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get::<axum::extract::OriginalUri>() {
        return original.0.path();
    }
    parts.uri.path()
}

impl<S: Clone, B> Clone for Verify<S, B> {
    fn clone(&self) -> Self {
        Self::with(self.inner.clone(), self.verifier.clone(), self.grpc_web)
    }
}

impl<S: fmt::Debug, B> fmt::Debug for Verify<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verify")
            .field("inner", &self.inner)
            .field("verifier", &self.verifier)
            .field("grpc_web", &self.grpc_web)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the size of the futures that a function returns.
    fn size_of_future<A, F>(_: impl FnOnce(A) -> F) -> usize {
        size_of::<F>()
    }

    /// glibc serves allocations of up to 1,032 bytes from a cache of the thread. A larger one costs about
    /// 80 ns more.
    #[test]
    fn the_boxed_future_has_at_most_1032_bytes() {
        use axum::{body::Body, routing::Route};
        use http_body_util::Full;
        use hyper::body::Incoming;

        type Args<S, I> = (S, Verifier, Parts, Recorded<Frames<I>>);
        let axum = size_of_future(|(service, verifier, parts, body): Args<Route, Body>| {
            respond::<_, BufferedBody, _, Body>(service, verifier, false, parts, body)
        });
        let hyper = size_of_future(|(service, verifier, parts, body): Args<Plain, Incoming>| {
            respond::<_, BufferedBody, _, Full<Bytes>>(service, verifier, false, parts, body)
        });
        assert!(axum <= 1032 && hyper <= 1032, "axum {axum}, hyper {hyper} bytes");
    }

    /// A service as hyper's examples have it.
    type Plain = tower::util::ServiceFn<
        fn(
            Request<BufferedBody>,
        ) -> std::future::Ready<
            Result<Response<http_body_util::Full<Bytes>>, std::convert::Infallible>,
        >,
    >;
}
