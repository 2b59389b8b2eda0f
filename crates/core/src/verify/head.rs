use std::fmt;

use crate::keys::source::KeyRequest;
use crate::verify::signature::{AUTHORIZATION_HEADER, TIMESTAMP_HEADER, path_of};
use crate::verify::verified::Verified;

/// The part of a request that comes before its body, as far as the verifier needs it.
///
/// Values are bytes, because a header may hold anything. Add a header that came several times several
/// times.
///
/// ```
/// use online_contact::RequestHead;
///
/// let head = RequestHead::new("/customer?source=oc")
///     .timestamp(b"1732400000000")
///     .authorization(b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=")
///     .content_length(32);
/// ```
#[derive(Clone)]
pub struct RequestHead<'a> {
    pub(crate) request_uri: &'a str,
    pub(crate) timestamp: Value<'a>,
    pub(crate) authorization: Value<'a>,
    pub(crate) content_length: Option<u64>,
    host: Option<&'a [u8]>,
    proof: Option<&'a Verified>,
    /// The headers to find the host in, if a key source needs it.
    #[cfg(feature = "http")]
    pub(crate) headers: Option<&'a http::HeaderMap>,
}

/// The values of one header.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    None,
    One(&'a [u8]),
    Several,
}

impl<'a> Value<'a> {
    fn and(self, value: &'a [u8]) -> Self {
        match self {
            Self::None => Self::One(value),
            Self::One(_) | Self::Several => Self::Several,
        }
    }
}

impl<'a> RequestHead<'a> {
    /// Creates the head of a request to this URI: the path as it stood on the request line, not decoded,
    /// before a router stripped a prefix. A query may follow; it is never signed.
    #[must_use]
    pub const fn new(request_uri: &'a str) -> Self {
        Self {
            request_uri,
            timestamp: Value::None,
            authorization: Value::None,
            content_length: None,
            host: None,
            proof: None,
            #[cfg(feature = "http")]
            headers: None,
        }
    }

    /// Adds a value of `X-TC-Timestamp`.
    #[must_use]
    pub fn timestamp(mut self, value: &'a [u8]) -> Self {
        self.timestamp = self.timestamp.and(value);
        self
    }

    /// Adds a value of `Authorization`.
    #[must_use]
    pub fn authorization(mut self, value: &'a [u8]) -> Self {
        self.authorization = self.authorization.and(value);
        self
    }

    /// Adds any header of the request, by its name in any case. Ignores headers that the verdict does not
    /// depend on. Of several `Host` headers the first counts.
    #[must_use]
    pub fn header(self, name: &str, value: &'a [u8]) -> Self {
        if name.eq_ignore_ascii_case(TIMESTAMP_HEADER) {
            self.timestamp(value)
        } else if name.eq_ignore_ascii_case(AUTHORIZATION_HEADER) {
            self.authorization(value)
        } else if name.eq_ignore_ascii_case("host") && self.host.is_none() {
            self.host(value)
        } else {
            self
        }
    }

    /// Sets the host: the value of `Host`, or the authority of an HTTP/2 request. Only a
    /// [`KeySource`](crate::KeySource) reads it; it is not signed.
    #[must_use]
    pub const fn host(mut self, value: &'a [u8]) -> Self {
        self.host = Some(value);
        self
    }

    /// Sets the declared length of the body, in bytes. A longer one than the limit is rejected before the
    /// body is read, and a body that ends earlier is [`Reason::BodyUnreadable`](crate::Reason::BodyUnreadable).
    #[must_use]
    pub const fn content_length(mut self, bytes: u64) -> Self {
        self.content_length = Some(bytes);
        self
    }

    /// Sets the proof that an outer layer left in the request's extensions, if there is one.
    ///
    /// If the proof is of the same verifier, the request has claimed its entry in the replay guard
    /// already. It is verified again, but not claimed again, and the log warns about the second layer.
    #[must_use]
    pub const fn proof(mut self, proof: Option<&'a Verified>) -> Self {
        self.proof = proof;
        self
    }

    pub(crate) fn is_proved_by(&self, verified: &Verified) -> bool {
        self.proof.is_some_and(|proof| proof.is_of_same_request(verified))
    }

    pub(crate) fn key_request(&self) -> KeyRequest<'a> {
        let host = self.host;
        #[cfg(feature = "http")]
        let host = host.or_else(|| Some(self.headers?.get(http::header::HOST)?.as_bytes()));
        KeyRequest::new(
            path_of(self.request_uri),
            host.and_then(|host| std::str::from_utf8(host).ok()),
        )
    }
}

impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("request_uri", &self.request_uri)
            .field("content_length", &self.content_length)
            .finish_non_exhaustive()
    }
}
