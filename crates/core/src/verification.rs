//! A request on its way to a verdict, and the proof that it passed.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use subtle::{Choice, ConditionallySelectable};

use crate::budget::Reservation;
use crate::head::RequestHead;
use crate::key::KeyRing;
use crate::mac::{self, MacStream};
use crate::metrics::{self, KeyCounters};
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::replay::{Claimed, ReplayError, ReplayGuard};
use crate::signing::Signature;
use crate::start::Checked;
use crate::timestamp::Timestamp;
use crate::verifier::{Keys, Verifier};

/// A request whose headers have passed: feed it the body, then ask for the verdict.
///
/// It is owned, allocates nothing with up to four keys, and forgets each chunk once it is hashed.
/// [`Verifier::begin`] makes it; its example shows the whole way.
#[must_use = "a verification is no verdict before `finish`"]
pub struct Verification {
    pub(crate) reservation: Reservation,
    pub(crate) keys: KeyRing,
    /// Whether the keys are those of a tenant, and not of nobody.
    pub(crate) tenant_exists: bool,
    pub(crate) mac: MacStream,
    pub(crate) checked: Checked,
    pub(crate) received: u64,
}

impl Verification {
    /// So many pieces of a body an adapter takes without a pause; then it gives other tasks their turn
    /// and looks at its deadline, however fast the pieces come. One without bytes costs its sender
    /// nothing and counts against no limit.
    pub const PIECES_PER_TURN: u32 = 128;

    /// Takes the next piece of the body, in the order in which it came.
    ///
    /// # Errors
    ///
    /// [`Reason::BodyTooLarge`] as soon as the body is longer than the limit, [`Reason::Overloaded`] if
    /// it does not fit into the [budget](crate::BufferBudget) at present. That piece is not hashed; the
    /// request can't pass any more.
    pub fn update(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        let length = chunk.len() as u64;
        self.received = self.received.saturating_add(length);
        self.within_limit()?;
        if !self.reservation.grow(length) {
            // No body is that long, so no later call passes.
            self.received = u64::MAX;
            return Err(self.rejection(Reason::Overloaded));
        }
        self.mac.update(chunk);
        Ok(())
    }

    /// The verdict on the whole body.
    ///
    /// Every key is tried and the comparisons take the same time whatever they find. A replay guard
    /// that answers later can't be waited for here: use [`conclude`](Self::conclude) with one.
    ///
    /// # Errors
    ///
    /// [`Reason::SignatureMismatch`]; [`Reason::BodyTooLarge`] if an [`update`](Self::update) refused
    /// the body before; with a replay guard [`Reason::Replayed`], [`Reason::Overloaded`] or
    /// [`Reason::ReplayGuardUnavailable`].
    pub fn finish(self) -> Result<Verified, Rejection> {
        self.conclude().now()
    }

    /// The verdict on the whole body, now or later: what the adapters call.
    ///
    /// ```
    /// use online_contact::{Conclusion, RequestHead, SecurityKey, Timestamp, Verified, Verifier};
    ///
    /// async fn verdict(
    ///     verifier: &Verifier,
    ///     head: &RequestHead<'_>,
    ///     body: &[u8],
    /// ) -> Result<Verified, online_contact::Rejection> {
    ///     let mut verification = verifier.begin(head)?;
    ///     verification.update(body)?;
    ///     match verification.conclude() {
    ///         Conclusion::Now(verdict) => verdict,
    ///         Conclusion::Later { verdict, .. } => verdict.await,
    ///     }
    /// }
    /// ```
    pub fn conclude(mut self) -> Conclusion {
        let key_index = match self.matched() {
            Ok(key_index) => key_index,
            Err(rejection) => return Conclusion::Now(Err(rejection)),
        };
        metrics::body(self.received);
        let Self { reservation, keys, checked, .. } = self;
        checked.conclude(reservation.verifier(), keys, key_index)
    }

    /// The body did not come within [`Verifier::body_timeout`]: what to answer.
    #[must_use]
    pub fn body_timed_out(&self) -> Rejection {
        self.rejection(Reason::BodyTimeout)
    }

    /// The body broke off or was malformed: what to answer. The source goes to the log, never to the
    /// caller.
    #[must_use]
    pub fn body_unreadable(&self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Rejection {
        self.rejection(Reason::BodyUnreadable).with_source(source)
    }

    /// Row 13: which of the keys signed this request.
    fn matched(&mut self) -> Result<u32, Rejection> {
        self.within_limit()?;
        match self.checked.matched(&mut self.mac, &self.keys) {
            Some(key_index) if self.tenant_exists => Ok(key_index),
            _ => Err(self.rejection(Reason::SignatureMismatch)),
        }
    }

    fn within_limit(&self) -> Result<(), Rejection> {
        if self.received > self.reservation.verifier().body_limit() {
            return Err(self.rejection(Reason::BodyTooLarge));
        }
        Ok(())
    }

    fn rejection(&self, reason: Reason) -> Rejection {
        self.checked.rejection(reason)
    }
}

/// A verification of a body that is there as a whole: nothing of it is kept, so it counts against no
/// budget.
pub(crate) fn verify(
    verifier: &Verifier,
    head: &RequestHead<'_>,
    body: &[u8],
) -> Result<Verified, Rejection> {
    let Keys::Ring(ring) = &verifier.0.keys else {
        let mut verification = verifier.begin(head)?;
        verification.update(body)?;
        return verification.finish();
    };
    let checked = verifier.0.check(head)?;
    let length = head.content_length.unwrap_or_default().max(body.len() as u64);
    if length > verifier.0.body_limit {
        return Err(checked.rejection(Reason::BodyTooLarge));
    }
    let keys = KeyRing(ring.load_full());
    let mut mac = verifier.0.scheme.open(keys.mac_keys(), head.request_uri);
    mac.update(body);
    match checked.matched(&mut mac, &keys) {
        Some(key_index) => {
            metrics::body(body.len() as u64);
            checked.conclude(verifier, keys, key_index).now()
        }
        None => Err(checked.rejection(Reason::SignatureMismatch)),
    }
}

impl Checked {
    /// Row 13 behind the message: which of the keys signed it. All are tried.
    fn matched(&self, mac: &mut MacStream, keys: &KeyRing) -> Option<u32> {
        mac.update(self.digits.as_bytes());
        let mut matched = Choice::from(0);
        let mut key_index = 0_u32;
        for (index, tag) in (0_u32..).zip(mac.finish(keys.mac_keys())) {
            let equal = mac::equal(&tag, &self.claimed.0);
            key_index.conditional_assign(&index, equal);
            matched |= equal;
        }
        bool::from(matched).then_some(key_index)
    }

    /// Rows 14 and 15.
    fn conclude(self, verifier: &Verifier, keys: KeyRing, key_index: u32) -> Conclusion {
        let Self { timestamp, age_ms, claimed, .. } = self;
        let verified = Verified { keys, key_index, timestamp, age_ms };
        match verifier.replay_guard() {
            None => {
                verified.count(KeyCounters::accepted);
                Conclusion::Now(Ok(verified))
            }
            Some(guard) => Matched { verifier: verifier.clone(), claimed, verified }.claim(guard),
        }
    }
}

/// A request with the right signature, that may still be one that came before.
struct Matched {
    verifier: Verifier,
    claimed: Signature,
    verified: Verified,
}

impl Matched {
    fn claim(self, guard: &dyn ReplayGuard) -> Conclusion {
        match self.verifier.replay_claim(self.verified.timestamp, self.claimed) {
            None => Conclusion::Now(Err(self.refused(Reason::TimestampExpired))),
            Some(claim) => match guard.claim(claim) {
                Claimed::Now(answer) => Conclusion::Now(self.answered(answer)),
                Claimed::Later(answer) => Conclusion::Later {
                    unanswered: self.refused(Reason::ReplayGuardUnavailable),
                    verdict: Box::pin(async move { self.answered(answer.await) }),
                },
            },
        }
    }

    fn answered(self, answer: Result<(), ReplayError>) -> Result<Verified, Rejection> {
        let reason = match answer {
            Ok(()) => {
                self.verified.count(KeyCounters::accepted);
                return Ok(self.verified);
            }
            Err(ReplayError::Replayed) => Reason::Replayed,
            Err(ReplayError::Full) => Reason::Overloaded,
            Err(ReplayError::Unavailable(error)) => {
                let rejection = self.refused(Reason::ReplayGuardUnavailable).with_source(error);
                if self.verifier.passes_without_replay_guard() {
                    rejection.log_as("request passed without the replay guard");
                    self.verified.count(KeyCounters::passed_without_replay_guard);
                    return Ok(self.verified);
                }
                return Err(rejection);
            }
        };
        Err(self.refused(reason))
    }

    fn refused(&self, reason: Reason) -> Rejection {
        let rejection = Rejection::from(reason).with_age(self.verified.age_ms);
        match self.verified.label() {
            Some(label) => rejection.with_key_label(Arc::clone(label)),
            None => rejection,
        }
    }
}

/// The verdict on a request, now or later: see [`Verification::conclude`].
#[must_use = "the verdict is inside"]
pub enum Conclusion {
    /// The verdict is in.
    Now(Result<Verified, Rejection>),
    /// The replay guard has been asked and will answer.
    Later {
        /// The verdict to be.
        verdict: Pin<Box<dyn Future<Output = Result<Verified, Rejection>> + Send>>,
        /// What to answer where nobody can wait for it.
        unanswered: Rejection,
    },
}

impl Conclusion {
    /// What is known without waiting.
    fn now(self) -> Result<Verified, Rejection> {
        match self {
            Self::Now(verdict) => verdict,
            Self::Later { unanswered, .. } => Err(unanswered),
        }
    }
}

impl fmt::Debug for Conclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(verdict) => f.debug_tuple("Now").field(verdict).finish(),
            Self::Later { .. } => f.write_str("Later { .. }"),
        }
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification")
            .field("keys", &self.keys)
            .field("timestamp", &self.checked.timestamp)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

/// The proof that a request came from Online Contact. Only this module makes one.
///
/// The adapters put it into the request's extensions; in axum and actix-web it is an extractor.
#[derive(Clone)]
pub struct Verified {
    keys: KeyRing,
    key_index: u32,
    timestamp: Timestamp,
    age_ms: i64,
}

impl Verified {
    /// The label of the key that the signature matched.
    #[must_use]
    pub fn key_label(&self) -> &str {
        self.label().map_or("", |label| label)
    }

    /// When the request was signed, by the sender's clock.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// How many milliseconds old the request was when its headers were checked; negative if it was
    /// dated ahead.
    #[must_use]
    pub const fn timestamp_age_ms(&self) -> i64 {
        self.age_ms
    }

    fn label(&self) -> Option<&Arc<str>> {
        self.keys.label(usize::try_from(self.key_index).ok()?)
    }

    fn count(&self, outcome: fn(&KeyCounters, i64)) {
        let index = usize::try_from(self.key_index).ok();
        if let Some(counters) = index.and_then(|index| self.keys.counters(index)) {
            outcome(counters, self.age_ms);
        }
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key_label", &self.key_label())
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}
