//! The routes of the gateway: one port for JSON and gRPC, and the same layers around both.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use example_shared::{Customer, Query};
use online_contact::{Failure, Lookup, Success, Verified, Verifier};
use online_contact_tower::{EnvelopeLayer, VerifyLayer};
use tonic::service::Routes;
use tonic::{Request, Status};

use crate::proto::customer_directory_server::{CustomerDirectory, CustomerDirectoryServer};
use crate::proto::{self, LookupRequest};
use crate::status;
use crate::upstream::Upstream;

/// The whole application.
pub fn app(verifier: Verifier, upstream: Upstream) -> Router {
    let grpc = Routes::new(CustomerDirectoryServer::new(Forward(upstream.clone())));
    let json = Router::new().route("/customer", post(customer)).with_state(upstream);

    json.merge(grpc.into_axum_router())
        // Only what this verifier lets through reaches the routes above, whichever they speak.
        .route_layer(VerifyLayer::new(verifier))
        // tonic's own would answer 200 with a status of gRPC, which means nothing to Online Contact.
        .fallback(nothing_here)
        // Whatever leaves as JSON can be read by Online Contact: also a panic, a wrong path or method.
        .layer(EnvelopeLayer::new())
}

/// Online Contact's question in JSON, the backend's answer in gRPC, and the envelope around it.
async fn customer(
    verified: Verified,
    State(upstream): State<Upstream>,
    Lookup(Query { call_num, nation }): Lookup<Query>,
) -> Result<Success<Customer>, Failure> {
    log(&verified, "JSON");
    let question = LookupRequest { call_num, nation };
    let proto::Customer { user_name, id } =
        upstream.lookup(question).await.map_err(status::to_failure)?;
    Ok(Success(Customer { user_name, id }))
}

/// The backend's service, for signed gRPC callers.
#[derive(Clone, Debug)]
struct Forward(Upstream);

#[tonic::async_trait]
impl CustomerDirectory for Forward {
    async fn lookup(
        &self,
        request: Request<LookupRequest>,
    ) -> Result<tonic::Response<proto::Customer>, Status> {
        // The layer's proof is among the extensions of a gRPC request too.
        match request.extensions().get() {
            Some(verified) => log(verified, "gRPC"),
            None => return Err(Status::internal("this service is not set up to be called")),
        }
        let answer = self.0.lookup(request.into_inner()).await;
        answer.map(tonic::Response::new).map_err(status::to_caller)
    }
}

fn log(verified: &Verified, protocol: &str) {
    let (key, age_ms) = (verified.key_label(), verified.timestamp_age_ms());
    tracing::info!(key, age_ms, protocol, "lookup");
}

/// A gRPC caller is told in its own language; for all others the contract layer finds the words.
async fn nothing_here(headers: HeaderMap) -> Response {
    let content_type = headers.get(header::CONTENT_TYPE).map_or(&[][..], |value| value.as_bytes());
    if content_type.starts_with(b"application/grpc") {
        Status::unimplemented("there is no such service here").into_http::<Body>()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}
