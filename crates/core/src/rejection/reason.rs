//! The reasons for rejections: one row of the table is the variant, status, code and message of a reason.

use std::fmt;

use crate::envelope::status::Status;
use crate::rejection::grpc::GrpcCode;

/// Makes the enum of the reasons and what follows from it.
macro_rules! reasons {
    ($(
        #[doc = $doc:literal]
        $reason:ident: $name:literal, $status:ident, $code:literal, $grpc:ident, $message:literal;
    )*) => {
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
            $(#[doc = $doc] $reason,)*
        }

        impl Reason {
            /// All reasons, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$reason),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$reason => Row {
                        name: $name,
                        status: Status::$status,
                        code: $code,
                        grpc: GrpcCode::$grpc,
                        message: $message,
                    },)*
                }
            }
        }
    };
}

reasons! {
    /// One of the two signed headers occurs more than once.
    HeaderDuplicated: "header_duplicated", BadRequest, "40005", InvalidArgument,
        "X-TC-Timestamp and Authorization must each be sent once.";
    /// `X-TC-Timestamp` is missing.
    TimestampMissing: "timestamp_missing", BadRequest, "40001", InvalidArgument,
        "X-TC-Timestamp is missing.";
    /// `X-TC-Timestamp` is not a canonical decimal number.
    TimestampNotNumeric: "timestamp_not_numeric", BadRequest, "40002", InvalidArgument,
        "X-TC-Timestamp must be milliseconds since 1970 in decimal digits, without sign or leading zero.";
    /// The timestamp is older than the window allows.
    TimestampExpired: "timestamp_expired", BadRequest, "40003", InvalidArgument,
        "X-TC-Timestamp is too old. It must be the current time in milliseconds.";
    /// The timestamp lies further in the future than the window allows.
    TimestampInFuture: "timestamp_in_future", BadRequest, "40004", InvalidArgument,
        "X-TC-Timestamp is too far in the future. It must be the current time in milliseconds.";
    /// `Authorization` is missing.
    AuthorizationMissing: "authorization_missing", Forbidden, "40301", Unauthenticated,
        "Authorization is missing.";
    /// `Authorization` is not the base64 of 32 bytes.
    AuthorizationMalformed: "authorization_malformed", Forbidden, "40302", Unauthenticated,
        "Authorization must be the padded standard base64 of 32 bytes, without a prefix.";
    /// The key source failed or did not respond in time.
    KeySourceUnavailable: "key_source_unavailable", ServerError, "50001", Unavailable,
        "The security key cannot be looked up at present.";
    /// The declared or actual length of the body exceeds the limit.
    BodyTooLarge: "body_too_large", BadRequest, "40006", ResourceExhausted,
        "The request body is longer than this server accepts.";
    /// The body budget or the replay guard is full.
    Overloaded: "overloaded", ServerError, "50003", ResourceExhausted,
        "This server is overloaded at present.";
    /// The body did not arrive in time.
    BodyTimeout: "body_timeout", BadRequest, "40007", DeadlineExceeded,
        "The request body did not arrive in time.";
    /// The body failed, or ended before its declared length.
    BodyUnreadable: "body_unreadable", BadRequest, "40008", InvalidArgument,
        "The request body did not arrive whole.";
    /// The signature matches none of the keys.
    SignatureMismatch: "signature_mismatch", Forbidden, "40303", Unauthenticated,
        "Authorization does not match the request.";
    /// The request was received before.
    Replayed: "replayed", Forbidden, "40304", Unauthenticated,
        "This request was received before.";
    /// The replay guard failed or did not respond in time.
    ReplayGuardUnavailable: "replay_guard_unavailable", ServerError, "50002", Unavailable,
        "This server cannot check at present whether the request was received before.";
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
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
