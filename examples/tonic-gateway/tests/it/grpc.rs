//! What gRPC callers of the gateway are answered, over real sockets.

use std::net::SocketAddr;

use crate::support::{channel, question, signed_client, start_backend, start_gateway, verifier};
use example_shared::CustomerDirectory;
use example_tonic_gateway::backend::Directory;
use example_tonic_gateway::demo::envelope;
use example_tonic_gateway::proto::customer_directory_client::CustomerDirectoryClient;
use example_tonic_gateway::proto::{Customer, LookupRequest};
use example_tonic_gateway::signed;
use online_contact::{SecurityKey, Signer};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

async fn start() -> SocketAddr {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    let backend = start_backend(Directory(directory)).await;
    start_gateway(verifier(), backend).await
}

#[tokio::test]
async fn a_signed_call_finds_the_customer() {
    let mut client = signed_client(start().await);
    let documented = client.lookup(question("1")).await.unwrap().into_inner();
    assert_eq!(documented.user_name, "test");
    assert_eq!(documented.id, "testId");

    // The second call on the same connection has a signature of its own.
    let in_japan = LookupRequest { call_num: "3".to_owned(), nation: Some("japan".to_owned()) };
    let found = client.lookup(in_japan).await.unwrap().into_inner();
    assert_eq!(found.user_name, "山田花子");
}

#[tokio::test]
async fn a_missing_customer_is_not_found() {
    let mut client = signed_client(start().await);
    let status = client.lookup(question("99")).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(status.message(), "Not existing user.");
}

#[tokio::test]
async fn a_call_without_a_number_is_an_invalid_argument() {
    let mut client = signed_client(start().await);
    let status = client.lookup(question("")).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.message(), "This can't be looked up.");
    assert_eq!(envelope(&status), None);
}

#[tokio::test]
async fn an_unsigned_call_is_rejected() {
    let mut client = CustomerDirectoryClient::new(channel(start().await));
    let status = client.lookup(question("1")).await.unwrap_err();
    // The timestamp is looked for first.
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.message(), "X-TC-Timestamp is missing.");
    assert_eq!(
        envelope(&status).unwrap(),
        r#"{"error":{"code":"40001","message":"X-TC-Timestamp is missing.","detail":"timestamp_missing"}}"#
    );
}

#[tokio::test]
async fn a_call_under_another_key_is_rejected() {
    let other = SecurityKey::new("some other key").unwrap();
    let mut client = signed::client(channel(start().await), Signer::new(&other));
    let status = client.lookup(question("1")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(
        envelope(&status).unwrap(),
        r#"{"error":{"code":"40303","message":"Authorization does not match the request.","detail":"signature_mismatch"}}"#
    );
}

#[tokio::test]
async fn another_service_is_unimplemented() {
    let mut grpc = Grpc::new(channel(start().await));
    grpc.ready().await.unwrap();
    let path = PathAndQuery::from_static("/customer.v2.CustomerDirectory/Lookup");
    let codec = ProstCodec::<LookupRequest, Customer>::default();
    let status = grpc.unary(Request::new(question("1")), path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}
