//! A rejection, as JSON or as gRPC.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Request, Response, Version};
use http_body::Body;
use online_contact::{Failure, Rejection, Verifier, is_grpc};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::discard::Discard;

const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const OC_ERROR: HeaderName = HeaderName::from_static("oc-error-bin");

/// What the gRPC specification does not let through in `grpc-message`: all but printable ASCII, and
/// the percent sign itself.
const NOT_IN_GRPC_MESSAGE: &AsciiSet = &CONTROLS.add(b'%');

/// What of the request decides how its rejection looks.
pub(crate) struct Protocol {
    grpc: bool,
    version: Version,
}

impl Protocol {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let content_type = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        Self { grpc: is_grpc(content_type), version: request.version() }
    }

    /// The answer. What is still to come of an unread body is thrown away behind it.
    pub(crate) fn reject<B>(
        &self,
        verifier: &Verifier,
        rejection: Rejection,
        unread: Option<B>,
    ) -> Response<RejectionBody>
    where
        B: Body + Send + Unpin + 'static,
        B::Data: Send,
    {
        let failure = verifier.reject(&rejection);
        let response = if self.grpc { trailers_only(&failure) } else { Response::from(failure) };
        // HTTP/2 resets the one stream and loses nothing; before it, unread bytes make the kernel
        // reset the connection, which can take the answer with it.
        let unread = unread.filter(|body| self.version < Version::HTTP_2 && !body.is_end_stream());
        let discard = unread.and_then(|body| Discard::of(body, verifier));
        let mut response = response.map(|envelope| RejectionBody { envelope, _discard: discard });
        response.extensions_mut().insert(rejection);
        response
    }
}

/// A gRPC response that ends with its headers.
fn trailers_only(failure: &Failure) -> Response<Bytes> {
    failure.log();
    let message = utf8_percent_encode(failure.message(), NOT_IN_GRPC_MESSAGE).to_string();
    let envelope = STANDARD_NO_PAD.encode(failure.to_json());

    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(GRPC_STATUS, HeaderValue::from(u16::from(failure.grpc_code().value())));
    for (name, value) in [(GRPC_MESSAGE, message), (OC_ERROR, envelope)] {
        // Both are printable ASCII by now, so none is left out.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// The body of a rejection.
#[derive(Debug)]
pub(crate) struct RejectionBody {
    envelope: Bytes,
    /// Starts when it is dropped: once the server has taken the envelope.
    _discard: Option<Discard>,
}

impl RejectionBody {
    pub(crate) const fn envelope(&self) -> &Bytes {
        &self.envelope
    }

    pub(crate) fn take_envelope(&mut self) -> Option<Bytes> {
        let envelope = std::mem::take(&mut self.envelope);
        (!envelope.is_empty()).then_some(envelope)
    }
}
