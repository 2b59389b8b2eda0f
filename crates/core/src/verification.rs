//! A request on its way to a verdict, and the proof that it passed.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::key::KeyRing;
use crate::mac::MacStream;
use crate::rejection::{Reason, Rejection};
use crate::signing::Signature;
use crate::timestamp::Timestamp;

/// A request whose headers have passed: feed it the body, then ask for the verdict.
///
/// It is owned, allocates nothing with up to four keys, and forgets each chunk once it is hashed.
/// [`Verifier::begin`](crate::Verifier::begin) makes it; its example shows the whole way.
#[derive(Clone)]
#[must_use = "a verification is no verdict before `finish`"]
pub struct Verification {
    pub(crate) keys: KeyRing,
    pub(crate) mac: MacStream,
    pub(crate) claimed: Signature,
    pub(crate) timestamp: Timestamp,
    pub(crate) age_ms: i64,
    pub(crate) received: u64,
    pub(crate) body_limit: u64,
}

impl Verification {
    /// Takes the next piece of the body, in the order in which it came.
    ///
    /// # Errors
    ///
    /// [`Reason::BodyTooLarge`] as soon as the body is longer than the limit; the piece that makes
    /// it so is not hashed, and no later call passes.
    pub fn update(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        self.received = self.received.saturating_add(chunk.len() as u64);
        self.within_limit()?;
        self.mac.update(chunk);
        Ok(())
    }

    /// The verdict on the whole body.
    ///
    /// Every key is tried and the comparisons take the same time whatever they find.
    ///
    /// # Errors
    ///
    /// [`Reason::SignatureMismatch`], or [`Reason::BodyTooLarge`] if an [`update`](Self::update) said
    /// so before.
    pub fn finish(mut self) -> Result<Verified, Rejection> {
        self.within_limit()?;
        self.mac.update(self.timestamp.to_digits().as_bytes());

        let mut matched = Choice::from(0);
        let mut key_index = 0_u32;
        for (index, tag) in (0_u32..).zip(self.mac.finish()) {
            let equal = tag.ct_eq(&self.claimed.0);
            key_index.conditional_assign(&index, equal);
            matched |= equal;
        }
        if !bool::from(matched) {
            return Err(Rejection::from(Reason::SignatureMismatch).with_age(self.age_ms));
        }
        Ok(Verified { keys: self.keys, key_index, timestamp: self.timestamp, age_ms: self.age_ms })
    }

    /// The body did not come within [`Verifier::body_timeout`](crate::Verifier::body_timeout): what
    /// to answer.
    #[must_use]
    pub fn body_timed_out(&self) -> Rejection {
        Rejection::from(Reason::BodyTimeout).with_age(self.age_ms)
    }

    /// The body broke off or was malformed: what to answer. The source goes to the log, never to the
    /// caller.
    #[must_use]
    pub fn body_unreadable(&self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Rejection {
        Rejection::from(Reason::BodyUnreadable).with_age(self.age_ms).with_source(source)
    }

    fn within_limit(&self) -> Result<(), Rejection> {
        if self.received > self.body_limit {
            return Err(Rejection::from(Reason::BodyTooLarge).with_age(self.age_ms));
        }
        Ok(())
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification")
            .field("keys", &self.keys)
            .field("timestamp", &self.timestamp)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

/// The proof that a request came from Online Contact. Only [`Verification::finish`] makes one.
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
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key_label", &self.key_label())
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}
