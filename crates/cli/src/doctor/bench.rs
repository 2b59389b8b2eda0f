//! The bench on which requests are made: key, scheme, URL, and the endpoint's settings.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use online_contact::{
    Clock as _, Scheme, SecurityKey, SignedHeaders, Signer, SystemClock, TIMESTAMP_HEADER,
    Timestamp,
};
use url::Url;

use super::draft::Draft;

/// So far from the ends of the window its inside and outside are tried: time for a slow connection,
/// and for a `Date` header that knows no milliseconds.
const MARGIN: i64 = 5_000;

/// So long, in milliseconds, a long body waits for an answer behind its first piece, whatever the
/// honest request took.
const HESITATION: std::ops::RangeInclusive<u64> = 25..=2_000;

/// A clock that differs by less may be right: `Date` has whole seconds, and the answer took its time.
const SAME_TIME: i64 = 2_000;

/// What all requests have in common.
#[derive(Debug)]
pub(super) struct Bench {
    url: Url,
    signer: Signer,
    stranger: Signer,
    body: Bytes,
    no_result: Option<Bytes>,
    pub(super) limits: Limits,
    /// The last moment that was signed.
    last: AtomicI64,
    /// How far the endpoint's clock is ahead.
    ahead: AtomicI64,
    /// In milliseconds.
    hesitation: AtomicU64,
}

/// The settings that the endpoint is said to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) window: Duration,
    pub(super) body_limit: usize,
    pub(super) body_deadline: Duration,
}

/// An end of the window.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Old,
    Ahead,
}

/// A side of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    Inside,
    Outside,
}

impl Bench {
    pub(super) fn new(
        url: Url,
        key: &SecurityKey,
        scheme: Scheme,
        body: Bytes,
        limits: Limits,
    ) -> Result<Self, online_contact::KeyError> {
        Ok(Self {
            url,
            signer: Signer::new(key).scheme(scheme),
            stranger: Signer::new(&SecurityKey::new("not the key of this endpoint")?)
                .scheme(scheme),
            body,
            no_result: None,
            limits,
            last: AtomicI64::new(0),
            ahead: AtomicI64::new(0),
            hesitation: AtomicU64::new(*HESITATION.start()),
        })
    }

    /// Knows a question that finds nothing.
    pub(super) fn no_result(mut self, body: Option<Bytes>) -> Self {
        self.no_result = body;
        self
    }

    /// Learns how far the endpoint's clock is ahead.
    pub(super) fn learn_clock(&self, ahead_ms: i64) {
        let ahead = if ahead_ms.abs() < SAME_TIME { 0 } else { ahead_ms };
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    /// Learns how long an answer takes.
    pub(super) fn learn_pace(&self, honest: Duration) {
        let twice = u64::try_from(honest.as_millis()).unwrap_or(u64::MAX).saturating_mul(2);
        let hesitation = twice.clamp(*HESITATION.start(), *HESITATION.end());
        self.hesitation.store(hesitation, Ordering::Relaxed);
    }

    /// In this time an endpoint that rejects a request by its head has answered.
    pub(super) fn hesitation(&self) -> Duration {
        Duration::from_millis(self.hesitation.load(Ordering::Relaxed))
    }

    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// The body of the honest request.
    pub(super) const fn body(&self) -> &Bytes {
        &self.body
    }

    pub(super) const fn known_no_result(&self) -> Option<&Bytes> {
        self.no_result.as_ref()
    }

    /// The present; never the same moment twice, or a replay guard would take an honest request for
    /// one that it knows.
    pub(super) fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_millis();
        let next = |last: i64| Some(now.max(last.saturating_add(1)));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        Timestamp::from_millis(next(last.unwrap_or_else(|last| last)).unwrap_or(now))
    }

    /// How long it is until the present is later than every moment that was signed. A run that begins
    /// before would sign some of them again.
    pub(super) fn until_now_is_new(&self) -> Duration {
        let ahead = self.last.load(Ordering::Relaxed) - SystemClock.now().as_millis();
        u64::try_from(ahead + 1).map_or(Duration::ZERO, Duration::from_millis)
    }

    /// A moment near an end of the window, by the endpoint's clock.
    pub(super) fn near(&self, end: End, side: Side) -> Timestamp {
        let window = i64::try_from(self.limits.window.as_millis()).unwrap_or(i64::MAX / 2);
        let distance = match side {
            Side::Inside => window - MARGIN,
            Side::Outside => window + MARGIN,
        };
        let there = self.now().as_millis() + self.ahead.load(Ordering::Relaxed);
        Timestamp::from_millis(match end {
            End::Old => there - distance,
            End::Ahead => there + distance,
        })
    }

    /// The request that has nothing wrong with it.
    pub(super) fn honest(&self) -> Draft {
        self.signed(self.body.clone())
    }

    /// An honest request with another body.
    pub(super) fn signed(&self, body: impl Into<Bytes>) -> Draft {
        self.dated(body, self.now())
    }

    /// The same, signed at another moment.
    pub(super) fn dated(&self, body: impl Into<Bytes>, at: Timestamp) -> Draft {
        self.signed_at(&self.url.clone(), body.into(), at)
    }

    /// An honest request to another URL.
    pub(super) fn signed_for(&self, url: &Url) -> Draft {
        self.signed_at(url, self.body.clone(), self.now())
    }

    /// A request under a key that is not the endpoint's.
    pub(super) fn forged(&self) -> Draft {
        let body = self.body.clone();
        let headers = self.stranger.sign(self.url.path(), &body, self.now());
        with_headers(Draft::post(&self.url, body), &headers)
    }

    /// An honest request whose timestamp is spelled like this, and signed as it is spelled.
    ///
    /// A signer writes canonical numbers only. But the last digit is one, and all before it may as
    /// well be the end of the body, for nothing separates them in the signed bytes.
    pub(super) fn spelled(&self, timestamp: &str) -> Draft {
        let (before, digit) = timestamp.split_at_checked(timestamp.len() - 1).unwrap_or_default();
        let mut signing = self.signer.begin(self.url.path());
        signing.update(&self.body);
        signing.update(before.as_bytes());
        let headers = signing.finish(Timestamp::from_millis(digit.parse().unwrap_or_default()));
        with_headers(Draft::post(&self.url, self.body.clone()), &headers)
            .with(TIMESTAMP_HEADER, timestamp)
    }

    /// An honest request whose signature has a property: those of a few moments are tried.
    pub(super) fn signed_such_that(&self, has: impl Fn(&str) -> bool) -> Draft {
        let sign = || self.signer.sign(self.url.path(), &self.body, self.now());
        let mut headers = sign();
        for _ in 0..200 {
            if has(&headers.signature().to_base64()) {
                break;
            }
            headers = sign();
        }
        with_headers(Draft::post(&self.url, self.body.clone()), &headers)
    }

    fn signed_at(&self, url: &Url, body: Bytes, at: Timestamp) -> Draft {
        let headers = self.signer.sign(url.path(), &body, at);
        with_headers(Draft::post(url, body), &headers)
    }
}

fn with_headers(draft: Draft, headers: &SignedHeaders) -> Draft {
    headers.headers().into_iter().fold(draft, |draft, (name, value)| draft.with(name, value))
}
