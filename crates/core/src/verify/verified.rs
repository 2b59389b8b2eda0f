use std::fmt;
use std::sync::Arc;

use crate::keys::KeyRing;
use crate::rejection::Rejection;
use crate::verify::signature::Signature;
use crate::verify::timestamp::Timestamp;

/// The proof that a request came from Online Contact. Only this crate creates one.
///
/// The adapters put it into the request's extensions; in axum and actix-web it is an extractor.
#[derive(Clone)]
pub struct Verified {
    pub(crate) verifier_id: u64,
    pub(crate) body_limit: u64,
    pub(crate) keys: KeyRing,
    pub(crate) key_index: usize,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) timestamp: Timestamp,
    pub(crate) age_ms: i64,
    pub(crate) signature: Signature,
}

impl Verified {
    /// Returns the label of the key that the signature matched.
    #[must_use]
    pub fn key_label(&self) -> &str {
        self.keys.label(self.key_index).map_or("", |label| label)
    }

    /// Returns the tenant of that key, as [`KeySource::tenant`](crate::KeySource::tenant) named it, or
    /// `None` if the verifier has keys of its own.
    ///
    /// Path and host are not signed. A handler that serves several tenants must use this name, not one
    /// that it reads in the request.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Returns the time at which the request was signed, by the client's clock.
    #[must_use]
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Returns the age of the timestamp in milliseconds when the headers were checked. It is negative if
    /// the timestamp lay in the future.
    #[must_use]
    pub const fn timestamp_age_ms(&self) -> i64 {
        self.age_ms
    }

    /// Returns the body limit of the verifier, in bytes.
    ///
    /// It bounds the body as sent. An extractor that reads a body after a decompressing layer must apply it
    /// again, as [`Lookup`](crate::Lookup) does.
    #[must_use]
    pub const fn body_limit(&self) -> u64 {
        self.body_limit
    }

    pub(crate) fn is_of_same_request(&self, other: &Self) -> bool {
        self.verifier_id == other.verifier_id && self.signature.0 == other.signature.0
    }

    /// Adds the label of the key to a rejection.
    pub(crate) fn label(&self, rejection: Rejection) -> Rejection {
        match self.keys.label(self.key_index) {
            Some(label) => rejection.with_key_label(Arc::clone(label)),
            None => rejection,
        }
    }

    /// Counts the request as one that passed.
    pub(crate) fn count(&self, is_guarded: bool) {
        if let Some(counters) = self.keys.counters(self.key_index) {
            counters.passed(is_guarded, self.age_ms);
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
