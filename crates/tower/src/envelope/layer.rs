use std::fmt;

use online_contact::{EnvelopePolicy, Verifier};
use tower_layer::Layer;

use super::Envelope;
use crate::{BufferedBody, Verify, VerifyLayer};

/// A layer that keeps the responses of a service to the envelope: 200 with `data`, or 400, 403, 404 or 500
/// with an error object.
///
/// - Another status becomes the nearest of these: 401 becomes 403, 405 becomes 404, 408, 429 and 5xx become
///   500, any other 4xx 400, and everything else 500.
/// - A failure without an error object gets one. The original status and the first 1 KiB of its text go to
///   the log. A missing `detail` or `Content-Type` is added.
/// - A panic and an error of the inner service become 500, and so does a body that fails while it is read. The
///   service cannot fail, so tower's timeout and load shedding need no further error handling in axum.
/// - A 200 that is not a JSON object with `data` is logged; [`strict`](Self::strict) makes it a 500.
///   Successes that stream or are longer than 64 KiB pass unread.
/// - gRPC responses pass unread.
///
/// Put it outside the verify layer and the router's fallbacks. [`OnlineContactLayer`] is both layers in the
/// right order. A body is read for at most 300 ms once it has to be waited for.
///
/// ```
/// use axum::{Json, Router, routing::post};
/// use online_contact_tower::EnvelopeLayer;
/// use tower::ServiceExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app: Router = Router::new()
///     .route("/customer", post(|Json(query): Json<serde_json::Value>| async { Json(query) }))
///     .layer(EnvelopeLayer::new());
///
/// // axum responds with 415 in plain text.
/// let request = http::Request::post("/customer").body("not JSON".to_owned())?;
/// let response = app.oneshot(request).await?;
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvelopeLayer {
    policy: EnvelopePolicy,
}

impl EnvelopeLayer {
    /// Creates a layer that logs successes without `data` and lets them pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether a success without `data` becomes a 500.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { policy: self.policy.strict(strict) }
    }
}

impl<S> Layer<S> for EnvelopeLayer {
    type Service = Envelope<S>;

    fn layer(&self, inner: S) -> Envelope<S> {
        Envelope::new(inner, self.policy)
    }
}

/// The recommended layer: [`EnvelopeLayer`] around [`VerifyLayer`].
///
/// ```
/// use axum::{Router, routing::post};
/// use online_contact::{SecurityKey, Verifier};
/// use online_contact_tower::OnlineContactLayer;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = Verifier::builder().key(SecurityKey::new("bf7769e5321448de88838cdb")?).build()?;
/// let app: Router = Router::new()
///     .route("/customer", post(|| async { r#"{"data":{}}"# }))
///     .layer(OnlineContactLayer::new(verifier));
/// # Ok(())
/// # }
/// ```
pub struct OnlineContactLayer<B = BufferedBody> {
    verify: VerifyLayer<B>,
    envelope: EnvelopeLayer,
}

impl OnlineContactLayer {
    /// Creates a layer with this verifier, which has all settings of the verification.
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self { verify: VerifyLayer::new(verifier), envelope: EnvelopeLayer::new() }
    }
}

impl<B> OnlineContactLayer<B> {
    /// Sets whether a success without `data` becomes a 500. Default: `false`.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.envelope = self.envelope.strict(strict);
        self
    }

    /// Sets the body type of the requests that the inner service gets, as
    /// [`VerifyLayer::inner_body`] does. Default: [`BufferedBody`].
    #[must_use]
    pub fn inner_body<I: From<BufferedBody>>(self) -> OnlineContactLayer<I> {
        OnlineContactLayer { verify: self.verify.inner_body(), envelope: self.envelope }
    }
}

impl<S, B> Layer<S> for OnlineContactLayer<B> {
    type Service = Envelope<Verify<S, B>>;

    fn layer(&self, inner: S) -> Self::Service {
        self.envelope.layer(self.verify.layer(inner))
    }
}

impl<B> Clone for OnlineContactLayer<B> {
    fn clone(&self) -> Self {
        Self { verify: self.verify.clone(), envelope: self.envelope }
    }
}

impl<B> fmt::Debug for OnlineContactLayer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnlineContactLayer")
            .field("verify", &self.verify)
            .field("envelope", &self.envelope)
            .finish()
    }
}
