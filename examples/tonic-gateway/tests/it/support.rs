//! A running gateway, and backends to put behind it.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use example_shared::client::{Answer, SignedRequest};
use example_tonic_gateway::proto::customer_directory_client::CustomerDirectoryClient;
use example_tonic_gateway::proto::customer_directory_server::CustomerDirectory;
use example_tonic_gateway::proto::{Customer, LookupRequest};
use example_tonic_gateway::signed::SignedChannel;
use example_tonic_gateway::upstream::Upstream;
use example_tonic_gateway::{backend, gateway, signed};
use online_contact::{Clock as _, SecurityKey, Signer, SystemClock, Verifier};
use tokio::net::TcpListener;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

pub(crate) const BACKEND_TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) fn key() -> SecurityKey {
    SecurityKey::new("the key of these tests").unwrap()
}

pub(crate) fn verifier() -> Verifier {
    Verifier::builder().key(key()).build().unwrap()
}

pub(crate) async fn bind() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Starts a backend that serves until the test is over.
pub(crate) async fn start_backend(service: impl CustomerDirectory) -> SocketAddr {
    let (listener, address) = bind().await;
    tokio::spawn(backend::serve(listener, service, pending()));
    address
}

/// Starts a gateway in front of a backend.
pub(crate) async fn start_gateway(verifier: Verifier, backend: SocketAddr) -> SocketAddr {
    let upstream = Upstream::new(format!("http://{backend}"), BACKEND_TIMEOUT).unwrap();
    let (listener, address) = bind().await;
    tokio::spawn(axum::serve(listener, gateway::app(verifier, upstream)).into_future());
    address
}

/// Sends a signed `POST /customer`.
pub(crate) async fn ask(server: SocketAddr, body: &str) -> Answer {
    let request = SignedRequest::new(&Signer::new(&key()), body, SystemClock.now());
    request.send(server).await.unwrap()
}

pub(crate) fn channel(server: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{server}")).unwrap().connect_lazy()
}

pub(crate) fn signed_client(server: SocketAddr) -> CustomerDirectoryClient<SignedChannel> {
    signed::client(channel(server), Signer::new(&key()))
}

pub(crate) fn question(call_num: &str) -> LookupRequest {
    LookupRequest { call_num: call_num.to_owned(), nation: None }
}

/// A backend that does whatever the closure says.
pub(crate) struct Backend<F>(pub(crate) F);

#[tonic::async_trait]
impl<F, A> CustomerDirectory for Backend<F>
where
    F: Fn(Request<LookupRequest>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Customer, Status>> + Send,
{
    async fn lookup(&self, request: Request<LookupRequest>) -> Result<Response<Customer>, Status> {
        (self.0)(request).await.map(Response::new)
    }
}
