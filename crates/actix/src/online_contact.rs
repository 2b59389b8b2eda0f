use std::future::{Ready, ready};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use online_contact::Verifier;

use crate::{Envelope, EnvelopeMiddleware, Verify, VerifyMiddleware};

/// The recommended middleware: [`Envelope`] around [`Verify`], for a resource or a scope.
///
/// Wrap the resource or the scope that Online Contact calls, not the `App`: the envelope would change the
/// responses of all other routes too. The crate's front page shows it in use.
#[derive(Clone, Debug)]
pub struct OnlineContact {
    verify: Verify,
    envelope: Envelope,
}

impl OnlineContact {
    /// Creates a middleware with this verifier, which has all settings of the verification. Build the
    /// verifier once, outside the closure of `HttpServer::new`, which runs once per worker.
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        Self { verify: Verify::new(verifier), envelope: Envelope::new() }
    }

    /// Sets whether a success without `data` becomes a 500. Default: `false`.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.envelope = self.envelope.strict(strict);
        self
    }
}

impl<S, B> Transform<S, ServiceRequest> for OnlineContact
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<EitherBody<B>>>;
    type Error = Error;
    type Transform = EnvelopeMiddleware<VerifyMiddleware<S>>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(self.envelope.around(self.verify.around(service))))
    }
}
