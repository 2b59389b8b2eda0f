//! A fault, and the parts of the faultless adapter that faults are put between.

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use online_contact::{Verifier, VerifierBuilder};
use online_contact_tests::adapters::{Need, Serving, Setup, echo, serve_connections};
use online_contact_tests::{Adapter, Error, Result};
use online_contact_tower::{BufferedBody, VerifyLayer};
use tokio::net::TcpListener;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::util::BoxCloneService;
use tower::{Service, ServiceBuilder, ServiceExt as _};

/// A mistake in a server.
#[derive(Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The cases that must find it; others may too.
    pub(crate) caught_by: &'static [&'static str],
    /// Texts of which one must be in the difference that a case finds.
    pub(crate) shows: &'static [&'static str],
    pub(crate) server: fn(&Setup) -> Result<Server>,
}

/// The server without a mistake.
pub(crate) const NONE: Fault = Fault {
    name: "faultless",
    caught_by: &[],
    shows: &[],
    server: |setup| Ok(boxed(verified(setup.settings.verifier()?, inner(setup)))),
};

/// hyper with a faulty service.
pub(crate) struct Faulty(pub(crate) Fault);

/// A service on its way into hyper.
pub(crate) type Server = BoxCloneService<Request<Incoming>, Response<Answer>, Error>;

/// The body of any answer.
pub(crate) type Answer = UnsyncBoxBody<Bytes, Error>;

impl Adapter for Faulty {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        &[(Need::Grpc, "plain hyper has no gRPC service")]
    }

    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        Ok(serve_connections(listener, (self.0.server)(&setup)?))
    }
}

/// The application behind its limit.
pub(crate) fn inner(
    setup: &Setup,
) -> impl Service<Request<BufferedBody>, Response = Response<Answer>, Error = Error, Future: Send>
+ Clone
+ Send
+ 'static {
    ServiceBuilder::new()
        .layer(GlobalConcurrencyLimitLayer::new(setup.settings.slots))
        .service(echo(setup.app.clone()))
        .map_response(answer::<_>)
}

/// The verifier in front of a service, for requests with any body.
pub(crate) fn verified<S, B>(
    verifier: Verifier,
    inner: S,
) -> impl Service<Request<B>, Response = Response<Answer>, Error = Error, Future: Send>
+ Clone
+ Send
+ 'static
where
    S: Service<Request<BufferedBody>, Response = Response<Answer>, Error = Error>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<Error>> + Send + Unpin + 'static,
{
    ServiceBuilder::new().map_response(answer).layer(VerifyLayer::new(verifier)).service(inner)
}

/// The faultless server with other settings.
pub(crate) fn with(setup: &Setup, alter: fn(VerifierBuilder) -> VerifierBuilder) -> Result<Server> {
    let verifier = alter(setup.settings.builder()?).build()?;
    Ok(boxed(verified(verifier, inner(setup))))
}

pub(crate) fn boxed<S>(service: S) -> Server
where
    S: Service<Request<Incoming>, Response = Response<Answer>, Error = Error>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    BoxCloneService::new(service)
}

fn answer<B>(response: Response<B>) -> Response<Answer>
where
    B: Body<Data = Bytes, Error: Into<Error>> + Send + 'static,
{
    response.map(|body| body.map_err(Into::into).boxed_unsync())
}
