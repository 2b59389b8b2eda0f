use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::envelope::status::Status;
use crate::log::{ErrorChain, Escaped};
use crate::rejection::grpc::GrpcCode;

/// A failed response: `{"error": {"code": …, "message": …, "detail": …}}`.
///
/// The constructors are named after what the agent sees. A [source](Failure::with_source) goes to the log,
/// never to the client.
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
}

impl Failure {
    /// Creates a 400: the agent sees "조회 결과가 없습니다." (there is no result).
    #[must_use]
    pub fn no_result(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::BadRequest, code, message)
    }

    /// Creates a 403: the agent sees "요청한 서버에 조회 권한이 없습니다." (no permission on the requested
    /// server).
    #[must_use]
    pub fn forbidden(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Forbidden, code, message)
    }

    /// Creates a 404: the agent sees "요청한 서버에 에러가 있습니다." (the requested server has an error).
    /// For routes that do not exist; a customer that does not exist is [`Failure::no_result`].
    #[must_use]
    pub fn no_route(code: impl Into<Code>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::NotFound, code, message)
    }

    /// Creates a 500: the agent sees "오류가 발생하였습니다." (an error occurred).
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
        Self { status, code, message, detail: None, source: None, grpc_code }
    }

    /// Creates the failure of a handler that takes a proof on a route that nothing verifies.
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(crate) fn unverified(remedy: &'static str) -> Self {
        Self::server_error("50091", "This route is not set up.").with_source(format!(
            "a handler takes `Verified`, but no layer verified the request: {remedy}"
        ))
    }

    /// Creates the 500 of an adapter behind a gateway, such as Envoy, whose settings withhold a part of the
    /// request.
    #[must_use]
    pub fn gateway_not_set_up(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::server_error("50092", "The gateway is not set up for this route.").with_source(source)
    }

    /// Creates the failure of a response that is not serializable.
    #[cfg(any(feature = "actix", feature = "http"))]
    pub(crate) fn unserializable(error: serde_json::Error) -> Self {
        Self::server_error("50090", "The server failed to respond.").with_source(error)
    }

    fn unexpected(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::server_error("50000", "The server failed to respond.").with_source(error)
    }

    /// Sets `detail`, which is `null` otherwise.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn with_grpc_code(mut self, code: GrpcCode) -> Self {
        self.grpc_code = code;
        self
    }

    /// Attaches the underlying error, which is logged with the response and never sent.
    ///
    /// ```
    /// use online_contact::Failure;
    ///
    /// let error = std::io::Error::other("connection to 10.0.0.7 refused");
    /// let failure = Failure::server_error("50090", "The customer database is unavailable.")
    ///     .with_source(error);
    /// assert!(!String::from_utf8(failure.to_json())?.contains("10.0.0.7"));
    /// # Ok::<(), std::string::FromUtf8Error>(())
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Returns the HTTP status: never 200.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Returns the message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the detail, if there is one.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Returns the code.
    #[must_use]
    pub const fn code(&self) -> &Code {
        &self.code
    }

    /// Returns the gRPC status code: that of the [`Reason`](crate::Reason) of a rejection, and one that
    /// follows from the HTTP status of any other failure.
    #[must_use]
    pub const fn grpc_code(&self) -> GrpcCode {
        self.grpc_code
    }

    /// Returns the body of the response.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and numbers are always serializable.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Logs the attached source and its sources, if there is one. The integrations call this when a failure
    /// becomes a response.
    pub fn log(&self) {
        if let Some(source) = Error::source(self) {
            tracing::error!(
                target: "online_contact",
                status = self.status.as_u16(),
                code = %Escaped(&self.code.to_string()),
                error = %ErrorChain(source),
                "lookup failed"
            );
        }
    }
}

/// Prints the message and the code, without the source.
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

/// Creates a 500 with the error as its source.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::unexpected(error.into())
    }
}

/// Creates a 500 with the error as its source.
impl From<Box<dyn Error + Send + Sync>> for Failure {
    fn from(error: Box<dyn Error + Send + Sync>) -> Self {
        Self::unexpected(error)
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

/// An `error.code`: a string, as in the vendor's table, or a number, as in the vendor's example.
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
