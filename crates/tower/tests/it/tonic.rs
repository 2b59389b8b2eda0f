//! The layers on a tonic server and a tonic channel.

use std::net::SocketAddr;

use http::{Request, Response};
use online_contact::Verified;
use online_contact_tower::{BufferedBody, SignLayer, VerifyLayer};
use tokio::net::TcpListener;
use tonic::service::LayerExt as _;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::{ServerReflectionRequest, server_reflection_server};
use tower::{Service, ServiceBuilder, ServiceExt as _};
use tower_http::cors::CorsLayer;

use crate::support::{NOW, signer, verifier};

fn reflection()
-> server_reflection_server::ServerReflectionServer<impl server_reflection_server::ServerReflection>
{
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .unwrap()
}

/// The health service, which in these tests is the application's.
fn health()
-> tonic_health::pb::health_server::HealthServer<impl tonic_health::pb::health_server::Health> {
    tonic_health::server::health_reporter().1
}

async fn listen() -> (TcpIncoming, Channel) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy();
    (TcpIncoming::from(listener), channel)
}

fn check() -> HealthCheckRequest {
    HealthCheckRequest::default()
}

/// Signs the calls of a channel.
fn signing(
    channel: Channel,
) -> impl Service<
    Request<tonic::body::Body>,
    Response = Response<tonic::body::Body>,
    Error = tower::BoxError,
    Future: Send,
> + Clone {
    ServiceBuilder::new()
        .layer(SignLayer::new(signer()).clock(NOW))
        .map_request(|request: Request<BufferedBody>| request.map(tonic::body::Body::new))
        .service(channel)
}

/// `Server::layer` verifies all services. It also takes layers that need a `Default` body.
#[tokio::test]
async fn a_layer_of_the_server_verifies_every_service() {
    let (incoming, channel) = listen().await;
    let server = Server::builder()
        .accept_http1(true)
        .layer(CorsLayer::permissive())
        .layer(VerifyLayer::new(verifier()).grpc_web(true))
        .layer(tonic_web::GrpcWebLayer::new())
        .add_service(health())
        .add_service(reflection())
        .serve_with_incoming(incoming);
    tokio::spawn(server);

    let mut unsigned = HealthClient::new(channel.clone());
    let status = unsigned.check(check()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert!(status.metadata().contains_key("oc-error-bin"));
    assert!(HealthClient::new(signing(channel)).check(check()).await.is_ok());
}

/// `named_layer` verifies one service. The others, such as health and reflection, stay open.
#[tokio::test]
async fn health_and_reflection_can_stay_unverified() {
    let (incoming, channel) = listen().await;
    let server = Server::builder()
        .add_service(VerifyLayer::new(verifier()).named_layer(health()))
        .add_service(reflection())
        .serve_with_incoming(incoming);
    tokio::spawn(server);

    let list = ServerReflectionRequest {
        message_request: Some(MessageRequest::ListServices(String::new())),
        ..Default::default()
    };
    let mut open = ServerReflectionClient::new(channel.clone());
    let listed = open.server_reflection_info(futures_util::stream::iter([list])).await;
    assert!(listed.unwrap().into_inner().message().await.unwrap().is_some());

    let status = HealthClient::new(channel.clone()).check(check()).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    assert!(HealthClient::new(signing(channel)).check(check()).await.is_ok());
}

#[tokio::test]
async fn an_interceptor_finds_the_proof() {
    let (incoming, channel) = listen().await;
    let intercept = |request: tonic::Request<()>| match request.extensions().get::<Verified>() {
        Some(_) => Ok(request),
        None => Err(tonic::Status::internal("unverified")),
    };
    let server = Server::builder()
        .layer(VerifyLayer::new(verifier()))
        .layer(tonic::service::InterceptorLayer::new(intercept))
        .add_service(health())
        .serve_with_incoming(incoming);
    tokio::spawn(server);
    assert!(HealthClient::new(signing(channel)).check(check()).await.is_ok());
}

/// A gRPC-Web client gets its own content type back, if the layer knows that it fronts gRPC-Web.
#[tokio::test]
async fn a_grpc_web_rejection_has_the_content_type_of_the_request() {
    let respond = async |fronts_grpc_web, content_type: &str| {
        let service = ServiceBuilder::new()
            .layer(VerifyLayer::new(verifier()).grpc_web(fronts_grpc_web))
            .layer(tonic_web::GrpcWebLayer::new())
            .service(tonic::service::Routes::new(health()).prepare());
        let request = Request::post("/grpc.health.v1.Health/Check")
            .header("content-type", content_type)
            .body(tonic::body::Body::empty());
        let response = service.oneshot(request.unwrap()).await.unwrap();
        let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), content_type, response.headers().contains_key("grpc-status"))
    };
    for content_type in ["application/grpc-web+proto", "application/grpc-web-text"] {
        assert_eq!(respond(true, content_type).await, (200, content_type.to_owned(), true));
        let json = "application/json; charset=utf-8".to_owned();
        assert_eq!(respond(false, content_type).await, (400, json, false));
    }
}
