//! What gRPC callers are told of a rejection.

use crate::reply::Status;

/// Whether a request or an answer with this `Content-Type` is of gRPC.
///
/// ```
/// use online_contact::is_grpc;
///
/// assert!(is_grpc(Some(b"application/grpc+proto")));
/// assert!(!is_grpc(Some(b"application/json")));
/// assert!(!is_grpc(None));
/// ```
#[must_use]
pub fn is_grpc(content_type: Option<&[u8]>) -> bool {
    const GRPC: &[u8] = b"application/grpc";
    content_type
        .and_then(|value| value.get(..GRPC.len()))
        .is_some_and(|start| start.eq_ignore_ascii_case(GRPC))
}

/// The gRPC status codes of rejections.
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
    /// The number in `grpc-status`.
    #[must_use]
    pub const fn value(self) -> u8 {
        self as u8
    }

    /// The name in the gRPC specification.
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

    /// What says no more than the status does.
    pub(crate) const fn of(status: Status) -> Self {
        match status {
            Status::BadRequest => Self::InvalidArgument,
            Status::Forbidden => Self::Unauthenticated,
            Status::NotFound => Self::Unimplemented,
            // No failure has the status of a success.
            Status::Success | Status::ServerError => Self::Internal,
        }
    }
}
