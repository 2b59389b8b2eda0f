//! A rejection, and beside it the table of reasons.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::envelope::failure::Failure;
use crate::envelope::status::Status;
use crate::log::{ErrorChain, Escaped};
use crate::rejection::grpc::GrpcCode;
use crate::rejection::reason::Reason;

pub(crate) mod format;
pub(crate) mod grpc;
pub(crate) mod reason;

/// A rejection: the [`Reason`], and details for the log.
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
    /// Returns the reason.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.reason.status()
    }

    /// Returns the `error.code` of the envelope: a string of digits.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.reason.code()
    }

    /// Returns the gRPC status code.
    #[must_use]
    pub const fn grpc_code(&self) -> GrpcCode {
        self.reason.grpc_code()
    }

    /// Returns the `error.message` of the envelope.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.reason.message()
    }

    /// Returns the age of the timestamp in milliseconds, which is negative if the timestamp lay in the
    /// future, or `None` if there was no valid timestamp.
    #[must_use]
    pub const fn timestamp_age_ms(&self) -> Option<i64> {
        self.timestamp_age_ms
    }

    /// Returns the label of the key that the signature matched, if one did.
    #[must_use]
    pub fn key_label(&self) -> Option<&str> {
        self.key_label.as_deref()
    }

    /// Returns the envelope of this rejection, with the reason in `detail`.
    ///
    /// It logs nothing and ignores the builder's settings: respond with
    /// [`Verifier::reject`](crate::Verifier::reject), and use this in
    /// [`render_rejections`](crate::VerifierBuilder::render_rejections) for rejections that need no other
    /// envelope. There is no `From` for it, so that `?` in a handler does not reveal a concealed reason:
    ///
    /// ```compile_fail,E0277
    /// # use online_contact::{Failure, RequestHead, Verifier};
    /// fn handler(verifier: &Verifier, head: &RequestHead<'_>, body: &[u8]) -> Result<(), Failure> {
    ///     verifier.verify_bytes(head, body)?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// ```
    /// # use online_contact::{Failure, RequestHead, Verifier};
    /// fn handler(verifier: &Verifier, head: &RequestHead<'_>, body: &[u8]) -> Result<(), Failure> {
    ///     verifier.verify_bytes(head, body).map_err(|rejection| verifier.reject(&rejection))?;
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn to_failure(&self) -> Failure {
        Failure::new(self.status(), self.code(), self.message())
            .with_detail(self.reason.as_str())
            .with_grpc_code(self.grpc_code())
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

    /// Logs the rejection: a fault of the client as a warning, a fault of the server as an error.
    pub(crate) fn log(&self) {
        self.log_as("request rejected");
    }

    pub(crate) fn log_as(&self, event: &'static str) {
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: "online_contact",
                    $level,
                    reason = self.reason.as_str(),
                    status = self.status().as_u16(),
                    code = self.code(),
                    timestamp_age_ms = self.timestamp_age_ms,
                    key = self.key_label().map(|label| tracing::field::display(Escaped(label))),
                    error = self.source().map(|error| tracing::field::display(ErrorChain(error))),
                    "{event}"
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
