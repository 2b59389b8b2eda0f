use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::envelope::failure::Failure;
use crate::envelope::status::Status;

/// The ASCII characters that the gRPC specification does not allow in `grpc-message`.
const NOT_IN_GRPC_MESSAGE: &AsciiSet = &CONTROLS.add(b'%');

/// Returns whether a `Content-Type` is gRPC: `application/grpc`, alone or followed by `+` or `;`.
///
/// ```
/// use online_contact::is_grpc;
///
/// assert!(is_grpc(Some(b"application/grpc+proto")));
/// assert!(!is_grpc(Some(b"application/grpc-web")));
/// assert!(!is_grpc(None));
/// ```
#[must_use]
pub fn is_grpc(content_type: Option<&[u8]>) -> bool {
    is_type(content_type, b"application/grpc")
}

/// Returns whether a `Content-Type` is gRPC-Web: `application/grpc-web` or `application/grpc-web-text`,
/// alone or followed by `+` or `;`.
///
/// ```
/// use online_contact::is_grpc_web;
///
/// assert!(is_grpc_web(Some(b"application/grpc-web-text+proto")));
/// assert!(!is_grpc_web(Some(b"application/grpc")));
/// ```
#[must_use]
pub fn is_grpc_web(content_type: Option<&[u8]>) -> bool {
    is_type(content_type, b"application/grpc-web")
        || is_type(content_type, b"application/grpc-web-text")
}

fn is_type(content_type: Option<&[u8]>, name: &[u8]) -> bool {
    let Some((start, rest)) = content_type.and_then(|value| value.split_at_checked(name.len()))
    else {
        return false;
    };
    start.eq_ignore_ascii_case(name) && matches!(rest.trim_ascii_start(), [] | [b'+' | b';', ..])
}

/// A gRPC status code of a rejection.
///
/// ```
/// use online_contact::GrpcCode;
///
/// assert_eq!(GrpcCode::Unauthenticated.value(), 16);
/// assert_eq!(GrpcCode::Unauthenticated.name(), "UNAUTHENTICATED");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GrpcCode {
    /// `INVALID_ARGUMENT`
    InvalidArgument = 3,
    /// `DEADLINE_EXCEEDED`
    DeadlineExceeded = 4,
    /// `RESOURCE_EXHAUSTED`
    ResourceExhausted = 8,
    /// `UNIMPLEMENTED`
    Unimplemented = 12,
    /// `INTERNAL`
    Internal = 13,
    /// `UNAVAILABLE`
    Unavailable = 14,
    /// `UNAUTHENTICATED`
    Unauthenticated = 16,
}

impl GrpcCode {
    /// Returns the number, as in `grpc-status`.
    #[must_use]
    pub const fn value(self) -> u8 {
        self as u8
    }

    /// Returns the name in the gRPC specification.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::Unimplemented => "UNIMPLEMENTED",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::Unauthenticated => "UNAUTHENTICATED",
        }
    }

    /// Returns the code that says as much as an HTTP status.
    pub(crate) const fn of(status: Status) -> Self {
        match status {
            Status::BadRequest => Self::InvalidArgument,
            Status::Forbidden => Self::Unauthenticated,
            Status::NotFound => Self::Unimplemented,
            Status::Success | Status::ServerError => Self::Internal,
        }
    }
}

impl Failure {
    /// Returns the headers of a gRPC response that ends with its headers: `grpc-status`, `grpc-message`, and
    /// the JSON envelope in `oc-error-bin`. The names are in lower case, and the values are printable ASCII.
    ///
    /// ```
    /// use online_contact::Failure;
    ///
    /// let [status, message, _] = Failure::forbidden(1, "100 %").grpc_headers();
    /// assert_eq!(status, ("grpc-status", "16".to_owned()));
    /// assert_eq!(message, ("grpc-message", "100 %25".to_owned()));
    /// ```
    #[must_use]
    pub fn grpc_headers(&self) -> [(&'static str, String); 3] {
        let message = utf8_percent_encode(self.message(), NOT_IN_GRPC_MESSAGE);
        [
            ("grpc-status", self.grpc_code().value().to_string()),
            ("grpc-message", message.to_string()),
            ("oc-error-bin", STANDARD_NO_PAD.encode(self.to_json())),
        ]
    }
}
