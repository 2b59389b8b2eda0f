use std::fmt;
use std::marker::PhantomData;

use online_contact::Verifier;
use tower_layer::Layer;

use crate::{BufferedBody, Verify};

/// A layer that passes only verified requests to a service.
///
/// [`OnlineContactLayer`](crate::OnlineContactLayer), which is this layer within
/// [`EnvelopeLayer`](crate::EnvelopeLayer), is the recommended form. Take this one alone if the application
/// keeps to the envelope by itself, or for gRPC:
///
/// ```
/// use online_contact::{SecurityKey, Verifier};
/// use online_contact_tower::{BufferedBody, VerifyLayer};
/// use tower::{ServiceBuilder, service_fn};
///
/// let verifier = Verifier::builder().key(SecurityKey::new("bf7769e5321448de88838cdb")?).build()?;
/// let service = ServiceBuilder::new().layer(VerifyLayer::new(verifier)).service(service_fn(
///     |request: http::Request<BufferedBody>| async {
///         Ok::<_, std::convert::Infallible>(http::Response::new(request.into_body()))
///     },
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct VerifyLayer<B = BufferedBody> {
    verifier: Verifier,
    grpc_web: bool,
    body: PhantomData<fn() -> B>,
}

impl VerifyLayer {
    /// Creates a layer with this verifier, which has all settings. One verifier may serve many layers.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier, grpc_web: false, body: PhantomData }
    }
}

impl<B> VerifyLayer<B> {
    /// Sets the body type of the requests that the inner service gets. Default: [`BufferedBody`].
    ///
    /// Layers of axum, such as `from_fn`, take axum's own body. They need it here if they are in one
    /// `ServiceBuilder` with this layer:
    ///
    #[cfg_attr(feature = "axum", doc = "```")]
    #[cfg_attr(not(feature = "axum"), doc = "```ignore")]
    /// use axum::body::Body;
    /// use axum::middleware::{Next, from_fn};
    /// use axum::{Router, extract::Request, routing::post};
    /// use online_contact_tower::VerifyLayer;
    /// use tower::ServiceBuilder;
    /// # use online_contact::{SecurityKey, Verifier};
    /// # let verifier = Verifier::builder().key(SecurityKey::new("bf7769e5321448de88838cdb")?).build()?;
    ///
    /// let app: Router = Router::new().route("/customer", post(|| async {})).layer(
    ///     ServiceBuilder::new()
    ///         .layer(VerifyLayer::new(verifier).inner_body::<Body>())
    ///         .layer(from_fn(|request: Request, next: Next| next.run(request))),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn inner_body<I: From<BufferedBody>>(self) -> VerifyLayer<I> {
        VerifyLayer { verifier: self.verifier, grpc_web: self.grpc_web, body: PhantomData }
    }

    /// Sets whether this layer stands in front of a gRPC-Web service, such as tonic's with `tonic-web`.
    ///
    /// Requests in a gRPC-Web content type are then rejected with a gRPC status in that content type.
    /// Default: `false`, so that a client cannot choose a rejection with HTTP status 200.
    #[must_use]
    pub fn grpc_web(mut self, fronts_grpc_web: bool) -> Self {
        self.grpc_web = fronts_grpc_web;
        self
    }
}

impl<S, B> Layer<S> for VerifyLayer<B> {
    type Service = Verify<S, B>;

    fn layer(&self, inner: S) -> Verify<S, B> {
        Verify::with(inner, self.verifier.clone(), self.grpc_web)
    }
}

impl<B> Clone for VerifyLayer<B> {
    fn clone(&self) -> Self {
        Self { verifier: self.verifier.clone(), grpc_web: self.grpc_web, body: PhantomData }
    }
}

impl<B> fmt::Debug for VerifyLayer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyLayer")
            .field("verifier", &self.verifier)
            .field("grpc_web", &self.grpc_web)
            .finish()
    }
}
