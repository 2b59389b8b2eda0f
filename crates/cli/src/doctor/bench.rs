//! Builds requests from the key, the scheme, the URL and the settings of the endpoint.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use online_contact::{
    AUTHORIZATION_HEADER, Clock as _, Scheme, SystemClock, TIMESTAMP_HEADER, Timestamp,
};
use ring::hmac;
use url::Url;

use super::request::Draft;

/// A key that no endpoint has.
const OTHER_KEY: &[u8] = b"not the key of this endpoint";

/// The distance in milliseconds from the ends of the window to the requests inside and outside of it. It
/// covers a slow connection and a `Date` header of whole seconds.
const MARGIN: i64 = 5_000;

/// The age of a request in milliseconds. Requests at the same time get different timestamps, and none of
/// them may be in the future.
const AGE: i64 = 1_000;

/// The bounds in milliseconds of the pause after the first piece of a long body.
const HESITATION: std::ops::RangeInclusive<u64> = 25..=2_000;

/// A smaller difference of the clocks in milliseconds is not compensated: `Date` has whole seconds.
const SAME_TIME: i64 = 2_000;

/// The number of characters of a signature that cannot occur by chance.
const TELLING: usize = 16;

/// The common parts of all requests.
pub(super) struct Bench {
    url: Url,
    key: hmac::Key,
    scheme: Scheme,
    body: Bytes,
    no_result: Option<Bytes>,
    pub(super) limits: Limits,
    /// The last time that was signed.
    last: AtomicI64,
    /// The difference of the endpoint's clock in milliseconds.
    ahead: AtomicI64,
    /// In milliseconds.
    hesitation: AtomicU64,
}

/// The settings of the endpoint, as the user states them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) window: Duration,
    pub(super) body_limit: Option<usize>,
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
        key: &[u8],
        scheme: Scheme,
        body: Bytes,
        no_result: Option<Bytes>,
        limits: Limits,
    ) -> Self {
        Self {
            url,
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            scheme,
            body,
            no_result,
            limits,
            last: AtomicI64::new(0),
            ahead: AtomicI64::new(0),
            hesitation: AtomicU64::new(*HESITATION.start()),
        }
    }

    /// Compensates the difference of the endpoint's clock.
    pub(super) fn learn_clock(&self, ahead_ms: i64) {
        let ahead = if ahead_ms.abs() < SAME_TIME { 0 } else { ahead_ms };
        self.ahead.store(ahead, Ordering::Relaxed);
    }

    /// Learns the time that a response takes.
    pub(super) fn learn_pace(&self, honest: Duration) {
        let twice = u64::try_from(honest.as_millis()).unwrap_or(u64::MAX).saturating_mul(2);
        let hesitation = twice.clamp(*HESITATION.start(), *HESITATION.end());
        self.hesitation.store(hesitation, Ordering::Relaxed);
    }

    /// The time in which an endpoint that rejects a request by its head has responded.
    pub(super) fn hesitation(&self) -> Duration {
        Duration::from_millis(self.hesitation.load(Ordering::Relaxed))
    }

    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    pub(super) const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The body of the honest request.
    pub(super) const fn body(&self) -> &Bytes {
        &self.body
    }

    pub(super) const fn known_no_result(&self) -> Option<&Bytes> {
        self.no_result.as_ref()
    }

    /// A recent moment. No moment is returned twice, because a replay guard would reject the second
    /// request.
    pub(super) fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_millis() - AGE;
        let next = |last: i64| Some(now.max(last.saturating_add(1)));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        Timestamp::from_millis(next(last.unwrap_or_else(|last| last)).unwrap_or(now))
    }

    /// Forgets the moments of requests that were built and not sent.
    pub(super) fn forget_moments(&self) {
        self.last.store(0, Ordering::Relaxed);
    }

    /// The time until a new run signs no moment again.
    pub(super) fn until_now_is_new(&self) -> Duration {
        let ahead = self.last.load(Ordering::Relaxed) - (SystemClock.now().as_millis() - AGE);
        u64::try_from(ahead + 1).map_or(Duration::ZERO, Duration::from_millis)
    }

    /// A moment near an end of the window, by the endpoint's clock.
    pub(super) fn near(&self, end: End, side: Side) -> Timestamp {
        let window = i64::try_from(self.limits.window.as_millis()).unwrap_or(i64::MAX / 2);
        let distance = match side {
            Side::Inside => window - MARGIN,
            Side::Outside => window + MARGIN,
        };
        let there = self.now().as_millis() + AGE + self.ahead.load(Ordering::Relaxed);
        Timestamp::from_millis(match end {
            End::Old => there - distance,
            End::Ahead => there + distance,
        })
    }

    /// The request without any fault.
    pub(super) fn honest(&self) -> Draft {
        self.signed(self.body.clone())
    }

    /// An honest request with another body.
    pub(super) fn signed(&self, body: impl Into<Bytes>) -> Draft {
        self.dated(body, self.now())
    }

    /// An honest request with another time.
    pub(super) fn dated(&self, body: impl Into<Bytes>, at: Timestamp) -> Draft {
        self.timed(&self.url, body.into(), &at.to_string())
    }

    /// An honest request for another URL.
    pub(super) fn signed_for(&self, url: &Url) -> Draft {
        self.timed(url, self.body.clone(), &self.now().to_string())
    }

    /// An honest request with another spelling of the timestamp, signed as it is spelled.
    pub(super) fn spelled(&self, timestamp: &str) -> Draft {
        self.timed(&self.url, self.body.clone(), timestamp)
    }

    /// Returns whether this is the key of the endpoint.
    pub(super) fn has_key(&self, key: &str) -> bool {
        let other = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), b"");
        hmac::verify(&self.key, b"", other.as_ref()).is_ok()
    }

    /// A request that is signed with another key.
    pub(super) fn forged(&self) -> Draft {
        self.keyed(OTHER_KEY)
    }

    /// A request that is signed with this key.
    pub(super) fn keyed(&self, key: &[u8]) -> Draft {
        let (key, now) = (hmac::Key::new(hmac::HMAC_SHA256, key), self.now().to_string());
        let message = self.message(self.url.path(), &self.body, &now);
        let signature = STANDARD.encode(hmac::sign(&key, &message));
        self.with_signature(&now, &signature)
    }

    /// A request whose signature is that of another message. The function gets the timestamp.
    pub(super) fn over(&self, message: impl Fn(&[u8]) -> Vec<u8>) -> Draft {
        let now = self.now().to_string();
        let signature = self.mac(&message(now.as_bytes()));
        self.with_signature(&now, &signature)
    }

    /// An honest request with these two headers.
    pub(super) fn with_signature(&self, timestamp: &str, signature: &str) -> Draft {
        Draft::post(&self.url, self.body.clone())
            .with(TIMESTAMP_HEADER, timestamp)
            .with(AUTHORIZATION_HEADER, signature)
    }

    /// An honest request whose signature has a property. A few moments are tried.
    pub(super) fn signed_such_that(&self, has: impl Fn(&str) -> bool) -> Draft {
        let mut draft = self.honest();
        for _ in 0..200 {
            if draft.values(AUTHORIZATION_HEADER).any(&has) {
                break;
            }
            draft = self.honest();
        }
        draft
    }

    /// The spellings of the signatures that would be right for a request, without those that the request
    /// contains itself.
    pub(super) fn right_signatures(&self, draft: &Draft) -> Vec<String> {
        let time = draft.values(TIMESTAMP_HEADER).last().unwrap_or_default();
        let body = draft.sent_body();
        let path = draft.url().path().as_bytes();
        let messages = [[body, time.as_bytes()].concat(), [path, body, time.as_bytes()].concat()];
        let mut spellings = Vec::new();
        for message in messages {
            let tag = hmac::sign(&self.key, &message);
            let base64 = STANDARD.encode(tag);
            let lower = hex::encode(tag);
            let beginnings = [&base64, &lower].map(|text| text.chars().take(TELLING).collect());
            spellings.extend([
                percent_encoded(&base64),
                base64.trim_end_matches('=').to_owned(),
                URL_SAFE_NO_PAD.encode(tag),
                lower.to_uppercase(),
            ]);
            spellings.splice(0..0, [base64, lower]);
            spellings.extend(beginnings);
        }
        let sent: Vec<&str> = draft.values(AUTHORIZATION_HEADER).collect();
        let is_sent = |text: &str| {
            let beginning: String = text.chars().take(TELLING).collect();
            sent.iter().any(|sent| sent.contains(&beginning))
        };
        spellings.retain(|text| !is_sent(text));
        spellings
    }

    fn timed(&self, url: &Url, body: Bytes, time: &str) -> Draft {
        let signature = self.mac(&self.message(url.path(), &body, time));
        Draft::post(url, body).with(TIMESTAMP_HEADER, time).with(AUTHORIZATION_HEADER, signature)
    }

    fn message(&self, path: &str, body: &[u8], time: &str) -> Vec<u8> {
        let path = if self.scheme == Scheme::UriBodyTime { path } else { "" };
        [path.as_bytes(), body, time.as_bytes()].concat()
    }

    fn mac(&self, message: &[u8]) -> String {
        STANDARD.encode(hmac::sign(&self.key, message))
    }
}

fn percent_encoded(base64: &str) -> String {
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[cfg(test)]
mod tests {
    use online_contact::{SecurityKey, Signer};

    use super::*;

    /// The doctor signs messages that no signer signs, so it has a MAC of its own.
    #[test]
    fn honest_requests_are_signed_as_the_signer_of_the_core_signs() {
        let key = "bf7769e5321448de88838cdb";
        let url = Url::parse("http://127.0.0.1/customer?a=b").unwrap();
        let body = Bytes::from_static(b"{}");
        let limits = Limits {
            window: Duration::from_secs(300),
            body_limit: None,
            body_deadline: Duration::from_secs(10),
        };
        for scheme in [Scheme::BodyTime, Scheme::UriBodyTime] {
            let bench = Bench::new(url.clone(), key.as_bytes(), scheme, body.clone(), None, limits);
            let at = Timestamp::from_millis(1_732_400_000_000);
            let draft = bench.dated(body.clone(), at);
            let signer = Signer::new(&SecurityKey::new(key).unwrap()).scheme(scheme);
            let signed = signer.sign("/customer", &body, at);
            let expected = signed.signature().to_base64();
            let values: Vec<_> = draft.values(AUTHORIZATION_HEADER).collect();
            assert_eq!(values, [&expected]);
            assert!(!bench.right_signatures(&draft).contains(&expected), "it is in the request");
            let right = bench.right_signatures(&draft.without(AUTHORIZATION_HEADER));
            assert!(right.contains(&expected));
        }
    }
}
