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
    pace: Pace,
    pub(super) patience: Option<Duration>,
}

/// How the body comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// At once, its length declared.
    Whole,
    /// At once, in chunks without a declared length.
    Chunked,
    /// In a few pieces with such pauses between them, its length declared.
    Trickle(Duration),
    /// Its first half only, its length declared.
    Stalled,
}

impl Draft {
    pub(super) fn post(url: &Url, body: Bytes) -> Self {
        Self {
            method: Method::POST,
            url: url.clone(),
            headers: vec![(CONTENT_TYPE, b"application/json; charset=utf-8".to_vec())],
            body,
            pace: Pace::Whole,
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
        self.pace = pace;
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
            Pace::Whole => Body::from(self.body),
            pace => Body::wrap(Paced::new(&self.body, pace)),
        });
        Ok(request)
    }
}
