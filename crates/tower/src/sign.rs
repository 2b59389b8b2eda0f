use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::{AUTHORIZATION, HeaderName, InvalidHeaderValue};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request};
use http_body::Body;
use online_contact::{
    Clock, SignedHeaders, Signer, Signing, SystemClock, TIMESTAMP_HEADER, Verification,
};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::BufferedBody;
use crate::collect::next;

type BoxError = Box<dyn Error + Send + Sync>;

/// Signs what a client sends, as Online Contact does: for tests, and for services that call a
/// verified one.
///
/// The body is buffered to its end, for the signature stands in the headers; then both headers are
/// set, in place of any that were there. The path is signed as it stands in the request's URI.
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
/// // Stands for a hyper client or a tonic channel.
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
/// A client that takes a body of its own type gets it through `map_request`: for a tonic channel,
/// `.layer(SignLayer::new(signer)).map_request(|request: Request<BufferedBody>|
/// request.map(tonic::body::Body::new)).service(channel)`.
#[derive(Clone, Debug)]
pub struct SignLayer {
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl SignLayer {
    /// Signs with this signer, at the present moment.
    #[must_use]
    pub fn new(signer: Signer) -> Self {
        Self { signer, clock: Arc::new(SystemClock) }
    }

    /// Takes the moment of signing from another clock.
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

/// A client behind a [`SignLayer`].
#[derive(Clone, Debug)]
pub struct Sign<S> {
    inner: S,
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl<S, B> Service<Request<B>> for Sign<S>
where
    S: Service<Request<BufferedBody>> + Clone,
    S::Error: Into<BoxError>,
    B: Body + Unpin,
    B::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = SignFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> SignFuture<S, B> {
        let (parts, body) = request.into_parts();
        let signing = self.signer.begin(parts.uri.path());
        // The one that was asked for readiness is the one to call.
        let clone = self.inner.clone();
        let service = std::mem::replace(&mut self.inner, clone);
        let outgoing = Outgoing { service, parts, signing, buffered: BufferedBody::default() };
        let clock = Arc::clone(&self.clock);
        SignFuture { state: State::Buffering { body, outgoing: Some(outgoing), clock } }
    }
}

pin_project! {
    /// The answer to be of a [`Sign`] client.
    ///
    /// Fails with the body's error where that breaks off, otherwise with the client's.
    pub struct SignFuture<S, B>
    where
        S: Service<Request<BufferedBody>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F> {
        Buffering { body: B, outgoing: Option<Outgoing<S>>, clock: Arc<dyn Clock> },
        Calling { #[pin] future: F },
    }
}

struct Outgoing<S> {
    service: S,
    parts: Parts,
    signing: Signing,
    buffered: BufferedBody,
}

impl<S> Outgoing<S> {
    fn poll_body<B>(&mut self, body: &mut B, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>>
    where
        B: Body<Error: Into<BoxError>> + Unpin,
    {
        let Self { signing, buffered: BufferedBody { pieces, trailers }, .. } = self;
        for _ in 0..Verification::PIECES_PER_TURN {
            match ready!(next(body, trailers, cx)) {
                Some(Ok(piece)) => {
                    signing.update(&piece);
                    pieces.push(piece);
                }
                Some(Err(error)) => return Poll::Ready(Err(error.into())),
                None => return Poll::Ready(Ok(())),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn send(self, clock: &dyn Clock) -> Result<S::Future, BoxError>
    where
        S: Service<Request<BufferedBody>>,
    {
        let Self { mut service, mut parts, signing, buffered } = self;
        set_headers(&mut parts.headers, &signing.finish(clock.now()))?;
        Ok(service.call(Request::from_parts(parts, buffered)))
    }
}

fn set_headers(headers: &mut HeaderMap, signed: &SignedHeaders) -> Result<(), InvalidHeaderValue> {
    let mut signature = HeaderValue::try_from(signed.signature().to_base64())?;
    // Keeps it out of `Debug` and of HTTP/2's header tables.
    signature.set_sensitive(true);
    headers.insert(AUTHORIZATION, signature);
    headers
        .insert(HeaderName::from_static(TIMESTAMP_HEADER), signed.timestamp().as_millis().into());
    Ok(())
}

impl<S, B> Future for SignFuture<S, B>
where
    S: Service<Request<BufferedBody>>,
    S::Error: Into<BoxError>,
    B: Body + Unpin,
    B::Error: Into<BoxError>,
{
    type Output = Result<S::Response, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let future = match state.as_mut().project() {
                StateProj::Buffering { body, outgoing, clock } => {
                    let Some(buffering) = outgoing else { return Poll::Pending };
                    let buffered = ready!(buffering.poll_body(body, cx));
                    // Nothing is sent of a body that broke off, however often this is polled.
                    let Some(outgoing) = outgoing.take() else { return Poll::Pending };
                    buffered?;
                    outgoing.send(&**clock)?
                }
                StateProj::Calling { future } => return future.poll(cx).map_err(Into::into),
            };
            state.set(State::Calling { future });
        }
    }
}

impl<S, B> fmt::Debug for SignFuture<S, B>
where
    S: Service<Request<BufferedBody>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignFuture").finish_non_exhaustive()
    }
}
