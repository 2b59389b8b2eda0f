//! The routes of the example: `POST /customer`, for Online Contact only.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use example_shared::{Customer, CustomerDirectory, Query, lookup, no_route};
use online_contact::{Data, Failure, Verified, Verifier};
use online_contact_tower::VerifyLayer;

/// The whole application.
pub fn app(verifier: Verifier, directory: CustomerDirectory) -> Router {
    Router::new()
        .route("/customer", post(customer))
        // Only what this verifier lets through reaches the handlers above.
        .route_layer(VerifyLayer::new(verifier))
        // Anything else gets an error object too: Online Contact can't read axum's own answers.
        .fallback(async || no_route())
        .method_not_allowed_fallback(async || no_route())
        .with_state(directory)
}

/// `Verified` is the proof that Online Contact asks. A route without the layer can't make one.
async fn customer(
    verified: Verified,
    State(directory): State<CustomerDirectory>,
    body: Bytes,
) -> Result<Data<Customer>, Failure> {
    tracing::info!(key = verified.key_label(), age_ms = verified.timestamp_age_ms(), "lookup");
    let query = Query::from_json(&body)?;
    lookup(&directory, &query).await
}
