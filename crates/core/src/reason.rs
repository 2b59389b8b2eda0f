//! Why requests are rejected: every reason, and in one place how each looks from outside.

use std::fmt;

use crate::grpc::GrpcCode;
use crate::reply::Status;

/// The checks, in the order in which they are made.
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
    /// One of the two headers stands in the request more than once.
    HeaderDuplicated,
    /// There is no `X-TC-Timestamp`.
    TimestampMissing,
    /// `X-TC-Timestamp` is no canonical decimal number.
    TimestampNotNumeric,
    /// The request is older than the window.
    TimestampExpired,
    /// The request is dated further ahead than the window.
    TimestampInFuture,
    /// There is no `Authorization`.
    AuthorizationMissing,
    /// `Authorization` is no base64 of 32 bytes.
    AuthorizationMalformed,
    /// The source of the keys gave no answer.
    KeySourceUnavailable,
    /// The body is longer than the limit, by its declaration or in fact.
    BodyTooLarge,
    /// There is no room to buffer the body.
    Overloaded,
    /// The body did not come in time.
    BodyTimeout,
    /// The body broke off or was malformed.
    BodyUnreadable,
    /// The signature matches under none of the keys.
    SignatureMismatch,
    /// The same request came before.
    Replayed,
    /// The replay guard gave no answer.
    ReplayGuardUnavailable,
}

/// How a reason looks from outside.
struct Row {
    name: &'static str,
    status: Status,
    code: &'static str,
    grpc: GrpcCode,
    message: &'static str,
}

impl Reason {
    /// Every reason, in the order of the checks.
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

    /// The name on the wire, in `error.detail`, and in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The HTTP status of its rejections.
    #[must_use]
    pub const fn status(self) -> Status {
        self.row().status
    }

    /// The `error.code` of the envelope: a string of digits.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.row().code
    }

    /// The status of the call where the caller speaks gRPC.
    #[must_use]
    pub const fn grpc_code(self) -> GrpcCode {
        self.row().grpc
    }

    /// The `error.message` of the envelope: what was wrong and what was expected.
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
                "X-TC-Timestamp is too old. It must be the present time in milliseconds."),
            Self::TimestampInFuture => row("timestamp_in_future", BadRequest, "40004", InvalidArgument,
                "X-TC-Timestamp is too far ahead. It must be the present time in milliseconds."),
            Self::AuthorizationMissing => row("authorization_missing", Forbidden, "40301", Unauthenticated,
                "Authorization is missing."),
            Self::AuthorizationMalformed => row("authorization_malformed", Forbidden, "40302", Unauthenticated,
                "Authorization must be the padded standard base64 of 32 bytes, without a prefix."),
            Self::KeySourceUnavailable => row("key_source_unavailable", ServerError, "50001", Unavailable,
                "The security key can't be looked up at present."),
            Self::BodyTooLarge => row("body_too_large", BadRequest, "40006", ResourceExhausted,
                "The body is longer than this server accepts."),
            Self::Overloaded => row("overloaded", ServerError, "50003", ResourceExhausted,
                "This server has too many requests at present."),
            Self::BodyTimeout => row("body_timeout", BadRequest, "40007", DeadlineExceeded,
                "The body did not arrive in time."),
            Self::BodyUnreadable => row("body_unreadable", BadRequest, "40008", InvalidArgument,
                "The body did not arrive whole."),
            Self::SignatureMismatch => row("signature_mismatch", Forbidden, "40303", Unauthenticated,
                "Authorization does not match the request."),
            Self::Replayed => row("replayed", Forbidden, "40304", Unauthenticated,
                "This request was received before."),
            Self::ReplayGuardUnavailable => row("replay_guard_unavailable", ServerError, "50002", Unavailable,
                "This server can't check at present whether the request was received before."),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
