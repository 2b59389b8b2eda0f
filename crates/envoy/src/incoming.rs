use std::fmt;

use envoy_types::pb::envoy::config::core::v3::HeaderValue;
use envoy_types::pb::envoy::service::auth::v3::CheckRequest;
use envoy_types::pb::envoy::service::auth::v3::attribute_context::HttpRequest;
use futures_util::stream::{self, Stream};
use online_contact::{AUTHORIZATION_HEADER, RejectionFormat, RequestHead, Signature};

/// Set by Envoy, which removes it from what clients send, if it has a body to pass on.
const PARTIAL_BODY_HEADER: &str = "x-envoy-auth-partial-body";

/// A request as Envoy describes it.
#[derive(Debug)]
pub(crate) struct Incoming {
    path: String,
    host: String,
    protocol: String,
    headers: Vec<HeaderValue>,
    body: Result<Vec<u8>, IncompleteBody>,
}

impl Incoming {
    /// Returns what the verifier needs to know before the body.
    pub(crate) fn head(&self) -> RequestHead<'_> {
        let head = RequestHead::new(&self.path).host(self.host.as_bytes());
        let head = self.headers.iter().fold(head, |head, header| {
            match header.key.as_str() {
                name if name.eq_ignore_ascii_case(AUTHORIZATION_HEADER) => {
                    authorizations(value(header)).fold(head, RequestHead::authorization)
                }
                // The host is an attribute of its own; it is `:authority` in the header map.
                "host" => head,
                name => head.header(name, value(header)),
            }
        });
        match declared_length(&self.headers) {
            Some(length) => head.content_length(length),
            None => head,
        }
    }

    /// Returns the body as a stream of one chunk, or of one error if Envoy did not send all of it.
    pub(crate) fn take_body(
        &mut self,
    ) -> impl Stream<Item = Result<Vec<u8>, IncompleteBody>> + Unpin + use<> {
        stream::iter([std::mem::replace(&mut self.body, Ok(Vec::new()))])
    }

    /// Returns whether a rejection must be a gRPC response.
    pub(crate) fn is_grpc(&self) -> bool {
        let is_http2 = matches!(self.protocol.as_str(), "HTTP/2" | "HTTP/3");
        let content_type = self.values("content-type").next();
        RejectionFormat::of(content_type, is_http2, false) == RejectionFormat::Grpc
    }

    /// Returns the names of all headers.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|header| header.key.as_str())
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        values(&self.headers, name)
    }
}

impl TryFrom<CheckRequest> for Incoming {
    type Error = UnusableCheck;

    fn try_from(check: CheckRequest) -> Result<Self, UnusableCheck> {
        let http = check
            .attributes
            .and_then(|attributes| attributes.request)
            .and_then(|request| request.http)
            .ok_or(UnusableCheck::NotHttp)?;
        let HttpRequest { path, host, protocol, header_map, raw_body, body: text, .. } = http;
        let headers = header_map.map(|map| map.headers).unwrap_or_default();
        if headers.is_empty() {
            return Err(UnusableCheck::MergedHeaders);
        }
        let body = whole_body(&headers, raw_body, &text);
        Ok(Self { path, host, protocol, headers, body })
    }
}

/// Returns the body if it is certain that Envoy sent all of it.
fn whole_body(
    headers: &[HeaderValue],
    raw_body: Vec<u8>,
    text: &str,
) -> Result<Vec<u8>, IncompleteBody> {
    let mut partial = values(headers, PARTIAL_BODY_HEADER).peekable();
    let has_body = partial.peek().is_some();
    if partial.any(|value| value != b"false") {
        Err(IncompleteBody::Partial)
    } else if !text.is_empty() {
        Err(IncompleteBody::Text)
    } else if raw_body.is_empty() && !has_body && declared_length(headers) != Some(0) {
        // Envoy sends the same for a request without a body and for one whose body it keeps to itself.
        Err(IncompleteBody::Missing)
    } else {
        Ok(raw_body)
    }
}

/// Returns the declared length of the body. Envoy rejects lengths that contradict each other.
fn declared_length(headers: &[HeaderValue]) -> Option<u64> {
    let lengths = values(headers, "content-length");
    lengths
        .map(|value| std::str::from_utf8(value).ok()?.parse().ok())
        // More digits than fit are a length over every limit.
        .map(|length| length.unwrap_or(u64::MAX))
        .max()
}

fn values<'a>(headers: &'a [HeaderValue], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |header| header.key.eq_ignore_ascii_case(name)).map(value)
}

/// Returns the values of the `Authorization` headers that Envoy joined with commas.
///
/// Other schemes than ours have commas in one value, so only a value with a signature in it is divided.
fn authorizations(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = || value.split(|byte| *byte == b',');
    let has_signature = parts().any(|part| Signature::parse(part).is_ok());
    let whole = (!has_signature).then_some(value);
    whole.into_iter().chain(parts().filter(move |_| has_signature))
}

fn value(header: &HeaderValue) -> &[u8] {
    if header.raw_value.is_empty() { header.value.as_bytes() } else { &header.raw_value }
}

/// A check from which no request can be read, because of a setting of Envoy.
#[derive(Debug)]
pub(crate) enum UnusableCheck {
    NotHttp,
    MergedHeaders,
}

impl fmt::Display for UnusableCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttp => {
                "the check has no HTTP request; use the filter envoy.filters.http.ext_authz, not the \
                 network filter"
            }
            Self::MergedHeaders => {
                "the check has no raw header map, so duplicate headers cannot be seen; set \
                 encode_raw_headers: true in the filter envoy.filters.http.ext_authz"
            }
        })
    }
}

impl std::error::Error for UnusableCheck {}

/// A body that Envoy did not send, or not as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum IncompleteBody {
    Partial,
    Text,
    Missing,
}

impl fmt::Display for IncompleteBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Partial => {
                "the check has only a part of the body; set with_request_body.allow_partial_message: \
                 false and with_request_body.max_request_bytes to at least the body limit in the \
                 filter envoy.filters.http.ext_authz"
            }
            Self::Text => {
                "the check has the body as text, in which other bytes than UTF-8 are replaced; set \
                 with_request_body.pack_as_bytes: true in the filter envoy.filters.http.ext_authz"
            }
            Self::Missing => {
                "the check has no body and the request does not declare content-length: 0; set \
                 with_request_body in the filter envoy.filters.http.ext_authz"
            }
        })
    }
}

impl std::error::Error for IncompleteBody {}
