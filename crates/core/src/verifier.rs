//! The verifier that all adapters share.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, Keys};
use crate::envelope::failure::Failure;
use crate::envelope::status::Status;
use crate::keys::KeyRing;
use crate::metrics;
use crate::rejection::Rejection;

/// Decides whether a request came from Online Contact.
///
/// One value serves the whole process: it is cheap to clone, and every adapter takes one.
/// [`verify`](Self::verify) is the decision.
///
/// ```
/// use online_contact::{RequestHead, SecurityKey, Timestamp, Verifier};
///
/// let verifier = Verifier::builder()
///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
///     .clock(Timestamp::from_millis(1_732_400_000_000)) // stands still, for this example
///     .build()?;
///
/// let head = RequestHead::new("/customer")
///     .timestamp(b"1732400000000")
///     .authorization(b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=");
/// let verified = verifier.verify_bytes(&head, br#"{"callNum":"1","nation":"korea"}"#)?;
/// assert_eq!(verified.key_label(), "key-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier(pub(crate) Arc<Config>);

impl Verifier {
    /// Replaces the keys of a running server.
    ///
    /// Requests that have begun are verified with the keys they began with, and no request waits. Keep the
    /// old key in the ring beside the new one while either may sign. Every clone of this verifier takes
    /// part.
    ///
    /// # Errors
    ///
    /// Returns [`ReplaceKeysError`] if the keys come from a [`KeySource`](crate::KeySource).
    ///
    /// ```
    /// use online_contact::{KeyRing, SecurityKey, Verifier};
    ///
    /// let old = SecurityKey::new("bf7769e5321448de88838cdb")?;
    /// let verifier = Verifier::builder().labeled_key("old", old.clone()).build()?;
    ///
    /// let new = SecurityKey::new("0cc175b9c0f1b6a831c399e2")?;
    /// verifier.replace_keys(KeyRing::new([("new", new), ("old", old)])?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replace_keys(&self, keys: KeyRing) -> Result<(), ReplaceKeysError> {
        match &self.0.keys {
            Keys::Ring(ring) => {
                ring.store(keys.0);
                metrics::keys_replaced();
                Ok(())
            }
            Keys::Source(_) => Err(ReplaceKeysError(())),
        }
    }

    /// Logs, counts and renders a rejection, as the builder was set up to.
    ///
    /// Every adapter responds through this function, so all of them send the same.
    ///
    /// ```
    /// # use online_contact::{Reason, SecurityKey, Verifier};
    /// # let key = || SecurityKey::new("bf7769e5321448de88838cdb");
    /// let open = Verifier::builder().key(key()?).build()?;
    /// let failure = open.reject(&Reason::TimestampMissing.into());
    /// assert_eq!(
    ///     failure.to_json(),
    ///     br#"{"error":{"code":"40001","message":"X-TC-Timestamp is missing.","detail":"timestamp_missing"}}"#,
    /// );
    ///
    /// let discreet = Verifier::builder().key(key()?).conceal_reasons(true).build()?;
    /// let failure = discreet.reject(&Reason::TimestampMissing.into());
    /// assert_eq!(
    ///     failure.to_json(),
    ///     br#"{"error":{"code":"400","message":"The request was rejected.","detail":null}}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn reject(&self, rejection: &Rejection) -> Failure {
        rejection.log();
        metrics::rejected(rejection);
        match &self.0.render {
            Some(render) => rendered(render(rejection), rejection),
            None if self.0.conceal_reasons => concealed(rejection.status()),
            None => rejection.to_failure(),
        }
    }

    /// Returns the length of the longest body that passes, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> u64 {
        self.0.body_limit
    }

    /// Returns the timeout of a whole body.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        self.0.body_timeout
    }

    /// Returns the maximum number of bytes of a rejected body that an adapter reads and discards after the
    /// response, so that a client that sends before it reads gets the response.
    #[must_use]
    pub fn drain_limit(&self) -> u64 {
        self.0.drain_limit
    }
}

/// An error of [`Verifier::replace_keys`]: the keys come from a [`KeySource`](crate::KeySource).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaceKeysError(());

impl fmt::Display for ReplaceKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the keys of this verifier come from a key source; replace them there")
    }
}

impl Error for ReplaceKeysError {}

/// Gives a failure of the application the gRPC code of its rejection, unless it has another HTTP status.
fn rendered(failure: Failure, rejection: &Rejection) -> Failure {
    if failure.status() == rejection.status() {
        failure.with_grpc_code(rejection.grpc_code())
    } else {
        failure
    }
}

/// Returns the envelope of a rejection whose reason is concealed from the client.
fn concealed(status: Status) -> Failure {
    Failure::new(status, status.to_string(), "The request was rejected.")
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.0.keys)
            .field("replay_guard", &self.0.replay_guard)
            .field("budget", &self.0.budget)
            .field("scheme", &self.0.scheme)
            .field("window_ms", &self.0.window_ms)
            .field("body_limit", &self.0.body_limit)
            .field("body_timeout", &self.0.body_timeout)
            .field("drain_limit", &self.0.drain_limit)
            .field("clock", &self.0.clock)
            .field("conceal_reasons", &self.0.conceal_reasons)
            .finish_non_exhaustive()
    }
}
