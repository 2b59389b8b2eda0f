//! The reasons for rejections, and in one table the status, code and message of each.

use std::fmt;

use crate::envelope::status::Status;
use crate::rejection::grpc::GrpcCode;

/// A reason for a rejection. The variants are in the order of the checks.
///
/// ```
/// use online_contact::{Reason, Status};
///
/// assert_eq!(Reason::ALL[0].to_string(), "header_duplicated");
/// assert_eq!(Reason::SignatureMismatch.status(), Status::Forbidden);
/// assert_eq!(Reason::SignatureMismatch.code(), "40303");
/// assert_eq!(Reason::SignatureMismatch.grpc_code().value(), 16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// One of the two signed headers occurs more than once.
    HeaderDuplicated,
    /// `X-TC-Timestamp` is missing.
    TimestampMissing,
    /// `X-TC-Timestamp` is not a canonical decimal number.
    TimestampNotNumeric,
    /// The timestamp is older than the window allows.
    TimestampExpired,
    /// The timestamp lies further in the future than the window allows.
    TimestampInFuture,
    /// `Authorization` is missing.
    AuthorizationMissing,
    /// `Authorization` is not the base64 of 32 bytes.
    AuthorizationMalformed,
    /// The key source failed or did not respond in time.
    KeySourceUnavailable,
    /// The declared or actual length of the body exceeds the limit.
    BodyTooLarge,
    /// The body budget or the replay guard is full.
    Overloaded,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body failed, or ended before its declared length.
    BodyUnreadable,
    /// The signature matches none of the keys.
    SignatureMismatch,
    /// The request was received before.
    Replayed,
    /// The replay guard failed or did not respond in time.
    ReplayGuardUnavailable,
}

/// The wire format of a reason.
struct Row {
    name: &'static str,
    status: Status,
    code: &'static str,
    grpc: GrpcCode,
    message: &'static str,
}

impl Reason {
    /// All reasons, in the order of the checks.
    pub const ALL: &'static [Self] = &[
        Self::HeaderDuplicated,
        Self::TimestampMissing,
        Self::TimestampNotNumeric,
        Self::TimestampExpired,
        Self::TimestampInFuture,
        Self::AuthorizationMissing,
        Self::AuthorizationMalformed,
        Self::KeySourceUnavailable,
        Self::BodyTooLarge,
        Self::Overloaded,
        Self::BodyTimeout,
        Self::BodyUnreadable,
        Self::SignatureMismatch,
        Self::Replayed,
        Self::ReplayGuardUnavailable,
    ];

    /// Returns the name, as in `error.detail` and in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Returns the HTTP status.
    #[must_use]
    pub const fn status(self) -> Status {
        self.row().status
    }

    /// Returns the `error.code` of the envelope: a string of digits.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// Returns the gRPC status code.
    #[must_use]
    pub const fn grpc_code(self) -> GrpcCode {
        self.row().grpc
    }

    /// Returns the `error.message` of the envelope.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.row().message
    }

    #[rustfmt::skip]
    const fn row(self) -> Row {
        use GrpcCode::{DeadlineExceeded, InvalidArgument, ResourceExhausted, Unauthenticated, Unavailable};
        use Status::{BadRequest, Forbidden, ServerError};

        const fn row(name: &'static str, status: Status, code: &'static str, grpc: GrpcCode, message: &'static str) -> Row {
            Row { name, status, code, grpc, message }
        }

        match self {
            Self::HeaderDuplicated => row("header_duplicated", BadRequest, "40005", InvalidArgument,
                "X-TC-Timestamp and Authorization must each be sent once."),
            Self::TimestampMissing => row("timestamp_missing", BadRequest, "40001", InvalidArgument,
                "X-TC-Timestamp is missing."),
            Self::TimestampNotNumeric => row("timestamp_not_numeric", BadRequest, "40002", InvalidArgument,
                "X-TC-Timestamp must be milliseconds since 1970 in decimal digits, without sign or leading zero."),
            Self::TimestampExpired => row("timestamp_expired", BadRequest, "40003", InvalidArgument,
                "X-TC-Timestamp is too old. It must be the current time in milliseconds."),
            Self::TimestampInFuture => row("timestamp_in_future", BadRequest, "40004", InvalidArgument,
                "X-TC-Timestamp is too far in the future. It must be the current time in milliseconds."),
            Self::AuthorizationMissing => row("authorization_missing", Forbidden, "40301", Unauthenticated,
                "Authorization is missing."),
            Self::AuthorizationMalformed => row("authorization_malformed", Forbidden, "40302", Unauthenticated,
                "Authorization must be the padded standard base64 of 32 bytes, without a prefix."),
            Self::KeySourceUnavailable => row("key_source_unavailable", ServerError, "50001", Unavailable,
                "The security key cannot be looked up at present."),
            Self::BodyTooLarge => row("body_too_large", BadRequest, "40006", ResourceExhausted,
                "The request body is longer than this server accepts."),
            Self::Overloaded => row("overloaded", ServerError, "50003", ResourceExhausted,
                "This server is overloaded at present."),
            Self::BodyTimeout => row("body_timeout", BadRequest, "40007", DeadlineExceeded,
                "The request body did not arrive in time."),
            Self::BodyUnreadable => row("body_unreadable", BadRequest, "40008", InvalidArgument,
                "The request body did not arrive whole."),
            Self::SignatureMismatch => row("signature_mismatch", Forbidden, "40303", Unauthenticated,
                "Authorization does not match the request."),
            Self::Replayed => row("replayed", Forbidden, "40304", Unauthenticated,
                "This request was received before."),
            Self::ReplayGuardUnavailable => row("replay_guard_unavailable", ServerError, "50002", Unavailable,
                "This server cannot check at present whether the request was received before."),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
