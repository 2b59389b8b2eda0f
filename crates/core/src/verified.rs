//! What stands behind a signature that matches: the proof, and whether the request came before.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::budget::Reservation;
use crate::key::KeyRing;
use crate::metrics::KeyCounters;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::replay::{Claimed, ReplayError};
use crate::signing::Signature;
use crate::timestamp::Timestamp;

/// The proof that a request came from Online Contact. Only this crate makes one.
///
/// The adapters put it into the request's extensions; in axum and actix-web it is an extractor.
#[derive(Clone)]
pub struct Verified {
    pub(crate) keys: KeyRing,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) key_index: u32,
    pub(crate) timestamp: Timestamp,
    pub(crate) age_ms: i64,
}

impl Verified {
    /// The label of the key that the signature matched.
    #[must_use]
    pub fn key_label(&self) -> &str {
        self.label().map_or("", |label| label)
    }

    /// Whose key that is, as [`KeySource::tenant`](crate::KeySource::tenant) named it; `None` where the
    /// verifier has keys of its own.
    ///
    /// Path and host are not signed, so a handler that serves several tenants goes by this and not by
    /// what it reads in the request.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
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

    /// The last step before a request passes.
    pub(crate) fn passed(self) -> Self {
        self.count(KeyCounters::accepted);
        self
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
            .field("tenant", &self.tenant())
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

/// A request with the right signature, that may still be one that came before: rows 14 and 15.
pub(crate) struct Matched {
    pub(crate) verified: Verified,
    pub(crate) claimed: Signature,
    /// Held until the guard has answered.
    pub(crate) reservation: Reservation,
}

impl Matched {
    pub(crate) fn claim(self) -> Conclusion {
        let verifier = self.reservation.verifier();
        let Some(guard) = verifier.replay_guard() else {
            return Conclusion::Now(Ok(self.verified.passed()));
        };
        let Some(claim) = verifier.0.replay_claim(self.verified.timestamp, self.claimed) else {
            return Conclusion::Now(Err(self.rejected(Reason::TimestampExpired)));
        };
        match guard.claim(claim) {
            Claimed::Now(answer) => Conclusion::Now(self.answered(answer)),
            Claimed::Later(answer) => {
                let unanswered = Unanswered(self.unanswered());
                let verdict = Box::pin(async move { self.answered(answer.await) });
                Conclusion::Later { verdict, unanswered }
            }
        }
    }

    /// The same request, holding no bytes.
    fn unanswered(&self) -> Self {
        let reservation = Reservation::new(self.reservation.verifier().clone());
        Self { verified: self.verified.clone(), claimed: self.claimed, reservation }
    }

    fn answered(self, answer: Result<(), ReplayError>) -> Result<Verified, Rejection> {
        let reason = match answer {
            Ok(()) => return Ok(self.verified.passed()),
            Err(ReplayError::Replayed) => Reason::Replayed,
            Err(ReplayError::Full) => Reason::Overloaded,
            Err(ReplayError::Unavailable(error)) => {
                let rejection = self.rejected(Reason::ReplayGuardUnavailable).with_source(error);
                if self.reservation.verifier().passes_without_replay_guard() {
                    rejection.log_as("request passed without the replay guard");
                    self.verified.count(KeyCounters::passed_without_replay_guard);
                    return Ok(self.verified);
                }
                return Err(rejection);
            }
        };
        Err(self.rejected(reason))
    }

    fn rejected(&self, reason: Reason) -> Rejection {
        let rejection = Rejection::from(reason).with_age(self.verified.age_ms);
        match self.verified.label() {
            Some(label) => rejection.with_key_label(Arc::clone(label)),
            None => rejection,
        }
    }
}

/// The verdict on a request, now or later: see [`Verification::conclude`](crate::Verification::conclude).
#[must_use = "the verdict is inside"]
pub enum Conclusion {
    /// The verdict is in.
    Now(Result<Verified, Rejection>),
    /// The replay guard has been asked and will answer.
    #[non_exhaustive]
    Later {
        /// The verdict to be.
        verdict: Pin<Box<dyn Future<Output = Result<Verified, Rejection>> + Send>>,
        /// The verdict where the guard does not answer within
        /// [`Verifier::replay_guard_timeout`](crate::Verifier::replay_guard_timeout), or nobody can wait.
        unanswered: Unanswered,
    },
}

/// What becomes of a request whose replay guard does not answer.
pub struct Unanswered(Matched);

impl Unanswered {
    /// The verdict: a rejection, unless the verifier was told to let such requests pass.
    ///
    /// # Errors
    ///
    /// [`Reason::ReplayGuardUnavailable`].
    pub fn verdict(self) -> Result<Verified, Rejection> {
        self.0.answered(Err(ReplayError::Unavailable("no answer in time".into())))
    }
}

impl Conclusion {
    /// The verdict where nobody can wait for the guard. That is no fault of the guard's, so what lets
    /// requests pass while it is away does not let this one.
    pub(crate) fn now(self) -> Result<Verified, Rejection> {
        match self {
            Self::Now(verdict) => verdict,
            Self::Later { unanswered: Unanswered(matched), .. } => {
                let rejection = matched.rejected(Reason::ReplayGuardUnavailable);
                Err(rejection.with_source("the guard answers later, and nobody waits for it here"))
            }
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

impl fmt::Debug for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Unanswered").field(&self.0.verified).finish()
    }
}
