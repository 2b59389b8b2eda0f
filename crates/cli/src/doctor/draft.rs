//! A request while it is being made wrong.

use std::time::Duration;

use ::http::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, USER_AGENT};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use reqwest::{Body, Request};
use url::Url;

use super::paced::Paced;

/// Says to whoever reads the server's log what these requests are.
const LABEL: &str = concat!(
    "online-contact-doctor/",
    env!("CARGO_PKG_VERSION"),
    " (+",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

/// A request, not sent yet.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, Vec<u8>)>,
    body: Bytes,
    /// At once without one.
    pace: Option<Pace>,
    pub(super) patience: Option<Duration>,
}

/// How a body comes that comes in pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Whether its length is declared; it comes in chunks otherwise.
    pub(super) declared: bool,
    /// Behind the first piece.
    pub(super) first_pause: Duration,
    /// Behind each other piece.
    pub(super) pause: Duration,
    /// Whether its second half never comes.
    pub(super) stalls: bool,
}

impl Pace {
    const NONE: Self =
        Self { declared: true, first_pause: Duration::ZERO, pause: Duration::ZERO, stalls: false };
    /// Without a declared length.
    pub(super) const CHUNKED: Self = Self { declared: false, ..Self::NONE };
    pub(super) const STALLED: Self = Self { stalls: true, ..Self::NONE };

    pub(super) const fn trickle(pause: Duration) -> Self {
        Self { first_pause: pause, pause, ..Self::NONE }
    }

    /// Waits behind the first piece: whoever rejects the rest unread closes the connection, and what
    /// is still being sent then would drown the answer.
    pub(super) const fn hesitant(pause: Duration) -> Self {
        Self { first_pause: pause, ..Self::NONE }
    }

    pub(super) const fn in_chunks(self) -> Self {
        Self { declared: false, ..self }
    }
}

impl Draft {
    pub(super) fn post(url: &Url, body: Bytes) -> Self {
        Self {
            method: Method::POST,
            url: url.clone(),
            headers: vec![(CONTENT_TYPE, b"application/json; charset=utf-8".to_vec())],
            body,
            pace: None,
            patience: None,
        }
    }

    pub(super) fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sends another body than the one that was signed.
    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Waits so long for the answer, whatever the settings say.
    pub(super) fn patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Sets a header, in place of any of this name.
    pub(super) fn with(self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).and(name, value)
    }

    pub(super) fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// Adds a header to those of this name.
    pub(super) fn and(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((HeaderName::from_static(name), value.as_ref().to_vec()));
        self
    }

    /// Makes another value of each header of this name.
    pub(super) fn map(mut self, name: &'static str, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        for (_, value) in self.headers.iter_mut().filter(|(other, _)| other == name) {
            *value = change(value);
        }
        self
    }

    /// Sends each header of this name twice.
    pub(super) fn twice(mut self, name: &'static str) -> Self {
        let again: Vec<_> =
            self.headers.iter().filter(|(other, _)| other == name).cloned().collect();
        self.headers.extend(again);
        self
    }

    /// The request for the client.
    ///
    /// Over HTTP/1.1 each has a connection of its own, so that none suffers from what the one before
    /// it left behind.
    pub(super) fn into_request(self, http2: bool) -> Result<Request, ::http::Error> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(LABEL));
        if !http2 {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        for (name, value) in self.headers {
            let mut value = HeaderValue::try_from(value)?;
            value.set_sensitive(name == AUTHORIZATION);
            headers.append(name, value);
        }
        let mut request = Request::new(self.method, self.url);
        *request.headers_mut() = headers;
        *request.timeout_mut() = self.patience;
        *request.body_mut() = Some(match self.pace {
            None => Body::from(self.body),
            Some(pace) => Body::wrap(Paced::new(&self.body, pace)),
        });
        Ok(request)
    }
}
