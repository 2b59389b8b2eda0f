//! The answers and the proof, as axum takes them.

use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use serde::Serialize;

use crate::reply::{Data, Failure};
use crate::verification::Verified;

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        http::Response::from(self).map(Body::from)
    }
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        http::Response::from(self).map(Body::from)
    }
}

/// The proof that the layer left in the request. A route without the layer is a fault of the
/// program: it answers 500, and the log says which layer is missing.
impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or_else(|| {
            Failure::unverified("put `VerifyLayer` of online-contact-tower around this route")
        })
    }
}
