//! The checks on a request's head: rows 1 to 9 of the protocol's table.

use std::fmt;
use std::pin::Pin;

use crate::budget::Reservation;
use crate::head::{RequestHead, Value};
use crate::key::KeyRing;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::signing::Signature;
use crate::source::KeySource;
use crate::timestamp::{Digits, Timestamp};
use crate::verification::Verification;
use crate::verifier::{Keys, Settings, Verifier};

pub(crate) fn start(verifier: &Verifier, head: &RequestHead<'_>) -> Result<Start, Rejection> {
    let checked = verifier.0.check(head)?;
    match &verifier.0.keys {
        Keys::Ring(ring) => {
            let keys = KeyRing(ring.load_full());
            begin(verifier.clone(), checked, keys, head).map(Start::Now)
        }
        Keys::Source(source) => Ok(look_up(verifier.clone(), &**source, checked, head)),
    }
}

/// A request whose own headers have passed.
pub(crate) struct Checked {
    pub(crate) timestamp: Timestamp,
    /// The timestamp as it was received, which is what was signed.
    pub(crate) digits: Digits,
    pub(crate) age_ms: i64,
    pub(crate) claimed: Signature,
}

impl Checked {
    pub(crate) fn rejection(&self, reason: Reason) -> Rejection {
        Rejection::from(reason).with_age(self.age_ms)
    }
}

impl Settings {
    /// Rows 1 to 7.
    pub(crate) fn check(&self, head: &RequestHead<'_>) -> Result<Checked, Rejection> {
        if head.timestamp == Value::Several || head.authorization == Value::Several {
            return Err(Reason::HeaderDuplicated.into());
        }
        let (timestamp, digits, age_ms) = self.timestamp(head)?;
        let claimed = signature(head).map_err(|reason| Rejection::from(reason).with_age(age_ms))?;
        Ok(Checked { timestamp, digits, age_ms, claimed })
    }

    /// Rows 2 to 5: the moment of signing, and its age.
    fn timestamp(&self, head: &RequestHead<'_>) -> Result<(Timestamp, Digits, i64), Rejection> {
        let Value::One(value) = head.timestamp else {
            return Err(Reason::TimestampMissing.into());
        };
        let timestamp = Timestamp::parse(value).map_err(|_| Reason::TimestampNotNumeric)?;
        let age_ms = timestamp.age_at(self.clock.now());
        if age_ms > self.window_ms {
            return Err(Rejection::from(Reason::TimestampExpired).with_age(age_ms));
        }
        if age_ms < -self.window_ms {
            return Err(Rejection::from(Reason::TimestampInFuture).with_age(age_ms));
        }
        Ok((timestamp, Digits::received(value), age_ms))
    }
}

/// Rows 6 and 7: the signature that the request claims to have.
fn signature(head: &RequestHead<'_>) -> Result<Signature, Reason> {
    let Value::One(value) = head.authorization else {
        return Err(Reason::AuthorizationMissing);
    };
    Signature::parse(value).map_err(|_| Reason::AuthorizationMalformed)
}

/// Row 9, and the beginning of row 13.
fn begin(
    verifier: Verifier,
    checked: Checked,
    keys: KeyRing,
    head: &RequestHead<'_>,
) -> Result<Verification, Rejection> {
    if head.content_length.is_some_and(|length| length > verifier.0.body_limit) {
        return Err(checked.rejection(Reason::BodyTooLarge));
    }
    Ok(Verification {
        mac: verifier.0.scheme.open(keys.mac_keys(), head.request_uri),
        reservation: Reservation::new(verifier),
        keys,
        tenant_exists: true,
        checked,
        received: 0,
    })
}

/// Row 8, and then on as above.
fn look_up(
    verifier: Verifier,
    source: &dyn KeySource,
    checked: Checked,
    head: &RequestHead<'_>,
) -> Start {
    let keys = source.keys(source.tenant(&head.key_request()));
    let request_uri = head.request_uri.to_owned();
    let content_length = head.content_length;
    let unanswered = checked.rejection(Reason::KeySourceUnavailable);
    let failed = unanswered.clone();
    let verification = Box::pin(async move {
        let found = keys.await.map_err(|error| failed.with_source(error))?;
        let tenant_exists = found.is_some();
        let keys = found.unwrap_or_else(KeyRing::of_nobody);
        let head = RequestHead { content_length, ..RequestHead::new(&request_uri) };
        Ok(Verification { tenant_exists, ..begin(verifier, checked, keys, &head)? })
    });
    Start::Later { verification, unanswered }
}

/// The beginning of a verification, now or later: see [`Verifier::start`].
#[must_use = "the verification is inside"]
#[expect(clippy::large_enum_variant, reason = "`Now` is the usual case and must not allocate")]
pub enum Start {
    /// The keys are there.
    Now(Verification),
    /// The key source has been asked and will answer.
    ///
    /// ```
    /// use online_contact::{Rejection, RequestHead, Start, Verification, Verifier};
    ///
    /// async fn start(
    ///     verifier: &Verifier,
    ///     head: &RequestHead<'_>,
    /// ) -> Result<Verification, Rejection> {
    ///     match verifier.start(head)? {
    ///         Start::Now(verification) => Ok(verification),
    ///         // An adapter answers `unanswered` once `Verifier::key_source_timeout` is over.
    ///         Start::Later { verification, .. } => verification.await,
    ///     }
    /// }
    /// ```
    Later {
        /// The verification to be.
        verification: Pin<Box<dyn Future<Output = Result<Verification, Rejection>> + Send>>,
        /// What to answer if it does not come in time.
        unanswered: Rejection,
    },
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(verification) => f.debug_tuple("Now").field(verification).finish(),
            Self::Later { .. } => f.write_str("Later { .. }"),
        }
    }
}
