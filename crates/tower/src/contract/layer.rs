use online_contact::{EnvelopePolicy, Verifier};
use tower_layer::Layer;

use super::Envelope;
use crate::Verify;

/// Keeps an application to what Online Contact can read: whatever leaves is 200 with `data`, or 400,
/// 403, 404 or 500 with an error object.
///
/// - Another status becomes the one that says the same to the agent: 401 becomes 403, 405 becomes 404,
///   any other 4xx 400, all the rest 500.
/// - A failure without an error object gets one; the original status and the first 1 KiB of its text
///   go to the log. So does a missing `detail` or `Content-Type`, which is put right. The text of a
///   success, which is a customer's record, is never logged.
/// - A panic and an error of the inner service become 500; the service behind this layer can't fail,
///   so tower's own timeout or load shedding needs no further error handling under axum.
/// - A 200 that is no JSON object with `data` is told in the log; [`strict`](Self::strict) makes it a
///   500. Successes that stream, or are longer than 64 KiB, pass as they are.
/// - gRPC responses pass as they are.
///
/// Put it outside of the verify layer and of the router's fallbacks, so that it sees all that leaves;
/// rejections keep the contract already. [`OnlineContactLayer`] is both layers in the right order.
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
/// // axum would answer 415 in plain text.
/// let request = http::Request::post("/customer").body("not JSON".to_owned())?;
/// let response = app.oneshot(request).await?;
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EnvelopeLayer {
    contract: EnvelopePolicy,
}

impl EnvelopeLayer {
    /// A layer that reports successes without `data` and lets them pass.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a success without `data` becomes a 500.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { contract: self.contract.strict(strict) }
    }
}

impl<S> Layer<S> for EnvelopeLayer {
    type Service = Envelope<S>;

    fn layer(&self, inner: S) -> Envelope<S> {
        Envelope::new(inner, self.contract)
    }
}

/// The usual case: [`EnvelopeLayer`] around [`VerifyLayer`](crate::VerifyLayer) around a service.
///
/// ```
/// use axum::{Router, routing::post};
/// use online_contact::{Success, SecurityKey, Verifier};
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
#[derive(Clone, Debug)]
pub struct OnlineContactLayer {
    verifier: Verifier,
    contract: EnvelopeLayer,
}

impl OnlineContactLayer {
    /// A layer that lets verified requests in and keeps the contract for what leaves.
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self { verifier, contract: EnvelopeLayer::new() }
    }

    /// Whether a success without `data` becomes a 500.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.contract = self.contract.strict(strict);
        self
    }
}

impl<S> Layer<S> for OnlineContactLayer {
    type Service = Envelope<Verify<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        self.contract.layer(Verify::new(inner, self.verifier.clone()))
    }
}
