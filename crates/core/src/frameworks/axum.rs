//! The traits of axum.

use axum_core::body::Body;
use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::envelope::failure::Failure;
use crate::envelope::strings::StringData;
use crate::envelope::success::Success;
use crate::lookup::{self, Lookup};
use crate::verify::verified::Verified;

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

/// The proof that the layer left in the request. On a route without the layer, which is a fault of the
/// program, it responds with 500, and the log names the missing layer.
impl<S: Sync> FromRequestParts<S> for Verified {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or_else(unverified)
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Lookup<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Failure> {
        let limit = request.extensions().get::<Verified>().ok_or_else(unverified)?.body_limit();
        // A layer inside the verifying one may have decompressed the body.
        let body = Limited::new(request.into_body(), usize::try_from(limit).unwrap_or(usize::MAX));
        match body.collect().await {
            Ok(body) => Self::from_json(&body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(lookup::too_long(limit)),
            Err(error) => Err(lookup::unreadable(error)),
        }
    }
}

fn unverified() -> Failure {
    Failure::unverified("put `OnlineContactLayer` of online-contact-tower around this route")
}
