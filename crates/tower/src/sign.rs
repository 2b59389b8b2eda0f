use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use http::Request;
use http_body::Body;
use online_contact::{Clock, Recorded, Signer, SystemClock};
use tokio::task::coop::consume_budget;
use tower_layer::Layer;
use tower_service::Service;

use crate::BufferedBody;
use crate::frames::Frames;
use crate::future::Fused;

type BoxError = Box<dyn Error + Send + Sync>;

/// A layer that signs the requests of a client, as Online Contact does: for tests, and for services that
/// call a verified one.
///
/// The body is buffered to its end, because the signature is in the headers. Both headers are set, in place
/// of any that are there. The path is signed as it is in the request's URI.
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use online_contact::{SecurityKey, Signer};
/// use online_contact_tower::{BufferedBody, SignLayer};
/// use tower::{ServiceBuilder, ServiceExt, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
/// // In place of a hyper client or a tonic channel:
/// let client = service_fn(|request: Request<BufferedBody>| async move {
///     assert!(request.headers().contains_key("authorization"));
///     assert!(request.headers().contains_key("x-tc-timestamp"));
///     Ok::<_, std::convert::Infallible>(Response::new(()))
/// });
///
/// let client = ServiceBuilder::new().layer(SignLayer::new(signer)).service(client);
/// client.oneshot(Request::post("/customer").body(Full::<Bytes>::from("{}"))?).await?;
/// # Ok(())
/// # }
/// ```
///
/// A client with types of its own gets them by `map_request` and `filter`:
///
/// ```no_run
/// # use online_contact::{SecurityKey, Signer};
/// use bytes::Bytes;
/// use http::Request;
/// use online_contact_tower::{BufferedBody, SignLayer};
/// use tonic::transport::Endpoint;
/// use tower::ServiceBuilder;
///
/// # let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
/// let reqwest = ServiceBuilder::new()
///     .layer(SignLayer::new(signer.clone()))
///     .map_request(|request: Request<BufferedBody>| request.map(BufferedBody::into_bytes))
///     .filter(|request: Request<Bytes>| reqwest::Request::try_from(request))
///     .service(reqwest::Client::new());
///
/// let channel = ServiceBuilder::new()
///     .layer(SignLayer::new(signer))
///     .map_request(|request: Request<BufferedBody>| request.map(tonic::body::Body::new))
///     .service(Endpoint::from_static("http://[::1]:50051").connect_lazy());
/// # Ok::<(), online_contact::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SignLayer {
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl SignLayer {
    /// Creates a layer that signs with the current time.
    #[must_use]
    pub fn new(signer: Signer) -> Self {
        Self { signer, clock: Arc::new(SystemClock) }
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl<S> Layer<S> for SignLayer {
    type Service = Sign<S>;

    fn layer(&self, inner: S) -> Sign<S> {
        Sign { inner, signer: self.signer.clone(), clock: Arc::clone(&self.clock) }
    }
}

/// A client that signs its requests. [`SignLayer`] creates it.
#[derive(Clone, Debug)]
pub struct Sign<S> {
    inner: S,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl<S> Sign<S> {
    /// Creates a client that signs with the current time.
    pub fn new(inner: S, signer: Signer) -> Self {
        SignLayer::new(signer).layer(inner)
    }

    /// Returns the inner client.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns the inner client, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns the inner client, without this one around it.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B> Service<Request<B>> for Sign<S>
where
    S: Service<Request<BufferedBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = SignFuture<S::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was polled for readiness is the one to call.
        let clone = self.inner.clone();
        let mut service = std::mem::replace(&mut self.inner, clone);
        let (mut parts, body) = request.into_parts();
        let mut signing = self.signer.begin(parts.uri.path());
        let clock = Arc::clone(&self.clock);
        SignFuture(Fused::new(async move {
            let mut body = Recorded::new(Frames::new(body));
            while let Some(chunk) =
                poll_fn(|cx| Pin::new(&mut body).poll_next(cx).map_err(Into::into)).await
            {
                signing.update(&chunk?);
                // Other tasks get their turn.
                consume_budget().await;
            }
            signing.finish(clock.now()).set(&mut parts.headers);
            let request = Request::from_parts(parts, BufferedBody::recorded(body));
            service.call(request).await.map_err(Into::into)
        }))
    }
}

/// The response future of a [`Sign`] client.
///
/// It fails with the error of the request's body, or with the client's. It is fused: polled again after it
/// has completed, it stays pending.
#[must_use = "futures do nothing unless polled"]
pub struct SignFuture<R>(Fused<Result<R, BoxError>>);

impl<R> Future for SignFuture<R> {
    type Output = Result<R, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<R> fmt::Debug for SignFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignFuture").finish_non_exhaustive()
    }
}
