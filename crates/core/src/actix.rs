//! The answers and the proof, as actix-web takes them.

use std::error::Error;
use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError};
use bytes::Bytes;
use futures_core::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::buffer::BodyBuffer;
use crate::failure::Failure;
use crate::lookup::Lookup;
use crate::reply::{ENVELOPE_CONTENT_TYPE, Status, Success};
use crate::strings::StringData;
use crate::verified::Verified;

type BoxError = Box<dyn Error + Send + Sync>;

/// Logs the attached source, if there is one, and answers the envelope.
impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.status().into()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        envelope(self.status(), self.to_bytes())
    }
}

/// A failure that the handler returns as its answer, not as an error.
impl Responder for Failure {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        self.error_response()
    }
}

/// Answers the envelope; a value that can't be serialised is a logged failure with status 500.
impl<T: Serialize> Responder for Success<T> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        success(self.to_json())
    }
}

/// Answers the envelope; a value that can't be serialised is a logged failure with status 500.
impl<T: Serialize> Responder for StringData<T> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        success(self.to_json())
    }
}

/// The proof that the middleware left in the request. A route without it is a fault of the program:
/// it answers 500, and the log says which `.wrap()` is missing.
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
        if request.extensions().get::<Verified>().is_none() {
            return Box::pin(ready(Err(unverified())));
        }
        let mut payload = payload.take();
        Box::pin(async move {
            // The middleware has held the body to its limit.
            let mut body = BodyBuffer::default();
            while let Some(piece) = poll_fn(|cx| Pin::new(&mut payload).poll_next(cx)).await {
                body.push(piece.map_err(|error| Failure::from(BoxError::from(error)))?);
            }
            Self::from_json(&body.into_bytes())
        })
    }
}

fn unverified() -> Failure {
    Failure::unverified("put `.wrap(Verify::new(…))` of online-contact-actix around this route")
}

fn success(json: serde_json::Result<Vec<u8>>) -> HttpResponse {
    match json {
        Ok(json) => envelope(Status::Success, json.into()),
        Err(error) => Failure::unserialisable(error).error_response(),
    }
}

fn envelope(status: Status, json: Bytes) -> HttpResponse {
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
