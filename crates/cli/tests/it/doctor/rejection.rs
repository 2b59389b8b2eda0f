//! The reasons of a hand-written server for a rejection.

use super::fault::Fault;

/// A rejection with its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    BadTime,
    Duplicate,
    Unsigned,
    Forged,
    TooLarge,
    TooSlow,
    Replayed,
    NoRoute,
    NoMethod,
    Unreadable,
    NoResult,
    Broken,
}

impl Rejection {
    pub(crate) fn status(self, fault: Fault) -> u16 {
        match self {
            Self::BadTime if fault == Fault::ForbiddenForBadTime => 403,
            Self::TooLarge if fault == Fault::PayloadTooLarge => 413,
            Self::Unsigned | Self::Forged | Self::Replayed => match fault {
                Fault::Unauthorized => 401,
                Fault::NoResultForForgery => 400,
                _ => 403,
            },
            Self::NoMethod if fault == Fault::MethodNotAllowed => 405,
            Self::NoRoute | Self::NoMethod => 404,
            Self::NoResult if fault == Fault::NotFound => 404,
            Self::Unreadable if fault == Fault::Unprocessable => 422,
            Self::Unreadable if fault == Fault::BreaksOnBadJson => 500,
            Self::Broken => 500,
            _ => 400,
        }
    }
}
