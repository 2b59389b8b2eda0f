//! A request that is being made wrong.

use std::time::Duration;

use ::http::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, USER_AGENT};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use online_contact::{AUTHORIZATION_HEADER, TIMESTAMP_HEADER};
use reqwest::{Body, Request};
use url::Url;

use super::expect::Expect;
use super::paced::{Pace, Paced};
use crate::lang::Words;

/// Names the doctor in the log of the server.
const LABEL: &str = concat!(
    "online-contact-doctor/",
    env!("CARGO_PKG_VERSION"),
    " (+",
    env!("CARGO_PKG_REPOSITORY"),
    ")"
);

/// A request that is not sent yet.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    method: Method,
    url: Url,
    headers: Vec<(HeaderName, Vec<u8>)>,
    body: Bytes,
    /// Without a pace the body is sent at once.
    pace: Option<Pace>,
    keep_alive: bool,
    /// `true` if it is sent again if the server has closed the connection, as clients with a pool do.
    pub(super) repeatable: bool,
    pub(super) patience: Option<Duration>,
    /// Overrides the expectation of the probe.
    pub(super) expect: Option<Expect>,
    /// The difference to the other requests of the same probe.
    pub(super) variant: Option<Words>,
}

impl Draft {
    pub(super) fn post(url: &Url, body: Bytes) -> Self {
        Self {
            method: Method::POST,
            url: url.clone(),
            headers: vec![(CONTENT_TYPE, b"application/json; charset=utf-8".to_vec())],
            body,
            pace: None,
            keep_alive: false,
            repeatable: false,
            patience: None,
            expect: None,
            variant: None,
        }
    }

    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    pub(super) const fn sent_body(&self) -> &Bytes {
        &self.body
    }

    /// The values of a header as text.
    pub(super) fn values(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let values = self.headers.iter().filter(move |(other, _)| other == name);
        values.filter_map(|(_, value)| std::str::from_utf8(value).ok())
    }

    pub(super) fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub(super) fn to(mut self, url: Url) -> Self {
        self.url = url;
        self
    }

    /// Sends another body than the signed one.
    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Replaces the timeout of the settings.
    pub(super) fn patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Leaves the connection open for the next request.
    pub(super) fn keep_alive(mut self) -> Self {
        self.keep_alive = true;
        self
    }

    pub(super) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(super) fn expect(mut self, expect: Expect) -> Self {
        self.expect = Some(expect);
        self
    }

    pub(super) fn variant(mut self, variant: impl Into<Words>) -> Self {
        self.variant = Some(variant.into());
        self
    }

    /// Sends neither of the two headers.
    pub(super) fn unsigned(self) -> Self {
        self.without(TIMESTAMP_HEADER).without(AUTHORIZATION_HEADER)
    }

    /// Sets a header, in place of all with this name.
    pub(super) fn with(self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.without(name).and(name, value)
    }

    pub(super) fn without(mut self, name: &'static str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// Adds a header to those with this name.
    pub(super) fn and(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((HeaderName::from_static(name), value.as_ref().to_vec()));
        self
    }

    /// Changes the value of each header with this name.
    pub(super) fn map(mut self, name: &'static str, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        for (_, value) in self.headers.iter_mut().filter(|(other, _)| other == name) {
            *value = change(value);
        }
        self
    }

    /// Sends each header with this name twice.
    pub(super) fn twice(mut self, name: &'static str) -> Self {
        let again: Vec<_> =
            self.headers.iter().filter(|(other, _)| other == name).cloned().collect();
        self.headers.extend(again);
        self
    }

    /// Builds the request for the client.
    ///
    /// Over HTTP/1.1 each request has a connection of its own, unless it keeps the connection alive. So
    /// no request suffers from what an earlier one left on the connection.
    pub(super) fn into_request(self, http2: bool) -> Result<Request, ::http::Error> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(LABEL));
        if !http2 && !self.keep_alive {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        for (name, value) in self.headers {
            let mut value = HeaderValue::try_from(value)?;
            value.set_sensitive(name == AUTHORIZATION);
            if name == USER_AGENT {
                headers.insert(name, value);
            } else {
                headers.append(name, value);
            }
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
