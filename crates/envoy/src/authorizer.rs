use std::panic::catch_unwind;
use std::time::Duration;

use envoy_types::pb::envoy::service::auth::v3::authorization_server::{
    Authorization, AuthorizationServer,
};
use envoy_types::pb::envoy::service::auth::v3::{CheckRequest, CheckResponse};
use online_contact::{Failure, Timer, Verifier};
use tokio::time::sleep;
use tonic::{Request, Response, Status};

use crate::incoming::Incoming;
use crate::response;

/// The room that a check needs beside the request body: headers, addresses, certificates.
///
/// Envoy's default for the headers alone is 60 KiB.
const CHECK_OVERHEAD: usize = 1024 * 1024;

/// An external authorizer for Envoy: the gRPC service `envoy.service.auth.v3.Authorization` around a
/// [`Verifier`].
///
/// ```no_run
/// use online_contact::{SecurityKey, Verifier};
/// use online_contact_envoy::Authorizer;
/// use tonic::transport::Server;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = SecurityKey::from_env("OC_SECURITY_KEY")?;
/// let verifier = Verifier::builder().key(key).build()?;
/// Server::builder()
///     .add_service(Authorizer::new(verifier).into_service())
///     .serve("127.0.0.1:9001".parse()?)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Authorizer {
    verifier: Verifier,
}

impl Authorizer {
    /// Creates an authorizer that passes what this verifier verifies.
    #[must_use]
    pub const fn new(verifier: Verifier) -> Self {
        Self { verifier }
    }

    /// Returns the service for tonic, which rejects checks that are longer than the verifier's body
    /// limit allows.
    #[must_use]
    pub fn into_service(self) -> AuthorizationServer<Self> {
        let body_limit = usize::try_from(self.verifier.body_limit()).unwrap_or(usize::MAX);
        AuthorizationServer::new(self)
            .max_decoding_message_size(body_limit.saturating_add(CHECK_OVERHEAD))
    }

    async fn decide(&self, check: CheckRequest) -> CheckResponse {
        let mut incoming = match Incoming::try_from(check) {
            Ok(incoming) => incoming,
            Err(unusable) => {
                return response::denied(&Failure::gateway_not_set_up(unusable), false);
            }
        };
        let mut body = incoming.take_body();
        match self.verifier.verify(&incoming.head(), &mut body, &TokioTimer).await {
            Ok(verified) => response::allowed(&verified, &incoming),
            Err(rejection) => {
                response::denied(&self.verifier.reject(&rejection), incoming.is_grpc())
            }
        }
    }
}

#[tonic::async_trait]
impl Authorization for Authorizer {
    async fn check(
        &self,
        request: Request<CheckRequest>,
    ) -> Result<Response<CheckResponse>, Status> {
        Ok(Response::new(self.decide(request.into_inner()).await))
    }
}

/// The timer of tokio. Without one every wait is over at once.
struct TokioTimer;

impl Timer for TokioTimer {
    async fn sleep(&self, duration: Duration) {
        if has_timer() {
            sleep(duration).await;
        }
    }
}

/// Returns whether this is a runtime with a timer. Tokio has no such check, and panics without one.
fn has_timer() -> bool {
    catch_unwind(|| sleep(Duration::ZERO)).is_ok()
}
