//! A rejection on the wire, as JSON or as gRPC.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, EXPECT};
use http::request::Parts;
use http::{HeaderValue, Response, Version};
use http_body::Body;
use online_contact::{Failure, Reason, Rejection, RejectionFormat, Verifier};

use crate::drain::Drain;
use crate::frames::Frames;

/// Renders a rejection. The unread rest of an HTTP/1 body is drained after the response.
pub(crate) fn reject<B>(
    verifier: &Verifier,
    fronts_grpc_web: bool,
    request: &Parts,
    unread: Frames<B>,
    rejection: Rejection,
) -> Response<RejectionBody>
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    let failure = verifier.reject(&rejection);
    let content_type = request.headers.get(CONTENT_TYPE);
    // Unread bytes make the kernel reset an HTTP/1 connection, and the response with it. HTTP/2 resets
    // the one stream.
    let is_http2 = request.version >= Version::HTTP_2;
    let is_left = !is_http2 && !unread.is_at_end();
    let format =
        RejectionFormat::of(content_type.map(HeaderValue::as_bytes), is_http2, fronts_grpc_web);
    let mut response = match (format, content_type) {
        (RejectionFormat::GrpcWeb, Some(content_type)) => {
            trailers_only(&failure, content_type.clone())
        }
        (RejectionFormat::Grpc, _) => {
            trailers_only(&failure, HeaderValue::from_static("application/grpc"))
        }
        _ => Response::from(failure),
    };
    if is_left {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let drain = (is_left && is_drainable(verifier, request, &unread, rejection.reason()))
        .then(|| Drain::new(unread.into_parts().0, verifier));
    response.extensions_mut().insert(rejection);
    response.map(|envelope| RejectionBody { envelope, _drain: drain })
}

/// Returns whether the rest of a body is worth waiting for.
fn is_drainable<B: Body>(
    verifier: &Verifier,
    request: &Parts,
    unread: &Frames<B>,
    reason: Reason,
) -> bool {
    let has_failed = matches!(reason, Reason::BodyTimeout | Reason::BodyUnreadable);
    // The client waits for `100 Continue`, and the rejection keeps it from sending the body.
    let is_not_sent = request.headers.contains_key(EXPECT) && !unread.is_polled();
    let is_too_long = unread.exact_length().is_some_and(|bytes| bytes > verifier.drain_limit());
    !has_failed && !is_not_sent && !is_too_long && verifier.drain_limit() > 0
}

/// Returns a gRPC response that ends with its headers.
fn trailers_only(failure: &Failure, content_type: HeaderValue) -> Response<Bytes> {
    failure.log();
    let mut response = Response::new(Bytes::new());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    for (name, value) in failure.grpc_headers() {
        // Printable ASCII is always valid.
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// The body of a rejection.
#[derive(Debug, Default)]
pub(crate) struct RejectionBody {
    envelope: Bytes,
    /// Starts when it is dropped: after the server has taken the envelope.
    _drain: Option<Drain>,
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
