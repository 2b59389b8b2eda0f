//! A request that is made wrong in one way, and the speed at which its body is sent.

use std::convert::Infallible;
use std::time::Duration;

use ::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use futures_util::future::Either;
use futures_util::{Stream, StreamExt as _, stream};
use http_body::Frame;
use http_body_util::StreamBody;
use online_contact::{AUTHORIZATION_HEADER, TIMESTAMP_HEADER};
use reqwest::{Body, Request};
use tokio::time::sleep;
use url::Url;

use super::expect::Expect;
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
        // The client knows the length of no other body.
        if self.pace.is_some_and(|pace| pace.declared) {
            headers.insert(CONTENT_LENGTH, self.body.len().into());
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
            Some(pace) => Body::wrap(StreamBody::new(paced(&self.body, pace))),
        });
        Ok(request)
    }
}

/// The number of pieces of a body.
pub(super) const PIECES: usize = 8;

/// The speed at which the pieces of a body are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// `true` if the length is declared. Otherwise the body is sent in chunks.
    pub(super) declared: bool,
    /// The pause after the first piece.
    first_pause: Duration,
    /// The pause after each other piece.
    pub(super) pause: Duration,
    /// `true` if the second half is never sent.
    stalls: bool,
}

impl Pace {
    const NONE: Self =
        Self { declared: true, first_pause: Duration::ZERO, pause: Duration::ZERO, stalls: false };
    pub(super) const CHUNKED: Self = Self { declared: false, ..Self::NONE };
    pub(super) const STALLED: Self = Self { stalls: true, ..Self::NONE };

    pub(super) const fn trickle(pause: Duration) -> Self {
        Self { first_pause: pause, pause, ..Self::NONE }
    }

    /// Pauses after the first piece. A server that rejects the rest unread closes the connection, and
    /// bytes that are still on their way then would destroy the response.
    pub(super) const fn hesitant(pause: Duration) -> Self {
        Self { first_pause: pause, ..Self::NONE }
    }

    pub(super) const fn in_chunks(self) -> Self {
        Self { declared: false, ..self }
    }
}

/// The pieces of a body, each after its pause.
fn paced(body: &Bytes, pace: Pace) -> impl Stream<Item = Result<Frame<Bytes>, Infallible>> + use<> {
    let longest = body.len().div_ceil(PIECES).max(1);
    let mut pieces: Vec<_> = body.chunks(longest).map(|piece| body.slice_ref(piece)).collect();
    if pace.stalls {
        pieces.truncate(pieces.len() / 2);
    }
    let pieces = stream::iter(pieces).enumerate().then(move |(place, piece)| async move {
        match place {
            0 => {}
            1 => sleep(pace.first_pause).await,
            _ => sleep(pace.pause).await,
        }
        Ok(Frame::data(piece))
    });
    // A body that stalls is dropped with its request.
    let rest =
        if pace.stalls { Either::Left(stream::pending()) } else { Either::Right(stream::empty()) };
    pieces.chain(rest)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::time::Instant;

    use super::*;

    /// The time of each piece in milliseconds, and its length.
    async fn pieces_of(body: &'static [u8], pace: Pace) -> Vec<(u128, usize)> {
        let started = Instant::now();
        let mut body = pin!(paced(&Bytes::from_static(body), pace));
        let mut pieces = Vec::new();
        while let Some(Ok(frame)) = body.next().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            pieces.push((started.elapsed().as_millis(), length));
        }
        pieces
    }

    #[tokio::test(start_paused = true)]
    async fn a_response_can_come_before_the_second_piece() {
        let pieces = pieces_of(&[0; 1_600], Pace::hesitant(Duration::from_millis(300))).await;
        assert_eq!(pieces.len(), PIECES);
        assert_eq!(pieces.first(), Some(&(0, 200)));
        // The runtime wakes a sleeper up to one millisecond late, here once for all pieces.
        assert!(pieces.iter().skip(1).all(|piece| (300..310).contains(&piece.0)), "{pieces:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_trickle_pauses_after_each_piece() {
        let pieces = pieces_of(&[0; 1_600], Pace::trickle(Duration::from_millis(100))).await;
        let (last, _) = pieces.last().copied().unwrap_or_default();
        assert!((700..=710).contains(&last), "{pieces:?}");
    }
}
