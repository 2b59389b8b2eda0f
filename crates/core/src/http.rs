//! The types of the `http` crate: heads in, answers out.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::failure::Failure;
use crate::head::RequestHead;
use crate::reply::{self, Status, Success};
use crate::strings::StringData;

const TIMESTAMP: HeaderName = HeaderName::from_static(crate::signing::TIMESTAMP_HEADER);

impl<'a> RequestHead<'a> {
    /// A request to this URI, with the two headers taken from a header map.
    ///
    /// ```
    /// use online_contact::RequestHead;
    ///
    /// let request = http::Request::post("/customer").body(())?;
    /// let head = RequestHead::from_http(request.uri().path(), request.headers());
    /// # Ok::<(), http::Error>(())
    /// ```
    #[must_use]
    pub fn from_http(request_uri: &'a str, headers: &'a HeaderMap) -> Self {
        let mut head = Self::new(request_uri);
        for value in headers.get_all(TIMESTAMP) {
            head = head.timestamp(value.as_bytes());
        }
        for value in headers.get_all(AUTHORIZATION) {
            head = head.authorization(value.as_bytes());
        }
        head.headers = Some(headers);
        head
    }
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

/// Logs the attached source, if there is one, and answers the envelope.
impl From<Failure> for Response<Bytes> {
    fn from(failure: Failure) -> Self {
        failure.log();
        envelope(failure.status(), failure.to_bytes())
    }
}

/// Answers the envelope; a value that can't be serialised is a logged failure with status 500.
impl<T: Serialize> From<Success<T>> for Response<Bytes> {
    fn from(data: Success<T>) -> Self {
        success(data.to_json())
    }
}

/// Answers the envelope; a value that can't be serialised is a logged failure with status 500.
impl<T: Serialize> From<StringData<T>> for Response<Bytes> {
    fn from(data: StringData<T>) -> Self {
        success(data.to_json())
    }
}

fn success(json: serde_json::Result<Vec<u8>>) -> Response<Bytes> {
    match json {
        Ok(json) => envelope(Status::Success, json.into()),
        Err(error) => Failure::unserialisable(error).into(),
    }
}

fn envelope(status: Status, json: Bytes) -> Response<Bytes> {
    let mut response = Response::new(json);
    *response.status_mut() = status.into();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(reply::ENVELOPE_CONTENT_TYPE));
    response
}
