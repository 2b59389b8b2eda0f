//! The checks on a request's head: rows 1 to 9 of the protocol's table.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::budget::Reservation;
use crate::head::{RequestHead, Value};
use crate::key::KeyRing;
use crate::mac::MacStream;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::settings::{Keys, Settings};
use crate::signing::Signature;
use crate::source::KeySource;
use crate::timestamp::{Digits, Timestamp};
use crate::verification::Verification;
use crate::verified::{Conclusion, Verified};
use crate::verifier::Verifier;

pub(crate) fn start(verifier: &Verifier, head: &RequestHead<'_>) -> Result<Start, Rejection> {
    let (checked, digits) = verifier.0.check(head)?;
    match &verifier.0.keys {
        Keys::Ring(ring) => {
            let keys = KeyRing(ring.load_full());
            let checked = (checked, Digits::received(digits));
            let length = head.content_length;
            begin(verifier.clone(), checked, keys, head.request_uri, length).map(Start::Now)
        }
        Keys::Source(source) => {
            let (verification, unanswered) =
                look_up(verifier.clone(), &**source, (checked, digits), head);
            Ok(Start::Later { verification, unanswered })
        }
    }
}

/// Row 9, as far as it is known before the body, and the beginning of row 13.
fn begin(
    verifier: Verifier,
    checked: (Checked, Digits),
    keys: KeyRing,
    request_uri: &str,
    declared: Option<u64>,
) -> Result<Verification, Rejection> {
    let within = verifier.0.within_limit(declared.unwrap_or_default());
    within.map_err(|reason| checked.0.rejection(reason))?;
    let mut mac = MacStream::new(keys.mac_keys());
    verifier.0.scheme.open(&mut mac, request_uri);
    Ok(Verification::new(checked, keys, mac, Reservation::new(verifier)))
}

/// What there is to know of a request whose own headers have passed.
pub(crate) struct Checked {
    pub(crate) timestamp: Timestamp,
    pub(crate) age_ms: i64,
    pub(crate) claimed: Signature,
}

impl Checked {
    pub(crate) fn rejection(&self, reason: Reason) -> Rejection {
        Rejection::from(reason).with_age(self.age_ms)
    }

    /// The proof, once the signature has matched.
    pub(crate) fn verified(
        &self,
        keys: KeyRing,
        key_index: u32,
        tenant: Option<Arc<str>>,
    ) -> Verified {
        Verified { keys, key_index, tenant, timestamp: self.timestamp, age_ms: self.age_ms }
    }
}

impl Settings {
    /// Rows 1 to 7. The digits are those of the timestamp, as received: what was signed.
    pub(crate) fn check<'a>(
        &self,
        head: &RequestHead<'a>,
    ) -> Result<(Checked, &'a [u8]), Rejection> {
        if head.timestamp == Value::Several || head.authorization == Value::Several {
            return Err(Reason::HeaderDuplicated.into());
        }
        let Value::One(digits) = head.timestamp else {
            return Err(Reason::TimestampMissing.into());
        };
        let (timestamp, age_ms) = self.timestamp(digits)?;
        let claimed = signature(head).map_err(|reason| Rejection::from(reason).with_age(age_ms))?;
        Ok((Checked { timestamp, age_ms, claimed }, digits))
    }

    /// Rows 3 to 5: the moment of signing, and its age.
    fn timestamp(&self, digits: &[u8]) -> Result<(Timestamp, i64), Rejection> {
        let timestamp = Timestamp::parse(digits).map_err(|_| Reason::TimestampNotNumeric)?;
        let age_ms = timestamp.age_at(self.clock.now());
        if age_ms > self.window_ms {
            return Err(Rejection::from(Reason::TimestampExpired).with_age(age_ms));
        }
        if age_ms < -self.window_ms {
            return Err(Rejection::from(Reason::TimestampInFuture).with_age(age_ms));
        }
        Ok((timestamp, age_ms))
    }

    /// Row 9.
    pub(crate) fn within_limit(&self, length: u64) -> Result<(), Reason> {
        if length > self.body_limit { Err(Reason::BodyTooLarge) } else { Ok(()) }
    }
}

/// Rows 6 and 7: the signature that the request claims to have.
fn signature(head: &RequestHead<'_>) -> Result<Signature, Reason> {
    let Value::One(value) = head.authorization else {
        return Err(Reason::AuthorizationMissing);
    };
    Signature::parse(value).map_err(|_| Reason::AuthorizationMalformed)
}

pub(crate) type Asked = Pin<Box<dyn Future<Output = Result<Verification, Rejection>> + Send>>;

/// Row 8, and then on as above; and what to answer if the source does not.
pub(crate) fn look_up(
    verifier: Verifier,
    source: &dyn KeySource,
    (checked, digits): (Checked, &[u8]),
    head: &RequestHead<'_>,
) -> (Asked, Rejection) {
    let tenant = source.tenant(&head.key_request());
    let keys = source.keys(tenant.clone());
    let request_uri = head.request_uri.to_owned();
    let (declared, digits) = (head.content_length, Digits::received(digits));
    let unanswered = checked.rejection(Reason::KeySourceUnavailable);
    let failed = unanswered.clone();
    let verification = Box::pin(async move {
        let found = keys.await.map_err(|error| failed.with_source(error))?;
        let tenant_exists = found.is_some();
        let keys = found.unwrap_or_else(KeyRing::of_nobody);
        let verification = begin(verifier, (checked, digits), keys, &request_uri, declared)?;
        Ok(verification.of_tenant(tenant, tenant_exists))
    });
    (verification, unanswered)
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
    #[non_exhaustive]
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

/// What [`Verifier::poll_start`] has come to.
#[must_use = "the verdict is inside"]
#[expect(
    clippy::large_enum_variant,
    reason = "a box would be an allocation for each body that is waited for"
)]
pub enum Started {
    /// The body was there: the verdict.
    Concluded(Conclusion),
    /// More of the body is to come: [`Verification::poll_body`] goes on, then
    /// [`conclude`](Verification::conclude).
    Reading(Verification),
    /// The key source has been asked, and the body has not been looked at.
    #[non_exhaustive]
    Asking {
        /// The verification to be.
        verification: Pin<Box<dyn Future<Output = Result<Verification, Rejection>> + Send>>,
        /// What to answer if it does not come within [`Verifier::key_source_timeout`].
        unanswered: Rejection,
    },
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Concluded(conclusion) => f.debug_tuple("Concluded").field(conclusion).finish(),
            Self::Reading(verification) => f.debug_tuple("Reading").field(verification).finish(),
            Self::Asking { .. } => f.write_str("Asking { .. }"),
        }
    }
}
