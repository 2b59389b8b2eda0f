//! The routes of the example: `POST /customer`, for Online Contact only, and its description.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use example_shared::{Customer, CustomerDirectory, Query, lookup};
use online_contact::openapi::describe;
use online_contact::{Failure, Lookup, Success, Verified, Verifier};
use online_contact_tower::{EnvelopeLayer, VerifyLayer};

/// The whole application.
pub fn app(verifier: Verifier, directory: CustomerDirectory) -> Router {
    let description = describe::<Query, Customer>("Customer lookup", "/customer");
    Router::new()
        .route("/customer", post(customer))
        // Only what this verifier lets through reaches the handlers above.
        .route_layer(VerifyLayer::new(verifier))
        // Whatever leaves can be read by Online Contact: also a panic, a wrong path or method.
        .layer(EnvelopeLayer::new())
        // For people, and so outside of both layers: it is neither signed nor an envelope.
        .route("/openapi.json", get(async || Json(description)))
        .with_state(directory)
}

/// `Verified` is the proof that Online Contact asks. A route without the layer can't make one.
async fn customer(
    verified: Verified,
    State(directory): State<CustomerDirectory>,
    Lookup(query): Lookup<Query>,
) -> Result<Success<Customer>, Failure> {
    tracing::info!(key = verified.key_label(), age_ms = verified.timestamp_age_ms(), "lookup");
    lookup(&directory, &query).await
}
