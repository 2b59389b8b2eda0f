use online_contact::Verifier;
use tower_layer::Layer;

use crate::Verify;

/// Lets only verified requests through to a service. The crate's front page shows it in use.
///
/// All settings are the [`Verifier`]'s; one verifier may serve many layers.
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    verifier: Verifier,
}

impl VerifyLayer {
    /// A layer that asks this verifier.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify::new(inner, self.verifier.clone())
    }
}
