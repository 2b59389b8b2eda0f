//! The layer works in both of the places where a tonic server takes one.

use std::net::SocketAddr;

use crate::support::{ask, bind, channel, question, signed_client, verifier};
use axum::Router;
use axum::routing::post;
use example_shared::CustomerDirectory;
use example_shared::demo::DOCUMENTED_BODY;
use example_tonic_gateway::backend::Directory;
use example_tonic_gateway::proto::customer_directory_client::CustomerDirectoryClient;
use example_tonic_gateway::proto::customer_directory_server::CustomerDirectoryServer;
use online_contact::Success;
use online_contact_tower::VerifyLayer;
use tonic::Code;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// The service itself, with no gateway before it.
async fn service() -> CustomerDirectoryServer<Directory> {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    CustomerDirectoryServer::new(Directory(directory))
}

async fn lets_only_signed_calls_through(server: SocketAddr) {
    let found = signed_client(server).lookup(question("1")).await.unwrap();
    assert_eq!(found.into_inner().user_name, "test");

    let mut unsigned = CustomerDirectoryClient::new(channel(server));
    let status = unsigned.lookup(question("1")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.metadata().get_bin("oc-error-bin").is_some());
}

#[tokio::test]
async fn under_tonic_server_layer() {
    let (listener, address) = bind().await;
    let serving = Server::builder()
        .layer(VerifyLayer::new(verifier()))
        .add_service(service().await)
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(serving);
    lets_only_signed_calls_through(address).await;
}

#[tokio::test]
async fn under_an_axum_router_made_of_routes() {
    let (listener, address) = bind().await;
    let router =
        Routes::new(service().await).into_axum_router().layer(VerifyLayer::new(verifier()));
    tokio::spawn(axum::serve(listener, router).into_future());
    lets_only_signed_calls_through(address).await;
}

#[tokio::test]
async fn json_and_grpc_on_one_tonic_server() {
    let (listener, address) = bind().await;
    let json = Router::new().route("/customer", post(async || Success("found")));
    let routes = Routes::from(json).add_service(service().await);
    let serving = Server::builder()
        .accept_http1(true)
        .layer(VerifyLayer::new(verifier()))
        .add_routes(routes)
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(serving);

    lets_only_signed_calls_through(address).await;
    let answer = ask(address, DOCUMENTED_BODY).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"data":"found"}"#));
}
