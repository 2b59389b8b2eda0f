//! The servers under test.

mod actix;
mod axum;
mod envoy;
mod hyper;
mod tonic;

use std::future::Future;
use std::pin::Pin;

use tokio::net::TcpListener;

use crate::{App, Result, Settings};

pub use self::actix::Actix;
pub use self::axum::Axum;
pub use self::envoy::EnvoyAdapter;
pub use self::hyper::{Hyper, echo, serve_connections};
pub use self::tonic::{Tonic, TonicRouter};

/// Every adapter that the cases are held against. A new one joins with a file and a line here.
pub const ALL: &[&dyn Adapter] = &[&Axum, &Hyper, &Tonic, &TonicRouter, &Actix];

/// A framework with the verifier in front of the application.
pub trait Adapter: Sync {
    /// Returns the name in the matrix.
    fn name(&self) -> &'static str;

    /// Returns the needs that the framework cannot meet, with the reason.
    fn lacks(&self) -> &'static [(Need, &'static str)];

    /// Serves connections until it is dropped.
    ///
    /// # Errors
    ///
    /// Returns an error for invalid settings.
    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving>;
}

/// A server at work.
pub type Serving = Pin<Box<dyn Future<Output = ()>>>;

/// The parts of a server.
pub struct Setup {
    /// The verifier's.
    pub settings: Settings,
    /// The application.
    pub app: App,
}

/// A need of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// HTTP/2 without TLS and without asking first.
    Http2,
    /// Trailers of a request reach the handler.
    Trailers,
    /// Unary gRPC calls.
    Grpc,
    /// A service that takes a limited number of requests at once.
    Readiness,
    /// `100 Continue` is not sent before the body is read.
    ContinueOnDemand,
    /// A request is rejected by its headers before its body has come.
    HeadersFirst,
    /// A request without a body differs from one whose body is not passed on.
    EmptyRequest,
    /// An empty `Authorization` beside another one is seen.
    EmptyAuthorization,
    /// A client that has closed its side in mid-body still gets a response.
    HalfClose,
    /// A gRPC content type in upper case counts too.
    GrpcInUpperCase,
    /// Invalid chunks are rejected by the verifier.
    InvalidChunks,
    /// Time can be paused.
    PausedTime,
}
