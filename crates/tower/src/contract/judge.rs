//! The contract's verdict, carried out on an `http` response.

use http::header;
use http::response::Parts;
use http::{HeaderValue, Response};
use online_contact::{
    ENVELOPE_CONTENT_TYPE, EnvelopePolicy, EnvelopeVerdict, Rejection, ResponseHead,
};

use super::EnvelopeBody;
use crate::BufferedBody;

pub(super) fn judged<R>(
    contract: EnvelopePolicy,
    mut parts: Parts,
    body: Option<BufferedBody>,
) -> Response<EnvelopeBody<R>> {
    let bytes = body.clone().map(BufferedBody::into_bytes);
    let response = Response::from_parts(parts, ());
    let verdict = contract.judge(&outgoing(&response), bytes.as_deref());
    (parts, ()) = response.into_parts();
    let body = match verdict {
        EnvelopeVerdict::Amend(status) => {
            parts.status = status.into();
            parts
                .headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(ENVELOPE_CONTENT_TYPE));
            body.unwrap_or_default()
        }
        EnvelopeVerdict::Replace(failure) => {
            for name in EnvelopePolicy::REPRESENTATION_HEADERS {
                parts.headers.remove(*name);
            }
            let (envelope, body) = Response::from(failure).into_parts();
            parts.status = envelope.status;
            parts.headers.extend(envelope.headers);
            body.into()
        }
        EnvelopeVerdict::Pass => body.unwrap_or_default(),
    };
    Response::from_parts(parts, EnvelopeBody::buffered(body))
}

pub(super) fn outgoing<T>(response: &Response<T>) -> ResponseHead<'_> {
    let headers = response.headers();
    ResponseHead::new(response.status().as_u16())
        .content_type(headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes))
        .encoded(headers.contains_key(header::CONTENT_ENCODING))
        .rejection(response.extensions().get::<Rejection>().is_some())
}
