//! The error envelope, and what the application says in it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};

#[cfg(any(feature = "http", feature = "actix"))]
use bytes::Bytes;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::chain::Chain;
use crate::grpc::GrpcCode;
use crate::reason::Reason;
use crate::reply::Status;

/// A failure: answered as `{"error": {"code": …, "message": …, "detail": …}}`.
///
/// It is made by what the agent will see. An attached [source](Failure::with_source) goes to the log and
/// never to the caller.
///
/// ```
/// use online_contact::{Failure, Status};
///
/// let failure = Failure::no_result(911, "Not existing user.");
/// assert_eq!(failure.status(), Status::BadRequest);
/// assert_eq!(
///     failure.to_json(),
///     br#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#,
/// );
/// ```
#[derive(Clone, Debug)]
pub struct Failure {
    status: Status,
    code: Code,
    message: Cow<'static, str>,
    detail: Option<Cow<'static, str>>,
    source: Option<Arc<dyn Error + Send + Sync>>,
    grpc_code: GrpcCode,
    /// The body of the answer, where it is known beforehand.
    written: Option<&'static [u8]>,
}

impl Failure {
    /// 400: the agent sees "조회 결과가 없습니다." (there is no result).
    #[must_use]
    pub fn no_result(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::BadRequest, code, message)
    }

    /// 403: the agent sees "요청한 서버에 조회 권한이 없습니다." (no permission on the requested
    /// server).
    #[must_use]
    pub fn forbidden(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Forbidden, code, message)
    }

    /// 404: the agent sees "요청한 서버에 에러가 있습니다." (the requested server has an error). For
    /// routes that do not exist; a customer that does not exist is [`Failure::no_result`].
    #[must_use]
    pub fn no_route(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::NotFound, code, message)
    }

    /// 500: the agent sees "오류가 발생하였습니다." (an error occurred).
    #[must_use]
    pub fn server_error(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::ServerError, code, message)
    }

    pub(crate) fn new(
        status: Status,
        code: impl Into<Code>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, message) = (code.into(), message.into());
        let grpc_code = GrpcCode::of(status);
        Self { status, code, message, detail: None, source: None, grpc_code, written: None }
    }

    /// The answer to a request that is rejected: always the same, so it is written once.
    pub(crate) fn rejection(reason: Reason) -> Self {
        static WRITTEN: [OnceLock<Vec<u8>>; Reason::ALL.len()] =
            [const { OnceLock::new() }; Reason::ALL.len()];
        let mut failure = Self::new(reason.status(), reason.code(), reason.message())
            .with_detail(reason.as_str());
        failure.grpc_code = reason.grpc_code();
        failure.written = WRITTEN
            .get(reason as usize)
            .map(|written| written.get_or_init(|| failure.to_json()).as_slice());
        failure
    }

    /// A handler asked for the proof on a route that nothing verifies: a fault of the program.
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(crate) fn unverified(remedy: &'static str) -> Self {
        Self::server_error("50091", "This route is not set up to be called.").with_source(format!(
            "a handler takes `Verified` but nothing verified the request: {remedy}"
        ))
    }

    /// A result could not be written as JSON.
    #[cfg(any(feature = "actix", feature = "http"))]
    pub(crate) fn unserialisable(error: serde_json::Error) -> Self {
        Self::server_error("50090", "The answer can't be written as JSON.").with_source(error)
    }

    fn unforeseen(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::server_error("50000", "The server failed to answer.").with_source(error)
    }

    /// Adds what the caller may know beyond the message. Without it `detail` is `null`.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self.written = None;
        self
    }

    /// Attaches what went wrong underneath: logged when the failure is answered, never sent.
    ///
    /// ```
    /// use online_contact::Failure;
    ///
    /// let broken = std::io::Error::other("connection to 10.0.0.7 refused");
    /// let failure = Failure::server_error("50090", "The customer database can't be reached.")
    ///     .with_source(broken);
    /// assert!(!String::from_utf8(failure.to_json())?.contains("10.0.0.7"));
    /// # Ok::<(), std::string::FromUtf8Error>(())
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// The HTTP status: one of the four that are no success.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The message that the caller is sent.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The detail that the caller is sent, if there is one.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The code that the caller is sent.
    #[must_use]
    pub const fn code(&self) -> &Code {
        &self.code
    }

    /// The status of the call where the caller speaks gRPC.
    ///
    /// A rejection whose reason is told has that of its [`Reason`]; any other failure says no more than
    /// its HTTP status does.
    #[must_use]
    pub const fn grpc_code(&self) -> GrpcCode {
        self.grpc_code
    }

    /// The body of the answer.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and numbers into a vector: there is no way for this to fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The body of the answer, not copied where it is known beforehand.
    #[cfg(any(feature = "http", feature = "actix"))]
    pub(crate) fn to_bytes(&self) -> Bytes {
        self.written.map_or_else(|| self.to_json().into(), Bytes::from_static)
    }

    /// Writes the attached source to the log, with all that is underneath, if there is one. The
    /// integrations call this where a failure becomes a response.
    pub fn log(&self) {
        if let Some(source) = Error::source(self) {
            tracing::error!(
                target: "online_contact",
                status = self.status.as_u16(),
                code = %self.code,
                error = %Chain(source),
                "lookup failed"
            );
        }
    }
}

/// The code and the message: what the caller is sent, without the source.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// Something broke that no caller can be blamed for: 500, with the error as the source.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::unforeseen(error.into())
    }
}

/// An error of which nothing is known but that it was not foreseen: 500, with it as the source.
impl From<Box<dyn Error + Send + Sync>> for Failure {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::unforeseen(error)
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct ErrorObject<'a> {
            code: &'a Code,
            message: &'a str,
            detail: Option<&'a str>,
        }

        let mut envelope = serializer.serialize_struct("Failure", 1)?;
        envelope.serialize_field(
            "error",
            &ErrorObject {
                code: &self.code,
                message: &self.message,
                detail: self.detail.as_deref(),
            },
        )?;
        envelope.end()
    }
}

/// An `error.code`. The vendor's table types it as a string and the vendor's example sends a number,
/// so the application may send either.
///
/// ```
/// use online_contact::Code;
///
/// assert_eq!(Code::from(911).to_string(), "911");
/// assert_eq!(Code::from("E-911").to_string(), "E-911");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Code {
    /// Sent as a JSON string.
    Text(Cow<'static, str>),
    /// Sent as a JSON number.
    Number(i64),
}

impl From<&'static str> for Code {
    fn from(code: &'static str) -> Self {
        Self::Text(Cow::Borrowed(code))
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Self::Text(Cow::Owned(code))
    }
}

impl From<i64> for Code {
    fn from(code: i64) -> Self {
        Self::Number(code)
    }
}

impl From<i32> for Code {
    fn from(code: i32) -> Self {
        Self::Number(code.into())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => fmt::Display::fmt(number, f),
        }
    }
}
