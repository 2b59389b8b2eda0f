//! A rejection: its reason, and what the log wants to know.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::chain::Chain;
use crate::failure::Failure;
use crate::grpc::GrpcCode;
use crate::reason::Reason;
use crate::reply::Status;

/// Why a request was rejected.
///
/// [`Reason`] is the row of the protocol's table; a rejection also carries what the log wants to
/// know: how old the request claimed to be, which key it matched, what broke underneath.
///
/// ```
/// use online_contact::{Reason, Rejection, Status};
///
/// let rejection = Rejection::from(Reason::SignatureMismatch);
/// assert_eq!(rejection.reason().as_str(), "signature_mismatch");
/// assert_eq!(rejection.status(), Status::Forbidden);
/// assert_eq!(rejection.code(), "40303");
/// assert_eq!(rejection.grpc_code().value(), 16);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rejection {
    reason: Reason,
    timestamp_age_ms: Option<i64>,
    key_label: Option<Arc<str>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Rejection {
    /// Which check failed.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The HTTP status it is answered with.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.reason.status()
    }

    /// The `error.code` of the envelope: a string of digits.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// The status of the call where the caller speaks gRPC.
    #[must_use]
    pub const fn grpc_code(&self) -> GrpcCode {
        self.reason.grpc_code()
    }

    /// The `error.message` of the envelope: what was wrong and what was expected.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.reason.message()
    }

    /// How many milliseconds old the request's timestamp was; negative if it lay ahead. `None` where
    /// no timestamp could be read.
    #[must_use]
    pub const fn timestamp_age_ms(&self) -> Option<i64> {
        self.timestamp_age_ms
    }

    /// The label of the key that the signature matched, where one did before the request was rejected.
    #[must_use]
    pub fn key_label(&self) -> Option<&str> {
        self.key_label.as_deref()
    }

    /// The envelope of this rejection, with the reason in `detail`: what
    /// [`Verifier::reject`](crate::Verifier::reject) answers unless the builder was told otherwise, and
    /// something to begin with for [`render_rejections`](crate::VerifierBuilder::render_rejections).
    ///
    /// It knows no settings and logs nothing, so that whoever answers with it tells the reason to
    /// callers and nobody else. There is no `From` for it either, or `?` in a handler would do that
    /// unseen:
    ///
    /// ```compile_fail,E0277
    /// # use online_contact::{Failure, RequestHead, Verifier};
    /// fn handler(verifier: &Verifier, head: &RequestHead<'_>, body: &[u8]) -> Result<(), Failure> {
    ///     verifier.verify(head, body)?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// ```
    /// # use online_contact::{Failure, RequestHead, Verifier};
    /// fn handler(verifier: &Verifier, head: &RequestHead<'_>, body: &[u8]) -> Result<(), Failure> {
    ///     verifier.verify(head, body).map_err(|rejection| verifier.reject(&rejection))?;
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn to_failure(&self) -> Failure {
        Failure::rejection(self.reason)
    }

    pub(crate) fn with_age(mut self, age_ms: i64) -> Self {
        self.timestamp_age_ms = Some(age_ms);
        self
    }

    pub(crate) fn with_key_label(mut self, label: Arc<str>) -> Self {
        self.key_label = Some(label);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// The one event for each rejection. A request is rejected by strangers too, so a fault of the
    /// caller is a warning and only a fault on this side an error.
    pub(crate) fn log(&self) {
        self.log_as("request rejected");
    }

    pub(crate) fn log_as(&self, what: &'static str) {
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: "online_contact",
                    $level,
                    reason = self.reason.as_str(),
                    status = self.status().as_u16(),
                    code = self.code(),
                    timestamp_age_ms = self.timestamp_age_ms,
                    key = self.key_label(),
                    error = self.source().map(|error| tracing::field::display(Chain(error))),
                    "{what}"
                )
            };
        }
        match self.status() {
            Status::ServerError => event!(tracing::Level::ERROR),
            _ => event!(tracing::Level::WARN),
        }
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { reason, timestamp_age_ms: None, key_label: None, source: None }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
