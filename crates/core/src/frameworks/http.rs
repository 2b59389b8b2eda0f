//! The types of the `http` crate.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde::Serialize;

use crate::envelope::failure::Failure;
use crate::envelope::status::{ENVELOPE_CONTENT_TYPE, Status};
use crate::envelope::strings::StringData;
use crate::envelope::success::Success;
use crate::signer::{SignedHeaders, Signer};
use crate::verify::head::RequestHead;
use crate::verify::signature::TIMESTAMP_HEADER;
use crate::verify::timestamp::Timestamp;

const TIMESTAMP: HeaderName = HeaderName::from_static(TIMESTAMP_HEADER);

impl<'a> RequestHead<'a> {
    /// Creates the head of a request to this URI, with the signed headers and the host from a header map.
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

impl Signer {
    /// Signs a request whose body is in memory, and sets both headers.
    ///
    /// ```
    /// use online_contact::{Clock, SecurityKey, Signer, SystemClock};
    ///
    /// let signer = Signer::new(&SecurityKey::new("bf7769e5321448de88838cdb")?);
    /// let request = http::Request::post("/customer").body(r#"{"callNum":"1"}"#)?;
    /// let request = signer.sign_request(request, SystemClock.now());
    /// assert!(request.headers().contains_key("authorization"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sign_request<B: AsRef<[u8]>>(
        &self,
        mut request: Request<B>,
        at: Timestamp,
    ) -> Request<B> {
        let signed = self.sign(request.uri().path(), request.body().as_ref(), at);
        signed.set(request.headers_mut());
        request
    }
}

impl SignedHeaders {
    /// Sets both headers in a header map, in place of any that are there. The signature is marked as
    /// sensitive.
    pub fn set(&self, headers: &mut HeaderMap) {
        headers.insert(TIMESTAMP, self.timestamp().as_millis().into());
        if let Ok(mut signature) = HeaderValue::try_from(self.signature().to_base64()) {
            // Keeps it out of `Debug` and of the header tables of HTTP/2.
            signature.set_sensitive(true);
            headers.insert(AUTHORIZATION, signature);
        }
    }
}

/// The two headers as a header map.
impl From<SignedHeaders> for HeaderMap {
    fn from(signed: SignedHeaders) -> Self {
        let mut headers = Self::new();
        signed.set(&mut headers);
        headers
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

/// Logs the attached source, if there is one, and responds with the envelope.
impl From<Failure> for Response<Bytes> {
    fn from(failure: Failure) -> Self {
        failure.log();
        envelope(failure.status(), failure.to_json().into())
    }
}

/// Responds with the envelope. A value that is not serializable is a logged failure with status 500.
impl<T: Serialize> From<Success<T>> for Response<Bytes> {
    fn from(data: Success<T>) -> Self {
        success(data.to_json())
    }
}

/// Responds with the envelope. A value that is not serializable is a logged failure with status 500.
impl<T: Serialize> From<StringData<T>> for Response<Bytes> {
    fn from(data: StringData<T>) -> Self {
        success(data.to_json())
    }
}

fn success(json: serde_json::Result<Vec<u8>>) -> Response<Bytes> {
    match json {
        Ok(json) => envelope(Status::Success, json.into()),
        Err(error) => Failure::unserializable(error).into(),
    }
}

fn envelope(status: Status, json: Bytes) -> Response<Bytes> {
    let mut response = Response::new(json);
    *response.status_mut() = status.into();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(ENVELOPE_CONTENT_TYPE));
    response
}
