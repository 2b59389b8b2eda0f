//! The contract's verdict, carried out on an `http` response.

use http::header;
use http::response::Parts;
use http::{HeaderValue, Response};
use online_contact::{CONTENT_TYPE, Contract, ContractVerdict, OutgoingHead, Rejection};

use super::ContractBody;
use crate::BufferedBody;

pub(super) fn judged<R>(
    contract: Contract,
    mut parts: Parts,
    body: Option<BufferedBody>,
) -> Response<ContractBody<R>> {
    let bytes = body.clone().map(BufferedBody::into_bytes);
    let response = Response::from_parts(parts, ());
    let verdict = contract.judge(&outgoing(&response), bytes.as_deref());
    (parts, ()) = response.into_parts();
    let body = match verdict {
        ContractVerdict::Correct(status) => {
            parts.status = status.into();
            parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
            body.unwrap_or_default()
        }
        ContractVerdict::Replace(failure) => {
            for name in Contract::HEADERS_OF_THE_BODY {
                parts.headers.remove(*name);
            }
            let (envelope, body) = Response::from(failure).into_parts();
            parts.status = envelope.status;
            parts.headers.extend(envelope.headers);
            body.into()
        }
        ContractVerdict::Pass => body.unwrap_or_default(),
    };
    Response::from_parts(parts, ContractBody::buffered(body))
}

pub(super) fn outgoing<T>(response: &Response<T>) -> OutgoingHead<'_> {
    let headers = response.headers();
    OutgoingHead::new(response.status().as_u16())
        .content_type(headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes))
        .encoded(headers.contains_key(header::CONTENT_ENCODING))
        .refusal(response.extensions().get::<Rejection>().is_some())
}
