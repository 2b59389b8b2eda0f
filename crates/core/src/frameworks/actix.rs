//! The traits of actix-web.

use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError};
use futures_core::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::buffer::BodyBuffer;
use crate::envelope::failure::Failure;
use crate::envelope::status::{ENVELOPE_CONTENT_TYPE, Status};
use crate::envelope::strings::StringData;
use crate::envelope::success::Success;
use crate::lookup::{self, Lookup};
use crate::verify::verified::Verified;

/// Logs the attached source, if there is one, and responds with the envelope.
impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status().into()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        envelope(self.status(), self.to_json())
    }
}

/// A failure that a handler returns as its response, not as an error.
impl Responder for Failure {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

/// Responds with the envelope. A value that is not serializable is a logged failure with status 500.
impl<T: Serialize> Responder for Success<T> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        success(self.to_json())
    }
}

/// Responds with the envelope. A value that is not serializable is a logged failure with status 500.
impl<T: Serialize> Responder for StringData<T> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        success(self.to_json())
    }
}

/// The proof that the middleware left in the request. On a route without it, which is a fault of the
/// program, it responds with 500, and the log names the missing `.wrap()`.
impl FromRequest for Verified {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(request.extensions().get().cloned().ok_or_else(unverified))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Lookup<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request.extensions().get::<Verified>().map(Verified::body_limit);
        let mut payload = payload.take();
        Box::pin(async move {
            let limit = limit.ok_or_else(unverified)?;
            let mut body = BodyBuffer::default();
            while let Some(chunk) = poll_fn(|cx| Pin::new(&mut payload).poll_next(cx)).await {
                body.push(chunk.map_err(|error| lookup::unreadable(error.into()))?);
                // A middleware inside the verifying one may have decompressed the body.
                if body.len() > limit {
                    return Err(lookup::too_long(limit));
                }
            }
            Self::from_json(&body.into_bytes())
        })
    }
}

fn unverified() -> Failure {
    Failure::unverified(
        "put `.wrap(OnlineContact::new(…))` of online-contact-actix around this route",
    )
}

fn success(json: serde_json::Result<Vec<u8>>) -> HttpResponse {
    match json {
        Ok(json) => envelope(Status::Success, json),
        Err(error) => Failure::unserializable(error).error_response(),
    }
}

fn envelope(status: Status, json: Vec<u8>) -> HttpResponse {
    HttpResponse::build(status.into()).content_type(ENVELOPE_CONTENT_TYPE).body(json)
}

impl From<Status> for StatusCode {
    fn from(status: Status) -> Self {
        match status {
            Status::Success => Self::OK,
            Status::BadRequest => Self::BAD_REQUEST,
            Status::Forbidden => Self::FORBIDDEN,
            Status::NotFound => Self::NOT_FOUND,
            Status::ServerError => Self::INTERNAL_SERVER_ERROR,
        }
    }
}
