//! Who may pass: the checks on a request's head.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::builder::VerifierBuilder;
use crate::head::{RequestHead, Value};
use crate::key::KeyRing;
use crate::rejection::{Reason, Rejection};
use crate::reply::{Failure, Status};
use crate::signing::{Scheme, Signature};
use crate::timestamp::{Clock, Timestamp};
use crate::verification::{Verification, Verified};

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

pub(crate) struct Settings {
    pub(crate) keys: KeyRing,
    pub(crate) scheme: Scheme,
    pub(crate) window_ms: i64,
    pub(crate) body_limit: u64,
    pub(crate) body_timeout: Duration,
    pub(crate) discard_limit: u64,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) render: Option<Render>,
    pub(crate) conceal_reasons: bool,
}

pub(crate) type Render = Arc<dyn Fn(&Rejection) -> Failure + Send + Sync>;

impl Verifier {
    /// A verifier with the defaults of the protocol: it lacks nothing but a key.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }

    /// Checks all that can be known before the body: rows 1 to 9 of the protocol's table, in order.
    ///
    /// # Errors
    ///
    /// The first check that fails, as a [`Rejection`].
    pub fn begin(&self, head: &RequestHead<'_>) -> Result<Verification, Rejection> {
        let settings = &*self.0;
        if head.timestamp == Value::Several || head.authorization == Value::Several {
            return Err(Reason::HeaderDuplicated.into());
        }
        let (timestamp, age_ms) = settings.timestamp(head)?;
        let claimed = signature(head).map_err(|reason| Rejection::from(reason).with_age(age_ms))?;
        if head.content_length.is_some_and(|length| length > settings.body_limit) {
            return Err(Rejection::from(Reason::BodyTooLarge).with_age(age_ms));
        }
        Ok(Verification {
            mac: settings.scheme.open(settings.keys.mac_keys(), head.request_uri),
            keys: settings.keys.clone(),
            claimed,
            timestamp,
            age_ms,
            received: 0,
            body_limit: settings.body_limit,
        })
    }

    /// The verdict on a request whose body is already there.
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
    /// let refused = verifier.verify(&head, b"{}").unwrap_err();
    /// assert_eq!(refused.reason().as_str(), "signature_mismatch");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn verify(&self, head: &RequestHead<'_>, body: &[u8]) -> Result<Verified, Rejection> {
        let mut verification = self.begin(head)?;
        verification.update(body)?;
        verification.finish()
    }

    /// Logs a refusal and makes what it is answered with, as the builder was told to.
    ///
    /// Every adapter answers through this, so all of them say the same.
    ///
    /// ```
    /// # use online_contact::{Reason, SecurityKey, Verifier};
    /// # let key = || SecurityKey::new("bf7769e5321448de88838cdb");
    /// let open = Verifier::builder().key(key()?).build()?;
    /// let failure = open.refuse(&Reason::TimestampMissing.into());
    /// assert_eq!(
    ///     failure.to_json(),
    ///     br#"{"error":{"code":"40001","message":"X-TC-Timestamp is missing.","detail":"timestamp_missing"}}"#,
    /// );
    ///
    /// let discreet = Verifier::builder().key(key()?).conceal_reasons(true).build()?;
    /// let failure = discreet.refuse(&Reason::TimestampMissing.into());
    /// assert_eq!(
    ///     failure.to_json(),
    ///     br#"{"error":{"code":"400","message":"The request was refused.","detail":null}}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn refuse(&self, rejection: &Rejection) -> Failure {
        rejection.log();
        match &self.0.render {
            Some(render) => render(rejection),
            None if self.0.conceal_reasons => concealed(rejection.status()),
            None => Failure::from(rejection),
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

    /// How many bytes of a refused body are read and thrown away, so that a client that sends before
    /// it reads comes to read the refusal.
    #[must_use]
    pub fn discard_limit(&self) -> u64 {
        self.0.discard_limit
    }
}

impl Settings {
    /// Rows 2 to 5: the moment of signing, and its age.
    fn timestamp(&self, head: &RequestHead<'_>) -> Result<(Timestamp, i64), Rejection> {
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
        Ok((timestamp, age_ms))
    }
}

/// Rows 6 and 7: the signature that the request claims to have.
fn signature(head: &RequestHead<'_>) -> Result<Signature, Reason> {
    let Value::One(value) = head.authorization else {
        return Err(Reason::AuthorizationMissing);
    };
    Signature::parse(value).map_err(|_| Reason::AuthorizationMalformed)
}

/// What is left to say of a refusal when its reason is kept from the caller.
fn concealed(status: Status) -> Failure {
    Failure::new(status, status.to_string(), "The request was refused.")
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.0.keys)
            .field("scheme", &self.0.scheme)
            .field("window_ms", &self.0.window_ms)
            .field("body_limit", &self.0.body_limit)
            .field("body_timeout", &self.0.body_timeout)
            .field("discard_limit", &self.0.discard_limit)
            .field("clock", &self.0.clock)
            .field("conceal_reasons", &self.0.conceal_reasons)
            .finish_non_exhaustive()
    }
}
