//! A request that this program sends.
//!
//! It contains all headers, so that the shown request is the sent request.

use bytes::Bytes;
use http::Method;
use http::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap,
    HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use online_contact::{ENVELOPE_CONTENT_TYPE, TIMESTAMP_HEADER};
use url::Url;

use crate::captured::CapturedRequest;
use crate::sign::Signed;

/// Connection headers, and those that the client sets from the URL and the body.
const NOT_COPIED: [HeaderName; 7] =
    [HOST, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, TE, UPGRADE, EXPECT];

/// A request with all of its headers, in the order in which they are sent.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) http2: bool,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Outgoing {
    /// Returns a signed request with the headers of Online Contact.
    pub(crate) fn signed(url: Url, http2: bool, user_agent: &'static str, signed: &Signed) -> Self {
        let mut request = Self::new(Method::POST, url, http2, signed.body.clone());
        let user_agent = HeaderValue::from_static(user_agent);
        request.headers.push((USER_AGENT, user_agent));
        request.headers.push((CONTENT_TYPE, HeaderValue::from_static(ENVELOPE_CONTENT_TYPE)));
        request.headers.push((CONTENT_LENGTH, signed.body.len().into()));
        let timestamp = signed.timestamp.as_millis().into();
        request.headers.push((HeaderName::from_static(TIMESTAMP_HEADER), timestamp));
        // A signature is base64, so it always fits a header.
        if let Ok(mut value) = HeaderValue::try_from(&signed.authorization) {
            value.set_sensitive(true);
            request.headers.push((AUTHORIZATION, value));
        }
        request
    }

    /// Returns a captured request as it was captured, except for what belongs to its connection.
    ///
    /// `None` if a header or the method is not one that HTTP allows.
    pub(crate) fn captured(
        url: Url,
        http2: bool,
        user_agent: &'static str,
        captured: &CapturedRequest,
    ) -> Option<Self> {
        let method = captured.method.as_deref().unwrap_or("POST").parse().ok()?;
        let body = Bytes::from(captured.body.clone().unwrap_or_default());
        let length = body.len();
        let mut request = Self::new(method, url, http2, body);
        let mut headers = Vec::new();
        for (name, value) in &captured.headers {
            // The pseudo-headers of HTTP/2 repeat the URL.
            if name.starts_with(':') {
                continue;
            }
            let name = name.parse::<HeaderName>().ok()?;
            if !NOT_COPIED.contains(&name) {
                let mut value = HeaderValue::from_bytes(value).ok()?;
                value.set_sensitive(name == AUTHORIZATION);
                headers.push((name, value));
            }
        }
        // The client would add these two without showing them.
        request.headers.retain(|(name, _)| !headers.iter().any(|(other, _)| name == other));
        if !headers.iter().any(|(name, _)| name == USER_AGENT) {
            request.headers.push((USER_AGENT, HeaderValue::from_static(user_agent)));
        }
        request.headers.push((CONTENT_LENGTH, length.into()));
        request.headers.extend(headers);
        Some(request)
    }

    fn new(method: Method, url: Url, http2: bool, body: Bytes) -> Self {
        let mut headers = Vec::new();
        // HTTP/2 has it as `:authority`.
        if let Some(host) = HeaderValue::try_from(authority(&url)).ok().filter(|_| !http2) {
            headers.push((HOST, host));
        }
        headers.push((ACCEPT, HeaderValue::from_static("*/*")));
        Self { method, url, http2, headers, body }
    }

    /// Replaces all headers of these names.
    pub(crate) fn replace(&mut self, headers: &[(HeaderName, HeaderValue)]) {
        self.headers.retain(|(name, _)| !headers.iter().any(|(new, _)| new == name));
        self.headers.extend(headers.iter().cloned());
    }

    /// Returns the request for the HTTP client.
    pub(crate) fn to_request(&self) -> reqwest::Request {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        let mut request = reqwest::Request::new(self.method.clone(), self.url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(self.body.clone().into());
        request
    }

    /// Returns the request as a capture of it would be read.
    pub(crate) fn to_captured(&self) -> CapturedRequest {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect();
        if self.http2 {
            headers.insert(0, ("host".to_owned(), authority(&self.url).into_bytes()));
        }
        CapturedRequest {
            method: Some(self.method.to_string()),
            target: Some(self.target()),
            scheme: Some(self.url.scheme().to_owned()),
            headers,
            body: Some(self.body.to_vec()),
            ..CapturedRequest::default()
        }
    }

    /// Returns the path and the query as the request line has them.
    pub(crate) fn target(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", self.url.path())
    }

    pub(crate) const fn version(&self) -> &'static str {
        if self.http2 { "HTTP/2" } else { "HTTP/1.1" }
    }
}

/// Returns host and port as a request names them: no port where it is the default one.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
