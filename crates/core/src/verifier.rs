//! The verifier that all adapters share: its settings at work, and how it answers.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::at_once;
use crate::builder::VerifierBuilder;
use crate::failure::Failure;
use crate::head::RequestHead;
use crate::key::KeyRing;
use crate::metrics;
use crate::rejection::Rejection;
use crate::replay::ReplayGuard;
use crate::reply::Status;
use crate::settings::{Keys, Settings};
use crate::start::{self, Start, Started};
use crate::verification::Verification;
use crate::verified::Verified;

/// Decides whether a request came from Online Contact.
///
/// One value serves the whole process: it is cheap to clone and shared by every adapter.
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
/// let mut verification = verifier.begin(&head)?;
/// verification.update(br#"{"callNum":"1","#)?;
/// verification.update(br#""nation":"korea"}"#)?;
/// let verified = verification.finish()?;
/// assert_eq!(verified.key_label(), "key-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier(pub(crate) Arc<Settings>);

impl Verifier {
    /// A verifier with the defaults of the protocol: it lacks nothing but a key.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }

    /// Checks all that can be known before the body: rows 1 to 9 of the protocol's table, in order.
    ///
    /// A verifier with a [`KeySource`](crate::KeySource) can't wait for it here: use [`start`](Self::start) with one.
    ///
    /// # Errors
    ///
    /// The first check that fails, as a [`Rejection`].
    pub fn begin(&self, head: &RequestHead<'_>) -> Result<Verification, Rejection> {
        match self.start(head)? {
            Start::Now(verification) => Ok(verification),
            Start::Later { unanswered, .. } => Err(unanswered),
        }
    }

    /// Checks all that can be known before the body, and asks the key source if there is one.
    /// [`Start::Later`] shows it in use; adapters call [`poll_start`](Self::poll_start).
    ///
    /// # Errors
    ///
    /// The first check that fails, as a [`Rejection`].
    pub fn start(&self, head: &RequestHead<'_>) -> Result<Start, Rejection> {
        start::start(self, head)
    }

    /// The same, and goes on with the body as far as it is there: what the adapters call, for the body of
    /// a short request has mostly come with its head, and then nothing has to be put aside.
    ///
    /// `next` and `keep` are those of [`Verification::poll_body`].
    ///
    /// # Errors
    ///
    /// The first check that fails, as a [`Rejection`]. Where that is not
    /// [`Reason::BodyUnreadable`](crate::Reason::BodyUnreadable), there may be more of the body to come.
    ///
    /// ```
    /// use std::convert::Infallible;
    /// use std::task::{Context, Poll, Waker};
    /// use online_contact::{Conclusion, RequestHead, Started, Verifier};
    /// # use online_contact::{SecurityKey, Timestamp};
    ///
    /// # let verifier = Verifier::builder()
    /// #     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
    /// #     .clock(Timestamp::from_millis(1_732_400_000_000))
    /// #     .build()?;
    /// # let head = RequestHead::new("/customer")
    /// #     .timestamp(b"1732400000000")
    /// #     .authorization(b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=");
    /// let mut body = [r#"{"callNum":"1","nation":"korea"}"#].into_iter();
    /// let started = verifier.poll_start(
    ///     &head,
    ///     &mut Context::from_waker(Waker::noop()),
    ///     |_cx| Poll::Ready(body.next().map(Ok::<_, Infallible>)),
    ///     |piece| println!("{piece}"),
    /// )?;
    /// assert!(matches!(started, Started::Concluded(Conclusion::Now(Ok(_)))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn poll_start<P, E>(
        &self,
        head: &RequestHead<'_>,
        cx: &mut Context<'_>,
        next: impl FnMut(&mut Context<'_>) -> Poll<Option<Result<P, E>>>,
        keep: impl FnMut(P),
    ) -> Result<Started, Rejection>
    where
        P: AsRef<[u8]>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        at_once::poll_start(self, head, cx, next, keep)
    }

    /// Replaces the keys of a running server. Requests that have begun are judged by the keys they
    /// began with, and no request waits: put the old key and the new one into the ring for as long as
    /// both may be signed with.
    ///
    /// Every clone of this verifier takes part.
    ///
    /// # Errors
    ///
    /// [`ReplaceKeysError`] if the keys come from a [`KeySource`](crate::KeySource).
    ///
    /// ```
    /// use online_contact::{KeyRing, SecurityKey, Verifier};
    ///
    /// let old = SecurityKey::new("bf7769e5321448de88838cdb")?;
    /// let verifier = Verifier::builder().labeled_key("old", old.clone()).build()?;
    ///
    /// // Somebody clicked on Online Contact's screen.
    /// let new = SecurityKey::new("0cc175b9c0f1b6a831c399e2")?;
    /// verifier.replace_keys(KeyRing::new([("new", new.clone()), ("old", old)])?)?;
    ///
    /// // Once nothing is signed with the old key any more:
    /// verifier.replace_keys(KeyRing::new([("new", new)])?)?;
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

    /// The verdict on a request whose body is already there. It is the caller's, so it counts against
    /// no [budget](crate::BufferBudget). Nobody can be waited for here: with a [`KeySource`](crate::KeySource)
    /// or a replay guard that answers later, as one on Redis does, every request is rejected as
    /// [`Reason::KeySourceUnavailable`](crate::Reason::KeySourceUnavailable) or
    /// [`Reason::ReplayGuardUnavailable`](crate::Reason::ReplayGuardUnavailable); use
    /// [`start`](Self::start) with one. Answer a rejection with [`reject`](Self::reject), which logs it
    /// and keeps to the builder's settings.
    ///
    /// # Errors
    ///
    /// The first check that fails, as a [`Rejection`].
    ///
    /// ```
    /// # use online_contact::{RequestHead, SecurityKey, Timestamp, Verifier};
    /// # let verifier = Verifier::builder()
    /// #     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
    /// #     .clock(Timestamp::from_millis(1_732_400_000_000))
    /// #     .build()?;
    /// let head = RequestHead::new("/customer")
    ///     .header("X-TC-Timestamp", b"1732400000000")
    ///     .header("Authorization", b"YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=")
    ///     .header("Accept", b"*/*"); // has no part in it
    /// let rejected = verifier.verify(&head, b"{}").unwrap_err();
    /// assert_eq!(rejected.reason().as_str(), "signature_mismatch");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self, head: &RequestHead<'_>, body: &[u8]) -> Result<Verified, Rejection> {
        at_once::verify(self, head, body)
    }

    /// Logs a rejection and makes what it is answered with, as the builder was told to.
    ///
    /// Every adapter answers through this, so all of them say the same.
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
            Some(render) => render(rejection),
            None if self.0.conceal_reasons => concealed(rejection.status()),
            None => rejection.to_failure(),
        }
    }

    /// The longest body that passes, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> u64 {
        self.0.body_limit
    }

    /// How long a whole body may keep the server waiting.
    #[must_use]
    pub fn body_timeout(&self) -> Duration {
        self.0.body_timeout
    }

    /// How long a key source may take.
    #[must_use]
    pub fn key_source_timeout(&self) -> Duration {
        self.0.key_source_timeout
    }

    /// How long a replay guard may take.
    #[must_use]
    pub fn replay_guard_timeout(&self) -> Duration {
        self.0.replay_guard_timeout
    }

    /// How many bytes of a rejected body are read and thrown away, so that a client that sends before
    /// it reads comes to read the rejection.
    #[must_use]
    pub fn drain_limit(&self) -> u64 {
        self.0.drain_limit
    }

    pub(crate) fn replay_guard(&self) -> Option<&dyn ReplayGuard> {
        self.0.replay_guard.as_deref()
    }

    pub(crate) fn passes_without_replay_guard(&self) -> bool {
        self.0.passes_without_replay_guard
    }
}

/// The keys of a verifier can't be replaced, for they come from a [`KeySource`](crate::KeySource).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplaceKeysError(());

impl fmt::Display for ReplaceKeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the verifier's keys come from a key source: change them there")
    }
}

impl Error for ReplaceKeysError {}

/// What is left to say of a rejection when its reason is kept from the caller.
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
