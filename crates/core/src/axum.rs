//! The answers and the proof, as axum takes them.

use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::lookup::Lookup;
use crate::reply::Success;
use crate::strings::StringData;
use crate::verified::Verified;

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        http::Response::from(self).map(Body::from)
    }
}

impl<T: Serialize> IntoResponse for Success<T> {
    fn into_response(self) -> Response {
        http::Response::from(self).map(Body::from)
    }
}

impl<T: Serialize> IntoResponse for StringData<T> {
    fn into_response(self) -> Response {
        http::Response::from(self).map(Body::from)
    }
}

/// The proof that the layer left in the request. A route without the layer is a fault of the
/// program: it answers 500, and the log says which layer is missing.
impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or_else(unverified)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Lookup<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        if request.extensions().get::<Verified>().is_none() {
            return Err(unverified());
        }
        // The layer has held the body to its limit.
        let body = request.into_body().collect().await;
        let body = body.map_err(|error| Failure::from(BoxError::from(error)))?;
        Self::from_json(&body.to_bytes())
    }
}

fn unverified() -> Failure {
    Failure::unverified("put `VerifyLayer` of online-contact-tower around this route")
}
