//! The sending side of gRPC: a client whose calls are signed as Online Contact signs its requests.

use axum::http::Request;
use online_contact::Signer;
use online_contact_tower::{BufferedBody, Sign, SignLayer};
use tonic::body::Body;
use tonic::transport::Channel;
use tower::ServiceBuilder;
use tower::util::MapRequest;

use crate::proto::customer_directory_client::CustomerDirectoryClient;

/// A channel that signs each call. The signature stands in the headers, so a call is buffered to its
/// end before it is sent.
pub type SignedChannel = Sign<MapRequest<Channel, IntoTonic>>;

type IntoTonic = fn(Request<BufferedBody>) -> Request<Body>;

/// A client that signs its calls.
#[must_use]
pub fn client(channel: Channel, signer: Signer) -> CustomerDirectoryClient<SignedChannel> {
    // A channel takes tonic's own body type.
    let into_tonic: IntoTonic = |request| request.map(Body::new);
    let signed = ServiceBuilder::new()
        .layer(SignLayer::new(signer))
        .map_request(into_tonic)
        .service(channel);
    CustomerDirectoryClient::new(signed)
}
