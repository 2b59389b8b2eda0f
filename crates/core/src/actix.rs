//! The answers and the proof, as actix-web takes them.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, ResponseError};
use serde::Serialize;

use crate::reply::{CONTENT_TYPE, Data, Failure, Status};
use crate::verification::Verified;

/// Logs the attached source, if there is one, and answers the envelope.
impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        status_code(self.status())
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        envelope(self.status(), self.to_json())
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
impl<T: Serialize> Responder for Data<T> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        match self.to_json() {
            Ok(json) => envelope(Status::Success, json),
            Err(error) => Failure::unserialisable(error).error_response(),
        }
    }
}

/// The proof that the middleware left in the request. A route without it is a fault of the program:
/// it answers 500, and the log says which `.wrap()` is missing.
impl FromRequest for Verified {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(request.extensions().get().cloned().ok_or_else(|| {
            Failure::unverified(
                "put `.wrap(Verify::new(…))` of online-contact-actix around this route",
            )
        }))
    }
}

fn envelope(status: Status, json: Vec<u8>) -> HttpResponse {
    HttpResponse::build(status_code(status))
        .content_type(CONTENT_TYPE)
        .body(json)
}

fn status_code(status: Status) -> StatusCode {
    match status {
        Status::Success => StatusCode::OK,
        Status::BadRequest => StatusCode::BAD_REQUEST,
        Status::Forbidden => StatusCode::FORBIDDEN,
        Status::NotFound => StatusCode::NOT_FOUND,
        Status::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
